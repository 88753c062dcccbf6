"""Rules by which a comment waits for a moderator before anybody else sees it."""

import datetime
import re
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from topics.floods import MOST_AT_ONCE, asked_lately, held_lately, is_flood, shown_lately
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
# What its author took back may be said again. As SQL, since SQLite takes an index of some rows only where its
# condition stands in the query letter by letter.
REPEATED = """EXISTS(SELECT 1 FROM {table} WHERE digest = %s AND NOT (digest = '')
    AND created_at > %s AND state <> 'withdrawn' AND id <> %s)"""


@dataclass(frozen=True)
class Sending:
    """How a comment came in, as far as the rules ask."""

    now: datetime.datetime
    hints: tuple[Hint, ...] = ()  # what its author has seen, and sends to a moderator all the same
    seconds: float | None = None  # for how long the form was open, where that is known
    solved: bool | None = False  # a proof of work came with it; None: nobody has asked for it


class Row(NamedTuple):
    """A comment of the author, as far as the rules ask."""

    topic_id: int
    state: str
    created_at: datetime.datetime


@dataclass(frozen=True)
class Record:
    """The last comments of an author, the newest first, and what others wrote meanwhile."""

    rows: list[Row]
    is_repeat: bool = False
    shown: int = 0
    held: int = 0
    asked: int = 0

    @property
    def is_trusted(self) -> bool:
        """Two published comments, and after one that was hidden or refused two newer ones."""
        hidden = [row.created_at for row in self.rows if row.state == Comment.State.HIDDEN]
        published = [row.created_at for row in self.rows if row.state == Comment.State.PUBLISHED]
        return sum(not hidden or moment > max(hidden) for moment in published) >= TRUSTED_AFTER

    def written_since(self, moment: datetime.datetime) -> int:
        return sum(row.created_at > moment for row in self.rows)

    def last_in(self, topic_id: int) -> datetime.datetime | None:
        return next((row.created_at for row in self.rows if row.topic_id == topic_id), None)


def record_of(comment: Comment, now: datetime.datetime) -> Record:
    """What the rules must know, whatever the size of the talk and of the author's past. One query.

    The questions about others ride on the author's rows. Who has none is held as a newcomer whatever they answer.
    """
    others = (_is_repeat(comment, now), shown_lately(now), held_lately(now), asked_lately(now))
    own = Comment.objects.filter(~Q(pk=comment.pk), author=comment.author_id).order_by("-created_at", "-pk")
    found = list(own.values_list(*Row._fields, *others)[:RECORD])
    return Record([Row(*row[:3]) for row in found], *found[0][3:]) if found else Record([])


def _is_repeat(comment: Comment, now: datetime.datetime) -> RawSQL:
    since = connection.ops.adapt_datetimefield_value(now - REPEAT_WITHIN)
    sql = REPEATED.format(table=Comment._meta.db_table)
    return RawSQL(sql, [comment.digest, since, comment.pk or 0], output_field=BooleanField())  # noqa: S611 - ours


def reason_to_hold(comment: Comment, sending: Sending, record: Record | None = None) -> Comment.Hold:
    """The first rule that applies, or Hold.NONE; what it says of the text before what it says of the author.

    Two queries, one with the `record`, none for officials (they are not held). Needs `comment.digest`, and the topic
    and the author loaded. Raises CommentRefused for a word that the office does not let through.
    """
    if comment.is_official:
        return Hold.NONE
    word = watched_word(comment.text)
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


def watched_word(text: str) -> WatchedWord | None:
    """A word that the office pays attention to; raises CommentRefused for one that it does not let through."""
    word = watched_in(text)
    if word and word.act == WatchedWord.Act.REFUSE:
        refused = _("“%(word)s” cannot be written here. Say it in other words, and send the comment once more.")
        raise CommentRefused(refused % {"word": word.word.rstrip("*")})
    return word


def reason_of_hints(hints: tuple[Hint, ...]) -> Comment.Hold:
    """A rule of its own where all that was found is telephone numbers, or number plates."""
    kinds = {hint.kind for hint in hints}
    return {frozenset({Kind.PHONE}): Hold.PHONE, frozenset({Kind.PLATE}): Hold.PLATE}.get(frozenset(kinds), Hold.DATA)


def _is_young(comment: Comment, record: Record, now: datetime.datetime) -> bool:
    return now - comment.author.date_joined < YOUNG and record.written_since(now - DAY) >= YOUNG_PER_DAY


def _is_swept_along(record: Record, sending: Sending) -> bool:
    if sending.solved:
        return record.shown >= MOST_AT_ONCE
    return is_flood(record.shown, record.held, record.asked)
