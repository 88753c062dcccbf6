"""Five residents fill in the survey of a meeting, staff type one from paper, and everybody reads the results."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from meetings.models import Survey, SurveySheet
from participants.roles import Role
from tests import factories
from tests.browser.conftest import faults_of, faults_of_look, overflows

SCALE = "Jak bezpiecznie czujesz się w okolicy?"


@pytest.fixture
def survey(transactional_db) -> Survey:
    return factories.make_survey()


def fill_in(page: Page, survey: Survey, score: str) -> None:
    page.goto(survey.meeting.get_absolute_url())
    page.get_by_role("link", name="Wypełnij ankietę").click()
    page.get_by_role("group", name=SCALE).get_by_label(score).check()
    page.get_by_role("group", name="Co zagraża Ci w pobliżu domu?").get_by_label("Wandalizm").check()
    page.get_by_label("Czego oczekujesz?").fill("Więcej światła przy szkole.")
    assert not overflows(page)
    page.get_by_role("button", name="Wyślij ankietę").click()
    expect(page.get_by_role("heading", level=1, name="Dziękujemy za wypełnienie ankiety")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_survey_is_filled_in_and_its_results_appear(survey, visit: Callable[..., Page], width: str, scripts: bool):
    results = f"{survey.get_absolute_url()}wyniki/"
    for score in ["1 – źle", "3", "3", "5 – dobrze"]:
        fill_in(visit(scripts=scripts), survey, score)
    page = visit(scripts=scripts)
    page.goto(results)
    expect(page.get_by_text("Wyników jeszcze nie ma.")).to_be_visible()
    assert page.locator("main table").count() == 0

    staff = visit(scripts=scripts, user=factories.make_resident("Anna", roles=[Role.EDITOR]))
    staff.goto(f"/panel/meetings/survey/{survey.pk}/change/")
    staff.get_by_role("link", name="Wprowadź ankiety z papieru").click()
    staff.get_by_label("5 – dobrze").check()
    assert not overflows(staff)
    staff.get_by_role("button", name="Zapisz i wprowadź następną").click()
    expect(staff.get_by_text("Ankieta jest zapisana. Wprowadź następną.")).to_be_visible()
    expect(staff.get_by_text("wprowadzone ankiety: 1")).to_be_visible()
    assert SurveySheet.objects.get(on_paper=True).answers.get().score == 5

    page.goto(survey.meeting.get_absolute_url())
    page.get_by_role("link", name="Zobacz wyniki ankiety").click()
    expect(page.get_by_text("Policzone z 5 ankiet.")).to_be_visible()
    expect(page.get_by_role("row", name="5 – dobrze 2 40%")).to_be_visible()
    expect(page.get_by_text("Na to pytanie odpowiedziało mniej niż 5 osób.")).to_have_count(2)
    expect(page.get_by_text("Więcej światła")).to_have_count(0)
    assert not overflows(page)


@pytest.mark.parametrize("width", ["phone"])
def test_pages_of_a_survey_have_no_fault(survey, visit: Callable[..., Page]):
    page = visit()
    for score in ["1 – źle", "3", "3", "3", "5 – dobrze"]:
        fill_in(page, survey, score)
    assert faults_of_look(page) == []
    answered = survey.get_absolute_url()
    assert faults_of(page, [survey.meeting.get_absolute_url(), answered, f"{answered}wyniki/"]) == {}
    page.goto(survey.get_absolute_url())
    page.get_by_role("button", name="Wyślij ankietę").click()
    expect(page.get_by_text("Odpowiedz na co najmniej jedno pytanie.")).to_be_visible()
    assert faults_of_look(page) == []
