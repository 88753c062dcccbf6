"""Meetings as files for calendars."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.calendar import CONTENT_TYPE, entry_of, feed_of, has_day, recent
from meetings.models import Meeting
from meetings.views.choices import read_choice


@require_safe
def entry(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """One query. A meeting of which only the month is known has no day to put it on."""
    meeting = get_object_or_404(Meeting.objects.public().without_texts(), date__year=year, slug=slug)
    if not has_day(meeting):
        raise Http404
    response = _answer(request, entry_of(meeting))
    response["Content-Disposition"] = f'attachment; filename="{meeting.slug}.ics"'
    return response


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """With the filters of the list of meetings; without a year, those of the last one and to come. Four queries."""
    meetings = Meeting.objects.public().without_texts()
    choice = read_choice(request, meetings, request.GET.get("rok", ""))
    found = choice.narrow(meetings)
    if not choice.year:
        found = recent(found, timezone.localdate())
    chosen = filter(None, [choice.category and choice.category.name, choice.estate and choice.estate.name, choice.year])
    name = ", ".join([_("Meetings of the forum"), *map(str, chosen)])
    return _answer(request, feed_of(found, name=name))


def _answer(request: HttpRequest, ical: bytes) -> HttpResponse:
    """Programs ask every hour: what they have already is not sent again."""
    etag = quote_etag(hashlib.sha256(ical).hexdigest()[:32])
    response = HttpResponse(ical, content_type=CONTENT_TYPE, headers={"ETag": etag})
    response = get_conditional_response(request, etag=etag, response=response)
    patch_cache_control(response, public=True, no_cache=True)
    return response
