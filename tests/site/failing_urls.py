"""The site with views that fail in the ways a view can fail."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from forum_portal.urls import handler400, handler403, handler404, handler500
from forum_portal.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAILURES = {
    "400": BadRequest("broken"),
    "403": PermissionDenied(),
    "500": RuntimeError("broken"),
    "gone": OperationalError("server closed the connection"),
    "lost": InterfaceError("connection already closed"),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise FAILURES[how]


def read_form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


def with_own_policy(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x", headers={"Content-Security-Policy": "sandbox"})


urlpatterns = [
    path("awaria/<str:how>/", fail),
    path("formularz/", read_form),
    path("piaskownica/", with_own_policy),
    *site,
]
