"""What people who signed up are told when a meeting changes: one letter for all that is done within half an hour.

An act of meetings.publication notes the change in its own transaction; the worker compares, when the time has come,
what people were told last with how things are then. A change and its undoing tell nothing.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from meetings import reminders
from meetings.models import Meeting, Registration
from meetings.registration import address_of
from meetings.seats import KEPT_DAYS
from participants.batches import one_by_one
from participants.dates import in_words
from participants.letters import queue_letter

GATHERED = datetime.timedelta(minutes=30)
SOON = datetime.timedelta(hours=12)
State = Meeting.State
TOLD = frozenset({State.ANNOUNCED, State.POSTPONED, State.CANCELLED})


@dataclass(frozen=True)
class Situation:
    """What a person must know to come."""

    state: str
    date: datetime.date
    date_precision: str
    starts: datetime.time | None
    ends: datetime.time | None
    where: str

    @property
    def when(self) -> tuple[datetime.date, str, datetime.time | None, datetime.time | None]:
        return self.date, self.date_precision, self.starts, self.ends

    @property
    def when_in_words(self) -> str:
        return in_words(self.date, self.date_precision)


def note_change(meeting: Meeting, *, now: datetime.datetime) -> None:
    """Have people told of what `meeting` says now, and the database not yet; the caller holds its lock, and saves it.

    They are told GATHERED after the first change that they do not know of; at once, where the meeting begins within
    SOON, or began its day when it was cancelled or put off. One query.
    """
    was = Meeting.objects.get(pk=meeting.pk)
    if was.state not in TOLD:
        return
    if meeting.notice_since is None:
        meeting.notice_since, meeting.notice_from, meeting.notice_due_at = now, was.state, now + GATHERED
    if _is_urgent(was, meeting, now):
        meeting.notice_due_at = now


def _is_urgent(was: Meeting, meeting: Meeting, now: datetime.datetime) -> bool:
    """Also when it was to begin soon and has been moved far away: people may be on their way."""
    ahead = [m for m in (was, meeting) if m.state == State.ANNOUNCED]
    if any(m.begins_at - now < SOON and timezone.localdate(now) <= m.last_day for m in ahead):
        return True
    return meeting.state != State.ANNOUNCED and was.date <= timezone.localdate(now) <= was.last_day


def tell_changes(now: datetime.datetime | None = None) -> int:
    """Write to those who have a seat or wait for one, where it is time; returns how many letters.

    Each meeting in a transaction of its own, the letters and the note that they are queued together.
    PartlyDone where some failed.
    """
    now = now or timezone.now()
    due = Meeting.objects.filter(notice_due_at__lte=now).order_by("notice_due_at", "pk").values_list("pk", flat=True)
    return one_by_one(list(due), lambda pk: _tell(pk, now))


@transaction.atomic
def _tell(pk: int, now: datetime.datetime) -> int:
    meeting = Meeting.objects.select_for_update(of=("self",)).filter(pk=pk, notice_due_at__lte=now).first()
    if meeting is None:
        return 0
    was, is_now = _told_last(meeting), _now(meeting)
    sent = 0
    if was != is_now and (meeting.state in TOLD or meeting.is_cancelled):
        people = meeting.registrations.coming().filter(erased_at=None).exclude(email="").order_by("pk")
        sent = sum(_write(person, meeting, was, is_now) for person in people)
        reminders.note_told(meeting, now)
    meeting.notice_since, meeting.notice_due_at, meeting.notice_from = None, None, ""
    meeting.save(update_fields=["notice_since", "notice_due_at", "notice_from"])
    return sent


def _now(meeting: Meeting) -> Situation:
    return Situation(meeting.state, meeting.date, meeting.date_precision, meeting.starts, meeting.ends, meeting.where)


def _told_last(meeting: Meeting) -> Situation:
    """The state that was noted, and the oldest date and place that were given up since. One query."""
    first = meeting.changes.filter(changed_at__gte=meeting.notice_since).order_by("changed_at", "pk").first()
    if first is None:
        now = _now(meeting)
        return Situation(meeting.notice_from, now.date, now.date_precision, now.starts, now.ends, now.where)
    return Situation(meeting.notice_from, first.date, first.date_precision, first.starts, first.ends, first.place)


def _write(registration: Registration, meeting: Meeting, was: Situation, is_now: Situation) -> int:
    context = {
        "registration": registration,
        "meeting": meeting,
        "was": was,
        "is_moved": was.when != is_now.when,
        "is_elsewhere": was.where != is_now.where,
        "is_back": was.state != State.ANNOUNCED,
        "page": address_of(registration),
        "kept_days": KEPT_DAYS,
    }
    queue_letter(
        to=registration.email, template="meetings/email/change", context=context, language=registration.language
    )
    return 1
