"""The account with something in every part of it: its look, its keyboard path, and a seat given back by hand."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings import agenda_questions, following
from meetings.models import Meeting, Registration
from participants.models import Resident
from tests import factories
from tests.browser.conftest import faults_of, faults_of_look, overflows
from tests.meetings.signups import make_coming
from topics import editing, moderation
from topics.models import Comment, Topic

LONG = "Wydział Gospodarki Komunalnej i Ochrony Środowiska Urzędu Miasta Piotrkowa Trybunalskiego"


@pytest.fixture
def meeting(transactional_db) -> Meeting:
    return make_coming(title="Bezpieczna zima na osiedlach", starts="17:00", capacity=2)


@pytest.fixture
def seat(meeting: Meeting, resident: Resident) -> Registration:
    return factories.make_registration(meeting, account=resident, email=resident.email, seats=2)


@pytest.fixture
def life(meeting: Meeting, seat: Registration, resident: Resident, editor: Resident, moderator: Resident) -> Topic:
    """Everything that an account can show."""
    topic = factories.make_topic("Patrole piesze i rowerowe na osiedlach")
    other = make_coming(title="Hulajnogi", capacity=1)
    factories.make_registration(other, email=resident.email, state=Registration.State.WAITING)
    Meeting.objects.filter(pk=other.pk).update(moved_at=timezone.now())
    written = [factories.make_published(topic, author=resident) for _ in range(4)]
    waits = factories.make_comment(topic, "Przy garażach za blokiem zbierają się grupy. " * 9, author=resident)
    moderation.hide(written[0], by=moderator, reason="insult")
    moderation.hide(factories.make_comment(topic, author=resident), by=moderator, reason="private")
    moderation.hand_over(written[1], by=moderator, reason="threat", to="oficer", reference="1/26")
    editing.withdraw(written[2], by=resident)
    Comment.objects.filter(pk=written[3].pk).update(support_count=9, reply_count=2)
    Comment.objects.filter(pk=waits.pk).update(kind=Comment.Kind.QUESTION)
    passed, answered = (factories.make_asked(meeting, topic, author=resident) for _ in range(2))
    long = factories.make_institution(LONG)
    type(passed).objects.filter(pk=passed.pk).update(state="passed", institution=long)
    place = agenda_questions.take(answered, item=factories.make_agenda_item(meeting, topic), by=editor)
    said = {"end": "answered", "answer": "Lampy naprawimy w maju.", "settled_at": timezone.now()}
    type(place).objects.filter(pk=place.pk).update(**said, institution=long)
    for kind, target in (("topic", topic), ("meeting", meeting), ("institution", long)):
        following.follow(resident, kind, target)
    return topic


@pytest.mark.parametrize("width", ["phone"])
def test_pages_of_a_full_account_have_no_fault(life, seat, visit: Callable[..., Page], resident):
    for _ in range(11):
        factories.make_published(life, author=resident)
    page = visit(user=resident)
    parts = ["/konto/", "/konto/komentarze/", "/konto/komentarze/?strona=2", "/konto/pytania/", "/konto/profil/"]
    assert faults_of(page, [*parts, f"/konto/zapisy/{seat.pk}/zrezygnuj/"]) == {}
    Resident.objects.filter(pk=resident.pk).update(rules_version="", suspended_until=timezone.now())
    assert faults_of(page, ["/konto/"]) == {}


@pytest.mark.parametrize("width", ["phone"])
def test_pages_of_an_empty_account_have_no_fault(visit: Callable[..., Page], resident, transactional_db):
    page = visit(user=resident)
    assert faults_of(page, ["/konto/", "/konto/komentarze/", "/konto/pytania/"]) == {}
    page.goto("/konto/profil/")
    page.get_by_label("Podpis na forum").fill("")
    page.get_by_role("button", name="Zapisz").click()
    assert page.title().startswith("Błąd:")
    assert faults_of_look(page) == []


def test_narrowest_screen_needs_no_moving_sideways(life, seat, visit: Callable[..., Page], resident):
    page = visit(user=resident, viewport={"width": 320, "height": 700})
    for part in ("/konto/", "/konto/komentarze/", "/konto/pytania/", f"/konto/zapisy/{seat.pk}/zrezygnuj/"):
        page.goto(part)
        assert not overflows(page), part


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_seat_is_given_back_by_keyboard(meeting, seat, visit: Callable[..., Page], resident, scripts):
    page = visit(user=resident, scripts=scripts)
    page.goto("/konto/")
    page.get_by_role("link", name=re.compile("^Zrezygnuj.*Bezpieczna zima na osiedlach$")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Oddać miejsce?")
    page.get_by_role("button", name="Zrezygnuj ze wszystkich miejsc").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Nie masz już zapisu na to spotkanie.")
    expect(page.get_by_text("Nie masz zapisu na żadne spotkanie.")).to_be_visible()
    seat.refresh_from_db()
    assert seat.state == Registration.State.LEFT


def test_keyboard_goes_from_the_contents_to_each_part(life, visit: Callable[..., Page], resident):
    page = visit(user=resident, scripts=False)
    page.goto("/konto/")
    contents = page.get_by_role("navigation", name="Moje konto")
    contents.get_by_role("link", name="Zapisy na spotkania").focus()
    for anchor in ("zapisy", "komentarze", "pytania", "subskrypcje", "powiadomienia", "profil", "wejscie", "dane"):
        assert page.evaluate("document.activeElement.hash") == f"#{anchor}"
        assert page.locator(f"h2#{anchor}").count() == 1
        page.keyboard.press("Tab")
    contents.get_by_role("link", name="Co obserwuję").press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("section[aria-labelledby=subskrypcje] a:focus").count() == 1
