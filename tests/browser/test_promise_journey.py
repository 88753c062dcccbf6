"""A promise kept, on a phone: the press officer says so with words, and a resident answers that it is not better."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings.follow_ups import WAIT, ask_if_better
from meetings.models import Commitment, FollowUp
from participants.roles import Role
from tests import factories
from tests.browser.conftest import accessibility_faults, letter_to, overflows
from tests.mailbox import link_in
from tests.meetings.test_follow_ups import make_asked


@pytest.fixture
def lamps(transactional_db) -> Commitment:
    return factories.make_commitment("Lampy przy szkole", institution=factories.make_institution("Urząd Miasta"))


@pytest.mark.parametrize("width", ["phone"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_promise_is_done_and_a_resident_disagrees(lamps, visit: Callable[..., Page], scripts: bool):
    asker = factories.make_resident("Hanna")
    make_asked(lamps, asker, "Kiedy zaświecą się lampy?")

    page = visit(scripts=scripts, user=factories.make_resident("Anna", roles=[Role.EDITOR]))
    page.goto("/panel/meetings/commitment/")
    assert not overflows(page)
    page.get_by_role("link", name="Lampy przy szkole").click()
    page.get_by_role("link", name="Zapisz, co się stało").click()
    page.get_by_label("Co się stało").fill("Działa 14 nowych lamp.")
    page.get_by_label("Stan teraz").select_option(label="zrobione")
    assert not overflows(page)
    page.get_by_role("button", name="Zapisz, co się stało").click()
    expect(page.get_by_text("Wpis jest na stronie obietnicy.")).to_be_visible()

    page = visit(scripts=scripts)
    page.goto("/")
    page.get_by_role("navigation", name="Główna nawigacja").get_by_role("link", name="Obietnice").click()
    expect(page.get_by_text("z 1 obietnicy zrobionej od")).to_be_visible()
    assert not overflows(page)
    page.get_by_role("link", name="Lampy przy szkole").click()
    expect(page.get_by_text("„Kiedy zaświecą się lampy?”")).to_be_visible()
    expect(page.get_by_text("Działa 14 nowych lamp.")).to_be_visible()
    if scripts:  # axe is one
        assert accessibility_faults(page) == []

    assert ask_if_better(timezone.now() + WAIT) == 1
    page.goto(link_in(letter_to(asker.email), "/obietnice/lepiej/"))
    if scripts:  # axe is one
        assert accessibility_faults(page) == []
    page.get_by_label("Co powinniśmy wiedzieć?").fill("Przy furtce dalej ciemno.")
    page.get_by_role("button", name="Nie, nie jest lepiej").click()
    expect(page.get_by_text("Twoja odpowiedź: nie")).to_be_visible()
    assert not overflows(page)
    assert FollowUp.objects.get().words == "Przy furtce dalej ciemno."
