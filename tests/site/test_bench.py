"""What `make bench` stands on: a town whose counters are right, a yardstick, and a count of queries."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from bench import load
from bench.queries import ANSWER, ASK, QueryCountMiddleware
from bench.town import LONG_SLUG
from meetings.models import Meeting
from topics.models import Comment, Topic


@pytest.fixture
def town(db, monkeypatch) -> None:
    monkeypatch.setattr(load, "MEETINGS", 20)
    load.load(300)


@pytest.fixture
def measured(settings) -> None:
    settings.ROOT_URLCONF = "bench.urls"
    settings.MIDDLEWARE = [f"{QueryCountMiddleware.__module__}.{QueryCountMiddleware.__name__}", *settings.MIDDLEWARE]


def test_town_is_as_the_site_would_have_made_it(town):
    assert (Comment.objects.count(), Topic.objects.count(), Meeting.objects.count()) == (300, 3, 20)
    out = StringIO()
    call_command("recount", "--dry-run", stdout=out)
    assert "All counters are right" in out.getvalue()


def test_pages_of_the_town_can_be_read(client, town):
    html = client.get(reverse("topics:detail", args=[LONG_SLUG])).content.decode()
    assert html.count('class="fk-comment') >= 20
    assert client.get(Meeting.objects.latest("date").get_absolute_url()).status_code == 200


def test_yardstick_is_thirty_kilobytes_without_a_query(client, measured):
    response = client.get("/yardstick/", headers={ASK: "1"})
    assert len(response.content) == 30_000
    assert response.headers[ANSWER] == "0"


def test_queries_are_counted_where_they_are_asked_for(client, town, measured, django_assert_num_queries):
    address = reverse("topics:detail", args=[LONG_SLUG])
    counted = int(client.get(address, headers={ASK: "1"}).headers[ANSWER])
    with django_assert_num_queries(counted):
        assert ANSWER not in client.get(address).headers
