"""Meetings as the public reads them: the lists, and one meeting in each of its states."""

import datetime
import itertools
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from meetings import asking, surveys
from meetings.agenda_questions import place_questions
from meetings.archive import promised, promises_today
from meetings.minutes import is_open
from meetings.models import AgendaItem, Erratum, Finding, Meeting, Organiser, Presence
from meetings.models.meeting import sees_drafts
from meetings.presences import printed
from meetings.registration import address_of, own_of
from meetings.seats import signup_of
from meetings.series import shown_carried
from meetings.views.choices import Choice, read_choice
from meetings.views.promises import promises_of
from participants.paging import page_of

PER_PAGE = 20
COMING_SHOWN = 20


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Coming and past meetings; with a filter one list of all that match. Six queries, whatever their number."""
    return _list(request, request.GET.get("rok", ""))


@require_safe
def year_list(request: HttpRequest, year: int) -> HttpResponse:
    return _list(request, str(year))


def _list(request: HttpRequest, asked_year: str) -> HttpResponse:
    today = timezone.localdate()
    meetings = Meeting.objects.public().without_texts()
    choice = read_choice(request, meetings, asked_year)
    found = choice.narrow(meetings) if choice.is_made else meetings.past(today)
    page = page_of(request, found.latest_first(), size=PER_PAGE)
    context = {
        "coming": [] if choice.is_made else meetings.upcoming(today).soonest_first()[:COMING_SHOWN],
        "coming_shown": COMING_SHOWN,
        "is_filtered": choice.is_made,
        "page": page,
        "by_year": _by_year(page, today),
        "years": choice.years,
        "year": choice.year,
        "categories": choice.categories,
        "category": choice.category,
        "estates": choice.estates,
        "estate": choice.estate,
        "canonical": request.build_absolute_uri(_address(choice.year)),
        "calendar": _calendar_address(choice),
    }
    return render(request, "meetings/meeting_list.html", context)


def _address(year: int | None) -> str:
    return reverse("meetings:year", args=[year]) if year else reverse("meetings:list")


def _calendar_address(choice: Choice) -> str:
    """Of the calendar with the same meetings, without the scheme: subscribing programs want "webcal:"."""
    path = reverse("meetings:calendar_feed") + (f"?{choice.query}" if choice.query else "")
    return settings.SITE_URL.partition("://")[2] + path


def _by_year(meetings: Iterable[Meeting], today: datetime.date) -> list[dict]:
    groups = itertools.groupby(meetings, key=lambda meeting: meeting.date.year)
    return [{"year": year, "rows": [(m, m.is_past(today)) for m in own]} for year, own in groups]


@require_safe
def detail(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """Fourteen queries at most, one more with approved minutes, another one in the archive.

    Three more for whoever is signed in, and another two for staff. With "?podglad=1" the editors see the report before
    it is published.
    """
    meetings = Meeting.objects.visible_to(request.user).select_related("forum", "reported_in")
    meeting = get_object_or_404(meetings, date__year=year, slug=slug)
    today = timezone.localdate()
    is_preview = "podglad" in request.GET and sees_drafts(request.user) and meeting.is_to_close(today)
    shows_record = meeting.is_closed or not meeting.is_public or is_preview
    took_place = meeting.took_place(today) or is_preview
    files = {} if shows_record else {"with_report": False}
    lines = printed(meeting, today, as_record=shows_record)
    agenda = list(meeting.agenda_items.select_related("topic").prefetch_related(shown_carried(today)))
    place_questions(meeting, agenda)
    organisers = list(meeting.organisers.select_related("institution"))
    is_record = meeting.state == Meeting.State.ARCHIVED
    own = own_of(meeting, request.user)
    context = {
        "meeting": meeting,
        "took_place": took_place,
        "shows_record": shows_record,
        "is_preview": is_preview,
        "is_over": meeting.last_day < today,
        "is_faded": meeting.last_day < today or meeting.state == Meeting.State.POSTPONED,
        "agenda": agenda,
        "asking": asking.card(meeting, timezone.now()),
        "has_hours": any(item.starts for item in agenda),
        "hosts": [line for line in lines if line.is_on_host_side],
        "guests": [line for line in lines if not line.is_on_host_side],
        "organisers": organisers,
        "errata": _errata(meeting, agenda),
        "is_record": is_record,
        "changes": list(meeting.changes.all()),
        "documents": list(meeting.documents.filter(**files)),
        "photos": list(meeting.photos.filter(**files)),
        "survey": surveys.shown_beside(meeting, today),
        "canonical": request.build_absolute_uri(meeting.get_absolute_url()),
        **({} if is_record else promises_of(meeting)),
        "own": own and {"is_seated": own.state == own.State.SEATED, "url": address_of(own)},
        **signup_of(meeting, timezone.now()),
        **_neighbours(meeting),
        **(_lists(meeting) if took_place and shows_record else {}),
        **_reports(meeting, took_place),
    }
    if is_record:
        context |= {"promised": list(promised(meeting)), "live": _live(meeting, agenda, lines, organisers, today)}
    made = context.get("promises") or context.get("promised")
    context["has_promises"] = meeting.is_closed and bool(meeting.no_commitments or made)
    context["has_sections"] = bool(agenda or lines or context["photos"] or meeting.report or meeting.announcement)
    response = render(request, "meetings/meeting_detail.html", context)
    if is_preview or not meeting.is_public:
        add_never_cache_headers(response)
    return response


def _errata(meeting: Meeting, agenda: list[AgendaItem]) -> list[Erratum]:
    """Those of the report; each item gets its own as `errata_under`. One query, or none before the approval."""
    found = [] if is_open(meeting) else list(meeting.errata.all())
    for item in agenda:
        item.errata_under = [erratum for erratum in found if erratum.agenda_item_id == item.pk]
    return [erratum for erratum in found if erratum.agenda_item_id is None]


def _live(
    meeting: Meeting, agenda: list[AgendaItem], lines: list[Presence], organisers: list[Organiser], today: datetime.date
) -> dict[str, Any]:
    """What stands beside the record of an archived meeting and goes on changing. One query."""
    people = [line.appointment.official for line in lines if line.appointment]
    institutions = [line.institution for line in lines] + [organiser.institution for organiser in organisers]
    pages = {page.get_absolute_url(): page for page in [*people, *institutions] if page and page.is_public}
    return {
        "promises": promises_today(meeting, today),
        "topics": [item.topic for item in agenda if item.topic and item.topic.is_public],
        "pages": list(pages.values()),
    }


def _lists(meeting: Meeting) -> dict[str, Any]:
    """What was raised, and what was concluded. One query."""
    findings = list(meeting.findings.select_related("institution"))
    part = Finding.Part
    return {
        "raised": [finding for finding in findings if finding.part == part.RAISED],
        "concluded": [finding for finding in findings if finding.part == part.CONCLUDED],
    }


def _reports(meeting: Meeting, took_place: bool) -> dict[str, Any]:
    """Where the report stands, and what else it covers; only of meetings that everybody may see. One query."""
    elsewhere = meeting.reported_in if meeting.reported_in and meeting.reported_in.is_public else None
    covered = Meeting.objects.public().without_texts().filter(reported_in=meeting) if took_place else []
    return {"reported_in": elsewhere, "also_reported": list(covered)}


def _neighbours(meeting: Meeting) -> dict[str, Meeting]:
    here = (meeting.date, meeting.pk)
    beside = Meeting.objects.public().without_texts().beside(meeting)
    return {"earlier" if (other.date, other.pk) < here else "later": other for other in beside}
