"""Every public page: axe, reflow, one heading, at both widths, light and dark (each look sees to all four)."""

import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from meetings import asking, follow_ups, minutes_letters, registration
from meetings.models import Commitment, CommitmentEntry, FollowUp, GuestQuestion, Meeting, Registration, Survey
from participants.models import Institution, Official, Resident
from tests import factories
from tests.browser.conftest import faults_of, faults_of_look, nobody_in_danger, open_form, overflows
from topics import appeals, editing, moderation, telling
from topics.models import Decision, Question, Reason, Topic
from topics.statements import statement_url

SITE = ["/", "/o-forum/", "/zasady/", "/prywatnosc/", "/deklaracja-dostepnosci/", "/nie-ma-takiej-strony/"]
SITE += ["/moderacja/", "/prywatnosc/klauzula/"]
LISTS = ["/spotkania/", "/spotkania/2017/", "/tematy/", "/tematy/?stan=zamkniete", "/instytucje/"]
LISTS += ["/pytania/", "/pytania/?kolejnosc=najdluzej", "/pytania/?numer=dwa"]
LISTS += ["/pytania/?stan=obiecane", "/obietnice/", "/spotkania/zapis/nie-ma/"]
LISTS += [f"/obietnice/?stan={state}" for state in ("w-toku", "po-terminie", "zrobione", "nie")]
ACCOUNTS = ["/konto/zaloguj/", "/konto/zaloz/", "/konto/haslo/reset/", "/konto/sprawdz-poczte/"]

pytestmark = pytest.mark.parametrize("width", ["phone"])  # who looks at a page changes its width


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


def test_public_pages_have_no_fault(content, visit):
    page = visit()
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


def test_pages_that_letters_lead_to_have_no_fault(content, visit):
    assert faults_of(visit(), pages_of_letters()) == {}


def test_forms_of_a_meeting_sent_empty_have_no_fault(content, visit):
    page = visit()
    coming = Meeting.objects.filter(state=Meeting.State.ANNOUNCED).earliest("date").get_absolute_url()
    for form in (f"{coming}zapis/", f"{coming}pytanie/", Survey.objects.public()[0].get_absolute_url()):
        page.goto(form)
        page.locator("main form[method=post] .btn-primary").click()
        assert page.title().startswith("Błąd:"), form
        assert faults_of_look(page) == [], form


def test_pages_of_a_resident_have_no_fault(content, visit, resident):
    page = visit(user=resident)
    topic = Topic.objects.public().filter(state=Topic.State.OPEN).order_by("comment_count").last()
    reply = topic.comments.public().threads().published().in_order()[0]
    page.goto(topic.get_absolute_url())
    open_form(page)
    nobody_in_danger(page)
    page.locator("#id_text").fill("")
    page.get_by_role("button", name="Wyślij komentarz").click()
    assert faults_of_look(page) == []
    assert page.title().startswith("Błąd:")
    addresses = [topic.get_absolute_url(), f"/tematy/{topic.slug}/komentarz/{reply.pk}/odpowiedz/"]
    assert faults_of(page, addresses) == {}


def test_pages_of_an_account_have_no_fault(transactional_db, visit, resident):
    page = visit(user=resident)
    page.goto("/konto/odejdz/")  # asks who it is
    page.locator("input[type=password]").fill(factories.PASSWORD)
    page.locator("main form .btn-primary").first.click()
    page.wait_for_url("**/konto/odejdz/")
    parts = ["/konto/", "/konto/bezpieczenstwo/", "/konto/powiadomienia/", "/konto/dane/", "/konto/odejdz/"]
    assert faults_of(page, parts) == {}
    Resident.objects.filter(pk=resident.pk).update(rules_version="")
    assert faults_of(page, ["/konto/zgoda/"]) == {}


def test_pages_of_reports_and_appeals_have_no_fault(content, visit, moderator):
    page = visit()
    shown, appealed = Topic.objects.public().order_by("comment_count").last().comments.published()[:2]
    report = f"{shown.topic.get_absolute_url()}k/{shown.pk}/zglos/"
    page.goto(report)
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    assert faults_of_look(page) == []
    for comment in (shown, appealed):
        moderation.hide(comment, by=moderator, reason=Reason.INSULT, note="Uwaga")
    statements = [statement_url(decision) for decision in Decision.objects.order_by("pk")]
    gone = [report, f"{report}przyjete/?pilne=1"]
    appeals.appeal(Decision.objects.latest("pk"), text="Nie zgadzam się.")
    assert faults_of(page, [*gone, *statements]) == {}


def test_pages_of_an_author_have_no_fault(content, visit, moderator):
    """Own comments in every state that only their author sees, and what can be done with them."""
    topic = Topic.objects.public().filter(state=Topic.State.OPEN).order_by("comment_count").first()
    author = factories.make_resident("Zofia")
    mine, answered, hidden, aside = (factories.make_published(topic, author=author) for _ in range(4))
    factories.make_published(topic, parent=answered)
    factories.make_comment(topic, "Czekam tu na moderację.", author=author)
    editing.edit(mine, by=author, text="Inaczej powiedziane.", now=timezone.now() + editing.FREELY * 2)
    moderation.hide(hidden, by=moderator, reason=Reason.ADVERT)
    moderation.set_aside(aside, reason=Reason.INSULT)
    page = visit(user=author)
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
    assert faults_of_look(page) == []


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
