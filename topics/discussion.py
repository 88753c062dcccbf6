"""Writing a comment, and letting it be seen."""

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from participants.limits import Limit, LimitReached, take
from participants.models import Appointment
from participants.prose import tidy_plain
from participants.rules import has_accepted
from topics.cases import open_case
from topics.floods import count_ask
from topics.hints import Hint, find_hints
from topics.holding import Sending, reason_to_hold, record_of
from topics.models import TEXT_LIMIT, Case, Comment, Topic
from topics.models.comment import fingerprint
from topics.questions import ask, official_word, unanswered
from topics.refusals import CommentRefused, DataFound, ProofWanted, RulesChanged, TalkClosed

# A text so much longer than the limit is not even tidied: that would cost the server more than the sender.
ABSURD_LIMIT = 10 * TEXT_LIMIT
OFFICIALS_MAY_ANSWER = {Topic.State.OPEN, Topic.State.CLOSED}
TEN_MINUTES, DAY = 600, 86_400
# Nobody has ten things to say in ten minutes. Behind one address may be a hall of residents, or a library: it may
# send half as much again as one account, which is little for a hall and too little for a program.
BY_ACCOUNT = (Limit("comment", 10, TEN_MINUTES), Limit("comment-day", 40, DAY))
BY_ADDRESS = (Limit("comment-from", 15, TEN_MINUTES), Limit("comment-from-day", 60, DAY))
SLOW_PACE = datetime.timedelta(minutes=15)


def add_comment(
    *,
    topic: Topic,
    author: Any,
    text: str,
    submission: uuid.UUID,
    parent: Comment | None = None,
    kind: str = Comment.Kind.OPINION,
    shows_estate: bool = False,
    insists: bool = False,
    seconds: float | None = None,
    visitor: str = "",
    solved: bool | None = False,
    now: datetime.datetime | None = None,
) -> Comment:
    """Write a comment; the same `submission` sent twice, even at one moment, makes one.

    `insists`: the author has seen what looks like somebody's data, and sends it to a moderator all the same.
    `shows_estate`: the author's estate stands beside the signature. `kind` is for threads; replies are opinions.
    `seconds`: for how long the form was open; `visitor`: the hash of an address (limits.visitor); `solved`: a proof
    of work came with it, None where nobody has asked for it yet. None of the three is known for what a program writes.

    Locks the topic, so that a talk closed a moment ago takes nothing more. What no rule holds back is published at
    once; for the rest a case is opened. An account tied to a current appointment speaks in the name of its post, also
    where the talk is closed to residents: no rule holds it, and no limit counts it. Nine queries for a resident
    whose comment is published, whatever the size of the topic.

    Raises TalkClosed when the talk is closed, DataFound when the text seems to hold somebody's data, LimitReached
    when too much came from the account or the address, ProofWanted in a flood, and CommentRefused when the author may
    not write (suspended, address not confirmed, RulesChanged), or not so soon (slow mode), the parent cannot be
    answered, or the text is empty, longer than TEXT_LIMIT, or has a word that the office refuses.
    """
    now = now or timezone.now()
    try:
        comment = _draft(topic, author, text, now)
        comment.submission, comment.parent = submission, parent
        if not comment.is_official:
            comment.kind = kind
            comment.author_estate = author.estate.name if shows_estate and author.estate else ""
        sending = Sending(now, hints_of(comment, insists=insists), seconds, solved)
        with transaction.atomic():
            return _add(comment, sending, visitor)
    except (CommentRefused, LimitReached, IntegrityError) as refusal:
        # The first sending may be what stands in the way of the second.
        sent_before = Comment.objects.filter(submission=submission).first()
        if sent_before is None:
            if isinstance(refusal, ProofWanted):
                count_ask(now)
            raise
    return _same(sent_before, author, topic, parent, text)


def _draft(topic: Topic, author: Any, text: str, now: datetime.datetime) -> Comment:
    """The comment before anything is locked. The talk is looked at as the reader saw it, for the right refusal."""
    voice = _voice(author, now)
    check_author(author, now)
    _check_talk(topic, official="voice" in voice, now=now)
    return Comment(topic=topic, author=author, text=fitting(text), created_at=now, **voice)


def hints_of(comment: Comment, *, insists: bool) -> tuple[Hint, ...]:
    """What the author insists on; without that, raises DataFound. Officials give the numbers of their offices, and
    answer for them."""
    hints = () if comment.is_official else tuple(find_hints(comment.text))
    if hints and not insists:
        raise DataFound(comment.text, list(hints))
    return hints


def _add(comment: Comment, sending: Sending, visitor: str) -> Comment:
    now = sending.now
    comment.topic = topic = Topic.objects.for_writing().select_for_update(of=("self",)).get(pk=comment.topic_id)
    check_confirmed(comment.author)
    _check_talk(topic, official=comment.is_official, now=now)
    comment.parent = _answerable(comment.parent, topic)
    if comment.parent:
        comment.kind = Comment.Kind.OPINION
    if not comment.is_official:
        _judge(comment, sending, visitor)
    if comment.hold == Comment.Hold.NONE:
        show(comment, topic=topic, now=now)
    else:
        comment.save()
        open_case(comment, kind=Case.Kind.HELD, now=now)
    return comment


def _judge(comment: Comment, sending: Sending, visitor: str) -> None:
    """Limits, pace and rules for residents."""
    claims = [(limit, comment.author_id) for limit in BY_ACCOUNT]
    claims += [(limit, visitor) for limit in BY_ADDRESS if visitor]
    take(*claims, now=sending.now)
    comment.digest = fingerprint(comment.text)
    record = record_of(comment, sending.now)
    _check_pace(comment.topic, record.last_in(comment.topic_id), sending.now)
    comment.hold = reason_to_hold(comment, sending, record)
    if comment.hold == Comment.Hold.FLOOD and sending.solved is None:
        raise ProofWanted


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


def show(comment: Comment, *, topic: Topic, now: datetime.datetime, **asked: Any) -> None:
    """Publish a comment in its place. The caller holds the lock of `topic` and has checked that it may.

    The place is given at the first publication and kept for ever, so that pages and links do not shift. `asked` is
    what questions.ask should know besides.
    """
    is_first = comment.position is None
    if is_first:
        comment.position = _next_position(comment, topic)
        comment.published_at = now
    comment.state, comment.hidden_at, comment.hidden_reason = Comment.State.PUBLISHED, None, ""
    changed = None if comment._state.adding else ["state", "position", "published_at", "hidden_at", "hidden_reason"]
    comment.save(update_fields=changed)
    if is_first and comment.is_question:
        ask(comment, topic=topic, now=now, **asked)
    if comment.is_official:
        _hear(comment, topic, is_first=is_first, now=now)
    topic.comment_count += 1
    topic.official_count += comment.is_official
    topic.last_comment_at = max(filter(None, [topic.last_comment_at, comment.published_at]))
    topic.active_at = max(filter(None, [topic.active_at, topic.last_comment_at]))
    topic.save_counters()


def _hear(comment: Comment, topic: Topic, *, is_first: bool, now: datetime.datetime) -> None:
    """What an official word brings about. The first one of a talk is pinned above it, where editors pinned nothing."""
    if is_first and not topic.official_count and topic.pinned_id is None:
        topic.pinned = comment
    if comment.parent_id:
        official_word(comment, now=now)


def take_from_view(comment: Comment, *, topic: Topic, now: datetime.datetime | None = None) -> None:
    """Take a published comment out of the counts; its place stays. The caller holds the lock of `topic`."""
    if comment.is_official and comment.parent_id:
        unanswered(comment, now=now or timezone.now())
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
        or comment.text != fitting(text)
    ):
        raise CommentRefused(_("This form was sent already. Check the text and send it once more."))
    return comment


def check_author(author: Any, now: datetime.datetime) -> None:
    if not author.is_active:
        raise CommentRefused(_("This account cannot write comments."))
    if author.is_suspended(now):
        raise CommentRefused(_("Your account cannot write for some time. The reason is in your e-mail."))
    if not has_accepted(author):
        raise RulesChanged


def check_confirmed(author: Any) -> None:
    if not author.emailaddress_set.filter(verified=True).exists():
        raise CommentRefused(_("Confirm your e-mail address first: open the link in the letter that we sent you."))


def _check_talk(topic: Topic, *, official: bool, now: datetime.datetime) -> None:
    if not may_be_written_in(topic, official=official, now=now):
        raise TalkClosed


def _check_pace(topic: Topic, last: datetime.datetime | None, now: datetime.datetime) -> None:
    """Slow mode: one comment of each author in SLOW_PACE."""
    if last and topic.is_slow(now) and last + SLOW_PACE > now:
        at = time_format(timezone.localtime(last + SLOW_PACE), "TIME_FORMAT")
        minutes = SLOW_PACE // datetime.timedelta(minutes=1)
        text = _("The talk is slowed down: one comment in %(minutes)d minutes. Write again after %(time)s.")
        raise CommentRefused(text % {"minutes": minutes, "time": at})


def _answerable(parent: Comment | None, topic: Topic) -> Comment | None:
    """The comment to hang a reply on: replies to a reply join the same thread."""
    if parent is None:
        return None
    parent = Comment.objects.select_related("parent").get(pk=parent.pk)
    if parent.topic_id != topic.pk or parent.state != Comment.State.PUBLISHED:
        raise CommentRefused(_("The comment that you answer is not here any more."))
    return parent.parent or parent


def fitting(text: str, limit: int = TEXT_LIMIT) -> str:
    """The text, tidied. Raises CommentRefused where it is empty or longer than `limit`."""
    if len(text) <= ABSURD_LIMIT:
        text = tidy_plain(text)
    if not text.strip():
        raise CommentRefused(_("Write your comment."))
    over = len(text) - limit
    if over > 0:
        raise CommentRefused(
            ngettext(
                "Shorten the comment by %(over)d character. At most %(limit)d characters.",
                "Shorten the comment by %(over)d characters. At most %(limit)d characters.",
                over,
            )
            % {"over": over, "limit": limit}
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
