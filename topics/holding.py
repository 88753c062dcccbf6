"""Rules by which a comment waits for a moderator before anybody else sees it."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _

from topics.floods import MOST_AT_ONCE, held_lately, is_flood, shown_lately
from topics.hints import Hint, Kind
from topics.models import Comment, WatchedWord
from topics.refusals import CommentRefused
from topics.words import watched_in

Hold = Comment.Hold

TRUSTED_AFTER = 2  # published comments
YOUNG = datetime.timedelta(days=7)
YOUNG_PER_DAY = 5  # comments of a young account within DAY; the next one is held
DAY = datetime.timedelta(days=1)
FASTEST = 3  # seconds from opening the form to sending it
REPEAT_WITHIN = datetime.timedelta(days=7)
RECORD = 30  # how many comments of an author the rules look back
LINK = re.compile(
    r"://|\bwww\.|\b[\w-]{1,63}\.(?:pl|com|eu|net|org|info|ua|de|cz|ru|io|biz|me|app|link|xyz|top|shop)\b"
    r"|\b[\w-]{1,63}\.[a-z]{2,63}/\w|\S@[\w-]{1,63}\.\w",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sending:
    """How a comment came in, as far as the rules ask."""

    now: datetime.datetime
    hints: tuple[Hint, ...] = ()  # what its author has seen, and sends to a moderator all the same
    seconds: float | None = None  # for how long the form was open, where that is known
    solved: bool = False  # a proof of work came with it


@dataclass(frozen=True)
class Record:
    """The last comments of an author, the newest first, and what others wrote meanwhile."""

    comments: list[dict[str, Any]]
    is_repeat: bool = False
    shown: int = 0
    held: int = 0

    @property
    def is_trusted(self) -> bool:
        """Two published comments, and after one that was hidden or refused two newer ones."""
        hidden = [row["created_at"] for row in self.comments if row["state"] == Comment.State.HIDDEN]
        published = [row["created_at"] for row in self.comments if row["state"] == Comment.State.PUBLISHED]
        return sum(not hidden or moment > max(hidden) for moment in published) >= TRUSTED_AFTER

    def written_since(self, moment: datetime.datetime) -> int:
        return sum(row["created_at"] > moment for row in self.comments)

    def last_in(self, topic_id: int) -> datetime.datetime | None:
        return next((row["created_at"] for row in self.comments if row["topic"] == topic_id), None)


def record_of(comment: Comment, now: datetime.datetime) -> Record:
    """What the rules must know, whatever the size of the talk and of the author's past. One query.

    The questions about others ride on the author's rows. Who has none is held as a newcomer whatever they answer.
    """
    same = Comment.objects.filter(digest=comment.digest, created_at__gt=now - REPEAT_WITHIN).exclude(digest="")
    same = same.exclude(state=Comment.State.WITHDRAWN).exclude(pk=comment.pk)
    others = {"is_repeat": Exists(same), "shown": shown_lately(now), "held": held_lately(now)}
    own = Comment.objects.filter(author=comment.author_id).exclude(pk=comment.pk).order_by("-created_at", "-pk")
    rows = list(own.annotate(**others).values("topic", "state", "created_at", *others)[:RECORD])
    return Record(rows, **{name: rows[0][name] for name in others}) if rows else Record([])


def reason_to_hold(comment: Comment, sending: Sending, record: Record | None = None) -> Comment.Hold:
    """The first rule that applies, or Hold.NONE; what it says of the text before what it says of the author.

    Two queries, one with the `record`, none for officials (they are not held). Needs `comment.digest`, and the topic
    and the author loaded. Raises CommentRefused for a word that the office does not let through.
    """
    if comment.is_official:
        return Hold.NONE
    word = watched_in(comment.text)
    if word and word.act == WatchedWord.Act.REFUSE:
        text = _("“%(word)s” cannot be written here. Say it in other words, and send the comment once more.")
        raise CommentRefused(text % {"word": word.word.rstrip("*")})
    record = record or record_of(comment, sending.now)
    rules = (
        (bool(sending.hints), reason_of_hints(sending.hints)),
        (not record.is_trusted, Hold.FIRST),
        (LINK.search(comment.text), Hold.LINK),
        (word, Hold.WORD),
        (_is_young(comment, record, sending.now), Hold.YOUNG),
        (sending.seconds is not None and sending.seconds < FASTEST, Hold.FAST),
        (record.is_repeat, Hold.REPEAT),
        (comment.topic.holds_everything(sending.now), Hold.TOPIC),
        (_is_swept_along(record, sending), Hold.FLOOD),
    )
    return next((hold for applies, hold in rules if applies), Hold.NONE)


def reason_of_hints(hints: tuple[Hint, ...]) -> Comment.Hold:
    """A rule of its own where all that was found is telephone numbers, or number plates."""
    kinds = {hint.kind for hint in hints}
    return {frozenset({Kind.PHONE}): Hold.PHONE, frozenset({Kind.PLATE}): Hold.PLATE}.get(frozenset(kinds), Hold.DATA)


def _is_young(comment: Comment, record: Record, now: datetime.datetime) -> bool:
    return now - comment.author.date_joined < YOUNG and record.written_since(now - DAY) >= YOUNG_PER_DAY


def _is_swept_along(record: Record, sending: Sending) -> bool:
    if sending.solved:
        return record.shown >= MOST_AT_ONCE
    return is_flood(record.shown, record.held)
