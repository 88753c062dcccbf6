"""The queue behind its page: who sees what, the order, and who takes a case first."""

import datetime

import pytest
from django.utils import timezone

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator, make_staff
from tests.topics.parallel import at_once
from topics import cases, moderation
from topics.cases import CaseTaken, open_appeal, open_case
from topics.models import Appeal, Case, Comment, Decision, Reason
from topics.moderation import DecisionRefused

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
Kind = Case.Kind
parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def make_case(kind: str = Kind.HELD, **how) -> Case:
    comment = factories.make_comment(factories.make_topic())
    return open_case(comment, kind=kind, **{"now": NOW, **how})


def make_appeal(by: Resident) -> Case:
    comment = factories.make_published(factories.make_topic())
    moderation.hide(comment, by=by, reason=Reason.INSULT)
    decision = Decision.objects.latest("pk")
    return open_appeal(Appeal.objects.create(decision=decision, against=by, text="Nie", created_at=NOW), now=NOW)


@pytest.fixture
def other(db) -> Resident:
    return factories.make_resident("Ola", roles=[Role.MODERATOR])


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("moderator", {"held", "reported"}),
        ("judge", {"appeal"}),
        ("administrator", {"held", "reported", "appeal"}),
        ("first moderator, who judges too", {"held", "reported"}),
        ("editor", set()),
        ("staff", set()),
        ("resident", set()),
    ],
)
def test_who_sees_which_cases(moderator, editor, resident, who: str, kinds: set[str]):
    both = factories.make_resident("Jan", roles=[Role.MODERATOR, Role.APPEALS])
    people = {
        "moderator": moderator,
        "judge": factories.make_resident("Olga", roles=[Role.APPEALS]),
        "administrator": make_administrator(),
        "first moderator, who judges too": both,
        "editor": editor,
        "staff": make_staff(),
        "resident": resident,
    }
    make_case()
    make_case(Kind.REPORTED)
    make_appeal(both)
    assert set(Case.objects.visible_to(people[who]).values_list("kind", flat=True)) == kinds


def test_nobody_sees_a_matter_of_their_own_comment(moderator):
    """They would read who says what against them, and could not decide it."""
    own = [make_case(), make_case(Kind.REPORTED), make_appeal(moderator)]
    author = factories.make_resident("Jan", roles=[Role.MODERATOR, Role.APPEALS])
    assert set(Case.objects.visible_to(author)) == set(own)
    Comment.objects.update(author=author)
    assert not Case.objects.visible_to(author).exists()
    Comment.objects.update(author=None)
    assert set(Case.objects.visible_to(author)) == set(own)


def test_the_urgent_come_first_then_the_oldest(db):
    young = make_case()
    old = make_case(now=NOW - MINUTE)
    urgent = make_case(Kind.REPORTED, now=NOW + MINUTE, is_urgent=True)
    assert list(Case.objects.open().urgent_first()) == [urgent, old, young]


def test_neighbours_agree_with_the_order(db):
    for minutes in (3, 1, 2, 2):
        make_case(now=NOW + minutes * MINUTE)
        make_case(Kind.REPORTED, now=NOW + minutes * MINUTE, is_urgent=True)
    queue = list(Case.objects.open().urgent_first())
    for at, case in enumerate(queue):
        assert list(Case.objects.open().before(case).urgent_first()) == queue[:at]
        assert list(Case.objects.open().after(case).urgent_first()) == queue[at + 1 :]


def test_a_case_is_taken_given_back_and_taken_by_another(moderator, other):
    case = make_case()
    cases.claim(case, by=moderator)
    with pytest.raises(CaseTaken):
        cases.claim(case, by=other)
    cases.release(case, by=other)
    case.refresh_from_db()
    assert case.claimed_by == moderator
    cases.release(case, by=moderator)
    assert cases.claim(case, by=other).claimed_by == other


def test_a_claim_runs_out_after_half_an_hour(moderator, other):
    case = cases.claim(make_case(), by=moderator, now=NOW)
    assert case not in Case.objects.free_for(other, NOW + 29 * MINUTE)
    assert case in Case.objects.free_for(moderator, NOW)
    assert case in Case.objects.free_for(other, NOW + 30 * MINUTE)
    assert cases.claim(case, by=other, now=NOW + 30 * MINUTE).claimed_by == other


def test_what_is_decided_is_not_taken(moderator, other):
    case = make_case()
    moderation.publish(case.comment, by=other)
    with pytest.raises(CaseTaken):
        cases.claim(case, by=moderator)


@parallel
def test_one_of_many_takes_a_case(moderator):
    case = make_case()
    people = [factories.make_resident(f"Osoba {n}", roles=[Role.MODERATOR]) for n in range(4)]
    results = at_once(*[lambda p=p: cases.claim(Case.objects.get(pk=case.pk), by=p) for p in people])
    assert sorted(type(result).__name__ for result in results) == ["Case", "CaseTaken", "CaseTaken", "CaseTaken"]
    case.refresh_from_db()
    assert case.claimed_by in people


@parallel
def test_different_acts_at_one_moment_make_one_decision_about_view(moderator, other):
    comment = factories.make_comment(factories.make_topic(), "Zenon Kowalski hałasuje.")
    case = open_case(comment, kind=Kind.HELD, now=timezone.now())
    results = at_once(
        lambda: moderation.publish(Comment.objects.get(pk=comment.pk), by=moderator, seen_revision=0),
        lambda: moderation.hand_over(comment, "Dyżurny", "7", by=other, reason=Reason.THREAT, seen_revision=0),
        lambda: moderation.cut_out(comment, ["Kowalski"], by=other, reason=Reason.PRIVATE_DATA, seen_revision=0),
    )
    assert all(isinstance(result, Comment | DecisionRefused) for result in results)
    comment.refresh_from_db()
    comment.topic.refresh_from_db()
    done = Decision.objects.count()
    assert done == sum(isinstance(result, Comment) for result in results) >= 1
    assert comment.topic.comment_count == (comment.state == "published")
    assert Decision.objects.filter(act__in=["cut-out", "hand-over"]).count() == comment.sealed.count() <= 1
    case.refresh_from_db()
    assert (case.closed_at is None) == (comment.state == "waiting")


@parallel
def test_suspended_and_shut_out_at_one_moment_without_a_deadlock(moderator, other):
    author = factories.make_resident()
    mine, theirs = (factories.make_published(factories.make_topic(), author=author) for _ in range(2))
    results = at_once(
        lambda: moderation.suspend(mine, 24, by=moderator, reason=Reason.HATE, now=NOW),
        lambda: moderation.suspend(theirs, 720, by=other, reason=Reason.HATE, now=NOW),
    )
    assert all(isinstance(result, Comment) for result in results)
    author.refresh_from_db()
    assert author.suspended_until == NOW + datetime.timedelta(hours=720)
