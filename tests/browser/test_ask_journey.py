"""A question for a meeting, on a phone: asked without an account, confirmed, read, taken on the agenda, answered."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from meetings.models import Meeting
from participants.roles import Role
from tests import factories
from tests.browser.conftest import accessibility_faults, letter_to, nobody_in_danger, overflows
from tests.mailbox import link_in
from topics import moderation
from topics.models import Comment, Question

TEXT = "Kiedy zaświecą się lampy na skwerze?"


@pytest.fixture
def meeting(transactional_db) -> Meeting:
    meeting = factories.make_meeting("Bezpieczna zima")
    topic = factories.make_topic("Oświetlenie zimą", institution=factories.make_institution("Komenda Miejska Policji"))
    factories.make_agenda_item(meeting, topic)
    return meeting


def sound(page: Page, scripts: bool) -> None:
    assert not overflows(page)
    if scripts:
        assert accessibility_faults(page) == []


def ask(page: Page, meeting: Meeting, email: str, scripts: bool) -> None:
    page.goto(meeting.get_absolute_url())
    sound(page, scripts)
    page.get_by_role("link", name="Zadaj pytanie").click()
    sound(page, scripts)
    nobody_in_danger(page)
    page.get_by_label("Twoje pytanie").fill(TEXT)
    page.get_by_label("Jak podpisać pytanie").fill("Jan, os. Południe")
    page.get_by_label("Adres e-mail").fill(email)
    page.get_by_label("Znam zasady").check()
    page.get_by_role("button", name="Wyślij pytanie").click()
    expect(page.get_by_role("heading", level=1, name="Sprawdź pocztę")).to_be_visible()
    sound(page, scripts)


@pytest.mark.parametrize("width", ["phone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_question_is_asked_without_an_account_and_comes_on_the_agenda(
    meeting, newcomer: str, visit: Callable[..., Page], scripts: bool
):
    page = visit(scripts=scripts)
    ask(page, meeting, newcomer, scripts)
    page.goto(link_in(letter_to(newcomer), "/spotkania/pytanie/"))
    sound(page, scripts)
    page.get_by_role("button", name="Tak, zadaj to pytanie").click()
    expect(page.get_by_role("heading", level=1, name="Twoje pytanie jest wysłane")).to_be_visible()
    moderation.publish(Comment.objects.get(), by=factories.make_resident("Ewa", roles=[Role.MODERATOR]))
    number = Question.objects.get().number

    staff = visit(scripts=scripts, user=factories.make_resident("Anna", roles=[Role.EDITOR]))
    staff.goto(f"/panel/meetings/askedfor/?meeting={meeting.pk}")
    staff.get_by_role("link", name=f"Pytanie nr {number}").click()
    staff.get_by_role("link", name="Weź do programu spotkania").click()
    staff.get_by_label("W programie").select_option(index=1)
    assert not overflows(staff)
    staff.get_by_role("button", name="Weź do programu spotkania").click()
    expect(staff.get_by_text("Pytanie jest w programie spotkania.")).to_be_visible()

    page.goto(meeting.get_absolute_url())
    expect(page.get_by_text("1 pytanie mieszkańców")).to_be_visible()
    page.goto(f"/pytania/{number}/")
    expect(page.get_by_role("heading", level=2, name="Na spotkaniach")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="Bezpieczna zima")).to_have_count(2)
    assert not overflows(page)
