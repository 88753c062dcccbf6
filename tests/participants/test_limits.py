"""Limits: counted together by all processes, forgotten when they are over."""

import datetime

import pytest
from django.db import transaction
from django.test import RequestFactory

from participants.limits import Limit, LimitReached, forget_tallies, take, visitor
from participants.models import Tally
from tests.topics.parallel import at_once

NOON = datetime.datetime(2026, 11, 23, 11, 0, tzinfo=datetime.UTC)  # 12:00 in Warsaw
THREE = Limit("proba", 3, 600)


def after(minutes: int) -> datetime.datetime:
    return NOON + datetime.timedelta(minutes=minutes)


@pytest.mark.django_db
def test_more_than_the_limit_is_refused_until_the_window_ends():
    for _ in range(3):
        take((THREE, "a"), now=NOON)
    with pytest.raises(LimitReached) as refusal:
        take((THREE, "a"), now=after(9))
    assert refusal.value.until == after(10)
    take((THREE, "b"), now=after(9))
    take((THREE, "a"), now=after(10))


@pytest.mark.django_db
def test_the_first_full_limit_of_several_refuses():
    day = Limit("dzien", 1, 86_400)
    take((THREE, "a"), (day, "a"), now=NOON)
    with pytest.raises(LimitReached) as refusal:
        take((THREE, "a"), (day, "a"), now=NOON)
    assert refusal.value.until == datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)


@pytest.mark.django_db
def test_a_count_shares_the_fate_of_its_transaction():
    with transaction.atomic():
        take((THREE, "a"), now=NOON)
        transaction.set_rollback(True)
    assert not Tally.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_parallel_tries_are_counted_exactly():
    results = at_once(*[lambda: take((Limit("proba", 4, 600), "a"), now=NOON)] * 12)
    assert [type(result) for result in results if result].count(LimitReached) == 8
    assert Tally.objects.get().count in range(4, 13)  # refusals outside a transaction stay counted


@pytest.mark.django_db
def test_old_windows_are_forgotten():
    take((THREE, "a"), now=NOON - datetime.timedelta(days=3))
    take((THREE, "b"), now=NOON)
    assert forget_tallies(NOON) == 1
    assert Tally.objects.get().key == "proba:b"


def test_a_visitor_is_counted_by_a_hash_that_names_no_address():
    def of(address: str) -> str:
        return visitor(RequestFactory().get("/", REMOTE_ADDR=address))

    assert of("192.0.2.1") == of("192.0.2.1") != of("192.0.2.2")
    assert of("2001:db8:1:2::1") == of("2001:db8:1:2::ffff") != of("2001:db8:1:3::1")
    assert of("2001:db8::1") == of("2001:0db8::ffff") == of("2001:db8:0:0:5::1") != of("2001:db8:0:5::1")
    assert of("::ffff:192.0.2.1") == of("192.0.2.1") != of("::ffff:192.0.2.2")
    assert of("unknown") == of("unknown") != of("192.0.2.1")
    assert "192" not in of("192.0.2.1")
