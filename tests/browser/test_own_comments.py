"""Supporting a comment, correcting and removing one's own: without JavaScript, by keyboard, at both widths."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from participants.models import Resident
from tests import factories
from tests.browser.conftest import accessibility_faults, overflows
from topics.models import Comment, Support, Topic

SAID = "Wieczorem przydałby się patrol przy garażach."


@pytest.fixture
def talk(transactional_db) -> Topic:
    return factories.make_topic("Patrole piesze i rowerowe na osiedlach")


@pytest.fixture
def trusted(talk: Topic) -> Resident:
    person = factories.make_resident("Zofia")
    elsewhere = factories.make_topic("Gdzie indziej")
    for _ in range(2):
        factories.make_published(elsewhere, author=person)
    return person


def comment_of(page: Page, comment: Comment):
    return page.locator(f"#k-{comment.pk}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_support_is_given_and_taken_back_by_the_same_button(talk, visit: Callable[..., Page], resident, scripts):
    for kind in (Comment.Kind.OPINION, Comment.Kind.QUESTION):
        comment = factories.make_published(talk, SAID, kind=kind, author_estate="os. Wyzwolenia")
    page = visit(scripts=scripts, user=resident)
    page.goto(f"{talk.get_absolute_url()}?kolejnosc=najnowsze")
    button = comment_of(page, comment).get_by_role("button", name="Też mnie to dotyczy")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_accessible_name("Też mnie to dotyczy 1 głos poparcia: Hanna")
    assert page.url.endswith(f"?kolejnosc=najnowsze#k-{comment.pk}")
    if scripts:  # axe is one
        assert accessibility_faults(page) == []
        assert not overflows(page)
    button.press("Space")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert not Support.objects.exists()


def test_stranger_signs_in_and_finds_the_comment_again(talk, visit: Callable[..., Page], resident):
    comment = factories.make_published(talk, SAID)
    page = visit(scripts=False)
    page.goto(talk.get_absolute_url())
    comment_of(page, comment).get_by_role("link", name="Popieram").click()
    page.get_by_label("Adres e-mail").fill(resident.email)
    page.locator("input[type=password]").fill(factories.PASSWORD)
    page.locator("main").get_by_role("button", name="Zaloguj się").click()
    comment_of(page, comment).get_by_role("button", name="Popieram").click()
    expect(comment_of(page, comment).get_by_role("button", name="Popieram")).to_have_attribute("aria-pressed", "true")


def test_own_comment_is_corrected_and_everybody_sees_what_was_changed(talk, visit: Callable[..., Page], trusted):
    an_hour_ago = timezone.now() - datetime.timedelta(hours=1)
    comment = factories.make_published(talk, SAID, author=trusted, created_at=an_hour_ago)
    page = visit(user=trusted)
    page.goto(talk.get_absolute_url())
    comment_of(page, comment).get_by_role("link", name="Popraw").press("Enter")
    assert accessibility_faults(page) == []
    assert not overflows(page)
    page.get_by_label("Twój komentarz").fill("Rano przydałby się patrol przy garażach.")
    page.get_by_role("button", name="Zapisz poprawkę").press("Enter")
    expect(comment_of(page, comment)).to_contain_text("Rano przydałby się")

    stranger = visit()
    stranger.goto(talk.get_absolute_url())
    comment_of(stranger, comment).get_by_role("link", name="edytowano").click()
    expect(stranger.locator("del")).to_contain_text("Wieczorem")
    expect(stranger.locator("ins")).to_contain_text("Rano")
    assert accessibility_faults(stranger) == []
    assert not overflows(stranger)


def test_own_comment_is_corrected_without_scripts(talk, visit: Callable[..., Page], trusted):
    comment = factories.make_published(talk, SAID, author=trusted)
    page = visit(scripts=False, user=trusted)
    page.goto(talk.get_absolute_url())
    comment_of(page, comment).get_by_role("link", name="Popraw").press("Enter")
    page.get_by_label("Twój komentarz").fill("Rano przydałby się patrol przy garażach.")
    page.get_by_role("button", name="Zapisz poprawkę").press("Enter")
    expect(comment_of(page, comment)).to_contain_text("Rano przydałby się")


def test_own_comment_is_removed_after_one_more_question(talk, visit: Callable[..., Page], trusted):
    comment = factories.make_published(talk, SAID, author=trusted)
    page = visit(user=trusted)
    page.goto(talk.get_absolute_url())
    comment_of(page, comment).get_by_role("link", name="Usuń").press("Enter")
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Usuń komentarz").press("Enter")
    expect(comment_of(page, comment)).to_contain_text("Autor usunął ten komentarz")
