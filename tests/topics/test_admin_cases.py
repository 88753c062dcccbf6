"""The list of the queue: what it shows to whom, in which order, and what it costs; and taking a case."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from tests.topics.queue import LIST, Kind, appealed, held, html_of, levels, page, reported
from topics import cases, moderation
from topics.models import Case, Comment, Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(moderator: Resident, as_user) -> Client:
    return as_user(moderator)


# -- The list -------------------------------------------------------------------------------------------------------


def test_danger_first_then_the_oldest_and_nothing_that_is_decided(client, moderator):
    young, old, decided = held(), held(age=5), held(age=9)
    danger = reported(why="danger", is_urgent=True)
    moderation.publish(decided.comment, by=moderator)
    answer = client.get(LIST)
    assert list(answer.context["cl"].queryset) == [danger, old, young]
    assert list(client.get(f"{LIST}?standing=decided").context["cl"].queryset) == [decided]
    row = html_of(answer).split('id="result_list"')[1].split("</tr>")[1]
    assert "exclamation-triangle-fill" in row
    assert str(Case._meta.get_field("is_urgent").verbose_name) in row


def test_a_row_says_what_why_since_when_and_who_is_at_it(client, moderator):
    cases.claim(reported(times=3), by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    held(hold=Comment.Hold.PHONE)
    html = html_of(client.get(LIST))
    comment = Comment.objects.get(hold=Comment.Hold.PHONE)
    for words in ("Sąsiad to złodziej.", "(3)", "Ola", comment.get_hold_display(), comment.author_name):
        assert words in html
    assert comment.topic.title in html


def test_nobody_is_named_who_reported_and_nobody_s_address_is_shown(client):
    case = reported()
    for address in (LIST, page(case)):
        html = html_of(client.get(address))
        for secret in ("Zgłaszająca", "zofia0@", case.comment.author.email):
            assert secret not in html
    assert not client.get(LIST, {"q": case.comment.author.email}).context["cl"].queryset.exists()


def test_filters_and_search(client, moderator):
    mine, other, danger = held("Latarnia"), held("Hałas"), reported(why="danger", is_urgent=True)
    cases.claim(mine, by=moderator)
    cases.claim(other, by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    found = {
        "kind=held": {mine, other},
        "kind=reported": {danger},
        "kind=comments": {mine, other, danger},
        "kind=bzdura": {mine, other, danger},
        "urgent=1": {danger},
        "hands=mine": {mine},
        "hands=free": {mine, danger},
        f"topic={other.comment.topic_id}": {other},
        "topic=1;drop": {mine, other, danger},
        "q=latarnia": {mine},
    }
    for query, expected in found.items():
        assert set(client.get(f"{LIST}?{query}").context["cl"].queryset) == expected, query


@pytest.mark.parametrize("who", ["moderator", "administrator"])
def test_the_queue_opens_in_constant_queries(request, as_user, moderator, who: str):
    client = as_user(moderator if who == "moderator" else make_administrator())

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            html_of(client.get(LIST))
        return len(found)

    held(), reported(), appealed(factories.make_resident("Jan", roles=[Role.MODERATOR]))
    client.get(LIST)
    one = cost()
    for _ in range(3):
        held(), reported(times=2), appealed(factories.make_resident("Jan", roles=[Role.MODERATOR]))
    assert cost() == one
    assert one <= 12


def test_ten_thousand_cases_are_counted_no_further_and_listed_by_pages(client):
    first = held("Najdawniejszy", age=99)
    comment, topic = first.comment, first.comment.topic
    made = Comment.objects.bulk_create(
        Comment(
            topic=topic,
            author=comment.author,
            author_name="Hanna",
            text=f"Komentarz {number}",
            html=f"<p>Komentarz {number}</p>",
            created_at=comment.created_at,
            submission=f"00000000-0000-4000-8000-{number:012d}",
        )
        for number in range(10_050)
    )
    Case.objects.bulk_create(Case(kind=Kind.HELD, comment=c, opened_at=timezone.now()) for c in made)
    client.get(LIST)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(LIST)
    assert len(found) <= 12
    assert answer.context["cl"].result_count == 10_000
    assert next(iter(answer.context["cl"].result_list)) == first
    assert all("LIMIT" in q["sql"] for q in found if "COUNT(" in q["sql"])


# -- Taking ---------------------------------------------------------------------------------------------------------


def test_a_case_is_taken_and_given_back(client, moderator):
    case = held()
    client.post(page(case, "claim"))
    case.refresh_from_db()
    assert case.claimed_by == moderator
    client.post(page(case, "release"))
    case.refresh_from_db()
    assert case.claimed_by is None


@pytest.mark.parametrize("name", ["claim", "release"])
def test_taking_writes_nothing_on_get(client, name: str):
    case = held()
    assert client.get(page(case, name)).status_code == 405
    case.refresh_from_db()
    assert case.claimed_by is None


@pytest.mark.parametrize(("act", "sent"), [("publish", {}), ("hide", {"reason": "insult"})])
def test_what_somebody_else_is_at_is_decided_only_on_purpose(client, act: str, sent: dict):
    case = held()
    cases.claim(case, by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    assert "Ola" in html_of(client.get(page(case)))
    assert "error" in levels(client.post(page(case, "claim")))
    asked = client.post(page(case, act), {"seen_revision": 0, **sent})
    assert "Ola" in html_of(asked)
    assert "anyway" in asked.context["form"].errors
    assert not Decision.objects.exists()
    client.post(page(case, act), {"seen_revision": 0, "anyway": "on", **sent})
    assert Decision.objects.exists()
