"""Standing behind a comment: one voice a person, taken back by the same button, and none against."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.limits import Limit, take
from topics.discussion import check_author, check_confirmed
from topics.models import Comment, Support
from topics.refusals import CommentRefused, TalkClosed

LIMIT = Limit("support", times=60, seconds=600)


class SupportRefused(CommentRefused):
    """Nobody, or not this person, can support the comment; `str()` says why in a sentence."""


def takes_support(comment: Comment, *, by: Any, is_open: bool) -> bool:
    """Somebody else's comment that everybody can read, in a talk that goes on. The page asks as well. No query."""
    return is_open and comment.state == Comment.State.PUBLISHED and comment.author_id != by.pk


@transaction.atomic
def support(comment: Comment, *, by: Any, now: datetime.datetime | None = None) -> Comment:
    """Count one more person; the same person again changes nothing. Under the comment's lock, exact for any crowd.

    Raises SupportRefused, TalkClosed, CommentRefused where the account may take no part, and LimitReached.
    """
    now = now or timezone.now()
    take((LIMIT, by.pk), now=now)
    comment = _locked(comment)
    check_author(by, now)
    check_confirmed(by)
    is_open = comment.topic.accepts_comments(timezone.localdate(now))
    if not is_open:
        raise TalkClosed
    if not takes_support(comment, by=by, is_open=is_open):
        own = comment.author_id == by.pk
        raise SupportRefused(
            _("You cannot support your own comment.") if own else _("This comment is not here any more.")
        )
    _row, is_new = Support.objects.get_or_create(comment=comment, resident=by)
    return _counted(comment, +1 if is_new else 0)


@transaction.atomic
def take_back(comment: Comment, *, by: Any) -> Comment:
    """Count one fewer, also where the talk is closed or the comment hidden: a voice belongs to its owner."""
    comment = _locked(comment)
    deleted, _tables = Support.objects.filter(comment=comment, resident=by).delete()
    return _counted(comment, -deleted)


def _locked(comment: Comment) -> Comment:
    """The topic is read and not locked: a popular talk does not queue up behind its voices."""
    return Comment.objects.select_for_update(of=("self",)).select_related("topic").get(pk=comment.pk)


def _counted(comment: Comment, change: int) -> Comment:
    if change:
        Comment.objects.filter(pk=comment.pk).update(support_count=F("support_count") + change)
        comment.support_count += change
    return comment
