"""The site's addresses and one more: the yardstick."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from forum_portal.urls import *
from forum_portal.urls import urlpatterns

BARE = "yardstick/"
PAGE = (b"<!doctype html><title>Bare</title><p>" + b"All work and no play makes a dull page. " * 800)[:30_000]


def bare(request: HttpRequest) -> HttpResponse:
    """30 kB from memory: what gunicorn, Django and the middleware cost when the view does nothing."""
    return HttpResponse(PAGE)


urlpatterns = [path(BARE, bare), *urlpatterns]
