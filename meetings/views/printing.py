"""What is printed of a meeting, as PDF. Nobody but the editors sees that of a draft, or a report before it is out."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers, get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from meetings import printing
from meetings.models import Meeting
from participants import limits
from participants.printing import CannotPrint, Printout

# What somebody has had printed is kept; only what is new costs anything.
PRINTING = limits.Limit("print", times=20, seconds=600)


@require_safe
def poster(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """Three queries, and three more when it has to be made."""
    meeting = _meeting(request, year, slug)
    return _pdf(request, meeting, printing.poster(meeting), "plakat")


@require_safe
def poster_after(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """Where nothing is known of promises there is no poster: that nothing was promised is for people to say."""
    meeting = _with_report(_meeting(request, year, slug))
    if not printing.says_of_promises(meeting):
        raise Http404
    return _pdf(request, meeting, printing.poster_after(meeting), "obietnice")


@require_safe
def report(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    meeting = _with_report(_meeting(request, year, slug))
    return _pdf(request, meeting, printing.report(meeting), "relacja")


def _meeting(request: HttpRequest, year: int, slug: str) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("forum")
    return get_object_or_404(meetings, date__year=year, slug=slug)


def _with_report(meeting: Meeting) -> Meeting:
    if meeting.is_public and not meeting.is_closed:
        raise Http404
    return meeting


def _pdf(request: HttpRequest, meeting: Meeting, printout: Printout, name: str) -> HttpResponse:
    """Is it known already, here or there? Only then it is made: the visitor's limit counts what is made for them."""
    etag = quote_etag(printout.digest)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = pdf_response(_made(request, meeting, printout), f"{name}-{meeting.slug}.pdf")
        except limits.LimitReached as limit:
            return _refusal(request, meeting, str(limit), 429)
        except CannotPrint as missing:
            return _refusal(request, meeting, str(missing), 503)
    response["ETag"] = etag
    if meeting.is_public:
        patch_cache_control(response, public=True, no_cache=True)
    else:
        add_never_cache_headers(response)
    return response


def _made(request: HttpRequest, meeting: Meeting, printout: Printout) -> bytes:
    if not meeting.is_public:
        return printout.pdf()
    if kept := printout.kept():
        return kept
    limits.take((PRINTING, limits.visitor(request)))
    return printout.keep(printout.pdf())


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Content-Language"] = "pl"  # whatever the reader's interface speaks
    response["Content-Encoding"] = "identity"  # it is packed already: GZipMiddleware leaves it alone
    return response


def _refusal(request: HttpRequest, meeting: Meeting, why: str, status: int) -> HttpResponse:
    return render(request, "meetings/print_refused.html", {"meeting": meeting, "why": why}, status=status)
