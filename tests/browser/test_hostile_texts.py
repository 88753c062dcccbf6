"""Texts that pull at the page, on the narrowest of phones: nothing runs, nothing sticks out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from participants.roles import Role
from tests import factories
from tests.browser.conftest import nobody_in_danger, open_form, overflows, sign_in
from tests.topics.payloads import LONG_LINE, PAYLOADS, TROUBLE
from tests.topics.talks import pages_of, talk_of
from topics.models import Topic

NARROW = {"width": 320, "height": 640}
BODIES = """bodies => bodies.map(body => [body.closest("article").id, body.innerText,
    [...body.querySelectorAll("*")].map(one => one.localName)])"""


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, live_server, complaints) -> Iterator[Page]:
    """A narrow page that notes each dialog and all that the console says, of scripts and of what the policy refused."""
    context = browser.new_context(locale="pl-PL", viewport=NARROW, base_url=live_server.url)
    page = context.new_page()
    page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


def look(page: Page, address: str, texts: dict[int, str]) -> int:
    """Opens the page and compares what the browser made of each comment; returns how many there are."""
    page.goto(address)
    assert not overflows(page), address
    bodies = page.locator(".fk-comment__body").evaluate_all(BODIES)
    for mark, shown, elements in bodies:
        assert set(elements) <= {"p", "br", "a"}, shown
        assert shown.split() == texts[int(mark.removeprefix("k-"))].split()
    return len(bodies)


def test_payloads_are_words_to_a_browser(transactional_db, page, complaints):
    topic, texts = talk_of(PAYLOADS, factories.make_resident("Ewa", roles=[Role.MODERATOR]))
    assert sum(look(page, address, texts) for address in pages_of(topic, len(texts))) == len(PAYLOADS)
    page.mouse.move(160, 300)  # over something, for those who wait for that
    assert complaints == []


def test_trouble_stays_within_its_comment(transactional_db, page, complaints):
    topic, texts = talk_of(list(TROUBLE.values()), factories.make_resident("Ewa", roles=[Role.MODERATOR]))
    assert sum(look(page, address, texts) for address in pages_of(topic, len(texts))) == len(TROUBLE)
    for pk in texts:
        assert look(page, f"{topic.get_absolute_url()}watek/{pk}/", texts) == 1
    assert complaints == []


def test_endless_line_comes_back_in_its_field(transactional_db, page, complaints):
    topic: Topic = factories.make_topic()
    sign_in(page, factories.make_resident())
    page.goto(topic.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.locator(".fk-compose textarea").fill(LONG_LINE)
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value(LONG_LINE)
    assert not overflows(page)
    assert [text for text in complaints if "status of 422" not in text] == []
