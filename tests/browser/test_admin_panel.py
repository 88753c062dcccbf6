"""The panel in a real browser: rich text, the order of rows, two editors, and axe on each page that staff use."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from forum_portal.retention import RULES, forget_due
from meetings.closing import Step
from meetings.models import Meeting
from participants.bounces import pause
from participants.letters import deliver_due, queue_letter
from participants.models import Letter, PausedAddress, SendingStop
from participants.roles import Role
from tests import factories
from tests.browser.conftest import accessibility_faults, faults_of, faults_of_look, letter_to, overflows
from tests.mailbox import link_in
from tests.meetings.closing import make_past, make_placed
from tests.panel import make_administrator
from topics.models import Report, Topic, WatchedWord
from topics.reports import report

State = Meeting.State


@pytest.fixture
def meeting(transactional_db) -> Meeting:
    meeting = factories.make_meeting("Bezpieczna zima", state=State.DRAFT, announcement="<p>Zapraszamy.</p>")
    factories.make_agenda_item(meeting, factories.make_topic("Oświetlenie"), position=1)
    factories.make_agenda_item(meeting, title="Powitanie", position=2)
    factories.make_presence(meeting, factories.make_appointment(rank="kom."))
    factories.make_organiser(meeting)
    return meeting


@pytest.fixture
def editor(transactional_db):
    return factories.make_resident("Anna", roles=[Role.EDITOR])


def change(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def saved(page: Page) -> None:
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def _reported(topic: Topic) -> Report:
    why = Report.Why.ADVERT
    return report(factories.make_published(topic), why=why, name="Jan", email="jan@poczta.example", language="pl")


def life_of_a_meeting() -> list[str]:
    """The guided list with its steps, the minutes, and the lists of what belongs to meetings, with a row each."""
    past = make_past("Miniony wieczór")
    place = make_placed(past, make_administrator(), "Kiedy zaświecą się lampy?")
    factories.make_presence(past, factories.make_appointment(rank="asp."))
    coming = factories.make_meeting("Zapowiedziany wieczór", takes_registrations=True)
    factories.make_asked(coming, factories.make_topic())
    promised = factories.make_commitment()
    survey = factories.make_survey(past)
    rows = [factories.make_circulation(past), place, promised, survey, factories.make_registration(coming)]
    pages = ["closing", "check", "minutes", "next", "copy", *Step.values]
    found = [reverse(f"admin:meetings_meeting_{page}", args=[past.pk]) for page in pages if page != Step.VERDICTS]
    found += [reverse("admin:meetings_meeting_notatka", args=[past.pk, place.agenda_item_id])]
    found += [reverse(f"admin:meetings_meeting_{page}", args=[coming.pk]) for page in ("move", "postpone", "cancel")]
    found += [change(row).replace("change", act) for row, act in ((promised, "record"), (promised, "move-due"))]
    found += [change(place).replace("change", "end"), change(survey).replace("change", "key-in")]
    found += [change(row) for row in rows] + [change(row).rsplit("/", 3)[0] + "/" for row in rows]
    names = ("askedfor_changelist", "askedfor_enter", "commitment_add", "registration_add", "survey_add")
    return found + [reverse(f"admin:meetings_{name}") for name in names]


@pytest.mark.parametrize("width", ["phone"])
def test_pages_of_the_panel_have_no_fault(meeting, visit):
    page = visit(user=make_administrator(), bypass_csp=True)  # axe writes styles of its own into wide tables
    comment = factories.make_comment(factories.make_topic())
    question = factories.make_published(comment.topic, kind=comment.Kind.QUESTION).question
    rows = [
        meeting,
        comment,
        comment.topic,
        question,
        factories.make_institution(),
        factories.make_official(),
        comment.author,
        WatchedWord.objects.create(word="lombard*"),
        _reported(comment.topic),
    ]
    addresses = [reverse("admin:index"), *(change(row) for row in rows)]
    addresses += [change(row).rsplit("/", 3)[0] + "/" for row in rows]
    addresses += [change(meeting).replace("change", act) for act in ("publish", "schedule", "history", "delete")]
    addresses += [change(comment.topic).replace("change", "slow"), change(question).replace("change", "pass-on")]
    addresses += [change(comment).replace("change", "hide"), reverse("admin:meetings_meeting_add")]
    addresses += [change(comment.topic).replace("change", "hold"), change(question).replace("change", "meeting")]
    addresses += life_of_a_meeting()
    assert faults_of(page, addresses, until="networkidle") == {}


@pytest.mark.parametrize("width", ["phone"])
def test_pages_about_letters_have_no_fault(transactional_db, visit):
    chief = make_administrator()
    pause("nikt@poczta.example", reason="mailbox", code="550 5.1.1", now=timezone.now())
    queue_letter(to="nikt@poczta.example", template="account/email/locked", context={})
    deliver_due()
    rows = [Letter.objects.get(), PausedAddress.objects.get()]
    page = visit(user=chief, bypass_csp=True)
    switch = reverse("admin:participants_sendingstop_changelist")
    addresses = [switch, reverse("admin:participants_sendingstop_stop"), change(rows[1]).replace("change", "lift")]
    addresses += [change(row) for row in rows] + [change(row).rsplit("/", 3)[0] + "/" for row in rows]
    assert faults_of(page, addresses, until="networkidle") == {}
    page.goto(reverse("admin:participants_sendingstop_stop"))
    page.locator("input[type=submit]").last.click()
    expect(page.locator(".errornote")).to_be_visible()
    assert faults_of_look(page) == []
    page.get_by_label("Dlaczego").fill("Ktoś rozsyła spam")
    page.locator("input[type=submit]").last.click()
    expect(page.locator("#stopped-heading")).to_be_visible()
    stopped = SendingStop.objects.get()
    told = [switch, reverse("admin:index"), change(rows[0]).rsplit("/", 3)[0] + "/", change(stopped)]
    assert faults_of(page, [*told, change(stopped).replace("change", "resume")], until="networkidle") == {}
    page.locator("input[type=submit]").last.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert SendingStop.objects.get().ended_by == chief


@pytest.mark.parametrize("width", ["phone"])
def test_pages_of_whom_letters_do_not_reach_have_no_fault(transactional_db, visit):
    resident = factories.make_resident("Hanna")
    pause(resident.email, reason="refused", code="550", now=timezone.now())
    page = visit(user=resident)
    assert faults_of(page, [reverse("my_account"), reverse("my_letters")]) == {}
    page.goto(reverse("my_account"))
    page.get_by_role("button", name="Adres działa").click()
    page.goto(link_in(letter_to(resident.email), "/konto/bezpieczenstwo/adres/dziala/"))
    assert faults_of_look(page) == []
    page.get_by_role("button", name="Piszcie do mnie znowu").click()
    expect(page.get_by_text("Twój adres działa")).to_be_visible()
    expect(page.get_by_role("heading", name="Wiadomości do Ciebie nie dochodzą")).to_have_count(0)


@pytest.mark.parametrize("width", ["phone"])
def test_the_page_of_what_is_forgotten_has_no_fault(editor, visit):
    forget_due()
    page = visit(user=editor)
    url = reverse("admin:participants_jobrun_changelist")
    assert faults_of(page, [url], until="networkidle") == {}
    expect(page.locator("#content time")).to_have_count(len(RULES))


def test_rich_text_is_edited_and_cleaned(meeting, editor, visit):
    page = visit(user=editor)
    page.goto(change(meeting))
    row = page.locator(".field-announcement")
    text = row.get_by_role("textbox").first
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Prosimy o punktualność")
    text.press("Control+a")
    bold = row.get_by_role("toolbar").get_by_role("button").first
    bold.click()
    expect(bold).to_have_attribute("aria-pressed", "true")
    bold.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "I"
    saved(page)
    meeting.refresh_from_db()
    assert meeting.announcement == "<p><strong>Zapraszamy. Prosimy o punktualność</strong></p>"


def test_a_link_is_set_without_leaving_the_form(meeting, editor, visit):
    page = visit(user=editor)
    page.goto(change(meeting))
    row = page.locator(".field-announcement")
    row.locator(".ProseMirror").click()
    page.keyboard.press("Control+a")
    row.get_by_role("toolbar").get_by_role("button").nth(7).click()
    page.keyboard.type("policja.pl")
    page.keyboard.press("Enter")
    saved(page)
    meeting.refresh_from_db()
    assert 'href="https://policja.pl"' in meeting.announcement
    assert ">Zapraszamy.</a>" in meeting.announcement


def test_rows_are_reordered_by_keyboard_and_the_place_is_announced(meeting, editor, visit):
    page = visit(user=editor)
    page.goto(change(meeting))
    group = page.locator("#agenda_items-group")
    first = group.locator(".inline-related.has_original").first
    first.locator(".fk-order button").nth(1).focus()
    page.keyboard.press("Enter")
    expect(group.locator("[data-order-news]")).to_contain_text("2")
    assert page.evaluate("document.activeElement.closest('.fk-order') !== null")
    saved(page)
    assert [item.heading for item in meeting.agenda_items.order_by("position")] == ["Powitanie", "Oświetlenie"]


def test_a_new_row_is_added_moved_up_and_saved(meeting, editor, visit):
    page = visit(user=editor)
    page.goto(change(meeting))
    group = page.locator("#agenda_items-group")
    group.locator(".add-row a").click()
    row = group.locator(".inline-related:not(.has_original):not(.empty-form)")
    expect(row).to_have_count(1)
    row.locator("[name$=-title]").fill("Patrole")
    row.locator(".fk-order button").first.click()
    row.locator(".fk-order button").first.click()
    saved(page)
    items = list(meeting.agenda_items.order_by("position"))
    assert [item.heading for item in items] == ["Patrole", "Oświetlenie", "Powitanie"]


def test_without_scripts_rows_are_added_and_numbered(meeting, editor, visit):
    page = visit(user=editor, scripts=False)
    page.goto(change(meeting))
    page.locator("[name=agenda_items-0-position]").fill("9")
    page.locator("[name=agenda_items-2-title]").fill("Patrole")
    page.locator("[name=agenda_items-2-position]").fill("5")
    page.locator("[name=announcement]").fill("<p>Nowy tekst</p><script>alert(1)</script>")
    saved(page)
    meeting.refresh_from_db()
    assert [item.heading for item in meeting.agenda_items.order_by("position")] == [
        "Powitanie",
        "Patrole",
        "Oświetlenie",
    ]
    assert meeting.announcement == "<p>Nowy tekst</p>"


def test_the_second_editor_compares_and_saves_again(meeting, editor, visit):
    second = factories.make_resident("Barbara", roles=[Role.EDITOR])
    # axe writes styles of its own into this page; what we send is scanned in test_admin_conflicts.
    anna, barbara = visit(user=editor), visit(user=second, bypass_csp=True)
    for page in (anna, barbara):
        page.goto(change(meeting))
    anna.locator("[name=title]").fill("Tytuł Anny")
    saved(anna)
    barbara.locator("[name=title]").fill("Tytuł Barbary")
    barbara.locator("input[name=_save]").click()
    told = barbara.locator(".fk-overtaken")
    expect(told).to_contain_text("Anna")
    expect(told.get_by_role("row").filter(has_text="Tytuł Anny")).to_contain_text("Tytuł Barbary")
    barbara.wait_for_load_state("networkidle")
    assert accessibility_faults(barbara) == []
    assert not overflows(barbara)
    saved(barbara)
    meeting.refresh_from_db()
    assert meeting.title == "Tytuł Barbary"
