"""Who hears what becomes of a question: those who asked, and those who have the same trouble; and the way out of it.

What they are told, and when, is up to meetings.news and meetings.digests.
"""

import datetime

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from participants.links import key_of, opened_by
from participants.models import Resident
from topics.models import Comment, Question, QuestionMute, Support

PAGE = "topics.telling"


def reachable(now: datetime.datetime) -> QuerySet[Resident]:
    """Who may be written to: active, not suspended, and they have confirmed the address that letters go to."""
    free = Q(suspended_until__isnull=True) | Q(suspended_until__lte=now)
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=True)
    return Resident.objects.filter(free, Exists(confirmed), is_active=True)


def listeners(question: Question, now: datetime.datetime) -> QuerySet[Resident]:
    """Who asked and who supports the question, can be reached, and has not said that they want to hear no more."""
    # Not an OR: that would read every account there is.
    asked = Comment.objects.filter(pk=question.comment_id).order_by().values("author")
    theirs = asked.union(Support.objects.filter(comment=question.comment_id).order_by().values("resident"))
    muted = QuestionMute.objects.filter(question=question, account=OuterRef("pk"))
    return reachable(now).filter(pk__in=theirs).exclude(Exists(muted)).order_by("pk")


def mute(question: Question, account: Resident) -> QuestionMute:
    """Write to this person about this question no more. Two queries; again, one."""
    return QuestionMute.objects.get_or_create(question=question, account=account)[0]


def mute_url(question: Question, account: Resident) -> str:
    return reverse("topics:mute", args=[question.pk, key_of(PAGE, question.pk, account.pk)])


def account_of(question: Question, token: str) -> Resident | None:
    """Whose letter about this question the address was in. One query, none for an address that is not ours."""
    parts = opened_by(PAGE, token)
    if parts is None or parts[0] != str(question.pk):
        return None
    return Resident.objects.filter(pk=parts[1]).first()
