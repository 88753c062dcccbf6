"""The sergeant's quarter of an hour after a meeting: on a phone, step by step, until the report is out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from meetings.models import AgendaItem, Meeting
from participants.roles import Role
from tests import factories
from tests.browser.conftest import accessibility_faults, overflows
from tests.meetings.closing import make_past, make_placed


@pytest.fixture
def width() -> str:
    return "phone"


@pytest.fixture
def meeting(transactional_db) -> Meeting:
    """Yesterday's, with one guest and two questions on its agenda."""
    meeting = make_past()
    anna = factories.make_resident("Anna", roles=[Role.EDITOR])
    factories.make_presence(meeting, factories.make_appointment(rank="asp. szt.", post="Kierownik Rewiru"))
    for text in ("Kiedy zaświecą się lampy na skwerze?", "Kto odśnieża chodnik?"):
        make_placed(meeting, anna, text)
    AgendaItem.objects.update(note="")
    return meeting


def fits(page: Page) -> None:
    assert not overflows(page)
    assert accessibility_faults(page) == []


def next_step(page: Page) -> None:
    page.get_by_role("button", name="Zapisz i dalej").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_meeting_with_two_questions_is_closed_on_a_phone(meeting, visit: Callable[..., Page], scripts: bool):
    factories.make_institution("Urząd Miasta")
    # axe writes styles of its own into these pages; without it they are scanned in test_admin_panel.
    page = visit(scripts=scripts, user=factories.make_resident("Piotr", roles=[Role.EDITOR]), bypass_csp=True)
    page.goto("/panel/")
    page.get_by_role("link", name="Bezpieczna zima").click()
    expect(page.get_by_text("O 1 gościu nie wiadomo, czy przyszedł.")).to_be_visible()

    page.get_by_role("link", name="Kto przyszedł").click()
    if scripts:
        fits(page)
    page.get_by_role("spinbutton", name="Ile osób przyszło").fill("24")
    page.locator("#id_meeting-head_counted").select_option("about")
    page.locator("[type=radio][value=present]").check()
    next_step(page)

    page.locator(".fk-tasks a").first.click()
    for words in ("Lampy zaświecą się w maju.", "Chodnik odśnieża wspólnota."):
        if scripts:
            fits(page)
            page.locator("[contenteditable=true]").first.fill(words)
        else:
            page.get_by_label("Co powiedziano").fill(f"<p>{words}</p>")
        next_step(page)

    first = page.locator(".fk-end").first
    first.locator("[value=answered]").check()
    first.get_by_label("jaka była odpowiedź").fill("W maju.")
    if scripts:
        fits(page)
    next_step(page)
    page.goto(page.url.split("/zamkniecie/")[0] + "/zamkniecie/sprawdzenie/")
    expect(page.get_by_text("Kto odśnieża chodnik?")).to_be_visible()
    expect(page.get_by_role("button", name="Opublikuj relację")).to_have_count(0)

    page.get_by_role("link", name="Co stało się z pytaniami").click()
    second = page.locator(".fk-end").nth(1)
    second.locator("[value=promised]").check()
    second.get_by_label("Albo nowe zobowiązanie").fill("Chodnik odśnieżony przed godz. 7")
    second.get_by_label("Kto obiecuje").select_option(label="Urząd Miasta")
    next_step(page)

    page.get_by_role("checkbox", name="Nikt nie zgłosił wniosków").check()
    next_step(page)
    expect(page.get_by_text("Chodnik odśnieżony przed godz. 7").first).to_be_visible()
    next_step(page)
    page.get_by_role("checkbox", name="Nie ma zdjęć ani dokumentów").check()
    next_step(page)
    page.get_by_role("button", name="Opublikuj relację").click()
    expect(page.get_by_text("Relacja jest opublikowana.")).to_be_visible()

    page = visit(scripts=scripts)
    page.goto(meeting.get_absolute_url())
    expect(page.get_by_text("Lampy zaświecą się w maju.")).to_be_visible()
    expect(page.get_by_text("Nikt nie zgłosił wniosków.")).to_be_visible()
    expect(page.get_by_text("około 24 osób")).to_be_visible()
    assert not overflows(page)
