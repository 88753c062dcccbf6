"""The life of a meeting: draft, scheduled, announced, then held, postponed or cancelled, and the archive.

`held_at` says that it took place, `closed_at` that its report is out: meetings.closing publishes that, and only a
meeting of the past that is entered together with its report is both at once.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.archive import write_down
from meetings.commitments import publish_all
from meetings.models import Carried, Change, Meeting, MeetingStep
from meetings.notices import note_change
from meetings.presences import freeze_all
from meetings.registration import move_up
from meetings.series import carry_over

PERMISSION = "meetings.change_meeting"
State, Kind = Meeting.State, MeetingStep.Kind
Step = Callable[[Meeting, datetime.datetime], Meeting]


class ChangeRefused(Exception):
    """The act does not fit the state of the meeting, or the role of who asks; `str()` says it in a sentence."""


@transaction.atomic
def announce(meeting: Meeting, *, by: Any, now: datetime.datetime | None = None) -> Meeting:
    """Publish: freezes the list of guests and opens the pages of those it names. A meeting of the past is held at once.

    A postponed or cancelled meeting can be announced again; its former date stays readable. A postponed one did not
    take place on a day that has passed, so it needs a new date.
    """
    now = now or timezone.now()
    meeting = _locked(meeting, by, expected={State.DRAFT, State.SCHEDULED, State.POSTPONED, State.CANCELLED})
    if meeting.state == State.POSTPONED and meeting.last_day < timezone.localdate(now):
        raise ChangeRefused(_("The day of the meeting has passed. Give the new date with “Move”."))
    return _publish(meeting, now)


@transaction.atomic
def schedule(
    meeting: Meeting, *, by: Any, publish_at: datetime.datetime, now: datetime.datetime | None = None
) -> Meeting:
    """Publish later; the worker does it when the hour has come."""
    meeting = _locked(meeting, by, expected={State.DRAFT, State.SCHEDULED})
    if publish_at <= (now or timezone.now()):
        raise ChangeRefused(_("The hour of publication has passed. Choose a later one, or publish now."))
    meeting.state, meeting.publish_at = State.SCHEDULED, publish_at
    return _saved(meeting)


@transaction.atomic
def take_back(meeting: Meeting, *, by: Any) -> Meeting:
    """A scheduled meeting becomes a draft again. What was public once is cancelled or postponed, never hidden."""
    meeting = _locked(meeting, by, expected={State.SCHEDULED})
    meeting.state, meeting.publish_at = State.DRAFT, None
    return _saved(meeting)


@transaction.atomic
def move(meeting: Meeting, *, by: Any, now: datetime.datetime | None = None, **to: Any) -> Meeting:
    """Give a public meeting another date, hour or place; the former ones stay readable on its page.

    `to` takes date, date_precision, starts, ends, place, address, room. A postponed meeting is announced again.
    """
    meeting = _locked(meeting, by, expected={State.ANNOUNCED, State.POSTPONED})
    now = now or timezone.now()
    keep_former(meeting, now)
    for name, value in to.items():
        setattr(meeting, name, value)
    meeting.state, meeting.state_reason, meeting.moved_at = State.ANNOUNCED, "", now
    meeting.full_clean(exclude=["institutions"])
    note_change(meeting, now=now)
    _saved(meeting)
    meeting.steps.create(kind=Kind.MOVED, at=now)
    move_up(meeting, now=now)
    return meeting


@transaction.atomic
def postpone(meeting: Meeting, *, by: Any, reason: str = "", now: datetime.datetime | None = None) -> Meeting:
    """Put off without a new date; the old one stays readable."""
    meeting = _locked(meeting, by, expected={State.ANNOUNCED})
    now = now or timezone.now()
    meeting.state, meeting.state_reason, meeting.postponed_at = State.POSTPONED, reason, now
    meeting.steps.create(kind=Kind.POSTPONED, at=now)
    note_change(meeting, now=now)
    return _saved(meeting)


@transaction.atomic
def cancel(meeting: Meeting, *, by: Any, reason: str, now: datetime.datetime | None = None) -> Meeting:
    """Call off, with a reason that the page shows."""
    meeting = _locked(meeting, by, expected={State.ANNOUNCED, State.POSTPONED})
    if not reason.strip():
        raise ChangeRefused(_("Write why the meeting does not take place."))
    now = now or timezone.now()
    meeting.steps.create(kind=Kind.CANCELLED, at=now)
    meeting.state, meeting.state_reason, meeting.cancelled_at = State.CANCELLED, reason.strip(), now
    note_change(meeting, now=now)
    return _saved(meeting)


@transaction.atomic
def close_as_held(meeting: Meeting, *, by: Any, now: datetime.datetime | None = None) -> Meeting:
    """Say that the meeting took place. Its report stays with the editors until meetings.closing publishes it."""
    now = now or timezone.now()
    meeting = _locked(meeting, by, expected={State.ANNOUNCED})
    if meeting.date > timezone.localdate(now):
        raise ChangeRefused(_("The meeting has not taken place yet."))
    return _note_held(meeting, now)


@transaction.atomic
def archive(meeting: Meeting, *, by: Any, now: datetime.datetime | None = None) -> Meeting:
    """Move a held or cancelled meeting to the archive; it keeps its address."""
    meeting = _locked(meeting, by, expected={State.HELD, State.CANCELLED})
    if meeting.minutes_state == Meeting.Minutes.CIRCULATED:
        raise ChangeRefused(_("The minutes are out for correction. Approve them or take them back first."))
    if meeting.state == State.HELD and not meeting.is_closed and _waits_for_report(meeting):
        raise ChangeRefused(_("Questions or promises wait for the report of this meeting. Publish it first."))
    return _archive(meeting, now or timezone.now())


def move_on(now: datetime.datetime | None = None) -> dict[str, int]:
    """What the clock decides: publish what is due, note as held what is over, archive what is old.

    Each meeting in a transaction of its own; run late, twice or killed half-way, it ends in the same state.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    due, over = Meeting.objects.due(now), Meeting.objects.filter(state=State.ANNOUNCED, last_day__lt=today)
    held = Meeting.objects.filter(state=State.HELD).select_related("forum")
    ripe = [meeting.pk for meeting in held.without_texts() if _is_ripe(meeting, today)]
    return {
        "published": sum(_by_clock(due, pk, _publish, now) for pk in _ids(due)),
        "held": sum(_by_clock(over, pk, _note_held, now) for pk in _ids(over)),
        "archived": sum(_by_clock(held, pk, _archive, now) for pk in ripe),
    }


def _is_ripe(meeting: Meeting, today: datetime.date) -> bool:
    """Whether a held meeting is old enough for the archive; one that was entered late gets its time as well.

    A meeting without its report waits for it. Minutes that are out for correction keep it back: in the archive nobody
    could take the words in.
    """
    if not meeting.is_closed or meeting.minutes_state == Meeting.Minutes.CIRCULATED:
        return False
    over = max(filter(None, [meeting.last_day, meeting.held_at and timezone.localdate(meeting.held_at)]))
    return over < today - datetime.timedelta(days=meeting.forum.archive_after_days)


def keep_former(meeting: Meeting, now: datetime.datetime) -> Change:
    """Note the date and place that the meeting has now, before they are changed."""
    stored = Meeting.objects.get(pk=meeting.pk)
    return Change.objects.create(
        meeting=stored,
        date=stored.date,
        date_precision=stored.date_precision,
        starts=stored.starts,
        ends=stored.ends,
        place=stored.where,
        changed_at=now,
    )


def _ids(meetings: Any) -> list[int]:
    return list(meetings.values_list("pk", flat=True))


@transaction.atomic
def _by_clock(waiting: QuerySet[Meeting], pk: int, step: Step, now: datetime.datetime) -> int:
    """One step of one meeting, if it still waits for it: somebody may have moved it since. 1 when the step was made."""
    meeting = waiting.select_for_update(of=("self",)).filter(pk=pk).first()
    if meeting is None or (step is _archive and not _is_ripe(meeting, timezone.localdate(now))):
        return 0
    step(meeting, now)
    return 1


def _note_held(meeting: Meeting, now: datetime.datetime) -> Meeting:
    meeting.state, meeting.held_at = State.HELD, now
    return _saved(meeting)


def _publish(meeting: Meeting, now: datetime.datetime) -> Meeting:
    """In this order: what people are told of is noted, the state is saved, who waits moves up, guests are frozen and
    their pages open, promises go out with a report that is there already, earlier promises come on the agenda.

    Followers hear of a meeting to come; what an archivist enters of the past is no news.
    """
    meeting.published_at = meeting.published_at or now
    meeting.publish_at, meeting.cancelled_at, meeting.state_reason = None, None, ""
    over = meeting.last_day < timezone.localdate(now)
    meeting.state = State.HELD if over else State.ANNOUNCED
    meeting.held_at = now if over else None
    meeting.closed_at = now if over and _is_written_up(meeting) else None
    note_change(meeting, now=now)
    _saved(meeting)
    if not over:
        meeting.steps.create(kind=Kind.ANNOUNCED, at=now)
    move_up(meeting, now=now)
    freeze_all(meeting, now)
    if meeting.is_closed:
        publish_all(meeting, now=now)
    carry_over(meeting, now)
    return meeting


def _is_written_up(meeting: Meeting) -> bool:
    """A meeting of the past entered with its report, by an archivist: there is nothing left to close. Three queries.

    Where a question stands on its agenda, or the room judged a promise, only the closing makes that count.
    """
    judged = Carried.objects.filter(agenda_item__meeting=meeting).exclude(verdict="")
    if meeting.agenda_questions.unsettled().exists() or judged.exists():
        return False
    return bool(meeting.report) or meeting.agenda_items.exclude(note="").exists()


def _waits_for_report(meeting: Meeting) -> bool:
    """In the archive no report is written any more. Two queries."""
    unpublished = meeting.commitments.filter(published_at=None)
    return meeting.agenda_questions.unsettled().exists() or unpublished.exists()


def _archive(meeting: Meeting, now: datetime.datetime) -> Meeting:
    write_down(meeting)
    meeting.state, meeting.archived_at = State.ARCHIVED, now
    return _saved(meeting)


def _saved(meeting: Meeting) -> Meeting:
    meeting.revision += 1  # whoever has the form open is told
    meeting.save()
    return meeting


def _locked(meeting: Meeting, by: Any, *, expected: set[str]) -> Meeting:
    if not by.has_perm(PERMISSION):
        raise ChangeRefused(_("Only the editors may decide this."))
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.state not in expected:
        raise ChangeRefused(_("The meeting is “%(state)s” already.") % {"state": meeting.get_state_display()})
    return meeting
