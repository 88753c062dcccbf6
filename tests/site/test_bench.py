"""What `make bench` stands on: a town whose counters are right, yardsticks, and a count of queries."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, F
from django.urls import reverse

from bench import load
from bench.matters import sessions_of
from bench.queries import ANSWER, ASK, QueryCountMiddleware
from bench.town import LONG_SLUG, MODERATOR, ROBOTS
from meetings.models import Meeting
from participants.models import Resident, Tally
from tests.panel import sign_in
from topics.models import Case, Comment, Question, Support, Topic


@pytest.fixture
def town(db, monkeypatch) -> None:
    monkeypatch.setattr(load, "MEETINGS", 20)
    load.load(300, waiting=30)


@pytest.fixture
def measured(settings) -> None:
    settings.GATES_OPEN = False
    settings.ROOT_URLCONF = "bench.urls"
    settings.MIDDLEWARE = [f"{QueryCountMiddleware.__module__}.{QueryCountMiddleware.__name__}", *settings.MIDDLEWARE]


def test_town_is_as_the_site_would_have_made_it(town):
    assert (Comment.objects.published().count(), Topic.objects.count(), Meeting.objects.count()) == (300, 3, 20)
    out = StringIO()
    call_command("recount", "--dry-run", stdout=out)
    assert "All counters and cases are right" in out.getvalue()


def test_pages_of_the_town_can_be_read(client, town):
    html = client.get(reverse("topics:detail", args=[LONG_SLUG])).content.decode()
    assert html.count('class="fk-comment') >= 20
    assert client.get(Meeting.objects.latest("date").get_absolute_url()).status_code == 200


def test_desks_of_the_town_are_full(town):
    waiting = Comment.objects.waiting()
    assert set(Case.objects.open().values_list("comment", flat=True)) == set(waiting.values_list("pk", flat=True))
    assert waiting.filter(position=None, published_at=None).count() == 30
    asked = Comment.objects.published().filter(kind=Comment.Kind.QUESTION)
    assert set(Question.objects.values_list("comment", flat=True)) == set(asked.values_list("pk", flat=True)) != set()
    assert set(Question.objects.values_list("state", flat=True)) == set(Question.State.values) - {"meeting", "promised"}
    counted = Comment.objects.annotate(right=Count("supports")).exclude(right=F("support_count"))
    assert (counted.count(), Support.objects.exists()) == (0, True)


def test_scripts_of_the_town_are_signed_in_and_trusted(client, town):
    robots = Resident.objects.filter(email__startswith="osoba").order_by("pk")[:ROBOTS]
    keys = sessions_of(robots)
    assert len(set(keys)) == ROBOTS
    client.cookies["sesja"] = keys[0]
    assert client.get("/").context["user"] == robots[0]
    for robot in robots:
        assert robot.comments.published().count() >= 2
        assert robot.emailaddress_set.filter(verified=True).exists()


def test_moderator_of_the_town_may_decide(client, town):
    moderator = Resident.objects.get(email=MODERATOR)
    assert moderator.has_perm("topics.change_comment")
    sign_in(client, moderator)
    assert client.get("/panel/").status_code == 200


def test_yardstick_that_writes_is_for_the_signed_in_and_writes_one_row(client, measured, resident):
    assert client.post("/yardstick/write/").status_code == 403
    client.force_login(resident)
    assert client.get("/yardstick/write/").status_code == 405
    response = client.post("/yardstick/write/", headers={ASK: "1"})
    assert (response.status_code, response.headers["Location"]) == (302, "/yardstick/")
    assert response.headers[ANSWER] == "3"  # the session, the account, the row
    assert Tally.objects.count() == 1


def test_yardstick_is_thirty_kilobytes_without_a_query(client, measured):
    response = client.get("/yardstick/", headers={ASK: "1"})
    assert len(response.content) == 30_000
    assert response.headers[ANSWER] == "0"


def test_queries_are_counted_where_they_are_asked_for(client, town, measured, django_assert_num_queries):
    address = reverse("topics:detail", args=[LONG_SLUG])
    counted = int(client.get(address, headers={ASK: "1"}).headers[ANSWER])
    with django_assert_num_queries(counted):
        assert ANSWER not in client.get(address).headers
