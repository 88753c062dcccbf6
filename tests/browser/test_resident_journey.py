"""A resident finds the meeting, reads, signs up, confirms, comments; what they wrote is never lost."""

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from participants.models import Letter
from participants.roles import Role
from tests import factories
from tests.browser.conftest import (
    accessibility_faults,
    faults_of_look,
    letter_to,
    nobody_in_danger,
    open_form,
    sign_in,
)
from tests.factories import PASSWORD
from topics.models import Comment, Topic

SAID = "Przy garażach po zmroku jest niebezpiecznie.\n\nCzy patrol może tam zajrzeć około 21:00?"


@pytest.fixture
def talk(transactional_db) -> Topic:
    """The real meeting beside an open talk that is on the agenda of a coming one."""
    call_command("load_founding_meeting", verbosity=0)
    topic = factories.make_topic("Patrole piesze i rowerowe na osiedlach")
    factories.make_agenda_item(factories.make_meeting("Bezpieczna zima na osiedlach"), topic)
    return topic


def sign_up(page: Page, email: str, signature: str = "Hanna, os. Wyzwolenia") -> None:
    page.get_by_label("Podpis na forum").fill(signature)
    page.get_by_label("Adres e-mail").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_label("Znam zasady dyskusji").check()
    page.get_by_role("button", name="Załóż konto").click()
    expect(page.get_by_role("heading", name="Sprawdź pocztę")).to_be_visible()


def tab_to(page: Page, what: str, value: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(what) == value:
            return
    raise AssertionError(f"{value} is not reached by Tab")


def confirm_address(page: Page, email: str) -> None:
    """Follows the link of the letter and presses the button that stands there."""
    link = re.search(r"https?://\S+/konto/potwierdz/\S+", letter_to(email).body).group()
    page.goto("/konto/potwierdz/" + link.partition("/konto/potwierdz/")[2])
    page.locator("main").get_by_role("button").click()


def publish(page: Page) -> None:
    """The one comment that waits, from the panel's queue."""
    page.goto(reverse("admin:topics_case_changelist"))
    page.locator("#result_list tbody a").first.click()
    page.locator("form[action$='/publish/'] button").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_resident_finds_reads_signs_up_confirms_and_comments(talk, visit: Callable[..., Page], newcomer, scripts):
    page = visit(scripts=scripts)
    page.goto("/")
    page.get_by_role("link", name="Bezpieczeństwo na osiedlach mieszkaniowych").click()
    expect(page.get_by_text("Ta strona jest w archiwum.")).to_be_visible()
    page.get_by_role("navigation", name="Główna nawigacja").get_by_role("link", name="Tematy").click()
    page.get_by_role("link", name=talk.title).click()
    page.locator("main").get_by_role("link", name="Załóż konto").first.click()
    sign_up(page, newcomer)
    confirm_address(page, newcomer)
    page.goto(talk.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.get_by_label("Twój komentarz").fill(SAID)
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page.get_by_text("Dziękujemy. Komentarz przeczyta moderator, a my damy Ci znać e-mailem.")).to_be_visible()
    expect(page.locator(".fk-comment--pending")).to_contain_text("Czy patrol może tam zajrzeć około 21:00?")

    stranger = visit(scripts=scripts)
    stranger.goto(talk.get_absolute_url())
    expect(stranger.get_by_text("garażach")).to_have_count(0)
    publish(visit(user=factories.make_resident("Ewa", roles=[Role.MODERATOR])))
    for reader in (page, stranger):
        reader.goto(talk.get_absolute_url())
        expect(reader.locator(".fk-comment", has_text="garażach")).to_contain_text("Hanna, os. Wyzwolenia")
    expect(page.locator(".fk-comment--pending")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_address_is_confirmed_by_the_code_of_the_letter(talk, visit: Callable[..., Page], newcomer, scripts):
    page = visit(scripts=scripts)
    page.goto(f"/konto/zaloz/?next={talk.get_absolute_url()}")
    sign_up(page, newcomer)
    page.locator("#id_code").fill("AAAA-AAAA")
    page.locator("main form").first.locator("button").click()
    assert page.title().startswith("Błąd:")
    if scripts:
        assert faults_of_look(page) == []
    [code] = re.findall(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", letter_to(newcomer).body, re.MULTILINE)
    page.locator("#id_code").fill(code)
    page.locator("main form").first.locator("button").click()
    page.wait_for_url(f"**{talk.get_absolute_url()}")
    expect(page.locator("main").get_by_role("link", name="Napisz komentarz").first).to_be_visible()


def test_comment_written_after_the_session_ended_is_kept(talk, visit: Callable[..., Page], resident):
    page = visit(user=resident)
    page.goto(talk.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.get_by_label("Twój komentarz").fill(SAID)
    resident.set_password("zupełnie inne hasło")  # as when it is reset on another device: sessions end
    resident.save()
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page).to_have_url(re.compile("/konto/zaloguj/"))
    page.get_by_label("Adres e-mail").fill(resident.email)
    page.locator("input[type=password]").fill("zupełnie inne hasło")
    page.locator("main").get_by_role("button", name="Zaloguj się").click()
    expect(page.get_by_label("Twój komentarz")).to_have_value(SAID)
    nobody_in_danger(page)
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page.locator(".fk-comment--pending")).to_contain_text("garażach")
    assert Comment.objects.filter(author=resident).count() == 1


def test_double_click_makes_one_comment(talk, visit: Callable[..., Page], resident):
    page = visit(user=resident)
    page.goto(talk.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.get_by_label("Twój komentarz").fill(SAID)
    page.get_by_role("button", name="Wyślij komentarz").dblclick()
    expect(page.locator(".fk-comment--pending")).to_have_count(1)
    assert Comment.objects.filter(author=resident).count() == 1


def test_whole_way_by_keyboard_alone(talk, visit: Callable[..., Page], resident):
    page = visit()
    sign_in(page, resident)
    page.goto(talk.get_absolute_url())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Przejdź do treści")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "document.activeElement.textContent.trim()", "Napisz komentarz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/komentarz/")
    tab_to(page, "document.activeElement.id", "id_danger_0")
    page.keyboard.press("Space")
    tab_to(page, "document.activeElement.id", "id_text")
    page.keyboard.type("Jestem za.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Wyślij komentarz")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".fk-comment--pending")).to_contain_text("Jestem za.")


def test_password_is_set_anew_by_a_letter(transactional_db, visit: Callable[..., Page], resident):
    page = visit()
    page.goto("/konto/zaloguj/")
    page.get_by_role("link", name="Nie pamiętam hasła").click()
    page.get_by_label("Adres e-mail").fill(resident.email)
    page.locator("main").get_by_role("button").click()
    expect(page).to_have_url(re.compile("/haslo/reset/wyslane/"))
    link = re.search(r"/konto/haslo/nowe/\S+", Letter.objects.get(to=resident.email).body).group()
    page.goto(link)
    page.locator("input[type=password]").fill("cztery inne losowe słowa")
    page.locator("main").get_by_role("button").click()
    expect(page.get_by_role("button", name="Wyloguj się").first).to_be_visible()
    page.get_by_role("button", name="Wyloguj się").first.click()
    page.goto("/konto/zaloguj/")
    page.get_by_label("Adres e-mail").fill(resident.email)
    page.locator("input[type=password]").fill("cztery inne losowe słowa")
    page.locator("main").get_by_role("button", name="Zaloguj się").click()
    page.wait_for_url(lambda url: "zaloguj" not in url)
    expect(page.get_by_role("button", name="Wyloguj się").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_whoever_is_in_danger_is_led_to_112_and_the_text_is_kept(talk, visit: Callable[..., Page], resident, scripts):
    page = visit(user=resident, scripts=scripts)
    page.goto(talk.get_absolute_url())
    open_form(page)
    page.get_by_label("Twój komentarz").fill("Ktoś leży na ławce")
    page.get_by_role("group", name="Czy ktoś jest teraz w niebezpieczeństwie?").get_by_label("Tak").check()
    expect(page.locator(".fk-compose .fk-stop")).to_be_visible()  # at once, by the style sheet alone
    expect(page.get_by_role("button", name="Wyślij komentarz")).to_be_hidden()
    if scripts:
        assert accessibility_faults(page) == []
    nobody_in_danger(page)
    expect(page.get_by_label("Twój komentarz")).to_have_value("Ktoś leży na ławce")


def test_somebodys_data_is_marked_and_can_be_rewritten(talk, visit: Callable[..., Page], resident):
    page = visit(user=resident)
    page.goto(talk.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.get_by_label("Twój komentarz").fill("Sąsiad ma numer 600 100 200.")
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page.locator("mark")).to_have_text("600 100 200")
    assert accessibility_faults(page) == []
    page.get_by_role("textbox", name="Twój komentarz").fill("Sąsiad zna sprawę.")
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page.locator(".fk-comment--pending")).to_contain_text("Sąsiad zna sprawę.")
