"""Meetings for calendars: iCalendar (RFC 5545), with moments in UTC, so that no change of the clocks can go wrong.

A meeting keeps its UID for ever, wherever the site stands: a bare UUID, as RFC 7986 (5.3) asks. SEQUENCE is its
revision, which every change of date, place or state raises. A postponed meeting is CANCELLED like a cancelled one: it
does not take place on the day that stands in people's calendars; with its new date, the same entry is CONFIRMED again.
"""

import datetime
import zoneinfo
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from meetings.access import access_facts
from meetings.models import Meeting
from meetings.models.meeting import MeetingQuerySet
from participants.dates import Precision
from participants.prose import tidy_plain

CONTENT_TYPE = "text/calendar; charset=utf-8"
KEPT_PAST = datetime.timedelta(days=366)
MOST = 500  # entries in one feed
REFRESHED = datetime.timedelta(hours=1)


def has_day(meeting: Meeting) -> bool:
    """Only what has a day can stand in a calendar."""
    return meeting.date_precision == Precision.DAY


def recent(meetings: MeetingQuerySet, today: datetime.date) -> MeetingQuerySet:
    """Of the last year and to come: nobody's calendar wants the whole archive."""
    return meetings.filter(last_day__gte=today - KEPT_PAST)


def feed_of(meetings: MeetingQuerySet, *, name: str) -> bytes:
    """A calendar to subscribe to. One query."""
    calendar = _calendar(meetings.filter(date_precision=Precision.DAY).latest_first()[:MOST])
    for field in ("name", "x-wr-calname"):
        calendar.add(field, vText(name))
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return calendar.to_ical()


def entry_of(meeting: Meeting) -> bytes:
    """One meeting, to be put into a calendar. No query."""
    return _calendar([meeting]).to_ical()


def _calendar(meetings: Iterable[Meeting]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Forum ku bezpieczeństwu//spotkania//PL")
    calendar.add("version", "2.0")
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    return calendar


def _event(meeting: Meeting) -> Event:
    event = Event()
    event.add("uid", str(meeting.uid))
    event.add("dtstamp", meeting.changed_at.replace(microsecond=0).astimezone(datetime.UTC))
    event.add("last-modified", meeting.changed_at.replace(microsecond=0).astimezone(datetime.UTC))
    event.add("sequence", meeting.revision)
    event.add("status", "CONFIRMED" if _keeps_its_day(meeting) else "CANCELLED")
    event.add("summary", _summary(meeting))
    event.add("dtstart", _moment(meeting.date, meeting.starts) if meeting.starts else meeting.date)
    if meeting.ends:  # else nobody knows, and no end is invented
        event.add("dtend", _moment(meeting.date, meeting.ends))
    event.add("url", f"{settings.SITE_URL}{meeting.get_absolute_url()}")
    event.add("description", _description(meeting))
    if meeting.where:
        event.add("location", _line(meeting.where))
    if meeting.latitude is not None and meeting.longitude is not None:
        event.add("geo", (meeting.latitude, meeting.longitude))
    return event


def _keeps_its_day(meeting: Meeting) -> bool:
    return not meeting.is_cancelled and meeting.state != Meeting.State.POSTPONED


def _moment(date: datetime.date, time: datetime.time) -> datetime.datetime:
    """In UTC. An hour that the clock strikes twice in October is the first one."""
    local = datetime.datetime.combine(date, time, tzinfo=zoneinfo.ZoneInfo(settings.TIME_ZONE))
    return local.astimezone(datetime.UTC)


def _line(text: str) -> str:
    return " ".join(tidy_plain(text).split())


def _summary(meeting: Meeting) -> str:
    title = _line(meeting.title)
    if meeting.is_cancelled:
        title = _("Cancelled: %(title)s") % {"title": title}
    elif meeting.state == Meeting.State.POSTPONED:
        title = _("Postponed: %(title)s") % {"title": title}
    if meeting.is_example:
        title = _("Example: %(title)s") % {"title": title}
    return title


def _description(meeting: Meeting) -> str:
    """Why it does not take place, what it is about, how to get in, where to read more."""
    parts = []
    if meeting.state_reason and not _keeps_its_day(meeting):
        parts.append(_("Reason: %(reason)s") % {"reason": meeting.state_reason})
    parts += [meeting.subtitle, meeting.lead]
    parts += ["\n".join(access_facts(meeting))]
    if meeting.online_url:
        parts.append(_("Take part online: %(address)s") % {"address": meeting.online_url})
    parts.append(f"{settings.SITE_URL}{meeting.get_absolute_url()}")
    return "\n\n".join(filter(None, map(tidy_plain, parts)))
