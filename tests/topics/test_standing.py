"""Authors who are suspended, shut out and let in again: role × standing, and what it does at once."""

import datetime

import pytest
from django.utils import timezone

from participants.models import Letter, Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator, make_staff
from topics import moderation
from topics.models import Comment, Decision, Reason
from topics.moderation import DecisionRefused

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def comment(db) -> Comment:
    return factories.make_comment(factories.make_topic())


def suspend(comment: Comment, by: Resident, hours: int = 24, now: datetime.datetime = NOW) -> None:
    moderation.suspend(comment, hours, by=by, reason=Reason.HATE, now=now)
    comment.author.refresh_from_db()


def close(comment: Comment, by: Resident) -> None:
    moderation.close_account(comment, by=by, reason=Reason.HATE)
    comment.author.refresh_from_db()


@pytest.mark.parametrize("hours", [24, 72, 168, 720])
def test_author_is_suspended_for_the_hours_chosen(comment, moderator, hours: int):
    suspend(comment, moderator, hours)
    assert comment.author.suspended_until == NOW + hours * HOUR
    decision = Decision.objects.get()
    assert (decision.act, decision.hours, decision.reason) == ("suspend", hours, Reason.HATE)
    assert Letter.objects.get().to == comment.author.email


@pytest.mark.parametrize("hours", [0, 1, 25, 721, -24])
def test_no_other_number_of_hours_is_taken(comment, moderator, hours: int):
    with pytest.raises(DecisionRefused):
        suspend(comment, moderator, hours)


def test_a_longer_suspension_is_not_shortened(comment, moderator):
    suspend(comment, moderator, 720)
    suspend(comment, moderator, 24)
    assert comment.author.suspended_until == NOW + 720 * HOUR


def test_closed_account_is_signed_out_at_once_and_is_told(comment, moderator, as_user):
    client = as_user(comment.author)
    assert client.get("/").context["user"] == comment.author
    close(comment, moderator)
    assert not client.get("/").context["user"].is_authenticated
    assert not comment.author.is_active
    assert Letter.objects.get().to == comment.author.email


@pytest.mark.parametrize("act", [suspend, close])
@pytest.mark.parametrize("who", ["themselves", "moderator", "staff", "administrator", "official", "deleted", "closed"])
def test_moderators_shut_out_residents_alone(comment, moderator, official, act, who: str):
    authors = {
        "themselves": moderator,
        "moderator": factories.make_resident("Ola", roles=[Role.MODERATOR]),
        "staff": make_staff(),
        "administrator": make_administrator(),
        "official": official,
        "deleted": None,
        "closed": factories.make_resident("Jan", is_active=False),
    }
    Comment.objects.filter(pk=comment.pk).update(author=authors[who])
    before = list(Resident.objects.order_by("pk").values())
    with pytest.raises(DecisionRefused):
        act(comment, moderator)
    assert list(Resident.objects.order_by("pk").values()) == before
    assert not Decision.objects.exists()


def test_suspended_and_closed_authors_are_let_in_again(comment, moderator):
    suspend(comment, moderator, now=timezone.now())
    close(comment, moderator)
    moderation.lift(comment, by=moderator)
    comment.author.refresh_from_db()
    assert (comment.author.is_active, comment.author.suspended_until) == (True, None)
    assert Decision.objects.latest("pk").act == Decision.Act.LIFT
    assert Letter.objects.count() == 3


def test_account_that_no_moderator_closed_stays_closed(comment, moderator):
    Resident.objects.filter(pk=comment.author_id).update(is_active=False)
    with pytest.raises(DecisionRefused):
        moderation.lift(comment, by=moderator)


def test_who_is_neither_suspended_nor_closed_is_not_let_in(comment, moderator):
    suspend(comment, moderator, now=timezone.now() - 25 * HOUR)
    with pytest.raises(DecisionRefused):
        moderation.lift(comment, by=moderator)


def test_letting_in_ends_no_case(comment, moderator):
    comment = factories.make_published(comment.topic, author=comment.author)
    suspend(comment, moderator, now=timezone.now())
    comment.reports.create(why="insult", created_at=NOW)
    moderation.lift(comment, by=moderator)
    assert comment.reports.open().exists()
