"""The hours of letters of news: at once, at eight in the morning, on Mondays at eight; by the clock of the town."""

import datetime

from django.db.models import F, Q
from django.utils import timezone

from participants.models import Resident

MORNING = datetime.time(8)
DAY = datetime.timedelta(days=1)
Pace = Resident.Pace


def next_hours(now: datetime.datetime) -> dict[str, datetime.datetime]:
    """For each pace, from when on what is noted now may be told."""
    morning = next_morning(now)
    monday = morning.date() + (7 - morning.weekday()) % 7 * DAY
    return {Pace.NOW: now, Pace.DAY: morning, Pace.WEEK: _eight(monday), Pace.NEVER: now}


def next_morning(now: datetime.datetime) -> datetime.datetime:
    today = timezone.localtime(now).date()
    morning = _eight(today)
    return morning if morning > now else _eight(today + DAY)


def _eight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, MORNING))


def awake(now: datetime.datetime) -> Q:
    """Accounts outside their quiet hours, which may go over midnight; the same hour twice means none."""
    hour = timezone.localtime(now).hour
    by_day = Q(quiet_from__lt=F("quiet_until")) & (Q(quiet_from__gt=hour) | Q(quiet_until__lte=hour))
    over_night = Q(quiet_from__gt=F("quiet_until")) & Q(quiet_from__gt=hour, quiet_until__lte=hour)
    return Q(quiet_from=F("quiet_until")) | by_day | over_night
