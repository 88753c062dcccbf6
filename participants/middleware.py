"""Old addresses lead to the new ones; a session notes when it was last used."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from participants.models import FormerAddress
from participants.sessions import note_seen


class FormerAddressMiddleware:
    """Where a page is not found, looks once for the address it has now, or for the one of the page right above: a form
    or a calendar file moves with its page. One query, on 404 answers only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        page, below = _page_and_below(request.path)
        known = dict(FormerAddress.objects.filter(path__in=[request.path, page]).values_list("path", "target"))
        target = known.get(request.path) or (f"{known[page]}{below}" if page in known else None)
        if target is None:
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{target}?{query}" if query else target)


class LastSeenMiddleware:
    """Notes once an hour that a signed-in session is in use. No query otherwise, and none for strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:
            note_seen(request)
        return response


def _page_and_below(path: str) -> tuple[str, str]:
    """ "/spotkania/2026/zima/plakat.pdf" is "plakat.pdf" below "/spotkania/2026/zima/"."""
    head, slash, last = path.removesuffix("/").rpartition("/")
    return head + slash, last + path[len(path.removesuffix("/")) :]
