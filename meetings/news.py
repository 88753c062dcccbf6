"""What is news, and for whom: found here, once, whatever the pace at which each person wants to hear of it.

Four sources: published comments (`Comment.told_at`), steps of questions (`Question.told_step`), entries of promises
(`Commitment.told_entry`), steps of meetings (`MeetingStep.told_at`). Of each, rows of News are written for everybody
concerned, in one transaction with the mark and under the lock of the marked row: run late, twice, by several workers
or killed half-way, each person has each thing once. meetings.digests sends them.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from meetings import audience
from meetings.audience import People
from meetings.models import Commitment, CommitmentEntry, Meeting, MeetingStep, News
from meetings.models.commitment import CommitmentQuerySet
from meetings.models.meeting_step import newest
from meetings.paces import next_hours
from participants.batches import delete, in_batches, one_by_one
from topics.models import Comment, Question, QuestionStep
from topics.models.comment import CommentQuerySet
from topics.models.question import QuestionQuerySet

PAUSE = datetime.timedelta(minutes=10)  # a slip is mended before anybody hears of it
FRESH = datetime.timedelta(days=2)
KEPT = datetime.timedelta(days=90)
AT_ONCE = 1000  # things in a round; the rest has the next one
ANSWERED, WAITS = Question.State.ANSWERED, Question.State.WAITS


def note_fresh_news(now: datetime.datetime | None = None) -> int:
    """As `note_news`, of the last FRESH alone: what the worker may ask every few seconds. Four queries."""
    now = now or timezone.now()
    return _note(now, since=now - FRESH)


def note_news(now: datetime.datetime | None = None) -> int:
    """Note what nobody was told of yet; returns for how many people, each thing counted."""
    return _note(now or timezone.now())


def forget_news(now: datetime.datetime | None = None) -> int:
    """Delete what was told or closed KEPT ago; returns how much. The marks of the sources stay."""
    return in_batches(News.objects.settled((now or timezone.now()) - KEPT), delete)


def _note(now: datetime.datetime, since: datetime.datetime | None = None) -> int:
    rounds = [
        (_comments(now), _note_comment),
        (_questions(now, since), _note_question),
        (_promises(now, since), _note_promise),
        (_meetings(now), _note_meeting),
    ]
    found = ((note, pk) for due, note in rounds for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))
    return one_by_one(found, lambda one: one[0](one[1], now))


def _write(source: str, row: Any, people: People, now: datetime.datetime) -> int:
    hours = next_hours(now)
    rows = [
        News(account_id=account, why=why, follow_id=follow, noted_at=now, due_at=hours[pace], **{source: row})
        for account, (pace, why, follow) in people.items()
    ]
    News.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


# -- Comments


def _comments(now: datetime.datetime) -> CommentQuerySet:
    return Comment.objects.untold().filter(published_at__lte=now - PAUSE).order_by("published_at", "pk")


@transaction.atomic
def _note_comment(pk: int, now: datetime.datetime) -> int:
    """Eleven queries at most, and one for every 500 people."""
    Comment.objects.select_for_update(of=("self",)).filter(pk=pk).values_list("pk").first()
    comment = _comments(now).select_related("topic", "parent", "appointment").filter(pk=pk).first()
    if comment is None:
        return 0
    Comment.objects.filter(pk=pk).update(told_at=now)
    return _write("comment", comment, audience.of_comment(comment, now), now)


# -- Questions


def _questions(now: datetime.datetime, since: datetime.datetime | None = None) -> QuestionQuerySet:
    """Those that everybody can read, with steps to tell of, the newest of which is PAUSE old."""
    untold = QuestionStep.objects.filter(question=OuterRef("pk"), pk__gt=OuterRef("told_step"))
    due = Question.objects.public().filter(Exists(untold)).exclude(Exists(untold.filter(at__gt=now - PAUSE)))
    if since:
        due = due.filter(pk__in=QuestionStep.objects.filter(at__gte=since).values("question"))
    return due.order_by("pk")


@transaction.atomic
def _note_question(pk: int, now: datetime.datetime) -> int:
    """The question is the last of the locks (topics.questions), so taking it alone waits for nobody who waits for us.

    That it was asked is no news.
    """
    Question.objects.select_for_update(of=("self",)).get(pk=pk)
    question = _questions(now).select_related("comment", "topic").filter(pk=pk).first()
    if question is None:
        return 0
    steps = list(question.steps.select_related("institution"))
    untold = [step for step in steps[1:] if step.pk > question.told_step]
    question.told_step = max(step.pk for step in steps)
    question.save(update_fields=["told_step"])
    return sum(
        _write("question_step", step, audience.of_question_step(step, question, now), now) for step in _lasting(untold)
    )


def _lasting(steps: Iterable[QuestionStep]) -> list[QuestionStep]:
    """Without answers that were taken from view before anybody heard of them."""
    kept: list[QuestionStep] = []
    for step in steps:
        if step.state == WAITS and kept and kept[-1].state == ANSWERED and not kept[-1].at_meeting:
            kept.pop()
        else:
            kept.append(step)
    return kept


# -- Promises


def _promises(now: datetime.datetime, since: datetime.datetime | None = None) -> CommitmentQuerySet:
    """Public ones with entries to tell of, the newest of which is PAUSE old."""
    untold = CommitmentEntry.objects.filter(commitment=OuterRef("pk"), pk__gt=OuterRef("told_entry"))
    due = Commitment.objects.public().filter(Exists(untold)).exclude(Exists(untold.filter(at__gt=now - PAUSE)))
    if since:
        due = due.filter(pk__in=CommitmentEntry.objects.filter(at__gte=since).values("commitment"))
    return due.order_by("pk")


@transaction.atomic
def _note_promise(pk: int, now: datetime.datetime) -> int:
    Commitment.objects.select_for_update(of=("self",)).get(pk=pk)
    commitment = _promises(now).filter(pk=pk).first()
    if commitment is None:
        return 0
    entries = list(commitment.entries.filter(pk__gt=commitment.told_entry))
    commitment.told_entry = max(entry.pk for entry in entries)
    commitment.save(update_fields=["told_entry"])
    return sum(_write("commitment_entry", entry, audience.of_entry(entry, commitment, now), now) for entry in entries)


# -- Meetings


def _meetings(now: datetime.datetime) -> Any:
    untold = MeetingStep.objects.untold()
    recent = untold.filter(meeting=OuterRef("pk"), at__gt=now - PAUSE)
    due = Meeting.objects.public().filter(pk__in=untold.values("meeting"))
    return due.exclude(Exists(recent)).order_by("pk")


@transaction.atomic
def _note_meeting(pk: int, now: datetime.datetime) -> int:
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=pk)
    if not _meetings(now).filter(pk=pk).exists():
        return 0
    steps = list(MeetingStep.objects.untold().filter(meeting=meeting))
    meeting.steps.filter(pk__in=[step.pk for step in steps]).update(told_at=now)
    told = 0
    for step in newest(steps):
        step.meeting = meeting
        told += _write("meeting_step", step, audience.of_meeting_step(step, now), now)
    return told
