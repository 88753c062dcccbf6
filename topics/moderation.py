"""What moderators decide about comments: each act checks role and state, writes a Decision, tells the author."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.letters import queue_letter
from topics.discussion import show, take_from_view
from topics.models import Comment, Decision, Reason, Topic
from topics.reporters import settle
from topics.statements import statement_url

PERMISSION = "topics.change_comment"
NOTE_LIMIT = Decision._meta.get_field("note").max_length


class DecisionRefused(Exception):
    """The act does not fit the state of the comment, or the role of who asks; `str()` says it in a sentence."""


def publish(comment: Comment, *, by: Any, now: datetime.datetime | None = None) -> Comment:
    """Let everybody see a waiting comment. Writes a Decision and queues a letter, in one transaction."""
    return _decide(comment, by, now, act=Decision.Act.PUBLISH, expected={Comment.State.WAITING}, change=_show)


def restore(comment: Comment, *, by: Any, now: datetime.datetime | None = None) -> Comment:
    """Show a hidden or refused comment again. Writes a Decision and queues a letter, in one transaction."""
    return _decide(comment, by, now, act=Decision.Act.RESTORE, expected={Comment.State.HIDDEN}, change=_show)


def hide(comment: Comment, *, by: Any, reason: str, note: str = "", now: datetime.datetime | None = None) -> Comment:
    """Put a notice in place of a published comment (its replies stay), or refuse a waiting one.

    Writes a Decision and queues the statement of reasons to the author (DSA art. 17), in one transaction.
    """
    if reason not in Reason.values:
        raise DecisionRefused(_("Choose a reason from the list."))
    if len(note) > NOTE_LIMIT:
        raise DecisionRefused(_("Shorten the note: at most %(limit)d characters.") % {"limit": NOTE_LIMIT})
    expected = {Comment.State.WAITING, Comment.State.PUBLISHED}
    return _decide(comment, by, now, act=Decision.Act.HIDE, expected=expected, change=_hide, reason=reason, note=note)


def each(comments: Iterable[Comment], act: Callable[..., Comment], **how: Any) -> tuple[int, list[str]]:
    """One act for many comments, each in its own transaction: how many it changed, and what refused the others."""
    done, refused = 0, []
    for comment in comments:
        try:
            act(comment, **how)
            done += 1
        except DecisionRefused as error:
            refused.append(str(error))
    return done, refused


def _decide(
    comment: Comment,
    by: Any,
    now: datetime.datetime | None,
    *,
    act: str,
    expected: set[str],
    change: Callable[[Comment, Topic, Decision], None],
    reason: str = "",
    note: str = "",
) -> Comment:
    if not by.has_perm(PERMISSION):
        raise DecisionRefused(_("Only a moderator may decide this."))
    with transaction.atomic():
        topic = Topic.objects.select_for_update(of=("self",)).get(pk=comment.topic_id)
        comment = Comment.objects.select_for_update(of=("self",)).select_related("author", "topic").get(pk=comment.pk)
        if comment.state not in expected:
            state = comment.get_state_display()
            raise DecisionRefused(_("Somebody was faster: the comment is “%(state)s” already.") % {"state": state})
        decision = Decision(
            comment=comment,
            act=act,
            reason=reason,
            note=note,
            rule=comment.hold if comment.state == Comment.State.WAITING else Comment.Hold.NONE,
            rules_version=settings.RULES_VERSION,
            decided_by=by,
            decided_by_name=by.signature,
            decided_at=now or timezone.now(),
        )
        change(comment, topic, decision)
        decision.save()
        settle(comment, decision)
        _tell_author(comment, decision)
    return comment


def _show(comment: Comment, topic: Topic, decision: Decision) -> None:
    show(comment, topic=topic, now=decision.decided_at)


def _hide(comment: Comment, topic: Topic, decision: Decision) -> None:
    if comment.state == Comment.State.WAITING:
        decision.act = Decision.Act.REFUSE
    else:
        take_from_view(comment, topic=topic, now=decision.decided_at)
    comment.state = Comment.State.HIDDEN
    comment.hidden_at, comment.hidden_reason = decision.decided_at, decision.reason
    comment.save(update_fields=["state", "hidden_at", "hidden_reason"])


def _tell_author(comment: Comment, decision: Decision) -> None:
    """Nothing goes to an account that was deleted or closed."""
    if comment.author and comment.author.is_active:
        queue_letter(
            to=comment.author.email,
            template="topics/email/decision",
            context={
                "comment": comment,
                "decision": decision,
                "Act": Decision.Act,
                "statement_url": statement_url(decision),
            },
        )
