"""The chain from question to promise kept, as a newcomer should come upon it once in each of its states."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from meetings import agenda_questions, closing, commitments, series, surveys
from meetings.example import voices
from meetings.example.people import COOPERATIVE, GUARD, POLICE, TOWN_HALL, Cast
from meetings.models import AgendaItem, Commitment, Finding, Meeting, Survey, SurveyQuestion
from meetings.registration import register
from participants.prose import bind_short_words as bound
from topics.models import Question, Topic

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
End, State = agenda_questions.End, Commitment.State
SHEETS = [(5, 0, [0]), (4, 1, [0, 2]), (4, 0, [1]), (3, 0, [0, 1]), (5, 2, [2]), (2, 1, [0])]


def close_first(meeting: Meeting, item: AgendaItem, cast: Cast, evening: datetime.datetime) -> None:
    """The meeting of three weeks ago: its questions get their ends, four promises are made, the report comes out."""
    answered = _take(voices.ABOUT_PATROL, item, cast, evening - DAY)
    promised = _take(voices.ABOUT_LOCKS, item, cast, evening - DAY)
    moved = _take(voices.ABOUT_STANDS, item, cast, evening - DAY)
    locks, *_others = _promise(meeting, item, cast, evening)
    agenda_questions.end(
        answered,
        end=End.ANSWERED,
        by=cast.editor,
        answer=bound(voices.PATROL_ANSWER),
        answered_by="Kierownik Rewiru Dzielnicowych, Przykładowa Komenda Policji",
        institution=cast.institutions[POLICE],
        now=evening + HOUR,
    )
    agenda_questions.end(promised, end=End.PROMISED, by=cast.editor, commitment=locks, now=evening + HOUR)
    agenda_questions.end(moved, end=End.MOVED, by=cast.editor, now=evening + HOUR)
    _conclude(meeting, cast)
    closing.publish_report(meeting, by=cast.editor, now=evening + 2 * HOUR)


def _take(text: str, item: AgendaItem, cast: Cast, at: datetime.datetime) -> Any:
    return agenda_questions.take(_asked(text), item=item, by=cast.editor, now=at)


def _asked(text: str) -> Question:
    return Question.objects.get(comment__text=bound(text), topic__is_example=True)


def _promise(meeting: Meeting, item: AgendaItem, cast: Cast, evening: datetime.datetime) -> list[Commitment]:
    day = timezone.localdate(evening)
    made = [
        (voices.PROMISE_LOCKS, COOPERATIVE, day + 14 * DAY),
        (voices.PROMISE_WALK, POLICE, day + 60 * DAY),
        (voices.PROMISE_SIGNS, TOWN_HALL, day + 10 * DAY),
        (voices.PROMISE_CAMERA, GUARD, day + 40 * DAY),
    ]
    return [
        commitments.promise(
            meeting=meeting,
            institution=cast.institutions[name],
            text=bound(text),
            by=cast.editor,
            due=due,
            agenda_item=item,
            now=evening + HOUR,
        )
        for text, name, due in made
    ]


def _conclude(meeting: Meeting, cast: Cast) -> None:
    raised, concluded = Finding.Part.RAISED, Finding.Part.CONCLUDED
    rows = [
        {"part": raised, "text": voices.RAISED_DOORS},
        {"part": raised, "text": voices.RAISED_SIGNS, "answered_by": "Naczelnik Wydziału Bezpieczeństwa"},
        {"part": concluded, "text": voices.CONCLUDED, "institution": cast.institutions[TOWN_HALL]},
    ]
    for position, row in enumerate(rows, start=1):
        Finding.objects.create(meeting=meeting, position=position, **{**row, "text": bound(row["text"])})


def keep_promises(meeting: Meeting, cast: Cast, evening: datetime.datetime) -> None:
    """What became of the four by today: kept, begun, overdue, and dropped with the reason."""
    locks, walk, _signs, camera = meeting.commitments.order_by("pk")
    news = [
        (locks, State.IN_PROGRESS, voices.LOCKS_BOUGHT, 4),
        (locks, State.DONE, voices.LOCKS_CHANGED, 11),
        (walk, State.IN_PROGRESS, voices.WALK_BEGUN, 6),
        (camera, State.IMPOSSIBLE, voices.NO_CAMERA, 13),
    ]
    for commitment, state, text, days in news:
        commitments.record(commitment, by=cast.editor, state=state, text=bound(text), now=evening + days * DAY)


def take_to_end(meeting: Meeting, noise: Topic, way: Topic, cast: Cast, at: datetime.datetime) -> None:
    _take(voices.ABOUT_CALLS, meeting.agenda_items.get(topic=noise), cast, at)
    _take(voices.ABOUT_REFLECTORS, meeting.agenda_items.get(topic=way), cast, at)


def open_next(meeting: Meeting, cast: Cast, now: datetime.datetime) -> None:
    """The coming meeting begins with what was promised, and has the question that the last one had no time for."""
    series.carry_over(meeting, now)
    _take(voices.ABOUT_STANDS, meeting.agenda_items.get(title=voices.FROM_LAST_TIME), cast, now)


def sign_up(meeting: Meeting, cast: Cast, now: datetime.datetime) -> None:
    for number, resident in enumerate(cast.residents):
        register(
            meeting=meeting,
            name=resident.signature,
            email=resident.email,
            seats=1 + number % 3,
            needs=["induction_loop"] if number == 2 else [],
            submission=uuid.uuid4(),
            account=resident,
            language="pl",
            now=now,
        )


def ask_opinions(meeting: Meeting, cast: Cast, now: datetime.datetime) -> None:
    """A survey that is still open, with one sheet more than results need."""
    today = timezone.localdate(now)
    survey = Survey.objects.create(
        meeting=meeting,
        introduction="To jest przykładowa ankieta.",
        opens_on=timezone.localdate(now) - 18 * DAY,
        closes_on=today + 10 * DAY,
    )
    asked = [
        {
            "kind": SurveyQuestion.Kind.SCALE,
            "text": bound("Jak bezpiecznie jest na Twoim osiedlu?"),
            "lowest": "niebezpiecznie",
        },
        {
            "kind": SurveyQuestion.Kind.CHOICE,
            "text": bound("Czy znasz swojego dzielnicowego?"),
            "answers": "tak\nnie\nchcę poznać",
        },
        {
            "kind": SurveyQuestion.Kind.CHOICES,
            "text": "Co Ci przeszkadza?",
            "answers": "hałas\nciemne miejsca\nkradzieże",
        },
    ]
    asked[0]["highest"] = "bezpiecznie"
    questions = [survey.questions.create(position=n, **row) for n, row in enumerate(asked, start=1)]
    for sheet in SHEETS:
        given = {question.pk: value for question, value in zip(questions, sheet, strict=True)}
        surveys.answer(survey, given=given, submission=uuid.uuid4(), now=now)
