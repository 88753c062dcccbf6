"""The way to a statement of reasons: a signed link in the letter, since who was shut out cannot sign in."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from topics.models import Decision

SIGNER = Signer(salt="topics.statements")


def statement_url(decision: Decision) -> str:
    return reverse("topics:statement", args=[SIGNER.sign(decision.pk).replace(":", ".")])


def decision_of(token: str) -> Decision:
    """The decision that the link was made for, with its comment and topic; Http404 for a link that is not ours."""
    try:
        pk = SIGNER.unsign(token.replace(".", ":"))
    except BadSignature as error:
        raise Http404 from error
    return get_object_or_404(Decision.objects.select_related("comment__topic", "comment__author"), pk=pk)


def latest_against(author: Any, comment: int) -> Decision:
    """The last decision that took something from this author over this comment; Http404 for everybody else's."""
    own = author.comments.filter(pk=comment)  # a key that no column holds finds nothing
    against = Decision.objects.filter(comment__in=own, act__in=Decision.AGAINST)
    return get_object_or_404(against[:1])
