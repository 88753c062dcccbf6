"""What the cast does besides talking: supports, corrects, takes back, reports, appeals, and passes questions on."""

import datetime

from meetings.example import voices
from meetings.example.people import TOWN_HALL, Cast
from participants.prose import bind_short_words as bound
from topics import questions
from topics.appeals import appeal, decide
from topics.editing import edit, withdraw
from topics.models import Appeal, Comment, Decision, Report, Topic
from topics.reports import report
from topics.support import support

HOUR = datetime.timedelta(hours=1)


def act_in(topic: Topic, cast: Cast, now: datetime.datetime) -> None:
    """Everything that a newcomer should come upon once, an hour or more after the comment that it is about.

    Corrections come last: the rules that judge them ask what everybody has written since.
    """
    for text, number in voices.SUPPORTED:
        _support(_said(topic, text), cast, number)
    taken_back = _said(topic, voices.TAKEN_BACK)
    withdraw(taken_back, by=taken_back.author, now=taken_back.created_at + HOUR)
    _report(_said(topic, voices.REPORTED), cast)
    _appeal(_said(topic, voices.INSULT), cast)
    _pass_on(_said(topic, voices.FOR_TOWN_HALL), cast)
    _raise_at_meeting(_said(topic, voices.FOR_MEETING), cast)
    _correct(_said(topic, voices.CORRECTED), now)


def _said(topic: Topic, text: str) -> Comment:
    return topic.comments.threads().select_related("author").get(text=bound(text))


def _support(comment: Comment, cast: Cast, number: int) -> None:
    others = [resident for resident in cast.residents if resident != comment.author]
    for hours, resident in enumerate(others[:number], start=1):
        support(comment, by=resident, now=comment.created_at + hours * HOUR)


def _correct(comment: Comment, now: datetime.datetime) -> None:
    for hours, text in zip((3, 2), voices.CORRECTIONS, strict=True):
        edit(comment, by=comment.author, text=bound(text), now=now - hours * HOUR)


def _report(comment: Comment, cast: Cast) -> None:
    """It waits in the queue: nobody has decided yet."""
    reader = next(resident for resident in cast.residents if resident != comment.author)
    report(
        comment,
        why=Report.Why.OFF_TOPIC,
        text=bound(voices.REPORT),
        resident=reader,
        language="pl",
        now=comment.created_at + HOUR,
    )


def _appeal(comment: Comment, cast: Cast) -> None:
    decision = comment.decisions.get(act=Decision.Act.HIDE)
    at = decision.decided_at + 3 * HOUR
    made = appeal(decision, text=bound(voices.APPEAL), now=at)
    decide(made, by=cast.judge, outcome=Appeal.Outcome.UPHELD, note=bound(voices.VERDICT), now=at + 20 * HOUR)


def _pass_on(comment: Comment, cast: Cast) -> None:
    town_hall = cast.institutions[TOWN_HALL]
    town_hall.refresh_from_db()  # its page is open since the first meeting
    questions.pass_on(
        comment.question,
        to=town_hall,
        by=cast.moderator,
        note=bound(voices.WHY_TOWN_HALL),
        now=comment.created_at + 2 * HOUR,
    )


def _raise_at_meeting(comment: Comment, cast: Cast) -> None:
    note = bound(voices.WHY_MEETING)
    questions.raise_at_meeting(comment.question, by=cast.moderator, note=note, now=comment.created_at + 2 * HOUR)
