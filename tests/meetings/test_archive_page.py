"""An archived meeting: its record stays byte for byte, whatever happens around it, and the box beside it lives."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings import minutes, printing
from meetings.models import Commitment, CommitmentEntry, Finding, Meeting
from meetings.models.approved import AddressKept, TextApproved
from meetings.publication import announce, archive
from participants.models import Resident
from tests import factories
from tests.panel import fields_of, make_administrator, opened
from topics.models import Topic

State = Meeting.State
DUE = datetime.date(2026, 9, 30)


def promise(meeting: Meeting, text: str, institution, **fields) -> Commitment:
    """As meetings.commitments publishes one: with its first entry."""
    now = timezone.now()
    fields = {"due": DUE, "institution_text": institution.name, "since": now, "published_at": now} | fields
    made = Commitment.objects.create(meeting=meeting, text=text, institution=institution, **fields)
    made.entries.create(state=Commitment.State.PLANNED, due=made.due, at=now)
    return made


@pytest.fixture
def topic(db) -> Topic:
    return factories.make_topic("Patrole rowerowe")


@pytest.fixture
def town(db):
    return factories.make_institution("Urząd Miasta")


@pytest.fixture
def meeting(editor, topic, town) -> Meeting:
    """Went the whole way: published, written up, approved, archived."""
    day = timezone.localdate() - datetime.timedelta(days=60)
    meeting = factories.make_meeting(state=State.DRAFT, date=day, report="<p>Relacja</p>", number=2)
    item = factories.make_agenda_item(meeting, topic)
    factories.make_presence(meeting, factories.make_appointment(institution=town, rank="kom."))
    factories.make_organiser(meeting, town)
    meeting = announce(meeting, by=editor)
    minutes.write_note(item, text="<p>Patrole będą częstsze</p>", by=editor, seen=0)
    Finding.objects.create(meeting=meeting, part="concluded", text="Więcej lamp", institution=town)
    promise(meeting, "Trasy patroli", town)
    promise(meeting, "Lampy na skwerze", town)
    minutes.approve(meeting, by=editor)
    return archive(meeting, by=editor)


def records(page: str) -> list[str]:
    """The text of each `<div class="… fk-record …">`, with everything in it."""
    found, start = [], page.find('<div class="fk-record')
    while start != -1:
        end, depth = start, 0
        while True:
            opening, closing = page.find("<div", end + 1), page.find("</div>", end + 1)
            if opening != -1 and opening < closing:
                depth, end = depth + 1, opening
            else:
                depth, end = depth - 1, closing
            if depth < 0:
                break
        found.append(page[start:end])
        start = page.find('<div class="fk-record', end)
    return found


def read(client, meeting: Meeting) -> str:
    return client.get(meeting.get_absolute_url()).content.decode()


def test_the_record_says_what_was_said_and_promised(meeting, client):
    head, main, aside = records(read(client, meeting))
    assert meeting.title in head
    for words in [
        "Relacja",
        "Patrole rowerowe",
        "Patrole będą częstsze",
        "Trasy patroli",
        "30 września 2026",
        "Wolska",
    ]:
        assert words in main
    assert "Urząd Miasta" in aside
    assert "Forum ku bezpieczeństwu" in aside


def test_the_record_stays_byte_for_byte_whatever_happens_around_it(meeting, topic, town, client, editor):
    page, sheet = read(client, meeting), printing.report(meeting).html
    before = records(page)
    done = meeting.commitments.get(text="Trasy patroli")
    done.helpers.add(town)
    topic.title = "Patrole konne"
    topic.save()
    town.name = "Urząd Miasta Piotrkowa"
    town.save()
    official = meeting.presences.get(appointment__isnull=False).appointment.official
    official.last_name = "Nowa"
    official.save()
    factories.make_appointment(official, town, post="Komendant", rank="insp.")
    meeting.forum.description, meeting.forum.name, meeting.forum.founder = "Inny opis", "Inna nazwa", "Kto inny"
    meeting.forum.save()
    factories.make_published(topic)
    state = Commitment.State.DONE
    CommitmentEntry.objects.create(
        commitment=done, state=state, state_before="planned", due=DUE, text="Są", at=timezone.now()
    )
    Commitment.objects.filter(pk=done.pk).update(state=state, due=datetime.date(2027, 1, 1))
    factories.make_meeting("Następne", date=timezone.localdate(), forum=meeting.forum)
    after = read(client, meeting)
    assert records(after) == before
    assert printing.report(Meeting.objects.get(pk=meeting.pk)).html == sheet
    assert len(before) == 3
    assert "1 z 2 zrobione" in after.replace("\xa0", " ")
    for now in ["Patrole konne", "Inny opis", "Następne"]:
        assert now in after
        assert now not in "".join(records(after))


def test_the_box_counts_promises_as_they_stand_today(meeting, town, client):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    meeting.commitments.filter(text="Trasy patroli").update(state=Commitment.State.DONE)
    meeting.commitments.filter(text="Lampy na skwerze").update(due=yesterday)
    Commitment.objects.create(
        meeting=meeting, text="Nieogłoszona", institution=town, since=timezone.now(), due=yesterday
    )
    page = client.get(meeting.get_absolute_url())
    live = page.context["live"]["promises"]
    assert (live.total, live.done, live.overdue) == (2, 1, 1)
    assert "Nieogłoszona" not in page.content.decode()


def test_a_meeting_without_promises_has_no_box_of_them(client, db):
    meeting = factories.make_meeting(state=State.ARCHIVED)
    assert 'id="obietnice-dzis"' not in read(client, meeting)
    assert 'id="obiecane"' not in read(client, meeting)


def test_a_held_meeting_is_no_record_yet(client, db):
    assert records(read(client, factories.make_meeting(state=State.HELD))) == []


def test_the_page_costs_the_same_with_more_of_everything(meeting, town, client, django_assert_num_queries):
    def add() -> None:
        promise(meeting, f"Obietnica {next(factories.count)}", town)
        meeting.errata.create(text="Errata", at=timezone.now())
        meeting.errata.create(text="Errata", at=timezone.now(), agenda_item=meeting.agenda_items.first())

    add()
    with django_assert_num_queries(16):
        read(client, meeting)
    add()
    add()
    with django_assert_num_queries(16):
        read(client, meeting)


def test_errata_stand_under_their_text_with_their_date(meeting, client, editor):
    item = meeting.agenda_items.get()
    minutes.correct(meeting, item=item, text="Chodzi o lipiec.", by=editor)
    minutes.correct(meeting, item=None, text="W relacji: 40 osób.", by=editor)
    page = read(client, meeting)
    assert page.index("Patrole będą częstsze") < page.index("Chodzi o lipiec.")
    assert page.index("Relacja</p>") < page.index("W relacji: 40 osób.")


def test_the_state_of_the_minutes_is_said(client, editor):
    day = timezone.localdate() - datetime.timedelta(days=3)
    meeting = factories.make_meeting(state=State.HELD, date=day)
    factories.make_agenda_item(meeting, institution=factories.make_institution(email="um@urzad.example"))
    minutes.circulate(meeting, by=editor, until=timezone.localdate())
    page = read(client, meeting)
    assert "sprawdzają protokół" in page or "checking the minutes" in page
    Meeting.objects.filter(pk=meeting.pk).update(minutes_until=day)
    minutes.approve(meeting, by=editor)
    page = read(client, meeting)
    assert "Protokół zatwierdzony" in page or "Minutes approved" in page


# -- The panel --------------------------------------------------------------------------------------------------------


@pytest.fixture
def change(meeting) -> str:
    return reverse("admin:meetings_meeting_change", args=[meeting.pk])


@pytest.fixture(params=["editor", "administrator"])
def person(request, editor) -> Resident:
    return editor if request.param == "editor" else make_administrator()


def test_the_form_of_an_archived_meeting_is_only_read(meeting, change, person, as_user, client):
    before = records(read(client, meeting))
    page = as_user(person).get(change)
    names = {name.split("-")[0] for name in fields_of(page)}
    assert not {"title", "slug", "date", "lead", "announcement", "audience", "forum"} & names
    forged = {**fields_of(page), "title": "Inny", "slug": "inny", "lead": "Inny", "audience": "Inni", "author": "Kto"}
    forged |= {"organisers-0-DELETE": "on", "organisers-0-role": "co", "agenda_items-0-DELETE": "on"}
    assert as_user(person).post(change, forged).status_code in {200, 302}
    assert records(read(client, meeting)) == before


def test_guests_are_corrected_with_a_date(meeting, change, person, as_user, client):
    data = opened(as_user(person), change)
    [row] = [name.removesuffix("-name_text") for name, value in data.items() if value == ["Marta Wolska"]]
    as_user(person).post(change, {**data, f"{row}-name_text": "Marta Wolska-Nowak"})
    assert meeting.presences.get(name_text="Marta Wolska-Nowak").corrected_at is not None
    assert "Wolska-Nowak" in read(client, meeting)


def test_a_photo_and_a_document_can_be_taken_away_and_not_changed(meeting, change, person, as_user, stored_under):
    factories.make_photo(meeting, "Zbliżenie", caption="Kto to")
    factories.make_document(meeting)
    client = as_user(person)
    data = fields_of(client.get(change))
    client.post(change, {**data, "photos-0-caption": "Inny podpis"})
    assert meeting.photos.get().caption == "Kto to"
    data = fields_of(client.get(change))
    client.post(change, {**data, "photos-0-DELETE": "on", "documents-0-DELETE": "on"})
    assert (meeting.photos.count(), meeting.documents.count()) == (0, 0)


def test_the_address_of_an_archived_page_cannot_change(meeting):
    for name, value in (("slug", "inny"), ("date", datetime.date(2001, 1, 1))):
        fresh = Meeting.objects.get(pk=meeting.pk)
        setattr(fresh, name, value)
        with pytest.raises((AddressKept, TextApproved)):
            fresh.save()


def test_an_archive_without_approval_keeps_its_address_too(db):
    fresh = factories.make_meeting(state=State.ARCHIVED)
    fresh.slug = "inny"
    with pytest.raises(AddressKept):
        fresh.save()


def test_the_live_page_of_the_panel_costs_the_same(meeting, change, editor, as_user):
    client = as_user(editor)
    client.get(change)
    with CaptureQueriesContext(connection) as one:
        client.get(change)
    promise(meeting, "Jeszcze jedna", factories.make_institution())
    with CaptureQueriesContext(connection) as more:
        client.get(change)
    assert len(one) == len(more)
