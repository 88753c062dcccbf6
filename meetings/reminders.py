"""Reminders of a meeting to those who have a seat: so many days before as the meeting says, once each."""

import datetime

from django.db import transaction
from django.utils import timezone

from meetings.models import Meeting, Registration
from meetings.registration import address_of
from meetings.seats import KEPT_DAYS
from participants.batches import one_by_one
from participants.dates import Precision
from participants.letters import queue_letter

FROM = datetime.time(9)  # nobody is woken up
FIRST, SECOND = "reminded_first_at", "reminded_second_at"


def due_reminder(meeting: Meeting, now: datetime.datetime) -> tuple[str, datetime.datetime] | None:
    """The latest reminder whose hour has come, as the field that notes it and that hour. No query.

    None before the first, once the meeting may have begun, and where no day is known. Of a missed one nothing is left
    when the next is due. Without a known hour a meeting is reminded of through its whole day.
    """
    ahead = now < meeting.begins_at if meeting.starts else timezone.localdate(now) <= meeting.date
    if meeting.state != Meeting.State.ANNOUNCED or meeting.date_precision != Precision.DAY or not ahead:
        return None
    days = {FIRST: meeting.first_reminder, SECOND: meeting.second_reminder}
    hours = [(_hour(meeting.date, count), field) for field, count in days.items() if count is not None]
    past = [(hour, field) for hour, field in hours if hour <= now]
    if not past:
        return None
    hour, field = max(past)
    return field, hour


def _hour(date: datetime.date, days: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(date - datetime.timedelta(days=days), FROM))


def remind(now: datetime.datetime | None = None) -> int:
    """Send what is due; returns how many letters. Run late, twice, by two at once or killed, everybody gets one.

    Each in a transaction of its own, under the lock of its meeting: the state is checked there. A note older than the
    hour at which a reminder is due belongs to a date before the meeting was moved. Who got a seat after that hour has
    just had a letter. PartlyDone where some failed.
    """
    now = now or timezone.now()
    due: list[tuple[int, int]] = []
    for meeting in Meeting.objects.announced().filter(last_day__gte=timezone.localdate(now)).without_texts():
        due += _without(meeting, now).order_by("pk").values_list("meeting", "pk")
    return one_by_one(due, lambda keys: _remind(*keys, now))


def _without(meeting: Meeting, now: datetime.datetime):
    """Those who have seats, and have not had the reminder that is due."""
    due = due_reminder(meeting, now)
    if due is None:
        return Registration.objects.none()
    field, hour = due
    people = meeting.registrations.seated().filter(seated_at__lt=hour, erased_at=None).exclude(email="")
    return people.exclude(**{f"{field}__gte": hour})


@transaction.atomic
def _remind(meeting_pk: int, pk: int, now: datetime.datetime) -> int:
    """1 when the letter is queued; the note of it shares its fate."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_pk)
    due, registration = due_reminder(meeting, now), _without(meeting, now).filter(pk=pk).first()
    if due is None or registration is None:
        return 0
    setattr(registration, due[0], now)
    registration.save(update_fields=[due[0]])
    days = (meeting.date - timezone.localdate(now)).days
    context = {"registration": registration, "meeting": meeting, "days": days, "page": address_of(registration)}
    context |= {"kept_days": KEPT_DAYS}
    queue_letter(
        to=registration.email,
        template="meetings/email/reminder",
        context=context,
        language=registration.language,
    )
    return 1


def note_told(meeting: Meeting, now: datetime.datetime) -> None:
    """A letter about the new date has just gone out: a reminder that is due already would say the same. One query."""
    due = due_reminder(meeting, now)
    if due:
        meeting.registrations.seated().update(**{due[0]: now})
