"""A question on its way: a resident asks, an institution passes it on, another answers, and everybody reads it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from participants.roles import Role
from tests import factories
from tests.browser.conftest import nobody_in_danger, open_form, overflows
from tests.topics.test_questions import make_answerer
from topics import moderation
from topics.models import Comment, Question, Topic


@pytest.fixture
def talk(transactional_db) -> Topic:
    return factories.make_topic("Oświetlenie zimą", institution=factories.make_institution("Komenda Miejska Policji"))


def ask(page: Page, topic: Topic) -> None:
    page.goto(topic.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.get_by_label("Pytanie", exact=True).check()
    page.get_by_label("Twój komentarz").fill("Kiedy zaświecą się lampy na skwerze?")
    page.get_by_role("button", name="Wyślij komentarz").click()
    expect(page.get_by_text("Kiedy zaświecą się lampy na skwerze?")).to_be_visible()


def open_first_question(page: Page) -> None:
    """From the panel's first page, by what waits there."""
    page.goto("/panel/")
    page.get_by_role("link", name="pytanie czeka na Twoją odpowiedź").click()
    page.locator("#result_list th a").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_question_is_asked_passed_on_and_answered(talk, visit: Callable[..., Page], scripts: bool):
    town = factories.make_institution("Urząd Miasta")
    ask(visit(scripts=scripts, user=factories.make_resident("Hanna")), talk)
    moderation.publish(Comment.objects.get(), by=factories.make_resident("Ewa", roles=[Role.MODERATOR]))
    number = Question.objects.get().number

    page = visit(scripts=scripts, user=make_answerer(talk.institution))
    open_first_question(page)
    page.get_by_role("link", name="Przekaż").click()
    page.get_by_label("Do kogo").select_option(label="Urząd Miasta")
    page.get_by_label("Dopisek dla wszystkich").fill("Lampy na skwerze należą do miasta.")
    page.get_by_role("button", name="Przekaż").click()
    expect(page.get_by_text("Pytanie jest przekazane.")).to_be_visible()

    page = visit(scripts=scripts, user=make_answerer(town, "Jan"))
    open_first_question(page)
    page.get_by_role("link", name="Odpowiedz", exact=True).click()
    expect(page.get_by_text("Kiedy zaświecą się lampy na skwerze?")).to_be_visible()
    page.get_by_label("Odpowiedź").fill("Naprawimy je do piątku.")
    page.get_by_role("button", name="Odpowiedz").click()
    expect(page.get_by_text("Pytanie ma odpowiedź.")).to_be_visible()

    page = visit(scripts=scripts)
    page.goto("/tematy/")
    expect(page.get_by_text("1 pytanie z odpowiedzią")).to_be_visible()
    page.get_by_role("link", name="Pytania mieszkańców").click()
    page.get_by_label("Numer pytania").fill(str(number))
    page.get_by_role("button", name="Znajdź pytanie").click()
    expect(page.get_by_role("heading", level=1, name=f"Pytanie nr {number}")).to_be_visible()
    expect(page.get_by_text("„Lampy na skwerze należą do miasta.”")).to_be_visible()
    expect(page.get_by_text("Naprawimy je do piątku.")).to_be_visible()
    assert not overflows(page)
    page.goto(talk.get_absolute_url())
    expect(page.locator(".fk-comment--pinned")).to_contain_text("Naprawimy je do piątku.")
