"""The rules of a survey: what is taken in, what is kept of it, and when everybody may read the sums."""

import datetime
import uuid
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, strategies
from hypothesis.extra.django import TestCase

from meetings import surveys
from meetings.models import ENOUGH, Meeting, Survey, SurveyAnswer, SurveySheet
from meetings.surveys import BY_VISITOR, SurveyClosed, SurveyRefused
from participants.limits import LimitReached
from participants.roles import Role
from tests import factories
from tests.topics.parallel import at_once

State = Meeting.State
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def survey(db) -> Survey:
    return factories.make_survey()


def asked(survey: Survey) -> dict[str, int]:
    return {question.kind: question.pk for question in survey.questions.all()}


def fill_in(
    survey: Survey, *, submission: uuid.UUID | None = None, how: dict | None = None, **given: Any
) -> SurveySheet:
    """`given` by the kind of question."""
    answers = {asked(survey)[kind]: value for kind, value in given.items()}
    return surveys.answer(survey, given=answers, submission=submission or uuid.uuid4(), **(how or {}))


def shown(survey: Survey, today: datetime.date = TODAY) -> dict[str, list[tuple[int, int]]]:
    found = surveys.results(survey, today)
    return {r.question.kind: [(line.count, line.percent) for line in r.lines] for r in found.questions}


def test_sheet_keeps_the_answers_and_the_day_and_nothing_else(survey):
    sheet = fill_in(survey, scale=4, choice=1, choices=[2, 0], text="Więcej patroli", how={"visitor": "abc"})
    rows = [(a.question.kind, a.score, a.option, a.words) for a in sheet.answers.all()]
    assert rows == [
        ("scale", 4, None, ""),
        ("choice", None, 1, ""),
        ("choices", None, 0, ""),
        ("choices", None, 2, ""),
        ("text", None, None, "Więcej patroli"),
    ]
    kept = {field.name for model in (SurveySheet, SurveyAnswer) for field in model._meta.concrete_fields}
    assert kept == {
        *["id", "survey", "submission", "on_paper", "keyed_by", "day"],
        *["sheet", "question", "score", "option", "words"],
    }
    assert (sheet.day, sheet.on_paper, sheet.keyed_by) == (TODAY, False, None)


def test_anything_may_be_left_out_but_not_everything(survey):
    assert fill_in(survey, scale=1).answers.count() == 1
    for nothing in ({}, {"scale": None, "choice": None, "choices": [], "text": " \n"}):
        with pytest.raises(SurveyRefused, match="co najmniej jedno"):
            fill_in(survey, **nothing)
    assert SurveySheet.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [{"scale": 0}, {"scale": 6}, {"scale": [1, 2]}, {"choice": 2}, {"choice": -1}, {"choices": [0, 3]}],
    ids=str,
)
def test_answer_that_is_not_on_the_list_is_refused(given: dict, survey):
    with pytest.raises(SurveyRefused, match="z\xa0listy"):
        fill_in(survey, **given)
    assert not SurveySheet.objects.exists()


def test_words_have_a_limit(survey):
    assert fill_in(survey, text="a" * 1000).answers.get().words == "a" * 1000
    with pytest.raises(SurveyRefused, match="1000"):
        fill_in(survey, text="a" * 1001)


def test_double_click_makes_one_sheet(survey):
    name = uuid.uuid4()
    assert fill_in(survey, scale=1, submission=name) == fill_in(survey, scale=1, submission=name)
    assert SurveySheet.objects.count() == 1


def test_questions_of_another_survey_are_no_answers(survey):
    other = factories.make_survey(factories.make_meeting("Inne"))
    with pytest.raises(SurveyRefused, match="co najmniej jedno"):
        surveys.answer(survey, given={asked(other)["scale"]: 3}, submission=uuid.uuid4())


@pytest.mark.parametrize(("opens", "closes", "words"), [(1, 2, "jeszcze"), (-2, -1, "już")])
def test_only_an_open_survey_takes_answers(opens: int, closes: int, words: str, db):
    survey = factories.make_survey(opens_on=TODAY + opens * DAY, closes_on=TODAY + closes * DAY)
    with pytest.raises(SurveyClosed, match=words):
        fill_in(survey, scale=1)


@pytest.mark.parametrize("state", State.values)
def test_survey_of_a_draft_takes_no_answers(state: str, editor):
    survey = factories.make_survey(factories.make_meeting(state=state))
    for how in ({}, {"on_paper": True, "keyed_by": editor}):
        if state in Meeting.UNPUBLISHED:
            with pytest.raises(SurveyClosed):
                fill_in(survey, scale=1, how=how)
        else:
            assert fill_in(survey, scale=1, how=how).pk


@pytest.mark.parametrize("role", [None, *Role])
def test_only_editors_key_in_paper_also_after_the_survey(role: Role | None, db):
    survey = factories.make_survey(opens_on=TODAY - 3 * DAY, closes_on=TODAY - DAY)
    by = factories.make_resident("Jan", roles=[role] if role else None)
    how = {"on_paper": True, "keyed_by": by}
    if role == Role.EDITOR:
        sheet = fill_in(survey, scale=5, how=how)
        assert (sheet.on_paper, sheet.keyed_by) == (True, by)
        return
    with pytest.raises(SurveyRefused, match="redakcja"):
        fill_in(survey, scale=5, how=how)
    with pytest.raises(SurveyRefused, match="redakcja"):
        fill_in(survey, scale=5, how={"on_paper": True})


def test_one_address_fills_in_a_hall_full_and_no_more(survey):
    now = timezone.now()
    for _ in range(BY_VISITOR.times):
        surveys.take((BY_VISITOR, "sala"), now=now)
    with pytest.raises(LimitReached):
        fill_in(survey, scale=1, how={"visitor": "sala", "now": now})
    assert fill_in(survey, scale=1, how={"visitor": "dom", "now": now}).pk


# Results


@pytest.mark.parametrize("sheets", range(ENOUGH))
def test_fewer_than_enough_sheets_show_nothing(sheets: int, survey):
    for _ in range(sheets):
        fill_in(survey, scale=3, choice=0)
    for today in (TODAY, TODAY + 100 * DAY):
        assert surveys.results(survey, today) == surveys.Results(0, [])


def test_enough_sheets_show_sums_and_shares(survey):
    for score in (1, 3, 3, 5, 5):
        fill_in(survey, scale=score, choice=0, choices=[0, 1], text="nikt tego nie czyta")
    assert shown(survey) == {
        "scale": [(1, 20), (0, 0), (2, 40), (0, 0), (2, 40)],
        "choice": [(5, 100), (0, 0)],
        "choices": [(5, 100), (5, 100), (0, 0)],
    }
    assert next(r.mean for r in surveys.results(survey, TODAY).questions) == pytest.approx(3.4)


def test_question_that_few_answered_shows_nothing(survey):
    for _ in range(4):
        fill_in(survey, scale=3, choice=0, choices=[0, 1])
    fill_in(survey, choice=1)
    assert shown(survey) == {"scale": [], "choice": [(4, 80), (1, 20)], "choices": []}
    assert [r.answered for r in surveys.results(survey, TODAY).questions] == [0, 5, 0]


def test_open_survey_is_counted_in_steps_so_that_no_single_sheet_shows(survey):
    for _ in range(5):
        fill_in(survey, choice=0)
    before = shown(survey)
    for _ in range(4):
        fill_in(survey, choice=1)
        assert shown(survey) == before
    assert shown(survey, survey.closes_on + DAY)["choice"] == [(5, 56), (4, 44)]
    fill_in(survey, choice=1)
    assert shown(survey)["choice"] == [(5, 50), (5, 50)]


def test_sheets_of_other_surveys_are_not_counted(survey):
    other = factories.make_survey(factories.make_meeting("Inne"))
    for _ in range(5):
        fill_in(survey, choice=0)
        fill_in(other, choice=1)
    assert shown(survey)["choice"] == [(5, 100), (0, 0)]


@pytest.mark.parametrize("rows", [5, 15])
def test_results_cost_the_same(rows: int, survey, django_assert_num_queries):
    for _ in range(rows):
        fill_in(survey, scale=1, choice=0, choices=[0], text="tak")
    with django_assert_num_queries(5):
        assert surveys.results(survey, TODAY).sheets == rows


def test_parallel_double_click_makes_one_sheet(transactional_db):
    survey, name = factories.make_survey(), uuid.uuid4()
    made = at_once(*[lambda: fill_in(survey, scale=2, submission=name, how={"visitor": "x"})] * 4)
    assert len({sheet.pk for sheet in made}) == 1
    assert (SurveySheet.objects.count(), SurveyAnswer.objects.count()) == (1, 1)


def test_a_hall_that_sends_at_once_is_counted_whole(transactional_db):
    survey = factories.make_survey()
    assert len({sheet.pk for sheet in at_once(*[lambda: fill_in(survey, choice=1)] * 10)}) == 10
    assert shown(survey)["choice"] == [(0, 0), (10, 100)]


answers = strategies.fixed_dictionaries(
    {},
    optional={
        "scale": strategies.none() | strategies.integers(-2, 8),
        "choice": strategies.none() | strategies.integers(-2, 4),
        "choices": strategies.lists(strategies.integers(-1, 4), max_size=6),
        "text": strategies.text(max_size=1100),
    },
)


class TestWhateverIsGiven(TestCase):
    @given(strategies.lists(answers, max_size=8))
    def test_sums_equal_what_was_taken_in(self, sheets):
        """No sheet is kept half: the sums are those of the sheets that were taken."""
        survey, taken = factories.make_survey(factories.make_meeting(title=f"S {uuid.uuid4()}")), []
        for sheet in sheets:
            try:
                fill_in(survey, **sheet)
            except SurveyRefused:
                continue
            taken.append(sheet)
        assert survey.sheets.count() == len(taken)
        found = {r.question.kind: r for r in surveys.results(survey, survey.closes_on + DAY).questions}
        assert bool(found) == (len(taken) >= ENOUGH)
        for kind, result in found.items():
            said = [sheet[kind] for sheet in taken if sheet.get(kind) not in (None, [])]
            assert result.is_enough == (len(said) >= ENOUGH)
            if result.is_enough:
                ticks = sum(len(set(one)) if isinstance(one, list) else 1 for one in said)
                assert sum(line.count for line in result.lines) == ticks
                assert result.answered == len(said)
        assert not any("\x00" in words for words in SurveyAnswer.objects.values_list("words", flat=True))
