"""Every public page: axe, reflow, one heading, at both widths, light and dark."""

import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from meetings import asking, follow_ups, minutes_letters, registration
from meetings.models import Commitment, CommitmentEntry, FollowUp, GuestQuestion, Meeting, Registration, Survey
from participants.models import Institution, Official
from tests import factories
from tests.browser.conftest import accessibility_faults, nobody_in_danger, open_form, overflows
from topics import appeals, editing, moderation, telling
from topics.models import Decision, Question, Reason, Topic
from topics.statements import statement_url

SITE = ["/", "/o-forum/", "/zasady/", "/prywatnosc/", "/deklaracja-dostepnosci/", "/nie-ma-takiej-strony/"]
SITE += ["/moderacja/"]
LISTS = ["/spotkania/", "/spotkania/2017/", "/tematy/", "/tematy/?stan=zamkniete", "/instytucje/"]
LISTS += ["/pytania/", "/pytania/?kolejnosc=najdluzej", "/pytania/?numer=dwa"]
LISTS += ["/pytania/?stan=obiecane", "/obietnice/", "/spotkania/zapis/nie-ma/"]
LISTS += [f"/obietnice/?stan={state}" for state in ("w-toku", "po-terminie", "zrobione", "nie")]
ACCOUNTS = ["/konto/zaloguj/", "/konto/zaloz/", "/konto/haslo/reset/", "/konto/sprawdz-poczte/"]


@pytest.fixture
def content(transactional_db):
    call_command("load_founding_meeting", verbosity=0)
    call_command("load_example", "--yes-this-is-a-trial-site", verbosity=0)


def pages_of_content() -> list[str]:
    """One of each public state of meetings, topics, questions and promises, an institution, an official."""
    states = {meeting.state: meeting for meeting in Meeting.objects.public()}
    topics = {topic.state: topic for topic in Topic.objects.public().order_by("comment_count")}
    questions = {question.state: question for question in Question.objects.public()}
    promises = {promise.state: promise for promise in Commitment.objects.public()}
    found = [
        *promises.values(),
        *states.values(),
        *topics.values(),
        *questions.values(),
        Institution.objects.public()[0],
        Official.objects.public()[0],
    ]
    longest = Topic.objects.public().order_by("comment_count").last()
    coming = Meeting.objects.filter(state=Meeting.State.ANNOUNCED).earliest("date").get_absolute_url()
    survey = Survey.objects.public()[0].get_absolute_url()
    return [
        *(page.get_absolute_url() for page in found),
        coming,
        *(f"{coming}{page}" for page in ("pytanie/", "pytanie/wyslane/", "zapis/", "zapis/wyslane/")),
        Survey.objects.public()[0].meeting.get_absolute_url(),
        *(f"{survey}{page}" for page in ("", "wyslana/", "wyniki/")),
        f"{longest.get_absolute_url()}?strona=2",
    ]


def faults_of(page: Page, addresses: list[str]) -> dict[str, list[str]]:
    found = {}
    for address in addresses:
        page.goto(address)
        faults = accessibility_faults(page)
        if overflows(page):
            faults.append("has to be moved sideways")
        if page.locator("h1").count() != 1:
            faults.append("has not one h1")
        if faults:
            found[address] = faults
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages_have_no_fault(content, visit, scheme: str):
    page = visit(color_scheme=scheme)
    assert faults_of(page, SITE + LISTS + ACCOUNTS + pages_of_content()) == {}


def pages_of_letters() -> list[str]:
    """What a link in a letter opens: a sign-up in each state, a question, a promise that was kept, minutes."""
    meeting = Meeting.objects.filter(state=Meeting.State.ANNOUNCED).earliest("date")
    signups = [factories.make_registration(meeting, state=state, seats=2) for state in Registration.State]
    topic, submission = Topic.objects.public()[0], uuid.uuid4()
    typed = {"text": "Kiedy naprawicie lampy?", "signature": "Kasia", "email": "kasia@poczta.example"}
    GuestQuestion.objects.create(
        meeting=meeting, topic=topic, submission=submission, created_at=timezone.now(), **typed
    )
    guest = GuestQuestion.objects.get(submission=submission)
    entry = CommitmentEntry.objects.filter(commitment__state=Commitment.State.DONE).latest("pk")
    held = factories.make_circulation(entry.commitment.meeting, entry.commitment.institution)
    Meeting.objects.filter(pk=held.meeting_id).update(minutes_state="sent", minutes_until=timezone.localdate())
    asker = factories.make_resident("Ola")
    return [
        *(registration.address_of(signup) for signup in signups),
        asking.confirm_url(guest),
        telling.mute_url(Question.objects.public()[0], asker),
        follow_ups.address_of(FollowUp.objects.create(entry=entry, account=asker, asked_at=timezone.now())),
        minutes_letters.part_url(held),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_that_letters_lead_to_have_no_fault(content, visit, scheme: str):
    assert faults_of(visit(color_scheme=scheme), pages_of_letters()) == {}


@pytest.mark.parametrize("path", ["zapis/", "pytanie/", "ankieta/"])
def test_forms_of_a_meeting_sent_empty_have_no_fault(content, visit, path: str):
    page = visit(color_scheme="dark")
    coming = Meeting.objects.filter(state=Meeting.State.ANNOUNCED).earliest("date")
    meeting = Survey.objects.public()[0].meeting if path == "ankieta/" else coming
    page.goto(f"{meeting.get_absolute_url()}{path}")
    page.locator("main form[method=post] .btn-primary").click()
    assert page.title().startswith("Błąd:")
    assert accessibility_faults(page) == []
    assert not overflows(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_a_resident_have_no_fault(content, visit, resident, scheme: str):
    page = visit(color_scheme=scheme, user=resident)
    topic = Topic.objects.public().filter(state=Topic.State.OPEN).order_by("comment_count").last()
    reply = topic.comments.public().threads().published().in_order()[0]
    page.goto(topic.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.locator("#id_text").fill("")
    page.get_by_role("button", name="Wyślij komentarz").click()
    assert accessibility_faults(page) == []
    assert page.title().startswith("Błąd:")
    addresses = [topic.get_absolute_url(), f"/tematy/{topic.slug}/komentarz/{reply.pk}/odpowiedz/"]
    assert faults_of(page, addresses) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_reports_and_appeals_have_no_fault(content, visit, moderator, scheme: str):
    page = visit(color_scheme=scheme)
    shown, appealed = Topic.objects.public().order_by("comment_count").last().comments.published()[:2]
    report = f"{shown.topic.get_absolute_url()}k/{shown.pk}/zglos/"
    page.goto(report)
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    assert accessibility_faults(page) == []
    assert not overflows(page)
    for comment in (shown, appealed):
        moderation.hide(comment, by=moderator, reason=Reason.INSULT, note="Uwaga")
    statements = [statement_url(decision) for decision in Decision.objects.order_by("pk")]
    gone = [report, f"{report}przyjete/?pilne=1"]
    appeals.appeal(Decision.objects.latest("pk"), text="Nie zgadzam się.")
    assert faults_of(page, [*gone, *statements]) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_an_author_have_no_fault(content, visit, moderator, scheme: str):
    """Own comments in every state that only their author sees, and what can be done with them."""
    topic = Topic.objects.public().filter(state=Topic.State.OPEN).order_by("comment_count").first()
    author = factories.make_resident("Zofia")
    mine, answered, hidden, aside = (factories.make_published(topic, author=author) for _ in range(4))
    factories.make_published(topic, parent=answered)
    factories.make_comment(topic, "Czekam tu na moderację.", author=author)
    editing.edit(mine, by=author, text="Inaczej powiedziane.", now=timezone.now() + editing.FREELY * 2)
    moderation.hide(hidden, by=moderator, reason=Reason.ADVERT)
    moderation.set_aside(aside, reason=Reason.INSULT)
    page = visit(color_scheme=scheme, user=author)
    address = topic.get_absolute_url()
    acts = [f"{address}k/{mine.pk}/{act}/" for act in ("popraw", "usun", "wersje")]
    acts += [f"{address}k/{answered.pk}/dopisz/", f"{address}watek/{answered.pk}/"]
    assert faults_of(page, [address, *acts]) == {}
    page.goto(address)
    open_form(page)
    nobody_in_danger(page)
    page.locator("#id_text").fill("Pani Nowak, tel. 512 345 678, wszystko widziała.")
    page.get_by_role("button", name="Wyślij komentarz").click()
    assert page.get_by_role("alert").get_by_role("heading", name="To wygląda na czyjeś dane").is_visible()
    assert accessibility_faults(page) == []
    assert not overflows(page)


def test_pages_are_readable_at_320_pixels_and_in_print(content, visit):
    page = visit(viewport={"width": 320, "height": 640})
    longest = Topic.objects.public().order_by("comment_count").last().get_absolute_url()
    lists = ["/", "/moderacja/", "/pytania/", "/obietnice/", "/prywatnosc/", longest]
    for address in [*lists, *pages_of_content(), *pages_of_letters()]:
        page.goto(address)
        assert not overflows(page), address
    page.emulate_media(media="print")
    page.goto(pages_of_content()[0])
    assert page.get_by_role("heading", level=1).is_visible()
    assert not page.locator(".fk-footer").is_visible()
    page.goto(longest)
    assert page.locator(".fk-comment").first.is_visible()
    assert not page.locator(".fk-actions, .fk-compose").first.is_visible()
