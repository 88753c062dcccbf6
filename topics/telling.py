"""Telling those who asked, and those who have the same trouble, what becomes of a question."""

import datetime

from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet

from participants.models import Resident
from topics.models import Question, QuestionMute

SALT = "topics.telling"


def listeners(question: Question, now: datetime.datetime) -> QuerySet[Resident]:
    """Who asked and who supports the question: active, not suspended, with an address that they have confirmed."""
    theirs = Q(pk=question.comment.author_id) | Q(supports__comment=question.comment_id)
    reachable = Q(suspended_until__isnull=True) | Q(suspended_until__lte=now)
    muted = QuestionMute.objects.filter(question=question, account=OuterRef("pk"))
    found = Resident.objects.filter(reachable, theirs, is_active=True, emailaddress__verified=True)
    return found.exclude(Exists(muted)).order_by("pk").distinct()


def mute_url(question: Question, account: Resident) -> str:
    return f"/pytania/{question.pk}/cisza/{signing.dumps([question.pk, account.pk], salt=SALT)}/"
