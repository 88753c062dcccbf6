"""What is printed of a meeting: posters before and after it, the list to sign, the report. All of it in Polish."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator

from meetings.access import access_facts
from meetings.archive import promised
from meetings.models import Finding, Meeting
from meetings.presences import printed
from participants.models import InformationClause
from participants.printing import CannotPrint, Printout, print_page

__all__ = ["CannotPrint", "Printout", "attendance_list", "poster", "poster_after", "print_page", "report"]

# A poster has one page: first its letters grow smaller (print.css), then its list shorter; at last the rest goes too.
SIZES = [(14, "", False), (14, "dense", False), (14, "dense tight", False), (10, "dense tight", False)]
SIZES += [(6, "dense tight", False), (3, "dense tight", True)]
BLANK_LINES = 20  # for those who come without signing up


def page_url(meeting: Meeting) -> str:
    return f"{settings.SITE_URL}{meeting.get_absolute_url()}"


def poster(meeting: Meeting) -> Printout:
    """When, where, and what about; one page, whatever was written. Two queries."""
    agenda = list(meeting.agenda_items.select_related("topic"))
    context = {
        "meeting": meeting,
        "page_url": page_url(meeting),
        "access": access_facts(meeting),
        "has_hours": any(item.starts for item in agenda),
        "lead": Truncator(meeting.lead).chars(260),
    }
    return _whole_page("meetings/print/poster.html", context, "agenda", agenda)


def says_of_promises(meeting: Meeting) -> bool:
    """Whether anything is known of promises: there are some, or somebody has said that there are none. One query."""
    return meeting.no_commitments or meeting.commitments.public().exists()


def poster_after(meeting: Meeting) -> Printout:
    """What was promised, by whom and until when; one page. Two queries."""
    promises = list(meeting.commitments.public().select_related("institution").soonest_due_first())
    context = {"meeting": meeting, "page_url": page_url(meeting)}
    return _whole_page("meetings/print/poster_after.html", context, "promises", promises)


def _whole_page(template: str, context: dict[str, Any], name: str, rows: list[Any]) -> Printout:
    """`rows` are called `name` in the template, those without a place on the page `left_out`."""
    sizes = [(min(shown, len(rows)), size, is_bare) for shown, size, is_bare in SIZES]
    first, *shorter = [
        {name: rows[:shown], "left_out": rows[shown:], "size": size, "is_bare": is_bare}
        for shown, size, is_bare in dict.fromkeys(sizes)  # each once
    ]
    shorter[-1]["lead"] = ""
    return Printout(template, {**context, **first}, shorter=shorter)


def report(meeting: Meeting) -> Printout:
    """The record of the meeting as its page has it, guests frozen and errata under the text. Six queries.

    In the archive it stays letter for letter, like the page.
    """
    findings = list(meeting.findings.select_related("institution"))
    promises = promised(meeting).select_related("institution")
    if meeting.state != Meeting.State.ARCHIVED:  # an institution that helps goes by its name of today
        promises = promises.prefetch_related("helpers")
    lines = printed(meeting, timezone.localdate())
    context = {
        "meeting": meeting,
        "page_url": page_url(meeting),
        "agenda": list(meeting.agenda_items.select_related("topic")),
        "raised": [finding for finding in findings if finding.part == Finding.Part.RAISED],
        "concluded": [finding for finding in findings if finding.part == Finding.Part.CONCLUDED],
        "promises": list(promises),
        "is_record": meeting.state == Meeting.State.ARCHIVED,
        "hosts": [line for line in lines if line.is_on_host_side],
        "guests": [line for line in lines if not line.is_on_host_side],
        "errata": list(meeting.errata.all()),
    }
    return Printout("meetings/print/report.html", context)


def attendance_list(meeting: Meeting) -> Printout:
    """Those who have seats, to sign; what they need on a sheet of its own, which is not passed round. Two queries.

    Personal data: made anew each time, and kept nowhere.
    """
    seated = list(meeting.registrations.seated().in_queue_order())
    context = {
        "meeting": meeting,
        "controller": InformationClause.objects.current().controller,
        "seated": seated,
        "seats": sum(registration.seats for registration in seated),
        "in_need": [registration for registration in seated if registration.needs],
        "blank": range(len(seated) + 1, len(seated) + 1 + BLANK_LINES),
    }
    return Printout("meetings/print/attendance_list.html", context)
