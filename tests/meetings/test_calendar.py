"""Meetings as entries of calendars (RFC 5545): what each says, and that every change reaches who has it already."""

import datetime
import itertools

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from meetings import publication
from meetings.calendar import entry_of
from meetings.models import Meeting
from participants.dates import Precision
from participants.models import Resident
from participants.prose import tidy_plain
from tests import factories
from tests.panel import opened

State = Meeting.State
pytestmark = pytest.mark.django_db


def address(meeting: Meeting) -> str:
    return f"{meeting.get_absolute_url()}kalendarz.ics"


def read(client: Client, meeting: Meeting, language: str = "pl") -> Event:
    response = client.get(address(meeting), headers={"accept-language": language})
    assert response.status_code == 200
    (event,) = Calendar.from_ical(response.content).events
    return event


def make_day(date: datetime.date, starts: str = "17:00", ends: str = "", **fields: object) -> Meeting:
    hours = {"starts": datetime.time.fromisoformat(starts)} if starts else {}
    hours |= {"ends": datetime.time.fromisoformat(ends)} if ends else {}
    return factories.make_meeting(date=date, **hours, **fields)


def test_entry_says_what_when_and_where(client: Client):
    facts = {"place": "Dom Kultury", "room": "sala 2", "address": "ul. Szkolna 3", "lead": "O patrolach."}
    point = {"latitude": "51.40547", "longitude": "19.70321", "step_free": True, "sign_language": False}
    meeting = make_day(datetime.date(2026, 12, 10), ends="19:30", **facts, **point)
    event = read(client, meeting)
    assert event["UID"] == str(meeting.uid)
    assert event["SUMMARY"] == "Bezpieczna zima"
    assert event["LOCATION"] == "Dom Kultury, sala 2, ul. Szkolna 3"
    assert event["STATUS"] == "CONFIRMED"
    assert event["URL"] == f"http://127.0.0.1:8000{meeting.get_absolute_url()}"
    assert event["GEO"].to_ical() == "51.40547;19.70321"
    assert event.decoded("dtstart") == datetime.datetime(2026, 12, 10, 16, tzinfo=datetime.UTC)
    assert event.decoded("dtend") == datetime.datetime(2026, 12, 10, 18, 30, tzinfo=datetime.UTC)
    description = event["DESCRIPTION"]
    assert description.startswith("O patrolach.\n\nWejście bez progu\n")
    assert description.endswith(meeting.get_absolute_url())


def test_entry_is_named_and_typed_for_calendars(client: Client):
    response = client.get(address(factories.make_meeting()))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="bezpieczna-zima.ics"'
    lines = response.content.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert max(len(line.encode()) for line in lines) <= 75
    assert not any(line.startswith("BEGIN:VTIMEZONE") for line in lines)
    assert response.cookies.keys() == set()


@pytest.mark.parametrize(
    ("date", "starts", "utc"),
    [
        (datetime.date(2026, 3, 28), "17:00", "2026-03-28T16:00"),  # the last evening of winter time
        (datetime.date(2026, 3, 29), "01:30", "2026-03-29T00:30"),
        (datetime.date(2026, 3, 29), "03:00", "2026-03-29T01:00"),  # the clock has just jumped
        (datetime.date(2026, 3, 29), "17:00", "2026-03-29T15:00"),
        (datetime.date(2026, 10, 24), "17:00", "2026-10-24T15:00"),
        (datetime.date(2026, 10, 25), "02:30", "2026-10-25T00:30"),  # struck twice: the first one
        (datetime.date(2026, 10, 25), "03:00", "2026-10-25T02:00"),
        (datetime.date(2026, 10, 25), "17:00", "2026-10-25T16:00"),
        (datetime.date(2026, 12, 31), "23:30", "2026-12-31T22:30"),
        (datetime.date(2027, 1, 1), "00:30", "2026-12-31T23:30"),  # another year in Greenwich
    ],
)
def test_hour_of_the_hall_is_told_in_utc(client: Client, date: datetime.date, starts: str, utc: str):
    event = read(client, make_day(date, starts))
    assert event.decoded("dtstart") == datetime.datetime.fromisoformat(utc).replace(tzinfo=datetime.UTC)


def test_evening_across_the_change_of_the_clocks_lasts_as_long_as_the_hall_is_open(client: Client):
    event = read(client, make_day(datetime.date(2026, 3, 29), "01:00", "04:00"))
    assert event.decoded("dtend") - event.decoded("dtstart") == datetime.timedelta(hours=2)


def test_end_that_nobody_knows_is_not_invented(client: Client):
    event = read(client, make_day(datetime.date(2026, 12, 10)))
    assert "DTEND" not in event
    assert "DURATION" not in event


def test_meeting_without_an_hour_takes_the_day(client: Client):
    event = read(client, make_day(datetime.date(2026, 12, 31), ""))
    assert event.decoded("dtstart") == datetime.date(2026, 12, 31)
    assert event["DTSTART"].params["VALUE"] == "DATE"


def test_little_known_is_left_out(client: Client):
    event = read(client, factories.make_meeting())
    assert {"LOCATION", "GEO", "DTEND"} & set(event) == set()
    assert "None" not in str(event["DESCRIPTION"])


def test_cancelled_meeting_is_taken_out_of_calendars_and_says_why(client: Client):
    event = read(client, factories.make_meeting(state=State.CANCELLED))
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"] == "Odwołane: Bezpieczna zima"
    assert event["DESCRIPTION"].startswith("Powód: Awaria prądu w sali.")


def test_cancelled_meeting_in_the_archive_stays_cancelled(client: Client):
    fields = {"cancelled_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), "state_reason": "Śnieg."}
    event = read(client, factories.make_meeting(state=State.ARCHIVED, **fields))
    assert event["STATUS"] == "CANCELLED"


def test_example_says_so(client: Client):
    event = read(client, factories.make_meeting(state=State.CANCELLED, is_example=True))
    assert event["SUMMARY"] == "Przykład: Odwołane: Bezpieczna zima"


@pytest.mark.parametrize("state", Meeting.UNPUBLISHED)
def test_draft_is_not_found_by_anybody(client: Client, as_user, editor: Resident, state: str):
    meeting = factories.make_meeting(state=state)
    assert client.get(address(meeting)).status_code == 404
    assert as_user(editor).get(address(meeting)).status_code == 404


@pytest.mark.parametrize("precision", [Precision.MONTH, Precision.YEAR, Precision.EARLY_YEAR, Precision.LATE_YEAR])
def test_meeting_without_a_day_has_no_place_in_a_calendar(client: Client, precision: str):
    meeting = factories.make_meeting(state=State.HELD, date=datetime.date(2026, 1, 1), date_precision=precision)
    assert client.get(address(meeting)).status_code == 404
    assert Calendar.from_ical(client.get("/spotkania/kalendarz.ics?rok=2026").content).events == []


def test_missing_meeting_and_wrong_method(client: Client):
    assert client.get("/spotkania/2026/nie-ma/kalendarz.ics").status_code == 404
    assert client.post(address(factories.make_meeting())).status_code == 405


def test_former_address_leads_to_the_entry(client: Client):
    meeting = factories.make_meeting(slug="dawny")
    before = address(meeting)
    meeting.slug = "nowy"
    meeting.save()
    assert client.get(before).headers["Location"] == address(meeting)


def test_entry_keeps_its_name_when_the_site_moves(client: Client, settings):
    meeting = factories.make_meeting()
    settings.SITE_URL = "https://forum.example"
    event = read(client, meeting)
    assert event["UID"] == str(meeting.uid)
    assert event["URL"] == f"https://forum.example{meeting.get_absolute_url()}"


# -- every change reaches who has the entry -------------------------------------------------------------


def steps(meeting: Meeting, editor: Resident):
    """Each act that changes what stands in the calendar, one after the other."""
    yield publication.announce(meeting, by=editor)
    yield publication.move(meeting, by=editor, date=meeting.date + datetime.timedelta(days=7))
    yield publication.move(meeting, by=editor, place="Szkoła nr 5")
    yield publication.postpone(meeting, by=editor, reason="Mróz.")
    yield publication.move(meeting, by=editor, date=meeting.date + datetime.timedelta(days=21))
    yield publication.cancel(meeting, by=editor, reason="Awaria.")
    yield publication.announce(meeting, by=editor)


def test_every_change_of_state_date_or_place_raises_the_sequence(editor: Resident):
    events = [
        Calendar.from_ical(entry_of(meeting)).events[0]
        for meeting in steps(factories.make_meeting(state=State.DRAFT), editor)
    ]
    sequences = [event["SEQUENCE"] for event in events]
    assert all(earlier < later for earlier, later in itertools.pairwise(sequences))
    assert [event["STATUS"] for event in events] == [
        *["CONFIRMED"] * 3,
        *["CANCELLED", "CONFIRMED", "CANCELLED", "CONFIRMED"],
    ]
    assert len({event["UID"] for event in events}) == 1
    assert events[3]["SUMMARY"] == "Przełożone: Bezpieczna zima"


def test_form_of_the_panel_raises_the_sequence(as_user, editor: Resident):
    meeting = factories.make_meeting()
    before = Calendar.from_ical(entry_of(meeting)).events[0]
    client, form = as_user(editor), f"/panel/meetings/meeting/{meeting.pk}/change/"
    assert client.post(form, opened(client, form, title="Bezpieczna wiosna")).status_code == 302
    after = read(client, meeting)
    assert after["SUMMARY"] == "Bezpieczna wiosna"
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_clock_that_publishes_raises_the_sequence():
    now = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)
    meeting = factories.make_meeting(state=State.SCHEDULED, publish_at=now, date=datetime.date(2026, 5, 20))
    publication.move_on(now)
    before, meeting = meeting.revision, Meeting.objects.get(pk=meeting.pk)
    assert meeting.state == State.ANNOUNCED
    assert meeting.revision > before


# -- whatever people write --------------------------------------------------------------------------------

TEXT = st.text(max_size=80)


@given(title=TEXT, place=TEXT, lead=TEXT)
@example("Raz, dwa; trzy\\n", "a\r\nEND:VEVENT\r\nBEGIN:VEVENT", 'x\x00\x0b\x1b"\u2028ATTENDEE:mailto:a@b')
@example("Ża" * 100, "\u202eOdwrócone", "😀" * 60)
def test_entry_gives_every_text_back(title: str, place: str, lead: str):
    meeting = Meeting(title=title, place=place, lead=lead, date=datetime.date(2026, 12, 10), slug="a")
    meeting.changed_at = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
    ical = entry_of(meeting)
    assert not any(c < " " and c not in "\r\n\t" for c in ical.decode())
    (event,) = Calendar.from_ical(ical).events
    assert event["SUMMARY"] == " ".join(tidy_plain(title).split())
    assert event.get("LOCATION", "") == " ".join(tidy_plain(place).split())
    assert event["DESCRIPTION"].startswith(tidy_plain(lead))
    assert {"ATTENDEE", "ORGANIZER"} & set(event) == set()


# -- the calendar to subscribe to --------------------------------------------------------------------------


def feed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/spotkania/kalendarz.ics{query}")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(response.content).events]


def test_feed_has_what_is_to_come_and_the_last_year(client: Client):
    today = datetime.date.today()
    factories.make_meeting("Jutro", date=today + datetime.timedelta(days=1))
    factories.make_meeting("Odwołane", date=today + datetime.timedelta(days=2), state=State.CANCELLED)
    factories.make_meeting("Rok temu", state=State.HELD, date=today - datetime.timedelta(days=360))
    factories.make_meeting("Dawno", state=State.ARCHIVED, date=today - datetime.timedelta(days=400))
    factories.make_meeting("Szkic", state=State.DRAFT)
    assert feed(client) == ["Odwołane: Odwołane", "Jutro", "Rok temu"]


def test_feed_of_a_year_has_all_of_it(client: Client):
    factories.make_meeting("Dawno", state=State.ARCHIVED, date=datetime.date(2017, 5, 29))
    factories.make_meeting("Teraz")
    assert feed(client, "?rok=2017") == ["Dawno"]
    assert client.get("/spotkania/kalendarz.ics?rok=2016").status_code == 404


def test_feed_takes_the_filters_of_the_list(client: Client):
    topic = factories.make_topic("Przejścia", category=factories.make_category("Ruch drogowy"))
    topic.estates.add(factories.make_estate("Wyzwolenia"))
    hidden = factories.make_topic("Szkic", state="draft", category=factories.make_category("Ruch drogowy"))
    factories.make_agenda_item(factories.make_meeting("O przejściach"), topic)
    factories.make_agenda_item(factories.make_meeting("O czym innym"))
    factories.make_agenda_item(factories.make_meeting("Ze szkicem"), hidden)
    assert feed(client, "?kategoria=ruch-drogowy") == ["O przejściach"]
    assert feed(client, "?osiedle=wyzwolenia&kategoria=&rok=") == ["O przejściach"]
    assert client.get("/spotkania/kalendarz.ics?osiedle=nie-ma").status_code == 404


def test_feed_says_its_name_and_how_often_to_ask(client: Client):
    factories.make_category("Ruch, drogi; place")
    slug = "ruch-drogi-place"
    calendar = Calendar.from_ical(client.get(f"/spotkania/kalendarz.ics?kategoria={slug}").content)
    # The parser knows no NAME and hands it over as written (RFC 5545, 3.3.11: commas and semicolons escaped).
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Spotkania forum\\, Ruch\\, drogi\\; place"
    assert calendar.decoded("refresh-interval") == datetime.timedelta(hours=1)
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"


def test_feed_that_is_known_already_is_not_sent_again(client: Client, editor: Resident):
    meeting = factories.make_meeting()
    first = client.get("/spotkania/kalendarz.ics")
    again = {"if-none-match": first["ETag"]}
    assert client.get("/spotkania/kalendarz.ics", headers=again).status_code == 304
    publication.cancel(meeting, by=editor, reason="Mróz.")
    changed = client.get("/spotkania/kalendarz.ics", headers=again)
    assert changed.status_code == 200
    assert b"STATUS:CANCELLED" in changed.content
    assert "no-cache" in changed["Cache-Control"]


@pytest.mark.parametrize("number", [1, 3])
def test_feed_costs_four_queries(client: Client, django_assert_num_queries, number: int):
    for _ in range(number):
        factories.make_agenda_item(factories.make_meeting(), factories.make_topic())
    with django_assert_num_queries(4):
        client.get("/spotkania/kalendarz.ics")


# -- the way there --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("takes", [True, False])
def test_page_of_a_coming_meeting_offers_its_entry_once_a_card(client: Client, takes: bool):
    """The card with date and place stands in the text on a phone and beside it on a desk."""
    html = client.get(factories.make_meeting(takes_registrations=takes).get_absolute_url()).content.decode()
    cards = [html.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0] for name in ("skrot", "kiedy")]
    assert [card.count(address(Meeting.objects.get())) for card in cards] == [1, 1]
    assert html.count("kalendarz.ics") == 2


@pytest.mark.parametrize("state", [State.HELD, State.CANCELLED, State.POSTPONED, State.ARCHIVED])
def test_page_of_a_meeting_that_nobody_will_go_to_offers_none(client: Client, state: str):
    meeting = factories.make_meeting(state=state)
    html = client.get(meeting.get_absolute_url()).content.decode()
    assert meeting.title in html
    assert "kalendarz.ics" not in html


def test_list_offers_the_calendar_with_what_was_chosen(client: Client):
    factories.make_meeting(date=datetime.date(2026, 12, 10))
    factories.make_category("Ruch drogowy")
    assert 'href="webcal://127.0.0.1:8000/spotkania/kalendarz.ics"' in client.get("/spotkania/").content.decode()
    chosen = client.get("/spotkania/?rok=2026&kategoria=ruch-drogowy").content.decode()
    assert 'href="webcal://127.0.0.1:8000/spotkania/kalendarz.ics?rok=2026&amp;kategoria=ruch-drogowy"' in chosen
