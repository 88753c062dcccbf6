"""Leaving the forum and coming back: the choice, the letter, the link; and what readers see of who does not."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from forum_portal.leaving import erase_leavers
from participants.leaving import WAIT, ask, way_back
from participants.models import Letter, Resident
from tests import factories
from tests.browser.conftest import faults_of_look, letter_to, sign_in
from tests.browser.test_second_factor import add_passkey, pretend_device
from tests.factories import PASSWORD
from tests.mailbox import link_in
from topics.models import Comment

SAID = "Przy szkole brakuje pasów."
STAYS, GOES = "Zostawcie moje komentarze, bez mojego podpisu", "Usuńcie treść moich komentarzy"
pytestmark = pytest.mark.parametrize("width", ["phone"], indirect=True)


@pytest.fixture
def comment(transactional_db, resident) -> Comment:
    return factories.make_published(factories.make_topic(), SAID, author=resident)


def leave(page: Page, choice: str) -> None:
    """From the account to the page that says goodbye, with the password once more."""
    page.goto("/konto/")
    page.get_by_role("link", name="Zobacz moje dane").click()
    page.locator("main a[href='/konto/odejdz/']").click()
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main form .btn-primary").first.click()
    page.wait_for_url("**/konto/odejdz/")
    page.get_by_label(choice).check()
    page.locator("main form .btn-danger").click()
    page.wait_for_url("**/konto/zamkniete/")


@pytest.mark.parametrize("choice", [STAYS, GOES], ids=["texts stay", "texts go"])
def test_leaves_and_comes_back_by_the_letter_with_no_fault(comment, resident, visit: Callable[..., Page], choice):
    page = visit(user=resident)
    leave(page, choice)
    expect(page.get_by_role("heading", level=1, name="Konto jest zamknięte")).to_be_visible()
    assert faults_of_look(page) == []
    page.goto("/konto/dane/")
    page.wait_for_url("**/konto/zaloguj/**")
    page.goto(link_in(letter_to(resident.email), "/konto/zostaje/"))
    assert faults_of_look(page) == []
    page.get_by_role("button", name="Zostaję").click()
    page.wait_for_url("**/konto/zaloguj/")
    sign_in(page, resident)
    page.goto(comment.topic.get_absolute_url())
    expect(page.locator(".fk-comment").first).to_contain_text(resident.signature)


@pytest.mark.parametrize("choice", [STAYS, GOES], ids=["texts stay", "texts go"])
def test_who_leaves_for_good_is_a_former_participant(comment, resident, visit: Callable[..., Page], choice):
    page = visit(user=resident)
    leave(page, choice)
    link = link_in(letter_to(resident.email), "/konto/zostaje/")
    assert erase_leavers(timezone.now() + WAIT) == 1
    reader = visit()
    reader.goto(comment.topic.get_absolute_url())
    expect(reader.get_by_text(resident.signature)).to_have_count(0)
    expect(reader.get_by_text(SAID)).to_have_count(1 if choice == STAYS else 0)
    if choice == STAYS:
        expect(reader.locator(".fk-comment").first).to_contain_text("były uczestnik")
    reader.goto(link)
    expect(reader.get_by_role("heading", level=1, name="Ten link już nie działa")).to_be_visible()
    assert faults_of_look(reader) == []


def test_passkey_of_who_is_leaving_leads_to_the_letter(live_server, transactional_db, visit: Callable[..., Page]):
    resident = factories.make_resident("Hanna")
    page = visit(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    pretend_device(page)
    sign_in(page, resident)
    page.goto("/konto/bezpieczenstwo/")
    add_passkey(page)
    leaving = ask(Resident.objects.get(pk=resident.pk), erases_texts=True)
    Letter.objects.all().delete()
    page.goto("/konto/zaloguj/")
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url("**/konto/zamkniete/")
    assert link_in(letter_to(resident.email), "/konto/zostaje/") == way_back(leaving)
