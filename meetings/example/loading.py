"""Loading the example content, and where it may be loaded."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from meetings.example.acts import act_in
from meetings.example.evenings import make_meetings
from meetings.example.people import make_people
from meetings.example.talks import make_topics
from meetings.models import Commitment, CommitmentEntry, Forum, MeetingStep
from topics.models import Comment, Question, QuestionStep

THIS_MACHINE = {"localhost", "127.0.0.1", "::1", "[::1]"}


def is_own_machine() -> bool:
    """Whether nobody but this machine can reach the site: a site for others must name itself in both settings."""
    return {*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname} <= THIS_MACHINE


def is_loaded() -> bool:
    return Forum.objects.filter(is_example=True).exists()


@transaction.atomic
def load_example(*, now: datetime.datetime | None = None) -> None:
    """People first, then their talks, then the meetings where the talks stand on the agenda; what hangs on all of
    that comes last: an institution is public once it has a meeting."""
    now = now or timezone.now()
    cast = make_people(timezone.localdate(now))
    topics = make_topics(cast, now)
    make_meetings(cast, topics, now)
    act_in(topics["way"], cast, now)
    _tell_nobody(now)


def _tell_nobody(now: datetime.datetime) -> None:
    """What the invented people did is no news for the real ones."""
    Comment.objects.filter(topic__is_example=True).update(told_at=now)
    MeetingStep.objects.filter(meeting__is_example=True).update(told_at=now)
    last_step = QuestionStep.objects.filter(question=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    Question.objects.filter(topic__is_example=True).update(told_step=Coalesce(Subquery(last_step), 0))
    last_entry = CommitmentEntry.objects.filter(commitment=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    examples = Commitment.objects.filter(meeting__is_example=True)
    examples.update(told_entry=Coalesce(Subquery(last_entry), 0))
