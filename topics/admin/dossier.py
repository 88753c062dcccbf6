"""What somebody reads before deciding about a comment: its place in the talk, its past, what is said against it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from topics.hints import Kind, find_hints, pieces
from topics.models import Case, Comment, CommentVersion, Decision, Report

NEIGHBOURS = 2  # comments shown before it, and after it
KEPT = 20  # of what may be long: former texts, reports, decisions

State = Comment.State
RECORD = {
    "published": Q(state=State.PUBLISHED),
    "waiting": Q(state=State.WAITING),
    "hidden": Q(state=State.HIDDEN, position__isnull=False),
    "refused": Q(state=State.HIDDEN, position__isnull=True),
}


@dataclass(frozen=True)
class Dossier:
    comment: Comment
    pieces: list[tuple[str, str]]  # of its text, each with what it looks like, or ""
    before: list[Comment]
    after: list[Comment]
    versions: list[CommentVersion]
    reports: list[Report]
    decisions: list[Decision]
    record: dict[str, int]
    is_suspended: bool


def dossier_of(comment: Comment, now: datetime.datetime | None = None) -> Dossier:
    """Six queries at most; `author` and `parent` are read where they are not loaded."""
    author = comment.author
    return Dossier(
        comment=comment,
        pieces=_marked(comment.text),
        before=_before(comment),
        after=_after(comment),
        versions=list(comment.versions.order_by("-number")[:KEPT]),
        reports=list(comment.reports.order_by("-pk")[:KEPT]),
        decisions=list(comment.decisions.order_by("-pk")[:KEPT]),
        record=_record(author) if author else {},
        is_suspended=author is not None and author.is_suspended(now or timezone.now()),
    )


def neighbours(case: Case, user: Any) -> dict[str, Case | None]:
    """The open cases before and after this one, as the queue has them. Two queries."""
    queue = Case.objects.open().visible_to(user)
    return {
        "previous": queue.before(case).urgent_first().reverse().first(),
        "next": queue.after(case).urgent_first().first(),
    }


def _marked(text: str) -> list[tuple[str, str]]:
    return [(piece, Kind(kind).label if kind else "") for piece, kind in pieces(text, find_hints(text))]


def _around(comment: Comment) -> Any:
    """What everybody reads beside the comment: threads of the topic, or replies under the same one."""
    return comment.topic.comments.published().filter(parent=comment.parent_id)


def _before(comment: Comment) -> list[Comment]:
    earlier = _around(comment)
    if comment.position is not None:
        earlier = earlier.filter(position__lt=comment.position)
    return list(earlier.newest_first()[:NEIGHBOURS])[::-1]


def _after(comment: Comment) -> list[Comment]:
    """Nothing for one that has no place yet."""
    if comment.position is None:
        return []
    return list(_around(comment).filter(position__gt=comment.position).in_order()[:NEIGHBOURS])


def _record(author: Any) -> dict[str, int]:
    counts = {name: Count("pk", filter=rule) for name, rule in RECORD.items()}
    return Comment.objects.filter(author=author).order_by().aggregate(**counts)
