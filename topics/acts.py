"""What the reader of a page may do with its comments: asked of the same predicates that the domain asks."""

from collections.abc import Iterable
from typing import Any

from participants.models import Appointment
from topics.editing import is_answered, is_own, may_change
from topics.models import Comment, Support
from topics.support import takes_support


def mark(comments: Iterable[Comment], *, by: Any, post: Appointment | None, is_open: bool) -> None:
    """Note on each comment `own_act` (edit, add or remove), or `may_support` and `supported`. One query at most.

    `is_open` says whether the talk goes on for this account: it takes comments, and the account is not suspended.
    """
    if not by.is_authenticated:
        return
    for comment in comments:
        if is_own(comment, by=by, post=post):
            comment.own_act = _own_act(comment, by, post, is_open)
        else:
            comment.may_support = takes_support(comment, by=by, is_open=is_open)
    offered = {comment.pk: comment for comment in comments if comment.may_support}
    if offered:
        supported = Support.objects.filter(resident=by, comment__in=offered)
        for pk in supported.values_list("comment", flat=True):
            offered[pk].supported = True


def _own_act(comment: Comment, by: Any, post: Appointment | None, is_open: bool) -> str:
    if not may_change(comment, by=by, post=post, is_open=is_open):
        return "remove"
    return "add" if is_answered(comment) else "edit"
