"""The sum of a flood in a real browser, under the site's policy for scripts; and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from participants.models import Tally
from tests.browser.conftest import accessibility_faults, overflows

TEXT = "Światło przy garażach znowu nie świeci."
READY = "Gotowe. Możesz wysłać formularz."


@pytest.fixture(autouse=True)
def note_page(settings, transactional_db) -> None:
    settings.ROOT_URLCONF = "tests.participants.proof_urls"


def send(page: Page) -> None:
    page.get_by_role("button", name="Wyślij").click()


def asked(page: Page) -> None:
    page.goto("/uwaga/")
    page.get_by_label("Treść").fill(TEXT)
    send(page)


def test_browser_works_the_sum_out_and_the_form_is_sent(visit):
    page: Page = visit()
    asked(page)
    expect(page.locator("[data-proof]")).to_be_focused()
    expect(page.get_by_label("Treść")).to_have_value(TEXT)
    expect(page.get_by_role("status")).to_have_text(READY, timeout=60_000)
    assert accessibility_faults(page) == []
    assert not overflows(page)
    send(page)
    expect(page.locator("body")).to_have_text(f"proved: {TEXT}")
    assert Tally.objects.filter(key__startswith="proof:").count() == 1


def test_form_sent_too_early_waits_for_the_sum(visit):
    page: Page = visit()
    page.goto("/uwaga/")
    page.get_by_label("Treść").fill(TEXT)
    page.route("**/pbkdf2.js", lambda route: page.wait_for_timeout(300) or route.continue_())
    send(page)
    send(page)
    expect(page.locator("body")).to_have_text(f"proved: {TEXT}", timeout=60_000)


def test_browser_that_cannot_do_it_says_so_and_sends_all_the_same(visit):
    page: Page = visit()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    asked(page)
    expect(page.get_by_role("status")).to_have_text(re.compile("Twoja przeglądarka nie może"))
    send(page)
    expect(page.locator("body")).to_have_text(f"went without: {TEXT}")


def test_page_without_scripts_says_what_follows(visit):
    page: Page = visit(scripts=False)
    asked(page)
    expect(page.get_by_role("status")).to_have_text(re.compile("Bez JavaScriptu"))
    assert not overflows(page)
    send(page)
    expect(page.locator("body")).to_have_text(f"went without: {TEXT}")


def test_page_that_does_not_ask_loads_no_script(visit):
    page: Page = visit()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/uwaga/")
    assert [url for url in loaded if url.endswith(".js")] == []
