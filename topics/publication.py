"""The life of a topic: draft, open, closed, archived; and talks that are calmed down for a time."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.batches import one_by_one
from participants.dates import months_before
from topics.models import Category, Topic

PERMISSION = "topics.change_topic"
CALM = "topics.calm_topic"
CALM_HOURS = (24, 48, 72)
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
    topic.active_at = now  # a talk opened again is not quiet, and not closed again within the hour
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


@transaction.atomic
def hold_everything(topic: Topic, *, by: Any, hours: int, now: datetime.datetime | None = None) -> Topic:
    """Have every comment of residents read before it appears, for CALM_HOURS. Ends by itself; asked again, anew."""
    topic = _locked(topic, by, expected={State.OPEN}, permission=CALM)
    topic.held_until = _end(hours, now)
    return _saved(topic)


@transaction.atomic
def slow_down(topic: Topic, *, by: Any, hours: int, now: datetime.datetime | None = None) -> Topic:
    """Let each resident write once in a while only, for CALM_HOURS. Ends by itself; asked again, anew."""
    topic = _locked(topic, by, expected={State.OPEN}, permission=CALM)
    topic.slow_until = _end(hours, now)
    return _saved(topic)


@transaction.atomic
def end_hold(topic: Topic, *, by: Any, now: datetime.datetime | None = None) -> Topic:
    """New comments appear again as before; those that wait stay with the moderators."""
    topic = _locked(topic, by, expected=set(State), permission=CALM)
    if not topic.holds_everything(now or timezone.now()):
        raise ChangeRefused(_("This is over already."))
    topic.held_until = None
    return _saved(topic)


@transaction.atomic
def end_slow(topic: Topic, *, by: Any, now: datetime.datetime | None = None) -> Topic:
    topic = _locked(topic, by, expected=set(State), permission=CALM)
    if not topic.is_slow(now or timezone.now()):
        raise ChangeRefused(_("This is over already."))
    topic.slow_until = None
    return _saved(topic)


def close_quiet(now: datetime.datetime | None = None) -> int:
    """Close the talks in which nobody has written for as many months as their category says; returns how many.

    Each in a transaction of its own, and looked at again under its lock: a comment written at this moment keeps it
    open, and so does one that waits for a moderator. Two queries, and five for each talk that looks quiet.
    PartlyDone where some failed.
    """
    now = now or timezone.now()
    quiet = Q(pk__in=[])
    for pk, months in Category.objects.filter(quiet_months__isnull=False).values_list("pk", "quiet_months"):
        quiet |= Q(category=pk, active_at__lt=months_before(now, months))
    found = Topic.objects.filter(quiet, state=State.OPEN).order_by("pk").values_list("pk", flat=True)
    return one_by_one(list(found), lambda pk: _close_if_quiet(pk, now))


@transaction.atomic
def _close_if_quiet(pk: int, now: datetime.datetime) -> bool:
    topic = Topic.objects.select_for_update(of=("self",)).select_related("category").get(pk=pk)
    months = topic.category.quiet_months
    if topic.state != State.OPEN or months is None or topic.active_at >= months_before(now, months):
        return False
    if topic.comments.waiting().exists():
        return False
    topic.state, topic.closed_at = State.CLOSED, now
    _saved(topic)
    return True


def _end(hours: int, now: datetime.datetime | None) -> datetime.datetime:
    if hours not in CALM_HOURS:
        raise ChangeRefused(_("Choose 24, 48 or 72 hours."))
    return (now or timezone.now()) + datetime.timedelta(hours=hours)


def _saved(topic: Topic) -> Topic:
    topic.revision += 1  # whoever has the form open is told
    topic.save()
    return topic


def _locked(topic: Topic, by: Any, *, expected: set[str], permission: str = PERMISSION) -> Topic:
    if not by.has_perm(permission):
        raise ChangeRefused(_("Your role does not let you decide this."))
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    if topic.state not in expected:
        raise ChangeRefused(_("The topic is “%(state)s” already.") % {"state": topic.get_state_display()})
    return topic
