"""A comment is reported, hidden with a reason, appealed against and restored; 112 comes before all of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.browser.conftest import letter_to
from tests.mailbox import link_in
from topics import appeals, moderation
from topics.models import Appeal, Case, Comment, Decision, Reason, Report

TEXT = "Ci z trzeciej klatki to sami głupcy."
EMAIL = "gosc@poczta.example"


@pytest.fixture
def comment(transactional_db) -> Comment:
    return factories.make_published(factories.make_topic("Patrole rowerowe na osiedlach"), TEXT)


@pytest.fixture
def people(transactional_db) -> tuple[Resident, Resident]:
    return factories.make_resident("Ewa", roles=[Role.MODERATOR]), factories.make_resident("Jan", roles=[Role.APPEALS])


def report_of(comment: Comment) -> str:
    return f"{comment.topic.get_absolute_url()}k/{comment.pk}/zglos/"


def fill_in(page: Page, why: str) -> None:
    page.get_by_label(why).check()
    page.get_by_label("Co powinniśmy wiedzieć?").fill("Obraża sąsiadów z klatki.")
    page.get_by_label("Imię i nazwisko").fill("Anna Nowak")
    page.get_by_label("Adres e-mail").fill(EMAIL)
    page.get_by_label("Według mojej najlepszej wiedzy").check()


@pytest.mark.parametrize("scripts", [True, False])
def test_report_hide_reasons_appeal_restored(comment, people, visit: Callable[..., Page], scripts: bool):
    moderator, judge = people
    page = visit(scripts=scripts)
    page.goto(report_of(comment))
    expect(page.locator("main")).to_contain_text(TEXT)
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    assert page.title().startswith("Błąd:")
    expect(page.locator(".fk-errors li")).to_have_count(4)
    fill_in(page, "obraża inną osobę")
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.get_by_role("heading", name="Mamy Twoje zgłoszenie")).to_be_visible()
    assert letter_to(EMAIL).subject == "Mamy Twoje zgłoszenie"

    moderation.hide(Case.objects.get().comment, by=moderator, reason=Reason.INSULT, note="Chodzi o ostatnie słowo.")
    page.goto(comment.topic.get_absolute_url())
    expect(page.get_by_text("Komentarz usunięty przez moderatora")).to_be_visible()
    expect(page.get_by_text(TEXT)).to_have_count(0)
    assert letter_to(EMAIL).subject == "Decyzja po Twoim zgłoszeniu"

    letter = letter_to(comment.author.email)
    page.goto(link_in(letter, "/decyzje/"))
    expect(page.locator("main")).to_contain_text("Powód: obrażał inną osobę.")
    expect(page.locator("main")).to_contain_text("Chodzi o ostatnie słowo.")
    page.get_by_label("Dlaczego się nie zgadzasz?").fill("To był cytat z afisza.")
    page.get_by_role("button", name="Wyślij odwołanie").click()
    expect(page.get_by_text("Twoje odwołanie czeka na decyzję.")).to_be_visible()
    expect(page.get_by_role("button", name="Wyślij odwołanie")).to_have_count(0)

    appeals.decide(Appeal.objects.get(), by=judge, outcome=Appeal.Outcome.REVERSED, note="To cytat.")
    page.goto(comment.topic.get_absolute_url())
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.goto(link_in(letter, "/decyzje/"))
    expect(page.get_by_text("Twoje odwołanie jest słuszne i zmieniliśmy decyzję.")).to_be_visible()
    assert letter_to(comment.author.email).subject == "Twój komentarz znów jest widoczny"
    assert [decision.role for decision in Decision.objects.order_by("pk")] == ["moderator", "appeals"]


@pytest.mark.parametrize("scripts", [True, False])
def test_danger_shows_112_at_once_and_first(comment, visit: Callable[..., Page], scripts: bool):
    page = visit(scripts=scripts)
    page.goto(report_of(comment))
    call = page.locator(".fk-stop").get_by_role("link", name="112")
    expect(call).to_be_hidden()
    fill_in(page, "ktoś jest w niebezpieczeństwie")
    expect(call).to_be_visible()
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(call).to_be_visible()
    assert call.bounding_box()["y"] < page.get_by_role("heading", level=1).bounding_box()["y"]
    assert Case.objects.get().is_urgent


def test_report_by_keyboard_alone(comment, resident, visit: Callable[..., Page]):
    page = visit(user=resident)
    page.goto(report_of(comment))
    page.locator("#id_why_0").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Obraża sąsiadów.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Wyślij zgłoszenie")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mamy Twoje zgłoszenie")).to_be_visible()
    report = Report.objects.get()
    assert (report.resident, report.why, report.text) == (resident, Report.Why.INSULT, "Obraża sąsiadów.")


def test_author_finds_the_reasons_from_the_notice(comment, people, visit: Callable[..., Page]):
    moderation.hide(comment, by=people[0], reason=Reason.INSULT)
    page = visit(user=comment.author)
    page.goto(comment.topic.get_absolute_url())
    page.get_by_role("link", name="Twój komentarz: cała decyzja i odwołanie").click()
    expect(page.get_by_role("heading", name="Decyzja o Twoim komentarzu")).to_be_visible()
    expect(page.get_by_role("button", name="Wyślij odwołanie")).to_be_visible()
