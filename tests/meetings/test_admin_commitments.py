"""Commitments in the panel: who sees which, drafts as forms, acts on what is public, and entries that stay."""

import datetime

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.commitments import record
from meetings.models import Commitment, CommitmentEntry, EntryPhoto, FollowUp, Meeting
from participants.models import Institution, Resident
from participants.roles import SYSTEM, Role
from tests import factories
from tests.meetings.promises import a_photo, faults_of, make_answerer
from tests.panel import errors_of, make_administrator, make_staff, opened

pytestmark = pytest.mark.django_db
State = Commitment.State
LIST = reverse("admin:meetings_commitment_changelist")
ADD = reverse("admin:meetings_commitment_add")


def page(commitment: Commitment, name: str = "change") -> str:
    return reverse(f"admin:meetings_commitment_{name}", args=[commitment.pk])


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def town() -> Institution:
    return factories.make_institution("Urząd Miasta")


@pytest.fixture
def unwritten() -> Meeting:
    return factories.make_meeting("W pisaniu", state=Meeting.State.HELD, closed_at=None, date=timezone.localdate())


@pytest.fixture
def each(town, unwritten) -> dict[str, Commitment]:
    return {
        "theirs": factories.make_commitment("Lampy", institution=town),
        "helped": factories.make_commitment("Patrole", helpers=[town]),
        "other": factories.make_commitment("Stojaki"),
        "draft": factories.make_commitment("Szkic", institution=town, meeting=unwritten),
    }


@pytest.fixture
def people(town, editor, moderator) -> dict[str, Resident]:
    ended = factories.make_appointment(institution=town, ends=timezone.localdate() - datetime.timedelta(days=1))
    return {
        "editor": editor,
        "administrator": make_administrator(),
        "answerer": make_answerer(town),
        "former": factories.make_resident("Igor", roles=[Role.ANSWERER], appointment=ended),
        "moderator": moderator,
        "appeals": factories.make_resident("Ada", roles=[Role.APPEALS]),
        "duty": factories.make_resident("Jan", roles=[Role.DUTY]),
        "staff": make_staff(),
    }


ALL = {"theirs", "helped", "other", "draft"}
SEEN = {"editor": ALL, "administrator": ALL, "answerer": {"theirs", "helped"}, "former": set()}


@pytest.mark.parametrize("persona", ["editor", "administrator", "answerer", "former", "moderator", "staff", None])
def test_each_sees_what_their_role_says(each, people, as_user, persona):
    client = as_user(people.get(persona))
    if persona not in SEEN:
        expected = 403 if persona else 302
        assert client.get(LIST).status_code == client.get(page(each["theirs"])).status_code == expected
        return
    assert set(client.get(LIST).context["cl"].queryset) == {each[name] for name in SEEN[persona]}
    found = {name for name, one in each.items() if client.get(page(one)).status_code == 200}
    assert found == SEEN[persona]
    for name in ALL - SEEN[persona]:
        assert client.post(page(each[name], "record"), {"text": "Nie ich."}).status_code == 404
    assert not CommitmentEntry.objects.filter(text="Nie ich.").exists()


def acts_on(client: Client, commitment: Commitment) -> list[str]:
    return [offer["act"].name for offer in client.get(page(commitment)).context["acts"]]


def test_acts_are_offered_in_their_states(each, people, as_user):
    client = as_user(people["editor"])
    assert acts_on(client, each["draft"]) == ["take-back"]
    assert acts_on(client, each["theirs"]) == ["record", "move-due"]
    record(each["theirs"], by=SYSTEM, text="Świecą.", state=State.DONE)
    assert acts_on(client, each["theirs"]) == ["record", "reopen"]
    assert acts_on(as_user(people["answerer"]), each["helped"]) == ["record", "move-due"]


def test_answerer_records_done_with_photos(each, people, as_user, stored_under):
    client, url = as_user(people["answerer"]), page(each["theirs"], "record")
    typed = opened(client, url, text="Świecą.", state=State.DONE, after_alt="Nowe lampy")
    done = client.post(url, {**typed, "after": a_photo().file}, follow=True)
    assert "Świecą." in done.content.decode()
    entry = each["theirs"].entries.last()
    assert (entry.state, entry.by, entry.photos.get().alt) == (State.DONE, people["answerer"], "Nowe lampy")
    assert faults_of(each["theirs"]) == []


def test_due_date_is_moved_with_its_reason(each, people, as_user):
    due = timezone.localdate() + datetime.timedelta(days=30)
    client, url = as_user(people["editor"]), page(each["other"], "move-due")
    client.post(url, opened(client, url, due=due.isoformat(), text=""))
    without = opened(client, url, due=(due + datetime.timedelta(days=1)).isoformat(), text="")
    refused = client.post(url, without)
    assert refused.status_code == 200
    assert said(refused)
    each["other"].refresh_from_db()
    assert each["other"].due == due


def test_slower_of_two_forms_is_told_and_keeps_its_words(each, people, as_user):
    client, url = as_user(people["editor"]), page(each["theirs"], "record")
    typed = opened(client, url, text="Moje słowa.", state=State.DONE)
    record(each["theirs"], by=SYSTEM, text="Słowa szybszej osoby.")
    refused = client.post(url, typed)
    html = refused.content.decode()
    assert refused.status_code == 200
    assert "Moje słowa." in html
    assert "Słowa szybszej osoby." in html
    assert each["theirs"].entries.count() == 2
    latest = str(each["theirs"].entries.last().pk)
    assert refused.context["form"]["seen"].value() == latest
    client.post(url, {**typed, "seen": latest})
    each["theirs"].refresh_from_db()
    assert each["theirs"].state == State.DONE


def test_taken_up_again_with_a_reason(each, people, as_user):
    record(each["theirs"], by=SYSTEM, text="Świecą.", state=State.DONE)
    client, url = as_user(people["answerer"]), page(each["theirs"], "reopen")
    assert client.post(url, opened(client, url)).status_code == 200
    client.post(url, opened(client, url, text="Zgasły."))
    each["theirs"].refresh_from_db()
    assert each["theirs"].state == State.IN_PROGRESS


def test_editor_writes_a_promise_down_mends_it_and_takes_it_back(people, town, unwritten, as_user):
    client = as_user(people["editor"])
    typed = opened(client, f"{ADD}?meeting={unwritten.pk}", text="Lampy", institution=town.pk)
    client.post(ADD, typed)
    made = Commitment.objects.get()
    assert (made.text, made.meeting, made.is_public) == ("Lampy", unwritten, False)
    guard = factories.make_institution("Straż Miejska")
    client.post(page(made), opened(client, page(made), text="Lampy i ławki", institution=guard.pk))
    made.refresh_from_db()
    assert (made.text, made.institution) == ("Lampy i ławki", guard)
    client.post(page(made, "take-back"), {})
    assert not Commitment.objects.exists()


def test_nothing_is_promised_at_a_draft_meeting(people, town, as_user):
    meeting = factories.make_meeting(state=Meeting.State.DRAFT)
    client = as_user(people["editor"])
    refused = client.post(ADD, opened(client, ADD, text="Lampy", institution=town.pk, meeting=meeting.pk))
    assert "meeting" in errors_of(refused)
    assert not Commitment.objects.exists()


@pytest.mark.parametrize("persona", ["editor", "administrator", "answerer"])
def test_words_of_a_public_promise_are_changed_by_nobody(each, people, town, as_user, persona):
    client, url = as_user(people[persona]), page(each["theirs"])
    typed = {"text": "Inne słowa", "institution": town.pk, "due": "2030-01-01", "meeting": each["other"].meeting.pk}
    client.post(url, typed)
    before = each["theirs"].due
    each["theirs"].refresh_from_db()
    assert (each["theirs"].text, each["theirs"].due) == ("Lampy", before)
    assert 'name="_save"' not in client.get(url).content.decode()


def test_form_opened_before_the_report_was_out_changes_nothing_after(each, people, unwritten, as_user):
    client = as_user(people["editor"])
    typed = opened(client, page(each["draft"]), text="Po fakcie")
    Commitment.objects.filter(pk=each["draft"].pk).update(published_at=timezone.now())
    client.post(page(each["draft"]), typed)
    each["draft"].refresh_from_db()
    assert each["draft"].text == "Szkic"


@pytest.mark.parametrize(
    "persona", ["editor", "administrator", "answerer", "former", "moderator", "appeals", "duty", "staff"]
)
def test_no_role_changes_or_deletes_an_entry(each, people, as_user, persona):
    """Over every address of the panel that could: the form with its rows, deletion, and the action of the list."""
    entry = record(each["theirs"], by=SYSTEM, text="Tak było.")
    client, url = as_user(people[persona]), page(each["theirs"])
    rows = {
        "entries-TOTAL_FORMS": "1",
        "entries-INITIAL_FORMS": "1",
        "entries-0-id": entry.pk,
        "entries-0-commitment": each["theirs"].pk,
        "entries-0-text": "Nigdy tak nie było.",
        "entries-0-state": "done",
    }
    client.post(url, {**rows, "text": "Lampy"})
    client.post(url, {**rows, "entries-0-DELETE": "on", "text": "Lampy"})
    client.post(page(each["theirs"], "delete"), {"post": "yes"})
    client.post(LIST, {"action": "delete_selected", "_selected_action": [each["theirs"].pk], "post": "yes"})
    client.post(reverse("admin:participants_institution_delete", args=[each["theirs"].institution_id]), {"post": "yes"})
    kept = CommitmentEntry.objects.get(pk=entry.pk)
    assert (kept.text, kept.state) == ("Tak było.", State.PLANNED)
    assert each["theirs"].entries.count() == 2
    opened_page = client.get(url)
    if opened_page.status_code == 200:
        assert 'name="entries-0-' not in opened_page.content.decode().replace('type="hidden" name="entries-0-', "")


def test_likeness_is_taken_off_an_entry_that_stays(each, people, as_user, stored_under):
    entry = record(each["theirs"], by=SYSTEM, text="Świecą.", photos=[a_photo()])
    url = reverse("admin:meetings_entryphoto_delete", args=[entry.photos.get().pk])
    assert as_user(people["answerer"]).post(url, {"post": "yes"}).status_code == 403
    as_user(people["editor"]).post(url, {"post": "yes"})
    assert not EntryPhoto.objects.exists()
    assert each["theirs"].entries.count() == 2


def test_filters_find_what_needs_somebody(each, people, as_user):
    client, now = as_user(people["editor"]), timezone.now()
    overdue = factories.make_commitment("Po terminie", due=timezone.localdate() - datetime.timedelta(days=1))
    silent = factories.make_commitment("Cicha", now=now - datetime.timedelta(days=61))
    disputed = factories.make_commitment("Sporna")
    end = record(disputed, by=SYSTEM, text="Jest.", state=State.DONE)
    for number in range(3):
        said_no = {"is_better": False, "words": f"Ciemno {number}.", "asked_at": now, "answered_at": now}
        FollowUp.objects.create(entry=end, account=factories.make_resident(), **said_no)
    expected = {"overdue": {overdue}, "silent": {silent}, "disputed": {disputed}, "unpublished": {each["draft"]}}
    for need, rows in expected.items():
        assert set(client.get(LIST, {"need": need}).context["cl"].queryset) == rows
    owner = client.get(LIST, {"owner": silent.institution_id}).context["cl"].queryset
    assert list(owner) == [silent]
    html = client.get(page(disputed)).content.decode()
    assert all(f"Ciemno {number}." in html for number in range(3))
    [item] = [item for item in client.get(reverse("admin:index")).context["desk"]["items"] if "disputed" in item.url]
    assert (item.count, item.is_urgent) == (1, True)
    assert "Ciemno" not in as_user(make_answerer(disputed.institution)).get(page(disputed)).content.decode()
