"""Role × page of the panel, what must not leak to lesser roles, and what each page costs."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import ModelAdmin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from meetings.agenda_questions import take
from meetings.commitments import record
from meetings.models import Commitment, Meeting
from participants.bounces import PAUSED, pause
from participants.exports import ask_for_export
from participants.leaving import ask
from participants.models import (
    AccessibilityStatement,
    Departure,
    InformationClause,
    JobRun,
    Letter,
    PausedAddress,
    Resident,
    SendingStop,
)
from participants.roles import SYSTEM
from tests import factories
from tests.panel import make_administrator, make_staff
from tests.site.inline import inline_code
from topics.cases import open_appeal, open_case
from topics.models import Appeal, Case, Topic, WatchedWord

OURS = [model for label in ("participants", "topics", "meetings") for model in apps.get_app_config(label).get_models()]
EDITORS = {"institution", "official", "appointment", "estate", "rank"}
EDITORS |= {"category", "topic", "comment", "question", "forum", "meeting"}
EDITORS |= {"informationclause", "accessibilitystatement"}
EDITORS |= {"jobrun"}
EDITORS |= {"commitment", "entryphoto", "followup"}
EDITORS |= {"registration"}
EDITORS |= {"survey", "surveysheet"}
EDITORS |= {"agendaquestion", "askedfor"}
EDITORS |= {"circulation", "erratum", "noteversion"}
MODERATORS = {"case", "comment", "decision", "question", "report", "topic", "watchedword"}
REGISTERED = sorted(model._meta.label_lower for model in admin.site._registry)


@pytest.fixture
def administrator(db) -> Resident:
    return make_administrator()


def list_of(label: str) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


# Nobody of the staff has to know who supports whom, who follows what, who wants no letters, what one sheet of a
# survey says, what nobody has confirmed yet, nor how often a hashed address was seen. Verdicts have their page where
# a meeting is closed.
KEPT_TO_THEMSELVES = {"AddressChange", "Carried", "Follow", "GuestQuestion", "News", "QuestionMute", "Support"}
KEPT_TO_THEMSELVES |= {"SurveyAnswer", "Tally"}


def test_every_model_has_its_place_in_the_panel():
    inlines = {inline.model for site in admin.site._registry.values() for inline in site.inlines}
    missing = [model for model in OURS if model not in admin.site._registry and model not in inlines]
    assert {model.__name__ for model in missing} == KEPT_TO_THEMSELVES


@pytest.mark.parametrize("label", REGISTERED)
def test_lists_open_for_the_roles_that_have_them(label, administrator, editor, moderator, resident, as_user):
    name = label.split(".")[1]
    expected = {
        administrator: 200,
        editor: 200 if name in EDITORS else 403,
        moderator: 200 if name in MODERATORS else 403,
        resident: 302,
        None: 302,
    }
    assert {user: as_user(user).get(list_of(label)).status_code for user in expected} == expected


@pytest.mark.parametrize("label", REGISTERED)
def test_forms_open_for_the_roles_that_have_them(label, administrator, editor, moderator, as_user):
    model = apps.get_model(label)
    fill_in()
    row = model._base_manager.last()
    url = reverse(f"admin:{label.replace('.', '_')}_change", args=[row.pk])
    name = label.split(".")[1]
    for user, theirs in ((administrator, {name}), (editor, EDITORS), (moderator, MODERATORS)):
        page = as_user(user).get(url)
        assert page.status_code == (200 if name in theirs else 403)
        assert inline_code(page.content.decode()) == []


def test_staff_without_a_role_sees_an_empty_panel(db, as_user):
    page = as_user(make_staff()).get(reverse("admin:index"))
    assert page.context["desk"] == {"items": [], "to_close": [], "meetings": [], "office": [], "stopped": None}
    assert page.context["app_list"] == []


def test_drafts_do_not_leak_to_moderators(moderator, as_user):
    client = as_user(moderator)
    factories.make_topic("Jawny temat")
    draft = factories.make_topic("Tajny szkic", state=Topic.State.DRAFT)
    autocomplete = {"app_label": "meetings", "model_name": "agendaitem", "field_name": "topic", "term": "Tajny"}
    pages = [
        client.get(list_of("topics.topic")),
        client.get(list_of("topics.topic"), {"q": "Tajny", "_facets": "True"}),
        client.get(list_of("topics.comment")),
        client.get(reverse("admin:topics_topic_change", args=[draft.pk])),
        client.get(reverse("admin:topics_topic_history", args=[draft.pk])),
        client.get(reverse("admin:autocomplete"), autocomplete),
        client.get(reverse("admin:index")),
        client.get(f"/panel/r/{2}/{draft.pk}/"),
    ]
    assert [page.content.decode().count("Tajny szkic") for page in pages] == [0] * len(pages)
    assert all(draft.slug not in page.headers.get("Location", "") for page in pages)
    assert client.get(list_of("topics.topic"), {"_facets": "True"}).context["cl"].result_count == 1


def test_editors_find_drafts_in_the_autocomplete(editor, as_user):
    factories.make_topic("Tajny szkic", state=Topic.State.DRAFT)
    query = {"app_label": "meetings", "model_name": "agendaitem", "field_name": "topic", "term": "Tajny"}
    assert len(as_user(editor).get(reverse("admin:autocomplete"), query).json()["results"]) == 1


def test_no_password_and_no_key_of_a_letter_is_shown(administrator, resident, as_user):
    client = as_user(administrator)
    letter = make_letter()
    account = client.get(reverse("admin:participants_resident_change", args=[resident.pk])).content.decode()
    assert resident.password not in account
    shown = client.get(reverse("admin:participants_letter_change", args=[letter.pk])).content.decode()
    assert "tajny-klucz" not in shown
    assert letter.subject in shown


def test_failed_letters_are_sent_again(administrator, as_user):
    failed, sent = make_letter(state=Letter.State.FAILED, attempts=12), make_letter()
    data = {"action": "send_again", "_selected_action": [failed.pk, sent.pk]}
    as_user(administrator).post(list_of("participants.letter"), data)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (Letter.State.WAITING, 0)


def test_one_letter_is_sent_again_from_its_page(administrator, editor, as_user):
    failed, sent = make_letter(state=Letter.State.FAILED, attempts=12), make_letter()
    pages = [reverse("admin:participants_letter_send-again", args=[letter.pk]) for letter in (failed, sent)]
    assert as_user(editor).post(pages[0]).status_code == 403
    client = as_user(administrator)
    changes = [client.get(page.replace("send-again", "change")).content.decode() for page in pages]
    assert [page in shown for page, shown in zip(pages, changes, strict=True)] == [True, False]
    for page in pages:
        client.post(page)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (Letter.State.WAITING, 0)


def test_list_of_letters_counts_them_and_says_what_became_of_each(administrator, as_user):
    now = timezone.now()
    waiting = make_letter(attempts=2, last_error="SMTPDataError: 451 later")
    make_letter()
    make_letter(state=Letter.State.FAILED, attempts=12, last_error="SMTPDataError: 451 later")
    make_letter(state=Letter.State.FAILED, last_error=PAUSED)
    make_letter(state=Letter.State.SENT, sent_at=now)
    make_letter(state=Letter.State.SENT, sent_at=now - datetime.timedelta(days=2), returned_at=now)
    page = as_user(administrator).get(list_of("participants.letter"))
    assert [figure["count"] for figure in page.context["figures"]] == [2, 2, 1]
    assert page.context["figures"][0]["since"] == waiting.created_at
    site = admin.site._registry[Letter]
    with translation.override("en"):
        said = [str(site.outcome(letter)) for letter in Letter.objects.order_by("pk")]
    assert said == [
        "2 tries failed. We try again.",
        "Waits for its turn.",
        "Given up after 12 tries.",
        "Held back: letters to this address come back.",
        "Sent.",
        "It came back: there is no such address.",
    ]
    assert PAUSED not in page.content.decode()


def test_paused_addresses_are_lifted_singly_and_in_bulk(administrator, editor, as_user):
    names = [f"nikt{n}@poczta.example" for n in range(3)]
    for name in names:
        pause(name, reason="mailbox", code="550 5.1.1", now=timezone.now())
    first, *others = PausedAddress.objects.order_by("pk")
    lift_page = reverse("admin:participants_pausedaddress_lift", args=[first.pk])
    bulk = {"action": "lift_chosen", "_selected_action": [row.pk for row in others]}
    for page, data in ((lift_page, {}), (list_of("participants.pausedaddress"), bulk)):
        assert as_user(editor).post(page, data).status_code == 403
    client = as_user(administrator)
    assert names[0] in client.get(lift_page).content.decode()
    assert PausedAddress.objects.count() == 3
    assert client.post(lift_page).url == list_of("participants.pausedaddress")
    assert client.post(lift_page).status_code == 404  # the second of two clicks
    client.post(list_of("participants.pausedaddress"), bulk)
    assert PausedAddress.objects.count() == 0
    noted = LogEntry.objects.filter(user=administrator)
    assert noted.count() == 3
    assert not any(name in entry.object_repr + entry.change_message for name in names for entry in noted)


def test_an_administrator_suspends_and_gives_roles(administrator, resident, as_user):
    client = as_user(administrator)
    url = reverse("admin:participants_resident_change", args=[resident.pk])
    assert client.get(list_of("participants.resident"), {"q": resident.email}).context["cl"].result_count == 1
    data = {"email": resident.email, "signature": resident.signature, "is_active": "on"}
    client.post(url, {**data, "suspended_until": "2099-01-01T10:00"})
    resident.refresh_from_db()
    assert resident.suspended_until.year == 2099


def make_letter(**fields) -> Letter:
    n = next(factories.count)
    fields = {"try_at": "2026-01-01T10:00Z", "message_id": f"<{n}@x>", **fields}
    return Letter.objects.create(to="a@b.example", subject="Sprawa", body="tajny-klucz", sender="f@b.example", **fields)


def fill_in() -> None:
    """One row of everything that a list shows, with all that it refers to."""
    meeting = factories.make_meeting(f"Spotkanie {next(factories.count)}", state=Meeting.State.DRAFT)
    appointment = factories.make_appointment(rank="kom.")
    factories.make_presence(meeting, appointment)
    factories.make_organiser(meeting)
    topic = factories.make_topic(category=factories.make_category(f"Kategoria {next(factories.count)}"))
    topic.estates.add(factories.make_estate(f"Osiedle {next(factories.count)}"))
    item = factories.make_agenda_item(meeting, topic)
    item.versions.create(number=1, text="<p>Lampy</p>", by=factories.make_resident(), at=meeting.created_at)
    item.errata.create(meeting=meeting, text="Chodzi o maj.", by=factories.make_resident(), at=meeting.created_at)
    sent = factories.make_circulation(meeting)
    sent.proposals.create(agenda_item=item, text="<p>Lampy</p>", made_at=meeting.created_at)
    author = factories.make_resident(appointment=appointment, estate=topic.estates.get())
    author.accepted_rules.create(version="2026-11", at=meeting.created_at)
    factories.make_published(topic, author=author, kind="question")
    asked = factories.make_asked(factories.make_meeting(f"Zapowiedź {next(factories.count)}"), topic)
    asked.agenda_places.create(meeting=meeting, agenda_item=item, taken_at=asked.asked_at)
    comment = factories.make_comment(topic, author=author)
    now = comment.created_at
    when = {"rules_version": "1", "decided_by_name": "Ewa", "decided_at": now}
    comment.decisions.create(act="publish", **when)
    hidden = comment.decisions.create(act="hide", reason="insult", **when)
    sealed = comment.sealed.create(
        decision=hidden, text="{}", sealed_at=comment.created_at, erase_at=comment.created_at
    )
    sealed.looks.create(by_name="Piotr", why="Sprawa", at=now)
    open_appeal(
        Appeal.objects.create(decision=hidden, text="Nie", created_at=comment.created_at), now=comment.created_at
    )
    open_case(comment, kind=Case.Kind.HELD, now=now)
    comment.reports.create(why="insult", created_at=now)
    apps.get_model("participants.FormerAddress").objects.move(f"/a{next(factories.count)}/", "/b/")
    factories.make_forum(f"Forum {next(factories.count)}")
    meeting.steps.create(kind="announced", at=now)
    survey = factories.make_survey(meeting)
    survey.sheets.create(submission=uuid.uuid4(), day=now.date())
    WatchedWord.objects.create(word=f"słowo{next(factories.count)}")
    make_disputed()
    make_letter()
    factories.make_registration(meeting)
    for page in (InformationClause, AccessibilityStatement):
        page.objects.get_or_create()
    ask(factories.make_resident(), erases_texts=False)
    ask_for_export(author)
    JobRun.objects.create(rule="letters", started_at=now, ended_at=now, removed=3)
    refused = {"reason": PausedAddress.Reason.NO_MAILBOX, "code": "550 5.1.1", "now": now}
    pause(f"nikt{next(factories.count)}@poczta.example", **refused)
    SendingStop.objects.create(why="Próba", by=author, at=now, ended_by=author, ended_at=now)
    Departure.objects.create(at=now, erased_texts=True, comments=1, supports=0, registrations=0, letters=2)


def make_disputed() -> None:
    """Done, with a photo, and three people say that it is not better."""
    past = factories.make_meeting(f"Minione {next(factories.count)}", state=Meeting.State.HELD)
    made = factories.make_commitment(meeting=past, helpers=[factories.make_institution()])
    entry = record(made, by=SYSTEM, text="Jest.", state="done")
    entry.photos.create(image="commitments/a.jpg", alt="Lampy")
    for _ in range(3):
        account = factories.make_resident()
        entry.follow_ups.create(account=account, asked_at=entry.at, is_better=False, answered_at=entry.at)


def queries_of(client, url: str) -> int:
    client.get(url)  # content types and the like are kept by the process
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("label", REGISTERED)
def test_lists_cost_the_same_with_one_row_and_with_more(label, administrator, as_user):
    client = as_user(administrator)
    fill_in()
    one = queries_of(client, list_of(label))
    fill_in()
    fill_in()
    assert queries_of(client, list_of(label)) == one
    assert one <= 12


def test_the_form_of_a_meeting_costs_the_same_with_more_rows(administrator, as_user):
    client = as_user(administrator)
    fill_in()
    meeting = Meeting.objects.get(state=Meeting.State.DRAFT)
    url = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    one = queries_of(client, url)
    for _ in range(2):
        factories.make_presence(meeting, factories.make_appointment(rank="kom."))
        factories.make_agenda_item(meeting, factories.make_topic())
        factories.make_organiser(meeting)
    assert queries_of(client, url) == one
    assert one <= 20


def test_the_desk_costs_the_same_for_any_number_of_rows(administrator, as_user):
    client = as_user(administrator)
    fill_in()
    one = queries_of(client, reverse("admin:index"))
    fill_in()
    assert queries_of(client, reverse("admin:index")) == one
    assert one <= 18


def test_numbers_of_the_desk_lead_to_lists_of_that_length(administrator, as_user):
    client = as_user(administrator)
    fill_in()
    coming, topic = Meeting.objects.get(title__startswith="Zapowiedź"), Topic.objects.first()
    to_close = factories.make_meeting("Bez relacji", state=Meeting.State.HELD, closed_at=None)
    taken = factories.make_asked(coming, topic)
    take(taken, item=factories.make_agenda_item(to_close), by=administrator)
    factories.make_asked(coming, topic)
    late = factories.make_commitment(due=timezone.localdate() + datetime.timedelta(days=1))
    Commitment.objects.filter(pk=late.pk).update(due=timezone.localdate() - datetime.timedelta(days=1))
    make_letter(state=Letter.State.FAILED)
    page = client.get(reverse("admin:index"))
    assert reverse("admin:meetings_meeting_closing", args=[to_close.pk]) in page.content.decode()
    for item in page.context["desk"]["items"]:
        assert item.count == 1
        assert client.get(item.url).context["cl"].result_count == 1


def test_no_list_counts_a_big_table_whole():
    big = {"case", "comment", "decision", "letter", "resident", "sealedtext", "sealedlook"}
    sites = {m._meta.model_name: site for m, site in admin.site._registry.items() if m._meta.model_name in big}
    assert set(sites) == big
    assert not any(site.show_full_result_count for site in sites.values())
    assert all(site.paginator is not ModelAdmin.paginator for site in sites.values())


def test_the_most_needed_comes_first(administrator, as_user):
    apps_shown = as_user(administrator).get(reverse("admin:index")).context["app_list"]
    assert [app["app_label"] for app in apps_shown] == ["meetings", "topics", "participants", "auth"]
    assert [model["object_name"] for model in apps_shown[1]["models"]][:2] == ["Case", "Question"]
