"""The minutes in the panel: writing, conflicts, versions, the round, and that approved texts stay for every role."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings import minutes
from meetings.minutes_by_link import accept, propose
from meetings.models import AgendaItem, Finding, Meeting, Organiser, Presence, Proposal
from meetings.models.approved import TextApproved
from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import fields_of, make_administrator, make_staff, opened
from tests.site.inline import inline_code
from tests.topics.parallel import at_once

State = Meeting.State
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def meeting(db) -> Meeting:
    return factories.make_meeting(state=State.HELD, date=timezone.localdate() - WEEK, report="<p>Relacja</p>")


@pytest.fixture
def item(meeting) -> AgendaItem:
    town = factories.make_institution("Urząd Miasta", email="um@urzad.example")
    return factories.make_agenda_item(meeting, title="Oświetlenie", institution=town)


@pytest.fixture
def second(db) -> Resident:
    return factories.make_resident("Barbara", roles=[Role.EDITOR])


def page_of(meeting: Meeting, name: str = "minutes", *args: int) -> str:
    return reverse(f"admin:meetings_meeting_{name}", args=[meeting.pk, *args])


def save(client, item: AgendaItem, text: str, seen: int = 0):
    data = {f"note{item.pk}-text": text, f"note{item.pk}-seen": seen}
    return client.post(page_of(item.meeting, "note", item.pk), data)


def test_a_note_is_written_on_the_page_of_the_minutes(meeting, item, editor, as_user):
    client = as_user(editor)
    assert inline_code(client.get(page_of(meeting)).content.decode()) == []
    assert save(client, item, "<p>Lampy</p>").status_code == 302
    item.refresh_from_db()
    assert (item.note, item.note_version) == ("<p>Lampy</p>", 1)


def test_both_texts_stand_beside_each_other_and_what_was_typed_is_kept(meeting, item, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    save(anna, item, "<p>Tekst Anny</p>")
    told = save(barbara, item, "<p>Tekst Barbary</p>")
    item.refresh_from_db()
    assert (told.status_code, item.note) == (409, "<p>Tekst Anny</p>")
    page = told.content.decode()
    assert "Anna" in page
    assert "Tekst Anny" in page
    assert fields_of(told)[f"note{item.pk}-text"] == ["<p>Tekst Barbary</p>"]
    assert inline_code(page) == []
    [seen] = fields_of(told)[f"note{item.pk}-seen"]
    assert save(barbara, item, "<p>Oba</p>", int(seen)).status_code == 302
    assert item.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_one_moment_neither_loses_a_word(as_user):
    item = factories.make_agenda_item(factories.make_meeting(state=State.HELD))
    people = [factories.make_resident(name, roles=[Role.EDITOR]) for name in ("Anna", "Barbara")]
    clients = [as_user(person) for person in people]
    answers = at_once(*[lambda c=c, n=n: save(c, item, f"<p>Tekst {n}</p>") for n, c in enumerate(clients)])
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    loser = next(n for n, answer in enumerate(answers) if answer.status_code == 409)
    assert fields_of(answers[loser])[f"note{item.pk}-text"] == [f"<p>Tekst {loser}</p>"]
    item.refresh_from_db()
    assert item.note == f"<p>Tekst {1 - loser}</p>"


def test_versions_are_compared_and_brought_back(meeting, item, editor, as_user):
    client = as_user(editor)
    for number, text in enumerate(["<p>Raz dwa</p>", "<p>Raz trzy</p>", "<p>Cztery</p>"]):
        save(client, item, text, number)
    url = page_of(meeting, "versions", item.pk)
    page = client.get(url, {"od": "1", "do": "2"}).content.decode()
    assert "<del>" in page
    assert inline_code(page) == []
    for odd in ({"od": "x", "do": "²"}, {"od": "9", "do": "99999999999999999999"}, {}):
        assert client.get(url, odd).status_code == 200
    assert client.post(url, {"number": 1, "seen": 3}).status_code == 302
    item.refresh_from_db()
    assert (item.note, item.note_version) == ("<p>Raz dwa</p>", 4)
    assert client.post(url, {"number": 77, "seen": 4}).status_code == 404


def test_the_whole_round_goes_by_buttons(meeting, item, editor, as_user):
    client = as_user(editor)
    factories.make_agenda_item(meeting, title="Remonty", institution=factories.make_institution("Bez poczty"))
    save(client, item, "<p>Lampy w maju</p>")
    until = (timezone.localdate() + WEEK).isoformat()
    done = client.post(page_of(meeting, "protokol-wyslij"), {"until": until}, follow=True)
    assert "Bez poczty" in done.content.decode()
    circulation = meeting.circulations.get()
    [proposal] = propose(circulation, words={item.pk: ("Lampy w czerwcu", "Umowa", 1)})
    url = page_of(meeting, "proposal", proposal.pk)
    assert client.post(url, {"take": "no", "reply": "", "seen": 1}).status_code == 409
    assert client.post(url, {"take": "może", "seen": 1}).status_code == 422
    assert client.post(url, {"take": "yes", "seen": 1}).status_code == 302
    assert client.post(page_of(meeting, "protokol-zatwierdz")).status_code == 302
    meeting.refresh_from_db()
    assert meeting.minutes_state == Meeting.Minutes.APPROVED
    sent = {"item": item.pk, "text": "Chodzi o lipiec."}
    assert client.post(page_of(meeting, "protokol-sprostuj"), sent).status_code == 302
    assert "Chodzi o lipiec." in client.get(page_of(meeting)).content.decode()


def test_minutes_are_taken_back(meeting, item, editor, as_user):
    minutes.circulate(meeting, by=editor, until=timezone.localdate())
    as_user(editor).post(page_of(meeting, "protokol-cofnij"))
    meeting.refresh_from_db()
    assert (meeting.minutes_state, meeting.minutes_until) == (Meeting.Minutes.DRAFT, None)


def test_pages_are_for_editors_and_exist_only_for_what_exists(meeting, item, editor, moderator, resident, as_user):
    pages = [page_of(meeting), page_of(meeting, "versions", item.pk)]
    for url in pages:
        found = {who: as_user(who).get(url).status_code for who in (editor, moderator, make_staff(), resident, None)}
        assert list(found.values()) == [200, 403, 403, 302, 302]
    client = as_user(editor)
    assert client.get(page_of(meeting, "note", item.pk)).status_code == 405
    assert client.get(reverse("admin:meetings_meeting_minutes", args=[meeting.pk + 1])).status_code == 404
    other = factories.make_agenda_item(factories.make_meeting("Inne"))
    assert client.get(page_of(meeting, "versions", other.pk)).status_code == 404
    assert save(as_user(moderator), item, "x").status_code == 403


def test_the_page_costs_the_same_with_more_of_everything(meeting, item, editor, as_user):
    client = as_user(editor)

    def fill() -> None:
        row = factories.make_agenda_item(meeting, factories.make_topic(), institution=factories.make_institution())
        circulation = factories.make_circulation(meeting)
        circulation.proposals.create(agenda_item=row, text="<p>x</p>", made_at=timezone.now())
        row.errata.create(meeting=meeting, text="Errata", at=timezone.now())

    def queries() -> int:
        client.get(page_of(meeting))
        with CaptureQueriesContext(connection) as found:
            assert client.get(page_of(meeting)).status_code == 200
        return len(found)

    fill()
    one = queries()
    fill()
    fill()
    assert queries() == one
    assert one <= 16


# -- Approved: the text stays, whoever asks ---------------------------------------------------------------------------


@pytest.fixture
def approved(meeting, item, editor) -> Meeting:
    minutes.write_note(item, text="<p>Lampy w maju</p>", by=editor, seen=0)
    factories.make_agenda_item(meeting, factories.make_topic("Patrole"), is_main=True)
    presence = factories.make_presence(meeting, factories.make_appointment(rank="kom."))
    factories.make_presence(meeting, group="mieszkańcy")
    Presence.objects.filter(pk=presence.pk).update(name_text="Marta Wolska", frozen_at=timezone.now())
    Finding.objects.create(meeting=meeting, text="Ciemno na skwerze")
    factories.make_organiser(meeting, factories.make_institution("Komenda"))
    return minutes.approve(meeting, by=editor)


def printed(meeting: Meeting) -> list:
    names = ["title", "subtitle", "report", "date", "place", "head_count"]
    return [
        list(Meeting.objects.filter(pk=meeting.pk).values(*names)),
        list(meeting.agenda_items.values().order_by("pk")),
        list(meeting.presences.values().order_by("pk")),
        list(meeting.findings.values().order_by("pk")),
        list(Organiser.objects.filter(meeting=meeting).values().order_by("pk")),
    ]


def forged(client, url: str) -> dict[str, list[str]]:
    """Everything the form has, and everything it has not: other words in each field that the rows have."""
    data = {name: values for name, values in fields_of(client.get(url)).items() if "__prefix__" not in name}
    data |= {"title": ["Inny tytuł"], "report": ["<p>Inna relacja</p>"], "date": ["2030-01-01"], "place": ["Gdzie"]}
    data |= {"slug": ["inny-adres"], "state": ["draft"], "minutes_state": ["draft"], "state_line": ["x"]}
    for n in range(3):
        row = f"agenda_items-{n}"
        data |= {f"{row}-title": ["Inny"], f"{row}-note": ["<p>Inna</p>"], f"{row}-outcome": ["Inny"]}
        data |= {f"{row}-topic": [""], f"{row}-position": ["9"], f"{row}-is_main": [""], f"{row}-DELETE": ["on"]}
        data |= {f"presences-{n}-position": ["9"], f"presences-{n}-DELETE": ["on"]}
        data |= {f"organisers-{n}-DELETE": ["on"], f"organisers-{n}-role": ["co"], f"findings-{n}-text": ["Inne"]}
    data |= {"agenda_items-TOTAL_FORMS": ["5"], "presences-TOTAL_FORMS": ["4"], "presences-3-group": ["Nowi"]}
    return data | {"presences-3-kind": ["group"], "presences-3-role": ["guest"], "presences-3-attendance": ["present"]}


@pytest.mark.parametrize("role", [*Role, "administrator", "staff", "resident", "stranger"])
def test_after_approval_no_role_alters_the_text(role, approved, item, as_user):
    makers = {"administrator": make_administrator, "staff": make_staff, "stranger": lambda: None}
    makers["resident"] = lambda: factories.make_resident("Hanna")
    user = makers.get(role, lambda: factories.make_resident("Ewa", roles=[role]))()
    client = as_user(user)
    url = reverse("admin:meetings_meeting_change", args=[approved.pk])
    before = printed(approved)
    answer = client.post(url, forged(client, url))
    assert answer.status_code in {200, 302, 403}
    save(client, item, "<p>Inaczej</p>", seen=1)
    client.post(page_of(approved, "versions", item.pk), {"number": 1, "seen": 1})
    client.post(reverse("admin:meetings_meeting_delete", args=[approved.pk]), {"post": "yes"})
    for act in ("protokol-wyslij", "protokol-cofnij", "protokol-zatwierdz", "take-back", "move"):
        client.post(page_of(approved, act), {"until": "2099-01-01", "date": "2030-01-01"})
    after = printed(approved)
    assert after[0] == before[0]
    assert after[1] == before[1]
    assert [row["name_text"] for row in after[2]] == [row["name_text"] for row in before[2]]
    assert [row["position"] for row in after[2]] == [row["position"] for row in before[2]]
    assert after[3] == before[3]


def test_a_name_in_the_list_of_guests_is_mended_with_a_date(approved, editor, as_user):
    url = reverse("admin:meetings_meeting_change", args=[approved.pk])
    client = as_user(editor)
    presence = approved.presences.filter(name_text="Marta Wolska").get()
    data = opened(client, url)
    [row] = [n.removesuffix("-name_text") for n, v in data.items() if v == ["Marta Wolska"]]
    assert client.post(url, {**data, f"{row}-name_text": "Marta Wolska-Nowak"}).status_code == 302
    presence.refresh_from_db()
    assert presence.name_text == "Marta Wolska-Nowak"
    assert presence.corrected_at is not None


def test_a_mistaken_official_is_mended_with_a_date(approved, editor, as_user):
    url = reverse("admin:meetings_meeting_change", args=[approved.pk])
    client = as_user(editor)
    right = factories.make_appointment(factories.make_official("Ewa", "Zając"), rank="kom.")
    data = opened(client, url)
    [row] = [n.removesuffix("-name_text") for n, v in data.items() if v == ["Marta Wolska"]]
    assert client.post(url, {**data, f"{row}-appointment": str(right.pk)}).status_code == 302
    presence = approved.presences.get(appointment=right)
    assert (presence.name_text, presence.corrected_at is not None) == ("Ewa Zając", True)


def test_who_came_is_mended_with_a_date(approved, editor, as_user):
    url = reverse("admin:meetings_meeting_change", args=[approved.pk])
    client = as_user(editor)
    data = opened(client, url)
    [row] = [n.removesuffix("-name_text") for n, v in data.items() if v == ["Marta Wolska"]]
    assert client.post(url, {**data, f"{row}-attendance": "excused"}).status_code == 302
    assert approved.presences.get(name_text="Marta Wolska").corrected_at is not None


def test_the_tables_refuse_as_well(approved, item):
    item.refresh_from_db()
    finding, guest = approved.findings.get(), approved.presences.get(name_text="Marta Wolska")
    changes = [
        (item, "note", "<p>Inna</p>"),
        (item, "outcome", "Inny"),
        (item, "title", "Inny"),
        (item, "topic", factories.make_topic()),
        (Meeting.objects.get(pk=approved.pk), "report", "<p>Inna</p>"),
        (Meeting.objects.get(pk=approved.pk), "title", "Inny"),
        (finding, "text", "Inne"),
        (guest, "name_text", "Inna"),
    ]
    for row, name, value in changes:
        row.refresh_from_db()
        setattr(row, name, value)
        with pytest.raises(TextApproved):
            row.save()
    for row in (item, finding, guest):
        with pytest.raises(TextApproved):
            row.delete()
    with pytest.raises(TextApproved):
        factories.make_agenda_item(approved)
    with pytest.raises(TextApproved):
        factories.make_presence(approved)
    with pytest.raises(TextApproved):
        Finding.objects.create(meeting=approved, text="Nowe")


def test_what_does_not_alter_the_text_is_saved_as_before(approved, item):
    fresh = Meeting.objects.get(pk=approved.pk)
    fresh.revision += 1
    fresh.save()
    item.refresh_from_db()
    item.save()
    fresh.title = "Nie zapisany"
    fresh.save(update_fields=["revision"])


def test_an_answer_by_link_shows_in_the_list(meeting, item, editor, as_user):
    [sent] = minutes.circulate(meeting, by=editor, until=timezone.localdate()).sent
    accept(sent)
    assert "um@urzad.example" in as_user(editor).get(page_of(meeting)).content.decode()
    assert not Proposal.objects.exists()
