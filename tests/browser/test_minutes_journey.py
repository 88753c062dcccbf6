"""The minutes on their way: sent round, other words proposed by link, taken, approved, corrected, read by everybody."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings.models import AgendaItem, Meeting
from participants.roles import Role
from tests import factories
from tests.browser.conftest import accessibility_faults, letter_to, overflows
from tests.mailbox import link_in

WEEK = datetime.timedelta(days=7)


@pytest.fixture(params=["phone"])
def width(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def item(transactional_db) -> AgendaItem:
    meeting = factories.make_meeting("Bezpieczna zima", state=Meeting.State.HELD, date=timezone.localdate() - WEEK)
    town = factories.make_institution("Urząd Miasta", email="um@urzad.example")
    return factories.make_agenda_item(meeting, title="Oświetlenie", institution=town)


def look(page: Page) -> None:
    assert not overflows(page)
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_minutes_go_round_and_are_approved(item, visit: Callable[..., Page], scripts: bool):
    editor = visit(scripts=scripts, user=factories.make_resident("Anna", roles=[Role.EDITOR]))
    editor.goto(f"/panel/meetings/meeting/{item.meeting_id}/protokol/")
    if scripts:
        editor.locator(".ProseMirror").click()
        editor.keyboard.type("Lampy zaświecą się w maju.")
    else:
        editor.get_by_label("Co powiedziano").fill("<p>Lampy zaświecą się w maju.</p>")
    editor.get_by_role("button", name="Zapisz notatkę").click()
    expect(editor.get_by_text("Notatka jest zapisana.")).to_be_visible()
    assert not overflows(editor)
    editor.get_by_role("link", name="Wyślij do sprawdzenia").click()
    editor.get_by_label("Poprawki do").fill((timezone.localdate() + WEEK).isoformat())
    editor.get_by_role("button", name="Wyślij do sprawdzenia").click()
    expect(editor.get_by_text("Protokół jest wysłany do sprawdzenia.")).to_be_visible()

    institution = visit(scripts=scripts)
    institution.goto(link_in(letter_to("um@urzad.example"), "/spotkania/protokol/"))
    institution.get_by_text("Zaproponuj inne słowa").click()
    institution.get_by_label("Jak powinno być").fill("Lampy zaświecą się w czerwcu.")
    institution.get_by_label("Dlaczego").fill("Umowa mówi o czerwcu.")
    if scripts:
        look(institution)
    institution.get_by_role("button", name="Wyślij inne słowa").click()
    expect(institution.get_by_text("Proponujesz inne słowa.")).to_be_visible()

    editor.goto(f"/panel/meetings/meeting/{item.meeting_id}/protokol/")
    expect(editor.get_by_text("Umowa mówi o czerwcu.")).to_be_visible()
    assert not overflows(editor)
    editor.get_by_role("button", name="Przyjmij te słowa").click()
    editor.get_by_role("link", name="Zatwierdź protokół").click()
    editor.get_by_role("button", name="Zatwierdź protokół").click()
    expect(editor.get_by_text("Protokół jest zatwierdzony.")).to_be_visible()
    editor.get_by_role("link", name="Dodaj sprostowanie").click()
    editor.get_by_label("Punkt programu").select_option(label="Oświetlenie")
    editor.get_by_label("Sprostowanie").fill("Chodzi o lipiec.")
    editor.get_by_role("button", name="Dodaj sprostowanie").click()
    expect(editor.get_by_text("Chodzi o lipiec.")).to_be_visible()

    reader = visit(scripts=scripts)
    reader.goto(item.meeting.get_absolute_url())
    expect(reader.get_by_text("Lampy zaświecą się w czerwcu.")).to_be_visible()
    expect(reader.get_by_text("Protokół zatwierdzony")).to_be_visible()
    expect(reader.locator(".fk-erratum")).to_contain_text("Chodzi o lipiec.")
    if scripts:
        look(reader)
    institution.reload()
    expect(institution.get_by_text("Protokół jest zatwierdzony.")).to_be_visible()
