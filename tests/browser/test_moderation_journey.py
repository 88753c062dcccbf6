"""A comment is reported, hidden with a reason, appealed against and restored; 112 comes before all of it."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.browser.conftest import letter_to, nobody_in_danger, open_form
from tests.mailbox import link_in
from topics import moderation
from topics.models import Case, Comment, Decision, Reason, Report
from topics.reports import report

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


def decide(page: Page, act: str, **fields: str) -> None:
    """From the panel's queue, about the one case that is open to its user."""
    page.goto(reverse("admin:topics_case_changelist"))
    page.locator("#result_list tbody a").first.click()
    page.locator(f"main a[href$='/{act}/'], #content a[href$='/{act}/']").first.click()
    for name, value in fields.items():
        field = page.locator(f"#id_{name}")
        if name in {"reason", "hours"}:
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("#content input[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


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

    decide(visit(scripts=scripts, user=moderator), "hide", reason="insult", note="Chodzi o ostatnie słowo.")
    page.goto(comment.topic.get_absolute_url())
    expect(page.get_by_text("Komentarz usunięty przez moderatora")).to_be_visible()
    expect(page.get_by_text(TEXT)).to_have_count(0)
    assert letter_to(EMAIL).subject == "Decyzja po Twoim zgłoszeniu"

    letter = letter_to(comment.author.email)
    page.goto(link_in(letter, "/decyzje/"))
    expect(page.locator("main")).to_contain_text("Powód: komentarz obrażał inną osobę.")
    expect(page.locator("main")).to_contain_text("Chodzi o ostatnie słowo.")
    page.get_by_label("Dlaczego się nie zgadzasz?").fill("To był cytat z afisza.")
    page.get_by_role("button", name="Wyślij odwołanie").click()
    expect(page.get_by_text("Twoje odwołanie czeka na decyzję.")).to_be_visible()
    expect(page.get_by_role("button", name="Wyślij odwołanie")).to_have_count(0)

    decide(visit(scripts=scripts, user=judge), "reversed", note="To cytat.")
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


@pytest.mark.parametrize("scripts", [True, False])
def test_suspended_author_reads_why_appeals_and_writes_again(
    comment, people, visit: Callable[..., Page], scripts: bool
):
    moderator, judge = people
    author, topic = comment.author, comment.topic
    neighbour = factories.make_resident("Tomasz")
    report(comment, why=Report.Why.INSULT, resident=neighbour, text="Obraża.", language="pl")
    decide(visit(scripts=scripts, user=moderator), "suspend", reason="insult", hours="72")

    page = visit(scripts=scripts, user=author)
    page.goto(topic.get_absolute_url())
    expect(page.locator(".fk-compose")).to_contain_text("Twoje konto nie może pisać do")
    expect(page.locator("main").get_by_role("link", name="Odpowiedz")).to_have_count(0)
    page.goto(link_in(letter_to(author.email), "/decyzje/"))
    page.get_by_label("Dlaczego się nie zgadzasz?").fill("To był cytat z afisza.")
    page.get_by_role("button", name="Wyślij odwołanie").click()
    decide(visit(scripts=scripts, user=judge), "reversed", note="To cytat.")

    page.goto(topic.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.get_by_label("Twój komentarz").fill("Dziękuję za drugie spojrzenie.")
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page.locator("main")).to_contain_text("Dziękuję za drugie spojrzenie.")
