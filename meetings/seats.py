"""Who may sign up for a meeting now, for how many seats, and how many are left."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Registration

KEPT_DAYS = 30  # names and addresses, after the meeting; every form says so
State = Meeting.State


class Obstacle(models.TextChoices):
    """Why nobody can sign up now; the label is the sentence of the page."""

    CANCELLED = "cancelled", _("The meeting is cancelled, so nobody can sign up for it.")
    POSTPONED = "postponed", _("The meeting is put off. You will be able to sign up when there is a new date.")
    OVER = "over", _("The meeting has begun or is over, so nobody can sign up for it any more.")
    FREE = "free", _("You need not sign up for this meeting: just come.")
    EARLY = "early", _("Sign-up has not begun yet.")
    CLOSED = "closed", _("Sign-up is closed.")


def obstacle(meeting: Meeting, now: datetime.datetime) -> Obstacle | None:
    """None where people can sign up. No query. A meeting without a known hour takes nobody on its day."""
    if meeting.is_cancelled:
        return Obstacle.CANCELLED
    if meeting.state == State.POSTPONED:
        return Obstacle.POSTPONED
    if meeting.state != State.ANNOUNCED or meeting.begins_at <= now:
        return Obstacle.OVER
    if not meeting.takes_registrations:
        return Obstacle.FREE
    if meeting.registration_opens_at and now < meeting.registration_opens_at:
        return Obstacle.EARLY
    if meeting.registration_closes_at and meeting.registration_closes_at <= now:
        return Obstacle.CLOSED
    return None


def offered(meeting: Meeting) -> int | None:
    """Seats for residents; None where as many come as like."""
    if meeting.capacity is None:
        return None
    return max(0, meeting.capacity - meeting.reserved_seats)


def most_seats(meeting: Meeting) -> int:
    """In one sign-up: a party larger than the room would wait for ever."""
    room = offered(meeting)
    return meeting.seats_each if room is None else max(1, min(meeting.seats_each, room))


def offers_interpreter(meeting: Meeting, now: datetime.datetime) -> bool:
    """Whether sign language can still be asked for: until the day that the meeting gives, where it does not say no."""
    if meeting.sign_language_until:
        return timezone.localdate(now) <= meeting.sign_language_until
    return meeting.sign_language is not False


@dataclass(frozen=True)
class Seats:
    """`waiting` counts people, not sign-ups, as the seats do."""

    offered: int | None
    taken: int
    waiting: int

    @property
    def free(self) -> int | None:
        return None if self.offered is None else max(0, self.offered - self.taken)

    @property
    def is_full(self) -> bool:
        """Whoever comes now has to wait: also behind a party that does not fit into the seats that are left."""
        return self.offered is not None and (self.waiting > 0 or not self.free)


def seats_of(meeting: Meeting) -> Seats:
    """One query."""
    states = Registration.State
    sums = meeting.registrations.aggregate(
        taken=Sum("seats", filter=Q(state=states.SEATED)), waiting=Sum("seats", filter=Q(state=states.WAITING))
    )
    return Seats(offered(meeting), sums["taken"] or 0, sums["waiting"] or 0)


def needs_of(meeting: Meeting) -> dict[str, int]:
    """Need → how many sign-ups that are coming ask for it. One query."""
    counts = {name: Count("pk", filter=Q(**{name: True})) for name in Registration.NEEDS}
    return meeting.registrations.coming().aggregate(**counts, other_needs=Count("pk", filter=~Q(other_needs="")))


def signup_of(meeting: Meeting, now: datetime.datetime) -> dict[str, Any]:
    """What meetings/_signup.html and meetings/_seats.html tell. One query where people can sign up, else none."""
    reason = obstacle(meeting, now)
    return {
        "obstacle": reason,
        "seats": None if reason else seats_of(meeting),
        "offers_interpreter": offers_interpreter(meeting, now),
        "kept_days": KEPT_DAYS,
    }
