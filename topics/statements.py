"""The way to a statement of reasons: a signed link in the letter, since who was shut out cannot sign in."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from participants.links import key_of, opened_by
from topics.models import Decision

PAGE = "topics.statements"


def statement_url(decision: Decision) -> str:
    return reverse("topics:statement", args=[key_of(PAGE, decision.pk)])


def decision_of(token: str) -> Decision:
    """The decision that the link was made for, with its comment and topic; Http404 for a link that is not ours."""
    parts = opened_by(PAGE, token)
    if parts is None:
        raise Http404
    return get_object_or_404(Decision.objects.select_related("comment__topic", "comment__author"), pk=parts[0])


def latest_against(author: Any, comment: int) -> Decision:
    """The last decision that took something from this author over this comment; Http404 for everybody else's."""
    own = author.comments.filter(pk=comment)  # a key that no column holds finds nothing
    against = Decision.objects.filter(comment__in=own, act__in=Decision.AGAINST)
    return get_object_or_404(against[:1])
