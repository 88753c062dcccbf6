"""The list of guests on the page of a meeting: order, kinds of lines, and what is frozen."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from meetings import presences, publication
from meetings.models import Meeting, Presence
from participants.models import Appointment, Rank
from tests import factories

State, Kind, Role = Meeting.State, Presence.Kind, Presence.Role
pytestmark = pytest.mark.django_db


def guests(client: Client, meeting: Meeting) -> str:
    html = client.get(meeting.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    return html.partition('aria-labelledby="goscie"')[2].partition("</section>")[0]


def words(html: str) -> list[str]:
    """The lines of the lists, without tags."""
    lines = re.findall(r"<li>(.*?)</li>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()).replace(" ,", ",") for line in lines]


def make_held(**fields: object) -> Meeting:
    fields = {"state": State.DRAFT, "date": datetime.date(2017, 5, 29)} | fields
    return factories.make_meeting(**fields)


def make_chief() -> Presence:
    """A line about a police officer, on a meeting that is not published yet."""
    official = factories.make_official("Jarosław", "Przykładowski", public=False)
    institution = factories.make_institution("Komenda Wojewódzka Policji", public=False)
    appointment = factories.make_appointment(official, institution, rank="podinsp.", post="Naczelnik Wydziału")
    return factories.make_presence(make_held(), appointment, attendance="present")


def test_hosts_stand_first_and_guests_in_protocol_order(client: Client):
    meeting = make_held(state=State.HELD)
    for position, (name, role) in enumerate(
        [("pierwsi goście", "guest"), ("gospodarze", "host"), ("drudzy goście", "speaker"), ("trzeci goście", "guest")]
    ):
        factories.make_presence(meeting, group=name, role=role, position=position, attendance="present")
    html = guests(client, meeting)
    hosts, _heading, others = html.partition("<ol")
    assert words(hosts) == ["Gospodarze"]
    assert [line.partition(" Speaker")[0] for line in words(others)] == [
        "Pierwsi goście",
        "Drudzy goście",
        "Trzeci goście",
    ]


def test_official_is_printed_with_rank_post_and_institution(client: Client, editor):
    presence = make_chief()
    publication.announce(presence.meeting, by=editor)
    html = guests(client, presence.meeting)
    assert words(html) == ["podinsp. Jarosław Przykładowski Naczelnik Wydziału Komenda Wojewódzka Policji"]
    assert '<a href="/osoby/jaroslaw-przykladowski/">podinsp. Jarosław Przykładowski</a>' in html
    assert '<a href="/instytucje/komenda-wojewodzka-policji/">Komenda Wojewódzka Policji</a>' in html


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"kind": Kind.POST, "post_text": "Komendant Straży"}, "Komendant Straży"),
        ({"kind": Kind.GROUP, "group": "przewodniczący rad"}, "Przewodniczący rad"),
        ({"kind": Kind.GROUP, "group": "prezesi", "count": 1, "counted": "exact"}, "Prezesi 1 person"),
        ({"kind": Kind.GROUP, "group": "prezesi", "count": 24, "counted": "about"}, "Prezesi about 24 people"),
        ({"kind": Kind.GROUP, "group": "prezesi", "count": 9, "counted": "more"}, "Prezesi more than 9 people"),
        ({"kind": Kind.LED, "group": "dzielnicowi", "post_text": "Kierownik"}, "Dzielnicowi Led by: Kierownik"),
        ({"kind": Kind.PRIVATE, "count": 12, "counted": "exact"}, "Private persons 12 people"),
        ({"kind": Kind.DELEGATION, "institution_text": "Rada Osiedla"}, "Rada Osiedla delegation"),
    ],
)
def test_each_kind_of_line_has_its_words(fields: dict, line: str, client: Client):
    meeting = make_held(state=State.HELD)
    factories.make_presence(meeting, attendance="present", **fields)
    assert words(guests(client, meeting)) == [line]


@pytest.mark.parametrize(
    ("attendance", "before", "after"),
    [
        ("invited", "", "Invited"),
        ("confirmed", "Confirmed", "Confirmed"),
        ("present", "Present", ""),
        ("excused", "Excused", "Excused"),
        ("absent", "Absent", "Absent"),
        ("deputised", "Represented by Jan Z.", "Represented by Jan Z."),
    ],
)
def test_attendance_is_said_where_the_heading_does_not_say_it(attendance, before, after, client: Client):
    for state, note in ((State.ANNOUNCED, before), (State.HELD, after)):
        meeting = factories.make_meeting(state=state)
        factories.make_presence(meeting, kind=Kind.POST, post_text="Radny", attendance=attendance, deputy="Jan Z.")
        assert words(guests(client, meeting)) == [f"Radny {note}".strip()]


def test_heading_claims_presence_only_after_the_meeting(client: Client):
    held, coming = factories.make_meeting(state=State.HELD), factories.make_meeting()
    for meeting in (held, coming):
        factories.make_presence(meeting)
    assert "Who was at the meeting" in guests(client, held)
    assert "Whom we invited" in guests(client, coming)


def test_promotion_leaves_the_page_byte_for_byte(client: Client, editor):
    presence = make_chief()
    publication.announce(presence.meeting, by=editor)
    url = presence.meeting.get_absolute_url()
    before = client.get(url).content
    appointment = Appointment.objects.get()
    appointment.rank, appointment.post, appointment.acting = Rank.objects.get(abbreviation="insp."), "Komendant", True
    appointment.save()
    appointment.official.last_name, appointment.official.degree = "Nowy", "dr"
    appointment.official.save()
    appointment.institution.name = "Komenda pod nową nazwą"
    appointment.institution.save()
    assert client.get(url).content == before
    assert b"podinsp." in before


def test_civilian_who_later_gets_a_rank_stays_a_civilian_on_the_page(client: Client, editor):
    appointment = factories.make_appointment(post="Radny")
    meeting = make_held()
    factories.make_presence(meeting, appointment, attendance="present")
    publication.announce(meeting, by=editor)
    before = client.get(meeting.get_absolute_url()).content
    appointment.rank = Rank.objects.get(abbreviation="insp.")
    appointment.save()
    assert client.get(meeting.get_absolute_url()).content == before


def test_correction_shows_its_date(client: Client, editor):
    presence = make_chief()
    publication.announce(presence.meeting, by=editor)
    before, after = (Presence.objects.get(pk=presence.pk) for _ in range(2))
    after.post_text = "Naczelnik Wydziału Prewencji"
    presences.note_correction(before, after, timezone.make_aware(datetime.datetime(2026, 6, 3, 12)))
    after.save()
    html = guests(client, presence.meeting)
    assert "Naczelnik Wydziału Prewencji" in html
    assert re.search(r'Corrected on: <time datetime="2026-06-03">', html)


def test_name_withheld_after_publication_is_gone(client: Client, editor, as_user):
    presence = make_chief()
    publication.announce(presence.meeting, by=editor)
    official = presence.appointment.official
    url = official.get_absolute_url()
    assert client.get(url).status_code == 200
    official.name_withheld = True
    official.save()
    institution = presence.appointment.institution.get_absolute_url()
    for reader in (client, as_user(editor)):
        assert words(guests(reader, presence.meeting)) == ["Naczelnik Wydziału Komenda Wojewódzka Policji"]
        assert reader.get(url).status_code == 404
        for page in (institution, presence.meeting.get_absolute_url(), "/sitemap-officials.xml"):
            content = reader.get(page).content.decode()
            assert "Przykładowski" not in content
            assert "przykladowski" not in content


def test_preview_prints_the_guests_as_they_will_be_frozen(as_user, editor):
    presence = make_chief()
    withheld = factories.make_appointment(factories.make_official("Jan", "Skryty", name_withheld=True), post="Radny")
    factories.make_presence(presence.meeting, withheld, attendance="present")
    preview = words(guests(as_user(editor), presence.meeting))
    publication.announce(presence.meeting, by=editor)
    assert words(guests(as_user(None), presence.meeting)) == preview
    assert preview[0].startswith("podinsp. Jarosław Przykładowski Naczelnik Wydziału")
    assert preview[1].startswith("Radny")
