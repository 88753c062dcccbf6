"""Supporting a comment and taking it back: who, where, how often, and that the count is exact."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from participants.limits import LimitReached
from participants.models import Resident
from tests import factories
from tests.topics.parallel import at_once
from topics import moderation
from topics.models import Comment, Reason, Support, Topic
from topics.refusals import CommentRefused
from topics.support import LIMIT, support, take_back

CROWD = 50


@pytest.fixture
def comment(topic) -> Comment:
    return factories.make_published(topic, author=factories.make_resident("Zofia"))


def counted(comment: Comment) -> tuple[int, int]:
    """What the column says, and what it should say."""
    return Comment.objects.get(pk=comment.pk).support_count, Support.objects.filter(comment=comment).count()


# -- The rule --------------------------------------------------------------------------------------------------


def test_supporting_twice_counts_once_and_taking_back_twice_as_well(comment, resident, neighbour):
    support(comment, by=neighbour)
    for _ in range(2):
        assert support(comment, by=resident).support_count == 2
    assert counted(comment) == (2, 2)
    for _ in range(2):
        assert take_back(comment, by=resident).support_count == 1
    assert counted(comment) == (1, 1)


@pytest.fixture
def people(comment, neighbour, moderator, editor, official) -> dict[str, Resident]:
    later = timezone.now() + datetime.timedelta(hours=1)
    return {
        "author": comment.author,
        "neighbour": neighbour,
        "moderator": moderator,
        "editor": editor,
        "official": official,
        "suspended": factories.make_resident("Adam", suspended_until=later),
        "unconfirmed": factories.make_resident("Ola", confirmed=False),
        "closed account": factories.make_resident("Ewa", is_active=False),
    }


MAY = {"neighbour", "moderator", "editor", "official"}


@pytest.mark.parametrize("persona", ["author", *sorted(MAY), "suspended", "unconfirmed", "closed account"])
def test_who_may_support(comment, people, persona: str):
    if persona in MAY:
        support(comment, by=people[persona])
    else:
        with pytest.raises(CommentRefused):
            support(comment, by=people[persona])
    assert counted(comment) == ((1, 1) if persona in MAY else (0, 0))


@pytest.mark.parametrize("state", ["waiting", "waiting again", "hidden", "withdrawn"])
def test_only_published_comments_are_supported(topic, comment, neighbour, moderator, state: str):
    support(comment, by=moderator)
    if state == "hidden":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    elif state == "waiting":
        comment = factories.make_comment(topic)
    else:
        changed = {"waiting again": "waiting"}.get(state, state)
        Comment.objects.filter(pk=comment.pk).update(state=changed, withdrawn_at=timezone.now())
    before = counted(comment)
    with pytest.raises(CommentRefused):
        support(comment, by=neighbour)
    assert counted(comment) == before


@pytest.mark.parametrize("state", ["open", "over", "closed", "archived"])
def test_talk_that_is_closed_takes_no_support_but_lets_it_go(topic, comment, neighbour, moderator, state: str):
    support(comment, by=moderator)
    ended = {"state": "open", "closes_on": datetime.date(2017, 9, 29)}
    changes = ended if state == "over" else {"state": state, "closed_at": timezone.now()}
    Topic.objects.filter(pk=topic.pk).update(**changes)
    if state == "open":
        support(comment, by=neighbour)
    else:
        with pytest.raises(CommentRefused):
            support(comment, by=neighbour)
    assert counted(comment) == ((2, 2) if state == "open" else (1, 1))
    take_back(comment, by=moderator)
    assert counted(comment) == ((1, 1) if state == "open" else (0, 0))


def test_sixty_in_ten_minutes_and_then_it_is_said_when_again(comment, neighbour):
    now = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
    for _ in range(LIMIT.times):
        support(comment, by=neighbour, now=now)
    with pytest.raises(LimitReached):
        support(comment, by=neighbour, now=now)
    support(comment, by=neighbour, now=now + datetime.timedelta(minutes=10))


# -- Exactness -------------------------------------------------------------------------------------------------

parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@parallel
def test_fifty_people_at_one_moment_are_fifty(comment):
    people = [factories.make_resident() for _ in range(CROWD)]
    results = at_once(*[lambda person=person: support(comment, by=person) for person in people])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert counted(comment) == (CROWD, CROWD)


@parallel
def test_fifty_clicks_of_one_person_are_one(comment, neighbour):
    results = at_once(*[lambda: support(comment, by=neighbour)] * CROWD)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert counted(comment) == (1, 1)


@parallel
def test_count_is_right_after_everything_at_once(topic, comment, moderator, capsys):
    """Half of the crowd takes back, half supports, while a moderator hides, restores and publishes."""
    people = [factories.make_resident() for _ in range(16)]
    for person in people[:8]:
        support(comment, by=person)
    waiting = factories.make_comment(topic, author=comment.author)
    at_once(
        *[lambda person=person: take_back(comment, by=person) for person in people[:8]],
        *[lambda person=person: support(comment, by=person) for person in people[8:]],
        lambda: moderation.hide(comment, by=moderator, reason=Reason.INSULT),
        lambda: moderation.restore(comment, by=moderator),
        lambda: moderation.publish(waiting, by=moderator),
    )
    is_, should_be = counted(comment)
    assert is_ == should_be <= 8
    assert not Support.objects.filter(comment=comment, resident__in=people[:8]).exists()
    call_command("recount", "--dry-run")
    assert capsys.readouterr().out == "All counters and cases are right (1 topics).\n"
