"""Surveys of meetings: taking a sheet in, and what everybody may read of the sheets once there are enough.

A sheet says nothing of who filled it in. Results are counted in steps of ENOUGH sheets while a survey is open, so that
nobody who looks before and after a neighbour can tell what the neighbour ticked (ADR 0025).
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import ENOUGH, Meeting, Survey, SurveyAnswer, SurveyQuestion, SurveySheet
from participants.limits import Limit, take
from participants.prose import tidy_plain

BY_VISITOR = Limit("survey", 200, 3600)  # a whole hall may stand behind one address
KEYS_IN = "meetings.add_surveysheet"
WORDS_LIMIT = SurveyAnswer._meta.get_field("words").max_length
SCORES = range(1, 6)
Kind = SurveyQuestion.Kind
Given = int | list[int] | str | None


class SurveyRefused(Exception):
    """The sheet cannot be taken; `str()` says why in a sentence."""


class SurveyClosed(SurveyRefused):
    """It is not open for answers now."""


def answer(
    survey: Survey,
    *,
    given: Mapping[int, Given],
    submission: uuid.UUID,
    on_paper: bool = False,
    keyed_by: Any = None,
    visitor: str = "",
    now: datetime.datetime | None = None,
) -> SurveySheet:
    """Take one sheet in: what was given to each question, by its pk; anything may be left out, but not everything.

    Only the day is written down. Sent twice, it is one sheet. `visitor` counts a stranger; a sheet on paper is keyed in
    by somebody with the permission, also after the survey has closed. Locks the survey, so that its questions stay as
    they were read. Raises SurveyRefused, SurveyClosed and LimitReached.
    """
    now = now or timezone.now()
    if on_paper:
        _check(keyed_by)
    elif visitor:
        take((BY_VISITOR, visitor), now=now)
    with transaction.atomic():
        survey = Survey.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=survey.pk)
        if known := SurveySheet.objects.filter(submission=submission).first():
            return known
        _check_open(survey, on_paper, timezone.localdate(now))
        rows = [row for question in survey.questions.all() for row in _rows(question, given.get(question.pk))]
        if not rows:
            raise SurveyRefused(_("Answer at least one question."))
        return _written(survey, rows, submission=submission, on_paper=on_paper, keyed_by=keyed_by, now=now)


def _written(survey: Survey, rows: list[SurveyAnswer], *, now: datetime.datetime, **fields: Any) -> SurveySheet:
    sheet = SurveySheet.objects.create(survey=survey, day=timezone.localdate(now), **fields)
    for row in rows:
        row.sheet = sheet
    SurveyAnswer.objects.bulk_create(rows)
    return sheet


def _check(keyed_by: Any) -> None:
    if keyed_by is None or not keyed_by.has_perm(KEYS_IN):
        raise SurveyRefused(_("Only the editors may decide this."))


def _check_open(survey: Survey, on_paper: bool, today: datetime.date) -> None:
    if not survey.meeting.is_public:
        raise SurveyClosed(_("The survey is not open yet."))
    if on_paper:
        return
    if today < survey.opens_on:
        raise SurveyClosed(_("The survey is not open yet."))
    if today > survey.closes_on:
        raise SurveyClosed(_("The survey is closed already."))


def _rows(question: SurveyQuestion, given: Given) -> list[SurveyAnswer]:
    """What is stored for one question; nothing for one that was left out."""
    if given is None or given == "" or given == []:
        return []
    if question.kind == Kind.TEXT:
        words = tidy_plain(str(given)[: 10 * WORDS_LIMIT])
        if len(words) > WORDS_LIMIT:
            raise SurveyRefused(_("Shorten the text: at most %(limit)d characters.") % {"limit": WORDS_LIMIT})
        return [SurveyAnswer(question=question, words=words)] if words else []
    chosen = sorted(set(given)) if isinstance(given, list) else [given]
    allowed = SCORES if question.kind == Kind.SCALE else range(len(question.options))
    if not set(chosen) <= set(allowed) or (len(chosen) > 1 and question.kind != Kind.CHOICES):
        raise SurveyRefused(_("Choose from the answers on the list."))
    name = "score" if question.kind == Kind.SCALE else "option"
    return [SurveyAnswer(question=question, **{name: value}) for value in chosen]


@dataclass(frozen=True)
class Line:
    label: str
    count: int
    percent: int


@dataclass(frozen=True)
class Result:
    """What was said to one question; no lines where too few said anything."""

    question: SurveyQuestion
    answered: int
    lines: list[Line]

    @property
    def is_enough(self) -> bool:
        return bool(self.lines)

    @property
    def mean(self) -> float:
        return sum(SCORES[at] * line.count for at, line in enumerate(self.lines)) / self.answered


@dataclass(frozen=True)
class Results:
    """`sheets` is how many are counted: 0 while there are fewer than ENOUGH."""

    sheets: int
    questions: list[Result]


def results(survey: Survey, today: datetime.date) -> Results:
    """Six queries at most, whatever the number of sheets. Own words are never part of it."""
    sheets = survey.sheets.order_by("pk")
    total = sheets.count()
    if total < ENOUGH:
        return Results(0, [])
    counted = total if today > survey.closes_on else total - total % ENOUGH
    last = sheets.values_list("pk", flat=True)[counted - 1]
    answers = SurveyAnswer.objects.filter(sheet__survey=survey, sheet__lte=last).exclude(question__kind=Kind.TEXT)
    answers = answers.order_by()
    people = dict(answers.values_list("question").annotate(Count("sheet", distinct=True)))
    counts = {(pk, at): n for pk, at, n in _tallies(answers)}
    asked = survey.questions.exclude(kind=Kind.TEXT)
    return Results(counted, [_result(question, people.get(question.pk, 0), counts) for question in asked])


def _tallies(answers: Any) -> Iterable[tuple[int, int, int]]:
    """Question, the place of the answer among its labels, how many sheets."""
    for pk, score, option, count in answers.values_list("question", "score", "option").annotate(Count("pk")):
        yield pk, option if score is None else score - SCORES[0], count


def _result(question: SurveyQuestion, answered: int, counts: dict[tuple[int, int], int]) -> Result:
    if answered < ENOUGH:
        return Result(question, 0, [])
    found = [(label, counts.get((question.pk, at), 0)) for at, label in enumerate(labels_of(question))]
    return Result(question, answered, [Line(label, n, round(100 * n / answered)) for label, n in found])


def labels_of(question: SurveyQuestion) -> list[str]:
    """The answers to choose from, in order: "1 – źle", "2", … or what the editors wrote."""
    if question.kind != Kind.SCALE:
        return question.options
    ends = {SCORES[0]: question.lowest, SCORES[-1]: question.highest}
    return [f"{score} – {ends[score]}" if ends.get(score) else str(score) for score in SCORES]


@dataclass(frozen=True)
class Beside:
    """What the page of a meeting says of its survey."""

    survey: Survey
    is_open: bool
    has_results: bool


def shown_beside(meeting: Meeting, today: datetime.date) -> Beside | None:
    """None where there is nothing to go to. One query."""
    survey = Survey.objects.filter(meeting=meeting).annotate(sheet_count=Count("sheets")).first()
    if survey is None:
        return None
    survey.meeting = meeting
    beside = Beside(survey, survey.is_open(today), survey.sheet_count >= ENOUGH)
    return beside if beside.is_open or beside.has_results else None
