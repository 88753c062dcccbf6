import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import Meeting
from tests.factories import make_commitment, make_estate, make_meeting, make_topic
from tests.site.inline import inline_code
from topics.models import Topic

pytestmark = pytest.mark.django_db
HELD = Meeting.State.HELD


def home(client: Client, language: str = "en") -> str:
    response = client.get("/", headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


def test_home_of_an_empty_site_says_so(client: Client):
    html = home(client)
    assert "There is no date of the next meeting yet." in html
    assert "No topic is open for comments now." in html
    assert "Latest meetings" not in html
    assert inline_code(html) == []


def test_home_shows_the_soonest_meeting_that_takes_place(client: Client):
    make_meeting("Później", date=days(20))
    make_meeting("Najbliżej", date=days(5), starts=datetime.time(17), ends=datetime.time(19), place="Szkoła nr 3")
    make_meeting("Odwołane", date=days(1), state=Meeting.State.CANCELLED)
    make_meeting("Przełożone", date=days(2), state=Meeting.State.POSTPONED)
    html = home(client)
    assert "Najbliżej" in html
    assert "from 17:00 to 19:00" in html
    assert "Szkoła nr 3" in html
    assert not {"Później", "Odwołane", "Przełożone"} & set(html.replace("<", ">").split(">"))


def test_home_shows_a_meeting_on_its_very_day(client: Client):
    make_meeting("Dziś wieczorem", date=timezone.localdate())
    assert "Dziś wieczorem" in home(client)


def test_home_keeps_drafts_to_itself(client: Client, as_user, editor):
    make_meeting("Szkic spotkania", state=Meeting.State.DRAFT)
    make_meeting("Zaplanowane", state=Meeting.State.SCHEDULED)
    make_meeting("Szkic minionego", state=Meeting.State.DRAFT, date=days(-5))
    make_topic("Szkic tematu", state=Topic.State.DRAFT)
    for visitor in (client, as_user(editor)):
        html = home(visitor)
        assert "Szkic" not in html
        assert "Zaplanowane" not in html


def test_home_shows_four_open_topics_that_lived_last(client: Client):
    now = timezone.now()
    for number in range(6):
        make_topic(f"Rozmowa nr {number}", active_at=now - datetime.timedelta(hours=number))
    make_topic("Zamknięta", state=Topic.State.CLOSED)
    make_topic("Skończona", closes_on=days(-1))
    html = home(client)
    assert [html.count(f"Rozmowa nr {number}<") for number in range(6)] == [1, 1, 1, 1, 0, 0]
    assert "Zamknięta" not in html
    assert "Skończona" not in html


def test_home_shows_three_latest_past_meetings_in_order(client: Client):
    for number in range(1, 5):
        make_meeting(f"Minione nr {number}", state=HELD, date=days(-number * 30))
    make_meeting("Znane z miesiąca", state=HELD, date=datetime.date(2017, 5, 1), date_precision="month")
    html = home(client)
    places = [html.find(f"Minione nr {number}") for number in range(1, 5)]
    assert places[:3] == sorted(places[:3])
    assert min(places[:3]) > 0
    assert places[3] == -1


def test_home_counts_comments_and_names_the_estates(client: Client):
    topic = make_topic("Lampy", comment_count=17, official_count=1)
    topic.estates.add(make_estate("Wierzeje"), make_estate("Słowackiego"))
    html = home(client)
    assert "17 comments" in html
    assert "There is an official answer" in html
    assert '<span lang="pl">Słowackiego</span>, <span lang="pl">Wierzeje</span>' in html


def test_home_marks_examples(client: Client):
    make_topic("Przykładowa rozmowa", is_example=True)
    make_meeting("Przykładowe spotkanie", is_example=True)
    assert home(client).count("fk-tag--wait") == 2


def test_home_escapes_what_editors_wrote(client: Client):
    make_topic("<script>x</script>", lead="<b>y</b>")
    make_meeting("<img src=x>", place="<i>z</i>")
    html = home(client)
    assert inline_code(html) == []
    assert "<b>y" not in html
    assert "<img src=x" not in html
    assert "<i>z" not in html


@pytest.mark.parametrize("rows", [1, 3])
def test_home_costs_the_same_whatever_the_site_holds(client: Client, rows: int):
    for number in range(rows):
        make_meeting(f"Przyszłe {number}", date=days(number + 1))
        make_meeting(f"Minione {number}", state=HELD, date=days(-number - 1))
        make_topic().estates.add(make_estate(f"Osiedle {number}"), make_estate("Wierzeje"))
    with CaptureQueriesContext(connection) as queries:
        home(client)
    assert len(queries) == 7


@pytest.mark.parametrize("rows", [1, 3])
def test_home_of_a_resident_costs_two_queries_more(as_user, resident, rows: int):
    client = as_user(resident)
    for number in range(rows):
        make_meeting(f"Minione {number}", state=HELD, date=days(-number - 1))
        make_topic()
        make_commitment()
    with CaptureQueriesContext(connection) as queries:
        home(client)
    assert len(queries) == 9
