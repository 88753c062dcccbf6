"""Writing a comment, and letting it be seen."""

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from participants.models import Appointment
from participants.prose import tidy_plain
from topics.holding import reason_to_hold
from topics.models import TEXT_LIMIT, Comment, Topic
from topics.questions import ask

# A text so much longer than the limit is not even tidied: that would cost the server more than the sender.
ABSURD_LIMIT = 10 * TEXT_LIMIT
OFFICIALS_MAY_ANSWER = {Topic.State.OPEN, Topic.State.CLOSED}


class CommentRefused(Exception):
    """The rules do not let this comment be written; `str()` of it is the sentence for the author."""


class TalkClosed(CommentRefused):
    """Nobody like the author may write here any more, whatever the text."""


def add_comment(
    *,
    topic: Topic,
    author: Any,
    text: str,
    submission: uuid.UUID,
    parent: Comment | None = None,
    now: datetime.datetime | None = None,
) -> Comment:
    """Write a comment; the same `submission` sent twice, even at one moment, makes one.

    Locks the topic, so that a talk closed a moment ago takes nothing more. What no rule holds back is
    published at once. An account tied to a current appointment speaks in the name of its post, also where
    the talk is closed to residents. Nine queries at most with the parent's two, whatever the size of the topic.

    Raises TalkClosed when the talk is closed, and CommentRefused when the author may not write (suspended,
    address not confirmed), the parent cannot be answered, or the text is empty or longer than TEXT_LIMIT.
    """
    now = now or timezone.now()
    try:
        with transaction.atomic():
            return _add(topic, author, text, submission, parent, now)
    except IntegrityError:
        # The same form, sent at the same moment about another topic, whose lock is not ours.
        sent_before = Comment.objects.filter(submission=submission).first()
        if sent_before is None:
            raise
        return _same(sent_before, author, topic, parent, text)


def _add(
    topic: Topic, author: Any, text: str, submission: uuid.UUID, parent: Comment | None, now: datetime.datetime
) -> Comment:
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    sent_before = Comment.objects.filter(submission=submission).first()
    if sent_before:
        return _same(sent_before, author, topic, parent, text)
    voice = _voice(author, now)
    _check_author(author, now)
    if not may_be_written_in(topic, official="voice" in voice, now=now):
        raise TalkClosed(_("The talk is closed. You can still read everything, but not add to it."))
    comment = Comment(
        topic=topic,
        parent=_answerable(parent, topic),
        author=author,
        text=_fitting(text),
        submission=submission,
        created_at=now,
        **voice,
    )
    comment.hold = reason_to_hold(comment)
    comment.save()
    if comment.hold == Comment.Hold.NONE:
        show(comment, topic=topic, now=now)
    return comment


def appointment_of(author: Any, now: datetime.datetime) -> Appointment | None:
    """The post in whose name the account writes today, if it has one. One query, none for residents."""
    if author.appointment_id is None:
        return None
    held = Appointment.objects.current(timezone.localdate(now)).select_related("official", "institution", "rank")
    return held.filter(pk=author.appointment_id).first()


def may_be_written_in(topic: Topic, *, official: bool, now: datetime.datetime) -> bool:
    """Whether the talk takes comments; officials may answer after it was closed to residents. No query."""
    if official and topic.state in OFFICIALS_MAY_ANSWER:
        return True
    return topic.accepts_comments(timezone.localdate(now))


def show(comment: Comment, *, topic: Topic, now: datetime.datetime) -> None:
    """Publish a comment in its place. The caller holds the lock of `topic` and has checked that it may.

    The place is given at the first publication and kept for ever, so that pages and links do not shift.
    """
    is_first = comment.position is None
    if is_first:
        comment.position = _next_position(comment, topic)
        comment.published_at = now
    comment.state, comment.hidden_at, comment.hidden_reason = Comment.State.PUBLISHED, None, ""
    comment.save(update_fields=["state", "position", "published_at", "hidden_at", "hidden_reason"])
    if is_first and comment.is_question:
        ask(comment, topic=topic, now=now)
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


def _same(comment: Comment, author: Any, topic: Topic, parent: Comment | None, text: str) -> Comment:
    """The comment that this form made before; a form used again for something else is refused, with nothing lost."""
    place = (topic.pk, parent.parent_id or parent.pk if parent else None)
    if (
        comment.author_id != author.pk
        or (comment.topic_id, comment.parent_id) != place
        or comment.text != _fitting(text)
    ):
        raise CommentRefused(_("This form was sent already. Check the text and send it once more."))
    return comment


def _check_author(author: Any, now: datetime.datetime) -> None:
    if not author.is_active:
        raise CommentRefused(_("This account cannot write comments."))
    if author.is_suspended(now):
        raise CommentRefused(_("Your account cannot write for some time. The reason is in your e-mail."))
    if not author.emailaddress_set.filter(verified=True).exists():
        raise CommentRefused(_("Confirm your e-mail address first: open the link in the letter that we sent you."))


def _answerable(parent: Comment | None, topic: Topic) -> Comment | None:
    """The comment to hang a reply on: replies to a reply join the same thread."""
    if parent is None:
        return None
    parent = Comment.objects.select_related("parent").get(pk=parent.pk)
    if parent.topic_id != topic.pk or parent.state != Comment.State.PUBLISHED:
        raise CommentRefused(_("The comment that you answer is not here any more."))
    return parent.parent or parent


def _fitting(text: str) -> str:
    if len(text) <= ABSURD_LIMIT:
        text = tidy_plain(text)
    if not text.strip():
        raise CommentRefused(_("Write your comment."))
    over = len(text) - TEXT_LIMIT
    if over > 0:
        raise CommentRefused(
            ngettext(
                "Shorten the comment by %(over)d character. At most %(limit)d characters.",
                "Shorten the comment by %(over)d characters. At most %(limit)d characters.",
                over,
            )
            % {"over": over, "limit": TEXT_LIMIT}
        )
    return text


def _voice(author: Any, now: datetime.datetime) -> dict[str, Any]:
    """Rank, name, post and institution as they are today, frozen as text."""
    appointment = appointment_of(author, now)
    if appointment is None:
        return {"author_name": author.signature}
    institution = appointment.institution.name
    if appointment.official.name_withheld:
        return {"appointment": appointment, "voice": institution, "author_name": appointment.post_as_held}
    name = " ".join(filter(None, [appointment.rank_label, appointment.official.full_name]))
    return {"appointment": appointment, "voice": f"{appointment.post_as_held}, {institution}", "author_name": name}
