"""Institutions and officials as the public sees them: what they hold, where they came, what they answered."""

import datetime
import itertools
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from participants.models import Institution, Official
from participants.paging import page_of

PER_PAGE = 60
SHOWN = 20  # of each list on a page; the newest
LINES = 100  # of lists of guests that are read to show so many meetings
PEOPLE = 60
ONE_DAY = datetime.timedelta(days=1)


@require_safe
def institution_list(request: HttpRequest) -> HttpResponse:
    """Two queries."""
    page = page_of(request, Institution.objects.public().by_kind(), size=PER_PAGE)
    return render(request, "participants/institution_list.html", {"page": page})


@require_safe
def institution(request: HttpRequest, slug: str) -> HttpResponse:
    """Thirteen queries, whatever the number of people, meetings, questions and promises."""
    institutions = Institution.objects.visible_to(request.user).select_related("parent")
    found = get_object_or_404(institutions, slug=slug)
    today = timezone.localdate()
    appointments = _posts(found).select_related("official", "rank")
    current = list(appointments.current(today)[:PEOPLE])
    context = {
        "institution": found,
        "now": [post for post in current if post.is_dated],
        "undated": [post for post in current if not post.is_dated],
        "then": appointments.former(today)[:SHOWN],
        "units": found.units.public().by_name()[:PEOPLE],
        "former_names": found.former_names.all(),
        "organised": found.organised_meetings.public().without_texts().latest_first()[:SHOWN],
        "attended": _by_meeting(found.presences, today),
        "questions": _questions(found),
        **_promises(found, today),
        "shown": SHOWN,
    }
    return _page(request, "participants/institution_detail.html", context, is_open=found.is_public)


@require_safe
def official(request: HttpRequest, slug: str) -> HttpResponse:
    """Four queries, whatever the number of posts, meetings and answers."""
    found = get_object_or_404(Official.objects.visible_to(request.user), slug=slug)
    today = timezone.localdate()
    appointments = list(_posts(found).select_related("institution", "rank")[:PEOPLE])
    context = {
        "official": found,
        "now": [post for post in appointments if post.is_current(today) and post.is_dated],
        "undated": [post for post in appointments if not post.is_dated],
        "then": sorted((post for post in appointments if post.is_former(today)), key=lambda post: post.ends)[::-1],
        "attended": _by_meeting(found.presences, today),
        "answers": found.answers.public().published().official().select_related("topic").order_by("-pk")[:SHOWN],
        "shown": SHOWN,
    }
    return _page(request, "participants/official_detail.html", context, is_open=found.is_public)


def _posts(page: Institution | Official) -> Any:
    """On a page that is not open yet, the posts as they will look when it is."""
    return page.appointments.public() if page.is_public else page.appointments.named()


def _questions(institution: Institution) -> dict[str, Any]:
    """What residents asked it: how many wait and are answered, and its usual days to the first word. Three queries."""
    steps = institution.question_steps.public()
    usual = steps.usual_wait()
    return {
        "waiting": institution.questions.public().waiting().count(),
        "answered": steps.answers().questions(),
        "days": None if usual is None else round(usual / ONE_DAY),
    }


def _promises(institution: Institution, today: datetime.date) -> dict[str, Any]:
    """What it promised at meetings, how it stands, and how the institution keeps its word. Three queries."""
    promised = institution.commitments.public()
    return {
        "score": promised.score(today),
        "keeping": promised.keeping(),
        "promises": promised.for_cards().open_first()[:SHOWN],
    }


def _by_meeting(presences: Any, today: datetime.date) -> list[dict]:
    """The latest public meetings with the lines of their lists of guests. One query."""
    lines = presences.public().with_meeting().latest_first()[:LINES]
    groups = itertools.groupby(lines, key=lambda line: line.meeting)
    rows = [{"meeting": meeting, "past": meeting.is_past(today), "lines": list(own)} for meeting, own in groups]
    return rows[:SHOWN]


def _page(request: HttpRequest, template: str, context: dict, *, is_open: bool) -> HttpResponse:
    """A page that is not open yet is kept by no cache."""
    response = render(request, template, context)
    if not is_open:
        add_never_cache_headers(response)
    return response
