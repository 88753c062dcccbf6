"""A seat at a meeting, on a phone: taken without an account, confirmed, given back; and somebody else moves up."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings.models import Meeting, Registration
from tests import factories
from tests.browser.conftest import accessibility_faults, letter_to, overflows
from tests.mailbox import link_in


@pytest.fixture
def meeting(transactional_db, monkeypatch) -> Meeting:
    """Chromium fills forms in faster than people do."""
    monkeypatch.setattr("meetings.registration.FASTEST", 0)
    return factories.make_meeting(
        "Bezpieczna zima",
        date=timezone.localdate() + datetime.timedelta(days=14),
        starts=datetime.time(17),
        place="Ratusz",
        takes_registrations=True,
        capacity=2,
    )


def looks_right(page: Page) -> None:
    assert not overflows(page)
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("width", ["phone"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_seat_is_taken_given_back_and_goes_to_who_waits(
    meeting, visit: Callable[..., Page], newcomer: str, scripts: bool
):
    page = visit(scripts=scripts)
    page.goto(meeting.get_absolute_url())
    expect(page.get_by_text("2 wolne miejsca").first).to_be_visible()
    page.locator("main").get_by_role("link", name="Zapisz się", exact=True).first.click()
    page.get_by_role("button", name="Zapisz się").click()
    expect(page.get_by_role("alert")).to_contain_text("Wpisz imię i nazwisko.")
    page.get_by_label("Imię i nazwisko").fill("Hanna Nowak")
    page.get_by_label("Adres e-mail").fill(newcomer)
    page.get_by_label("Ile osób przyjdzie?").select_option("2 osoby")
    page.get_by_label("Miejsce dla osoby na wózku").check()
    if scripts:  # axe is one
        looks_right(page)
    page.get_by_role("button", name="Zapisz się").click()
    expect(page.get_by_role("heading", level=1, name="Sprawdź pocztę")).to_be_visible()

    page.goto(link_in(letter_to(newcomer), "/spotkania/zapis/"))
    page.get_by_role("button", name="Tak, przyjdę").click()
    expect(page.get_by_role("heading", level=1, name="Miejsce czeka na Ciebie")).to_be_visible()
    waiting = factories.make_registration(meeting, state=Registration.State.WAITING, seats=2)
    if scripts:
        looks_right(page)

    page.goto(link_in(letter_to(newcomer), "/spotkania/zapis/"))
    page.get_by_role("button", name="Zrezygnuj ze wszystkich miejsc").click()
    expect(page.get_by_role("heading", level=1, name="Zwolniliśmy Twoje miejsce")).to_be_visible()
    page.goto(link_in(letter_to(waiting.email), "/spotkania/zapis/"))
    expect(page.get_by_role("heading", level=1, name="Miejsce czeka na Ciebie")).to_be_visible()
    page.goto(meeting.get_absolute_url())
    expect(page.get_by_text("Nie ma już wolnych miejsc.").first).to_be_visible()
    if scripts:
        looks_right(page)
