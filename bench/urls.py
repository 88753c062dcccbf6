"""The site's addresses and two more: the yardsticks."""

import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from bench.gates import open_gates
from forum_portal.urls import *
from forum_portal.urls import urlpatterns
from participants.models import Tally

BARE, WRITE = "yardstick/", "yardstick/write/"
PAGE = (b"<!doctype html><title>Bare</title><p>" + b"All work and no play makes a dull page. " * 800)[:30_000]


def bare(request: HttpRequest) -> HttpResponse:
    """30 kB from memory: what gunicorn, Django and the middleware cost when the view does nothing."""
    return HttpResponse(PAGE)


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """One small row by somebody signed in, and an answer that leads on: the least that any posting costs."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    Tally.objects.create(key=f"yardstick:{uuid.uuid4()}", window=timezone.now(), count=1)
    return redirect(bare)


urlpatterns = [path(BARE, bare), path(WRITE, write), *urlpatterns]
if settings.GATES_OPEN:
    open_gates()
