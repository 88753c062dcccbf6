"""The lists of a report on the page of a meeting, when they are shown, and one report for several meetings."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from meetings.models import Meeting
from tests import factories
from tests.meetings.closing import make_finding, make_past

State = Meeting.State
SPRING = datetime.date(2024, 5, 6)


def read(client: Client, meeting: Meeting, query: str = "") -> str:
    page = client.get(meeting.get_absolute_url() + query)
    assert page.status_code == 200
    return page.content.decode()


def section(html: str, anchor: str) -> str:
    return html.partition(f'id="{anchor}"')[2].partition("</section>")[0]


@pytest.fixture
def reported(db) -> Meeting:
    meeting = factories.make_meeting(state=State.HELD, date=SPRING)
    police = factories.make_institution("Komenda Miejska Policji")
    make_finding(meeting, "Ciemno na skwerze.", answered_by="Naczelnik Wydziału Prewencji")
    make_finding(meeting, "Dostawić lampy.", part="concluded", institution=police)
    make_finding(meeting, "Odśnieżać chodnik.", part="concluded", addressee="wspólnota przy ul. Szkolnej 4")
    return meeting


def test_what_was_raised_and_what_was_concluded_stand_apart(reported, client: Client):
    html = read(client, reported)
    raised, concluded = section(html, "zgloszone"), section(html, "wnioski")
    assert "Ciemno na skwerze." in raised
    assert "Odpowiedziano na miejscu: <span>Naczelnik Wydziału Prewencji" in raised
    assert "Dostawić lampy." not in raised
    assert "Komenda Miejska Policji</a>" in concluded
    assert "wspólnota przy ul. Szkolnej 4" in concluded
    assert html.index('id="zgloszone"') < html.index('id="wnioski"')


def test_contents_of_the_page_name_the_lists(reported, client: Client):
    Meeting.objects.update(report="<p>Relacja</p>")
    contents = section(read(client, reported), "spis").partition("</nav>")[0]
    assert [contents.count(f'href="#{anchor}"') for anchor in ("zgloszone", "wnioski")] == [1, 1]


@pytest.mark.parametrize(("said", "told"), [(True, 1), (False, 0)])
def test_nobody_submitted_conclusions_is_said_only_where_somebody_said_it(said, told, client: Client, db):
    meeting = factories.make_meeting(state=State.HELD, date=SPRING, no_conclusions=said)
    html = read(client, meeting)
    assert html.count("Nikt nie zgłosił wniosków.") == told
    assert html.count('id="wnioski"') == told


def test_before_the_report_is_out_strangers_read_nothing_of_it(reported, client: Client, editor, resident, as_user):
    Meeting.objects.filter(pk=reported.pk).update(
        closed_at=None, head_count=24, head_counted="exact", no_conclusions=True
    )
    factories.make_presence(reported, group="goście spoza listy", attendance="present")
    hidden = ["Ciemno na skwerze.", "Dostawić lampy.", "goście spoza listy", "24 osoby", "Nikt nie zgłosił"]
    for reader in (client, as_user(resident), as_user(editor)):
        html = read(reader, reported)
        assert [text for text in hidden if text in html] == []
        assert "Relację opublikujemy do 7 dni po spotkaniu." in html
    for reader in (client, as_user(resident)):
        assert "Ciemno na skwerze." not in read(reader, reported, "?podglad=1")


def test_editors_see_the_report_before_and_no_cache_keeps_it(reported, editor, as_user):
    Meeting.objects.filter(pk=reported.pk).update(closed_at=None)
    page = as_user(editor).get(reported.get_absolute_url() + "?podglad=1")
    html = page.content.decode()
    assert "Ciemno na skwerze." in html
    assert "Podgląd: relację widzi tylko redakcja." in html
    assert "no-store" in page["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in html


def test_a_closed_meeting_has_no_sentence_about_a_report_to_come(reported, client: Client):
    assert "Relację opublikujemy" not in read(client, reported)


def test_one_report_for_several_meetings_is_linked_both_ways(reported, client: Client):
    covered = make_past("Drugie tego wieczoru", reported_in=reported, closed_at="2026-01-01T10:00Z")
    hidden = factories.make_meeting("Tajny szkic", state=State.DRAFT, reported_in=reported, date=SPRING)
    assert f'Relacja z\xa0tego spotkania jest przy: <a href="{reported.get_absolute_url()}"' in read(client, covered)
    html = read(client, reported)
    assert "Ta relacja obejmuje też:" in html
    assert covered.get_absolute_url() in html
    assert hidden.title not in html


def test_a_report_that_nobody_may_see_is_not_linked(client: Client, db):
    draft = factories.make_meeting("Tajny szkic", state=State.DRAFT)
    covered = make_past(reported_in=draft)
    assert "Tajny szkic" not in read(client, covered)


def test_reports_never_go_round_in_a_circle(db):
    first, second, third = make_past("A"), make_past("B"), make_past("C")
    second.reported_in = first
    second.clean()
    second.save()
    for meeting, where in ((first, second), (first, first), (third, second), (first, third)):
        meeting.reported_in = where
        with pytest.raises(ValidationError):
            meeting.clean()


def test_what_came_of_guests_is_part_of_the_record(client: Client, editor, db):
    meeting = make_past()
    line = factories.make_presence(meeting, group="prezesi spółdzielni", attendance="absent")
    line.frozen_at = meeting.held_at
    line.save()
    assert "Nieobecn" not in read(client, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(closed_at=meeting.held_at)
    assert "Nieobecn" in read(client, meeting)
