"""Promises as everybody reads them: the board, and the story of each."""

import datetime
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from meetings.models import AgendaItem, Commitment, Meeting
from meetings.models.commitment import CommitmentQuerySet
from meetings.views.choices import one_of
from participants.models import Estate, Institution
from participants.paging import page_of

PER_PAGE = 20
OPEN_SHOWN, ENDED_SHOWN = 20, 10  # of each part of the whole board; the list of a state has all
MEETINGS_OFFERED = 60
Rows = Callable[[CommitmentQuerySet, datetime.date], CommitmentQuerySet]
STATES: dict[str, Rows] = {
    "w-toku": lambda found, today: found.on_time(today).soonest_due_first(),
    "po-terminie": lambda found, today: found.overdue(today).soonest_due_first(),
    "zrobione": lambda found, today: found.done().latest_change_first(),
    "nie": lambda found, today: found.dropped().latest_change_first(),
}


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Eight queries whatever the number of promises, one more for a meeting that is chosen."""
    today = timezone.localdate()
    chosen, offered = _filters(request)
    found = _filtered(Commitment.objects.public(), chosen)
    state = request.GET.get("stan", "")
    if state and state not in STATES:
        raise Http404
    context = {
        "score": found.score(today),
        "state": state,
        "chosen": chosen,
        "offered": offered,
        "is_filtered": any(chosen.values()),
        "canonical": request.build_absolute_uri(reverse("meetings:commitments")),
    }
    context |= _page_of_state(request, STATES[state](found, today)) if state else _whole(found)
    return render(request, "meetings/commitment_list.html", context)


def _whole(found: CommitmentQuerySet) -> dict[str, Any]:
    """The longest overdue come first of all. Three queries."""
    cards = found.for_cards()
    return {
        "opened": list(cards.open().soonest_due_first()[:OPEN_SHOWN]),
        "done": list(cards.done().latest_change_first()[:ENDED_SHOWN]),
        "dropped": list(cards.dropped().latest_change_first()[:ENDED_SHOWN]),
    }


def _page_of_state(request: HttpRequest, found: CommitmentQuerySet) -> dict[str, Any]:
    """The keys of the page first, from an index, and then its cards: rows that are skipped are not made. Three."""
    page = page_of(request, found.values_list("pk", flat=True), size=PER_PAGE)
    keys = list(page)
    cards = Commitment.objects.public().for_cards().in_bulk(keys)
    return {"page": page, "cards": [cards[key] for key in keys if key in cards]}


def _filters(request: HttpRequest) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """What is chosen, and what can be. An empty filter is none; a value that is no choice is not found."""
    public = Commitment.objects.public()
    offered = {
        "institutions": list(Institution.objects.public().filter(pk__in=public.values("institution")).by_name()),
        "estates": list(Estate.objects.filter(pk__in=public.values("estates"))),
        "meetings": list(_meetings().latest_first()[:MEETINGS_OFFERED]),
        "years": [first.year for first in public.dates("meeting__date", "year", order="DESC")],
    }
    chosen = {
        "institution": one_of({row.slug: row for row in offered["institutions"]}, request.GET.get("instytucja", "")),
        "estate": one_of({row.slug: row for row in offered["estates"]}, request.GET.get("osiedle", "")),
        "meeting": _meeting(request.GET.get("spotkanie", "")),
        "year": one_of({str(year): year for year in offered["years"]}, request.GET.get("rok", "")),
    }
    return chosen, offered


def _meetings() -> Any:
    with_promises = Meeting.objects.public().filter(pk__in=Commitment.objects.public().values("meeting"))
    return with_promises.only("title", "date", "date_precision", "slug")


def _meeting(key: str) -> Meeting | None:
    """Also one that is too old to be offered. One query where a meeting is chosen."""
    if not key:
        return None
    if not (key.isascii() and key.isdigit() and len(key) <= 18):
        raise Http404
    return get_object_or_404(_meetings(), pk=key)


def _filtered(found: CommitmentQuerySet, chosen: dict[str, Any]) -> CommitmentQuerySet:
    columns = {
        "institution": chosen["institution"],
        "estates": chosen["estate"],
        "meeting": chosen["meeting"],
        "meeting__date__year": chosen["year"],
    }
    return found.filter(**{column: value for column, value in columns.items() if value})


@require_safe
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """From the question to the last entry, on one line of time. Eight queries, whatever its length."""
    rows = Commitment.objects.visible_to(request.user).select_related("institution", "meeting__forum")
    commitment = get_object_or_404(rows, pk=pk)
    entries = commitment.entries.select_related("passed_to", "meeting").prefetch_related("photos")
    context = {
        "commitment": commitment,
        "places": list(commitment.agenda_questions.promised().public().for_story()),
        "item": AgendaItem.objects.public().filter(pk=commitment.agenda_item_id).select_related("topic").first(),
        "helpers": list(commitment.helpers.by_name()),
        "estates": list(commitment.estates.all()),
        "entries": list(entries),
        "canonical": request.build_absolute_uri(commitment.get_absolute_url()),
    }
    context["first_due"] = next((entry.due for entry in context["entries"]), commitment.due)
    response = render(request, "meetings/commitment_detail.html", context)
    if not commitment.is_public:
        add_never_cache_headers(response)
    return response


def promises_of(meeting: Meeting) -> dict[str, Any]:
    """What the page of a meeting shows of its promises, once the report is out. One query."""
    rows = list(meeting.commitments.public().for_cards().order_by("pk")) if meeting.is_closed else []
    return {"promises": rows, "promises_done": sum(row.is_done for row in rows)}
