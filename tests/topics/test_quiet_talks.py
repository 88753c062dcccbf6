"""Talks in which nobody writes: closed after the months that their category says, and never beside a comment."""

import datetime
import uuid

import pytest
from django.utils import timezone

from participants.dates import months_before
from participants.models import Resident
from tests import factories
from tests.topics.parallel import at_once
from topics import publication
from topics.discussion import TalkClosed, add_comment
from topics.models import Category, Comment, Topic
from topics.publication import close_quiet

NOW = datetime.datetime(2026, 11, 26, 12, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
State = Topic.State


@pytest.fixture
def category(db) -> Category:
    return Category.objects.create(name="Patrole", quiet_months=6)


def quiet(category: Category, *, days: int = 200, now: datetime.datetime = NOW, **fields) -> Topic:
    then = now - days * DAY
    return factories.make_topic(category=category, published_at=then, active_at=then, **fields)


def write(topic: Topic, author: Resident, **how) -> Comment:
    return add_comment(topic=topic, author=author, text="Nadal ciemno.", submission=uuid.uuid4(), **how)


def test_quiet_talk_is_closed_and_the_rest_is_left(category):
    quiet_one, lively = quiet(category), quiet(category, days=170)
    other = quiet(Category.objects.create(name="Inne", quiet_months=None))
    archived, draft = quiet(category, state=State.ARCHIVED), quiet(category, state=State.DRAFT)
    assert close_quiet(NOW) == 1
    quiet_one.refresh_from_db()
    assert (quiet_one.state, quiet_one.closed_at) == (State.CLOSED, NOW)
    states = {topic: Topic.objects.get(pk=topic.pk).state for topic in (lively, other, archived, draft)}
    assert states == {lively: "open", other: "open", archived: "archived", draft: "draft"}


def test_second_run_changes_nothing(category):
    topic = quiet(category)
    assert [close_quiet(NOW), close_quiet(NOW + DAY)] == [1, 0]
    topic.refresh_from_db()
    assert topic.closed_at == NOW


@pytest.mark.parametrize(("late", "closed"), [(-1, 0), (0, 0), (1, 1)])
def test_talk_closes_after_the_very_month(category, late: int, closed: int):
    limit = months_before(NOW, 6)
    factories.make_topic(category=category, active_at=limit - late * datetime.timedelta(seconds=1))
    assert close_quiet(NOW) == closed


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [("2026-11-26", 6, "2026-05-26"), ("2026-08-31", 6, "2026-02-28"), ("2026-01-15", 1, "2025-12-15")],
)
def test_months_follow_the_calendar(moment: str, months: int, expected: str):
    noon = timezone.make_aware(datetime.datetime.fromisoformat(f"{moment}T12:00"))
    before = months_before(noon, months)
    assert timezone.localtime(before).isoformat()[:16] == f"{expected}T12:00"


def test_comment_that_waits_for_a_moderator_keeps_the_talk_open(category):
    topic = quiet(category)
    factories.make_comment(topic)
    assert close_quiet(NOW) == 0
    Comment.objects.update(state=Comment.State.HIDDEN, hidden_at=NOW, hidden_reason="advert")
    assert close_quiet(NOW) == 1


def test_talk_opened_again_is_not_closed_within_the_hour(category, editor):
    topic = quiet(category)
    close_quiet(NOW)
    publication.open_talk(topic, by=editor, now=NOW + DAY)
    assert close_quiet(NOW + 2 * DAY) == 0
    assert close_quiet(NOW + 200 * DAY) == 1


def test_residents_write_there_no_more_and_officials_do(category, resident, official):
    topic = quiet(category)
    close_quiet(NOW)
    with pytest.raises(TalkClosed):
        write(topic, resident)
    assert write(topic, official).state == Comment.State.PUBLISHED


@pytest.mark.parametrize("closes_on", [NOW.date() - DAY])
def test_talk_over_on_its_date_takes_officials_only(resident, official, closes_on):
    topic = factories.make_topic(closes_on=closes_on)
    with pytest.raises(TalkClosed):
        write(topic, resident, now=NOW)
    assert write(topic, official, now=NOW).state == Comment.State.PUBLISHED


@pytest.mark.parametrize("talks", [1, 3])
def test_talks_that_are_not_quiet_cost_two_queries(category, django_assert_num_queries, talks: int):
    for _ in range(talks):
        quiet(category, days=10)
    with django_assert_num_queries(2):
        close_quiet(NOW)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_comment_written_at_the_same_moment_is_not_lost(category):
    """Either it keeps the talk open, or its author is told that the talk is closed."""
    author, now = factories.make_resident(), timezone.now()
    seen = factories.make_topic()
    for _ in range(2):  # the author is known by now, so nothing is held
        factories.make_published(seen, author=author)
    topic = quiet(category, now=now)
    written, closed = at_once(lambda: write(topic, author), lambda: close_quiet(now))
    topic.refresh_from_db()
    if closed:
        assert isinstance(written, TalkClosed)
        assert (topic.state, topic.comments.count()) == (State.CLOSED, 0)
    else:
        assert written.state == Comment.State.PUBLISHED
        assert topic.state == State.OPEN
