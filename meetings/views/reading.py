"""Meetings as the public reads them: the lists, and one meeting in each of its states."""

import datetime
import itertools
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from meetings.models import Finding, Meeting
from meetings.presences import printed
from participants.models import Estate
from participants.paging import page_of
from topics.models import Category, Topic

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
    """An empty filter is none; a value that is no choice is not found."""
    today = timezone.localdate()
    meetings = Meeting.objects.public().without_texts()
    years = [first.year for first in meetings.dates("date", "year", order="DESC")]
    categories, estates = list(Category.objects.all()), list(Estate.objects.all())
    year = _choice(asked_year, {str(known): known for known in years})
    category = _choice(request.GET.get("kategoria", ""), {known.slug: known for known in categories})
    estate = _choice(request.GET.get("osiedle", ""), {known.slug: known for known in estates})
    is_filtered = any([year, category, estate])
    found = _filtered(meetings, year, category, estate) if is_filtered else meetings.past(today)
    page = page_of(request, found.latest_first(), size=PER_PAGE)
    context = {
        "coming": [] if is_filtered else meetings.upcoming(today).soonest_first()[:COMING_SHOWN],
        "coming_shown": COMING_SHOWN,
        "is_filtered": is_filtered,
        "page": page,
        "by_year": _by_year(page, today),
        "years": years,
        "year": year,
        "categories": categories,
        "category": category,
        "estates": estates,
        "estate": estate,
        "canonical": request.build_absolute_uri(_address(year)),
    }
    return render(request, "meetings/meeting_list.html", context)


def _address(year: int | None) -> str:
    return reverse("meetings:year", args=[year]) if year else reverse("meetings:list")


def _choice(value: str, known: dict[str, Any]) -> Any:
    if not value:
        return None
    if value not in known:
        raise Http404
    return known[value]


def _filtered(meetings: Any, year: int | None, category: Category | None, estate: Estate | None) -> Any:
    topics = Topic.objects.public()
    if category:
        topics = topics.filter(category=category)
    if estate:
        topics = topics.filter(estates=estate)
    if year:
        meetings = meetings.filter(date__year=year)
    return meetings.about(topics) if category or estate else meetings


def _by_year(meetings: Iterable[Meeting], today: datetime.date) -> list[dict]:
    groups = itertools.groupby(meetings, key=lambda meeting: meeting.date.year)
    return [{"year": year, "rows": [(m, m.is_past(today)) for m in own]} for year, own in groups]


@require_safe
def detail(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """Ten queries at most; two more for whoever is signed in, and another two for staff.

    With "?podglad=1" the editors see the report before it is published.
    """
    meetings = Meeting.objects.visible_to(request.user).select_related("forum", "reported_in")
    meeting = get_object_or_404(meetings, date__year=year, slug=slug)
    today = timezone.localdate()
    is_preview = "podglad" in request.GET and _may_preview(request.user) and meeting.is_to_close(today)
    shows_record = meeting.is_closed or not meeting.is_public or is_preview
    took_place = meeting.took_place(today) or is_preview
    lines = printed(meeting, today, as_record=shows_record)
    agenda = list(meeting.agenda_items.select_related("topic"))
    context = {
        "meeting": meeting,
        "took_place": took_place,
        "shows_record": shows_record,
        "is_preview": is_preview,
        "is_over": meeting.last_day < today,
        "is_faded": meeting.last_day < today or meeting.state == Meeting.State.POSTPONED,
        "agenda": agenda,
        "has_hours": any(item.starts for item in agenda),
        "hosts": [line for line in lines if line.is_on_host_side],
        "guests": [line for line in lines if not line.is_on_host_side],
        "organisers": list(meeting.organisers.select_related("institution")),
        "changes": list(meeting.changes.all()),
        "documents": list(meeting.documents.all()),
        "photos": list(meeting.photos.all()),
        "canonical": request.build_absolute_uri(meeting.get_absolute_url()),
        **_neighbours(meeting),
        **(_lists(meeting) if took_place and shows_record else {}),
        **_reports(meeting, took_place),
    }
    context["has_sections"] = bool(agenda or lines or context["photos"] or meeting.report or meeting.announcement)
    response = render(request, "meetings/meeting_detail.html", context)
    if is_preview or not meeting.is_public:
        add_never_cache_headers(response)
    return response


def _may_preview(user: Any) -> bool:
    return user.is_staff and user.has_perm("meetings.change_meeting")


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
