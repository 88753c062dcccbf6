"""Two thousand scripted comments from fifty addresses and fifty accounts that everybody trusts."""

import datetime
import itertools
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.limits import LimitReached
from participants.models import Resident
from participants.robots import opened_token
from tests import factories
from topics.discussion import add_comment
from topics.models import Comment, Topic
from topics.refusals import CommentRefused

ADDRESSES = ACCOUNTS = 50
VISIBLE = 20  # fewer than that may be seen without a moderator
NIGHT = datetime.datetime(2026, 11, 23, 1, 0, tzinfo=datetime.UTC)
A_YEAR = datetime.timedelta(days=365)
THINGS = ["Kupcie", "Sprawdźcie", "Zobaczcie", "Obejrzyjcie", "Weźcie"], ["tanie", "dobre", "nowe", "ładne"]
number = itertools.count(1)


@pytest.fixture
def accounts(topic) -> list[Resident]:
    """A year old, with two published comments each: no rule about newcomers is in the way."""
    elsewhere = factories.make_topic("Gdzie indziej")
    accounts = [factories.make_resident(f"Konto {n}", date_joined=NIGHT - A_YEAR) for n in range(ACCOUNTS)]
    for account, _ in itertools.product(accounts, range(2)):
        factories.make_published(elsewhere, author=account, created_at=NIGHT - A_YEAR / 2)
    return accounts


def new_text() -> str:
    n = next(number)
    verb, what = (words[n % len(words)] for words in THINGS)
    return f"{verb} {what} rzeczy z naszego straganu przy rynku, towar numer {'abcdefghij'[n % 10] * (n % 7 + 1)} {n}."


def script(topic: Topic, author: Resident, address: str, now: datetime.datetime, **how) -> Comment | None:
    form = {"topic": topic, "author": author, "text": new_text(), "submission": uuid.uuid4(), "now": now}
    try:
        return add_comment(**form, visitor=address, **{"seconds": 10, **how})
    except (CommentRefused, LimitReached):
        return None


def seen(topic: Topic) -> int:
    topic.refresh_from_db()
    assert topic.comment_count == topic.comments.published().count()
    return topic.comment_count


@pytest.mark.parametrize(("posts", "minutes"), [(2_000, 8), (600, 360)], ids=["burst", "patient"])
def test_scripted_comments_leave_fewer_than_twenty_visible(topic, accounts, posts: int, minutes: int):
    for n in range(posts):
        moment = NIGHT + n * datetime.timedelta(minutes=minutes) / posts
        script(topic, accounts[n % ACCOUNTS], f"adres {n % ADDRESSES}", moment)
    assert 0 < seen(topic) < VISIBLE
    assert topic.comments.waiting().filter(hold=Comment.Hold.FLOOD).count() > 100


def test_scripts_that_use_the_form_fare_no_better(topic, accounts):
    clients = [Client(REMOTE_ADDR=f"192.0.2.{n + 1}") for n in range(ADDRESSES)]
    for client, account in zip(clients, accounts, strict=True):
        client.force_login(account)
    address = reverse("topics:comment", args=[topic.slug])
    for n in range(200):
        opened = opened_token(timezone.now() - datetime.timedelta(seconds=10))
        form = {"text": new_text(), "submission": str(uuid.uuid4()), "danger": "no", "opened": opened, "proof": ""}
        assert clients[n % ADDRESSES].post(address, form).status_code in {302, 422, 429}
    assert 0 < seen(topic) < VISIBLE
    page = Client().get(topic.get_absolute_url()).content.decode()
    assert 0 < page.count("z naszego straganu") < VISIBLE


def test_scripts_that_are_asked_for_work_and_do_none_keep_the_flood_alive(topic, accounts):
    """Without the field of the proof nothing is stored of what they send after the first dozen."""
    for n in range(600):
        moment = NIGHT + n * datetime.timedelta(hours=6) / 600
        script(topic, accounts[n % ACCOUNTS], f"adres {n % ADDRESSES}", moment, solved=None)
    assert 0 < seen(topic) < VISIBLE
    assert not topic.comments.waiting().exists()
    later = moment + datetime.timedelta(minutes=11)
    assert script(topic, accounts[0], "dom", later, solved=None).state == Comment.State.PUBLISHED


def test_person_who_shows_work_is_seen_in_a_flood(topic, accounts):
    *robots, person = accounts
    for n, robot in enumerate(robots):
        script(topic, robot, f"adres {n}", NIGHT)
    assert script(topic, person, "dom", NIGHT).state == Comment.State.WAITING
    assert script(topic, person, "dom", NIGHT, solved=True).state == Comment.State.PUBLISHED


def test_when_the_flood_is_over_comments_are_seen_again(topic, accounts):
    for n, robot in enumerate(accounts[1:]):
        script(topic, robot, f"adres {n}", NIGHT)
    morning = NIGHT + datetime.timedelta(hours=6)
    assert script(topic, accounts[0], "dom", morning).state == Comment.State.PUBLISHED
