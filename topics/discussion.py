"""Writing a comment, and letting it be seen."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.prose import tidy_plain
from topics.holding import reason_to_hold
from topics.models import TEXT_LIMIT, Comment, Topic


class CommentRefused(Exception):
    """The rules do not let this comment be written; `str()` of it is the sentence for the author."""


def add_comment(
    *,
    topic: Topic,
    author: Any,
    text: str,
    submission: uuid.UUID,
    parent: Comment | None = None,
    now: datetime.datetime | None = None,
) -> Comment:
    """Write a comment; the same `submission` sent twice makes one.

    Locks the topic, so that a talk closed a moment ago takes nothing more. What no rule holds back is
    published at once. An account tied to a current appointment speaks in the name of its post, also where
    the talk is closed to residents. Eight queries, whatever the size of the topic.

    Raises CommentRefused when the talk is closed, the author may not write, the parent cannot be answered,
    or the text is empty or longer than TEXT_LIMIT.
    """
    now = now or timezone.now()
    with transaction.atomic():
        topic = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
        sent_before = Comment.objects.filter(submission=submission).first()
        if sent_before:
            return _own(sent_before, author)
        _check_author(topic, author, now)
        comment = Comment(
            topic=topic,
            parent=_answerable(parent, topic),
            author=author,
            text=_fitting(text),
            submission=submission,
            created_at=now,
            **_voice(author, now),
        )
        comment.hold = reason_to_hold(comment.text, author)
        comment.save()
        if comment.hold == Comment.Hold.NONE:
            show(comment, topic=topic, now=now)
    return comment


def show(comment: Comment, *, topic: Topic, now: datetime.datetime) -> None:
    """Publish a comment in its place. The caller holds the lock of `topic` and has checked that it may.

    The place is given at the first publication and kept for ever, so that pages and links do not shift.
    """
    if comment.position is None:
        comment.position = _next_position(comment, topic)
        comment.published_at = now
    comment.state = Comment.State.PUBLISHED
    comment.save(update_fields=["state", "position", "published_at"])
    topic.comment_count += 1
    topic.official_count += comment.is_official
    topic.last_comment_at = max(filter(None, [topic.last_comment_at, comment.published_at]))
    topic.active_at = max(filter(None, [topic.active_at, topic.last_comment_at]))
    topic.save_counters()


def take_from_view(comment: Comment, *, topic: Topic) -> None:
    """Take a published comment out of the counts; its place stays. The caller holds the lock of `topic`."""
    topic.comment_count -= 1
    topic.official_count -= comment.is_official
    if topic.pinned_id == comment.pk:
        topic.pinned = None
    topic.save_counters()


def _next_position(comment: Comment, topic: Topic) -> int:
    if comment.parent_id is None:
        topic.thread_count += 1
        return topic.thread_count
    Comment.objects.filter(pk=comment.parent_id).update(reply_count=F("reply_count") + 1)
    return Comment.objects.values_list("reply_count", flat=True).get(pk=comment.parent_id)


def _own(comment: Comment, author: Any) -> Comment:
    if comment.author_id != author.pk:
        raise CommentRefused(_("This form was sent already. Open the page again and write once more."))
    return comment


def _check_author(topic: Topic, author: Any, now: datetime.datetime) -> None:
    if not author.is_active:
        raise CommentRefused(_("This account cannot write comments."))
    if author.is_suspended(now):
        raise CommentRefused(_("Your account cannot write for some time. The reason is in your e-mail."))
    official = author.appointment_id and topic.is_public
    if not official and not topic.accepts_comments(timezone.localdate(now)):
        raise CommentRefused(_("The talk is closed. You can still read everything, but not add to it."))


def _answerable(parent: Comment | None, topic: Topic) -> Comment | None:
    """The comment to hang a reply on: replies to a reply join the same thread."""
    if parent is None:
        return None
    parent = Comment.objects.select_related("parent").get(pk=parent.pk)
    if parent.topic_id != topic.pk or parent.state != Comment.State.PUBLISHED:
        raise CommentRefused(_("The comment that you answer is not here any more."))
    return parent.parent or parent


def _fitting(text: str) -> str:
    text = tidy_plain(text)
    if not any(not char.isspace() for char in text):
        raise CommentRefused(_("Write your comment."))
    if len(text) > TEXT_LIMIT:
        raise CommentRefused(_("Shorten the comment: it is longer than %(limit)d characters.") % {"limit": TEXT_LIMIT})
    return text


def _voice(author: Any, now: datetime.datetime) -> dict[str, Any]:
    """Rank, name, post and institution as they are today, frozen as text."""
    appointment = author.appointment
    if appointment is None or not appointment.is_current(timezone.localdate(now)):
        return {"author_name": author.signature}
    voice = f"{appointment.post_as_held}, {appointment.institution.name}"
    if appointment.official.name_withheld:
        return {"appointment": appointment, "voice": voice, "author_name": appointment.post_as_held}
    name = " ".join(filter(None, [appointment.rank_label, appointment.official.full_name]))
    return {"appointment": appointment, "voice": voice, "author_name": name}
