"""The life of a topic: draft, open, closed, archived."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics.models import Topic

PERMISSION = "topics.change_topic"
State = Topic.State


class ChangeRefused(Exception):
    """The act does not fit the state of the topic, or the role of who asks; `str()` says it in a sentence."""


@transaction.atomic
def open_talk(topic: Topic, *, by: Any, now: datetime.datetime | None = None) -> Topic:
    """Publish a draft, or open a closed talk again. A talk whose last day has passed needs a new one first."""
    now = now or timezone.now()
    topic = _locked(topic, by, expected={State.DRAFT, State.CLOSED})
    if topic.closes_on and topic.closes_on < timezone.localdate(now):
        raise ChangeRefused(_("The last day of the talk has passed. Change it first."))
    topic.state, topic.closed_at = State.OPEN, None
    topic.published_at = topic.published_at or now
    topic.active_at = topic.active_at or now
    return _saved(topic)


@transaction.atomic
def close_talk(topic: Topic, *, by: Any, now: datetime.datetime | None = None) -> Topic:
    """Residents can read, but no longer write."""
    topic = _locked(topic, by, expected={State.OPEN})
    topic.state, topic.closed_at = State.CLOSED, now or timezone.now()
    return _saved(topic)


@transaction.atomic
def archive(topic: Topic, *, by: Any, now: datetime.datetime | None = None) -> Topic:
    """Close for good: the page says that it is in the archive, and keeps its address."""
    topic = _locked(topic, by, expected={State.DRAFT, State.OPEN, State.CLOSED})
    now = now or timezone.now()
    topic.state, topic.closed_at = State.ARCHIVED, topic.closed_at or now
    topic.published_at = topic.published_at or now
    topic.active_at = topic.active_at or now
    return _saved(topic)


@transaction.atomic
def take_back(topic: Topic, *, by: Any) -> Topic:
    """Back to draft. Only while nobody has written: what residents said does not vanish with a topic."""
    topic = _locked(topic, by, expected={State.OPEN, State.CLOSED})
    if topic.comments.exists():
        raise ChangeRefused(_("This topic has comments already. Close it instead."))
    topic.state, topic.closed_at = State.DRAFT, None
    return _saved(topic)


def _saved(topic: Topic) -> Topic:
    topic.revision += 1  # whoever has the form open is told
    topic.save()
    return topic


def _locked(topic: Topic, by: Any, *, expected: set[str]) -> Topic:
    if not by.has_perm(PERMISSION):
        raise ChangeRefused(_("Only the editors may decide this."))
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    if topic.state not in expected:
        raise ChangeRefused(_("The topic is “%(state)s” already.") % {"state": topic.get_state_display()})
    return topic
