"""The RSS feed of meetings."""

import datetime
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting
from tests import factories

State = Meeting.State
pytestmark = pytest.mark.django_db


def items(client: Client) -> list[dict[str, str]]:
    response = client.get("/spotkania/rss/", headers={"accept-language": "en"})
    assert response["Content-Type"].startswith("application/rss+xml")
    channel = ElementTree.fromstring(response.content).find("channel")  # noqa: S314 - our own answer
    return [{part.tag: part.text or "" for part in item} for item in channel.iter("item")]


def test_feed_tells_what_when_and_where_to_read_on(client: Client):
    factories.make_meeting("Majowe", state=State.HELD, date=datetime.date(2017, 5, 29), lead="O osiedlach.")
    (item,) = items(client)
    assert item["title"] == "Majowe"
    assert item["link"] == item["guid"] == "http://testserver/spotkania/2017/majowe/"
    assert "2017" in item["description"]
    assert "O osiedlach." in item["description"]


def test_feed_has_the_twenty_published_last_newest_first(client: Client):
    now = timezone.now()
    for number in range(22):
        published_at = now - datetime.timedelta(hours=number)
        factories.make_meeting(f"Spotkanie {number}", state=State.HELD, published_at=published_at)
    assert [item["title"] for item in items(client)] == [f"Spotkanie {number}" for number in range(20)]


def test_feed_marks_cancelled_meetings_and_examples(client: Client):
    factories.make_meeting("Odwołane", state=State.CANCELLED, published_at=timezone.now())
    factories.make_meeting("Pokaz", is_example=True, published_at=timezone.now() - datetime.timedelta(hours=1))
    assert [item["title"] for item in items(client)] == ["Cancelled: Odwołane", "Example: Pokaz"]


def test_feed_survives_characters_that_xml_does_not_know(client: Client):
    factories.make_meeting("Zły\x01 tytuł", slug="zly", lead="Dzwonek\x07 & <b>")
    (item,) = items(client)
    assert item["title"] == "Zły tytuł"
    assert "Dzwonek & <b>" in item["description"]


def test_feed_of_an_empty_site_is_valid(client: Client):
    assert items(client) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_feed_costs_one_query(rows: int, client: Client, django_assert_num_queries):
    for number in range(rows):
        factories.make_meeting(f"Spotkanie {number}")
    with django_assert_num_queries(1):
        assert len(items(client)) == rows
