"""Telling those who asked, and those who have the same trouble, what becomes of a question."""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from participants.letters import queue_letter
from participants.links import key_of, opened_by
from participants.models import Resident
from topics.models import Question, QuestionMute, QuestionStep

PAUSE = datetime.timedelta(minutes=10)  # a slip of the staff is mended before anybody hears of it
PAGE = "topics.telling"


def tell_steps(now: datetime.datetime | None = None) -> int:
    """Write of every step that nobody has heard of, in one letter for each question and person; returns how many.

    Each question in a transaction of its own: run late, twice, by several workers or killed half-way, it writes once.
    """
    now = now or timezone.now()
    return sum(_tell(pk, now) for pk in list(_due(now).order_by("pk").values_list("pk", flat=True)))


def _due(now: datetime.datetime) -> QuerySet[Question]:
    """Those that everybody can read, with steps to tell of, the newest of which is PAUSE old."""
    untold = QuestionStep.objects.filter(question=OuterRef("pk"), pk__gt=OuterRef("told_step"))
    return Question.objects.public().filter(Exists(untold)).exclude(Exists(untold.filter(at__gt=now - PAUSE)))


def _tell(pk: int, now: datetime.datetime) -> int:
    """Letters and the note that they were written, or neither. Six queries, and one for each letter.

    The question is the last of the locks (topics.questions), so taking it alone waits for nobody who waits for us.
    """
    with transaction.atomic():
        Question.objects.select_for_update(of=("self",)).get(pk=pk)
        question = _due(now).select_related("comment", "topic", "institution").filter(pk=pk).first()
        if question is None:
            return 0
        steps = list(question.steps.select_related("institution"))
        news = [step for step in steps[1:] if step.pk > question.told_step]
        people = list(listeners(question, now)) if news else []
        for person in people:
            _write(question, news, person)
        question.told_step = max(step.pk for step in steps)
        question.save(update_fields=["told_step"])
    return len(people)


def listeners(question: Question, now: datetime.datetime) -> QuerySet[Resident]:
    """Who asked and who supports the question: active, not suspended, with an address that they have confirmed."""
    theirs = Q(pk=question.comment.author_id) | Q(supports__comment=question.comment_id)
    reachable = Q(suspended_until__isnull=True) | Q(suspended_until__lte=now)
    muted = QuestionMute.objects.filter(question=question, account=OuterRef("pk"))
    found = Resident.objects.filter(reachable, theirs, is_active=True, emailaddress__verified=True)
    return found.exclude(Exists(muted)).order_by("pk").distinct()


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


def _write(question: Question, news: list[QuestionStep], person: Resident) -> None:
    away = f"{settings.SITE_URL}{mute_url(question, person)}"
    context: dict[str, Any] = {
        "question": question,
        "news": news,
        "is_author": person.pk == question.comment.author_id,
        "mute_url": away,
    }
    headers = {"List-Unsubscribe": f"<{away}>"}
    template = "topics/email/question_steps"
    queue_letter(to=person.email, template=template, context=context, language=person.language, headers=headers)
