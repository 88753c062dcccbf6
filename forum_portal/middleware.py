"""What happens to every request before a view sees it, and to every answer before it leaves."""

import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from forum_portal.logging import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]

PANEL = "/panel/"
DRAIN_BYTES = 512 * 1024 * 1024
DRAIN_SECONDS = 30
CHUNK_BYTES = 64 * 1024
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


class RequestIdMiddleware:
    """Gives each request an id of our own making; one sent from outside is never taken over.

    The id stays until the thread's next request: Django and gunicorn log the answer after this returns.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id.set(uuid.uuid4().hex)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.get()
        return response


class SecurityHeadersMiddleware:
    """Content-Security-Policy from SECURE_CSP, Permissions-Policy, and no shared cache for who has a session.

    SECURE_CSP and its rules are those of Django 6's ContentSecurityPolicyMiddleware: after the upgrade
    drop the policy here. A view that has set its own policy (a download in a sandbox) keeps it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cookie" in response.get("Vary", ""):
            response.headers.setdefault("Cache-Control", "private, no-cache")  # perhaps with what only they may read
        return response


class RequestGuardMiddleware:
    """Answers what no view could make sense of: NUL bytes and bodies that are too big.

    Stands before the session, so it costs no query and its pages look as they do to a stranger.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or _has_nul(request.META.get("QUERY_STRING", "")):
            return _refusal(request, 400)
        if _content_length(request) > settings.MAX_REQUEST_BYTES:
            _drain(request)
            return _refusal(request, 413)
        # A quoted cookie can hold "\000", which PostgreSQL refuses as a session key: ignore it, it is not ours.
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\x00" not in value}
        response = self.get_response(request)
        if response.status_code in {400, 413}:  # perhaps in the middle of the body
            _drain(request)
        return _with_a_page(request, response) if isinstance(response, HttpResponseNotAllowed) else response


def _with_a_page(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Django's refusal of a method is empty, and a phone that opens a tab again asks for what a form had sent."""
    page = _refusal(request, 405)
    page["Allow"] = refused["Allow"]
    return page


def _has_nul(query: str) -> bool:
    return "\x00" in query or "%00" in query


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drain(request: HttpRequest) -> None:
    """Reads the body and forgets it, up to a limit: a browser that is cut off while sending shows no answer."""
    left, until = DRAIN_BYTES, time.monotonic() + DRAIN_SECONDS
    try:
        while left > 0 and time.monotonic() < until and (chunk := request.read(min(left, CHUNK_BYTES))):
            left -= len(chunk)
    except UnreadablePostError:
        return  # the sender is gone


def _refusal(request: HttpRequest, status: int) -> HttpResponse:
    """The page `413.html`, or `400.html` with its number; the reader's language is not active yet at this point."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, "413.html" if status == 413 else "400.html", {"code": status}, status=status)


class InterfaceLanguageMiddleware(LocaleMiddleware):
    """The reader's language (cookie, then Accept-Language); the panel of the staff is always Polish."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(PANEL):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        # Language and look are read from cookies; Django itself adds Accept-Language only.
        patch_vary_headers(response, ("Cookie",))
        return super().process_response(request, response)
