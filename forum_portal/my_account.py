"""The account as its owner sees it: what all apps hold of their sign-ups, words and questions. For nobody else."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings.models import AgendaQuestion, Follow, Registration
from meetings.registration import address_of
from participants.confirming import pause_of
from participants.leaving import addresses_of
from participants.paging import page_of
from participants.rules import has_accepted
from topics.models import Comment
from topics.models.comment import CommentQuerySet

PER_PAGE = 10
LATEST = 3  # of each kind on the first page
FOLLOWED = 5


@never_cache
@require_safe
@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """Seven queries, whatever somebody has signed up for, written, asked and followed."""
    account = request.user
    context = {
        "signups": _signups(account),
        "comments": _comments(account)[:LATEST],
        "questions": _questions(account)[:LATEST],
        "follows": Follow.objects.of(account).for_list()[:FOLLOWED],
        "paused": pause_of(account),
        "is_suspended": account.is_suspended(timezone.now()),
        "has_accepted": has_accepted(account),
    }
    return render(request, "account/my_account.html", context)


@never_cache
@require_safe
@login_required
def my_comments(request: HttpRequest) -> HttpResponse:
    """Two queries."""
    page = page_of(request, _comments(request.user), size=PER_PAGE)
    return render(request, "account/my_comments.html", {"page": page})


@never_cache
@require_safe
@login_required
def my_questions(request: HttpRequest) -> HttpResponse:
    """Three queries."""
    page = page_of(request, _questions(request.user), size=PER_PAGE)
    return render(request, "account/my_questions.html", {"page": page})


def _signups(account: Any) -> list[tuple[Registration, str]]:
    """To meetings that are still to come, each with the address of its page. Two queries."""
    own = Registration.objects.of_person(account, addresses_of(account)).coming()
    return [(registration, address_of(registration)) for registration in own.to_come(timezone.localdate())]


def _comments(account: Any) -> CommentQuerySet:
    return Comment.objects.own_of(account).for_author()


def _questions(account: Any) -> CommentQuerySet:
    """Those that wait for a moderator have no number yet; one query more for the agendas that have them."""
    asked = _comments(account).filter(kind=Comment.Kind.QUESTION)
    places = Prefetch("question__agenda_places", AgendaQuestion.objects.public().for_question())
    return asked.select_related("question__institution", "asked_for__meeting").prefetch_related(places)
