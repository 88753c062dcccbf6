"""What an appeal undoes: by whom, of which decision, and what it leaves alone."""

import datetime

import pytest
from django.utils import timezone

from participants.models import Resident
from participants.roles import Role
from tests import factories
from topics import moderation
from topics.cases import open_case
from topics.models import Case, Comment, Decision, Reason, Topic
from topics.moderation import DecisionRefused
from topics.sealing import erase_due

TEXT = "Zenon Kowalski hałasuje."
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def comment(db) -> Comment:
    return factories.make_published(factories.make_topic(), TEXT)


def decided(act: str, comment: Comment, by: Resident) -> Decision:
    how = {"by": by, "reason": Reason.INSULT}
    acts = {
        "hide": lambda: moderation.hide(comment, **how),
        "set aside": lambda: moderation.set_aside(comment, Reason.INSULT),
        "cut out": lambda: moderation.cut_out(comment, ["Kowalski"], **how),
        "hand over": lambda: moderation.hand_over(comment, "Dyżurny", "KMP-7", **how),
        "suspend": lambda: moderation.suspend(comment, 72, **how),
        "close": lambda: moderation.close_account(comment, **how),
    }
    acts[act]()
    return Decision.objects.latest("pk")


AGAINST = ["hide", "set aside", "cut out", "hand over", "suspend", "close"]


@pytest.mark.parametrize("act", AGAINST)
def test_everything_is_as_it_was(comment, moderator, judge, act: str):
    counts = Topic.objects.values().get()
    author = Resident.objects.values("is_active", "suspended_until").get(pk=comment.author_id)
    comment.versions.create(
        number=1, text="Wcześniej", was_public=True, written_at=timezone.now(), replaced_at=timezone.now()
    )
    decision = decided(act, comment, moderator)
    undone = moderation.reverse(decision, by=judge, note="Za surowo.")
    assert (undone.role, undone.decided_by, undone.note) == (Decision.Role.APPEALS, judge, "Za surowo.")
    assert undone.act == (Decision.Act.LIFT if act in {"suspend", "close"} else Decision.Act.RESTORE)
    comment.refresh_from_db()
    assert (comment.state, comment.text, comment.hidden_reason) == ("published", TEXT, "")
    assert comment.versions.get().text == "Wcześniej"
    assert Topic.objects.values().get() == counts
    assert Resident.objects.values("is_active", "suspended_until").get(pk=comment.author_id) == author
    assert Decision.objects.filter(pk=decision.pk).exists()


def test_refused_comment_is_published(moderator, judge):
    comment = factories.make_comment(factories.make_topic(), TEXT)
    moderation.reverse(decided("hide", comment, moderator), by=judge)
    comment.refresh_from_db()
    assert (comment.state, comment.position) == ("published", 1)


@pytest.mark.parametrize("who", ["first moderator", "author", "moderator", "editor", "resident", "duty"])
@pytest.mark.parametrize("act", AGAINST[2:])
def test_only_somebody_else_with_the_permission_undoes(comment, moderator, editor, resident, judge, act, who: str):
    both = factories.make_resident("Ola", roles=[Role.MODERATOR, Role.APPEALS])
    decision = decided(act, comment, both if who == "first moderator" else moderator)
    people = {
        "first moderator": both,
        "author": comment.author,
        "moderator": factories.make_resident("Ewa", roles=[Role.MODERATOR]),
        "editor": editor,
        "resident": resident,
        "duty": factories.make_resident("Piotr", roles=[Role.DUTY]),
    }
    with pytest.raises(DecisionRefused):
        moderation.reverse(decision, by=people[who])
    assert Decision.objects.count() == 1


def test_judge_does_not_undo_what_was_decided_about_their_own_comment(moderator, judge):
    comment = factories.make_published(factories.make_topic(), author=judge)
    with pytest.raises(DecisionRefused):
        moderation.reverse(decided("hide", comment, moderator), by=judge)


def test_what_took_nothing_is_not_undone(moderator, judge):
    comment = factories.make_comment(factories.make_topic())
    moderation.publish(comment, by=moderator)
    with pytest.raises(DecisionRefused):
        moderation.reverse(Decision.objects.get(), by=judge)


def test_what_was_undone_already_is_only_written_down(comment, moderator, judge):
    decision = decided("hide", comment, moderator)
    moderation.restore(comment, by=moderator)
    comment.reports.create(why="insult", created_at=timezone.now())
    open_case(comment, kind=Case.Kind.REPORTED, now=timezone.now())
    assert moderation.reverse(decision, by=judge).act == Decision.Act.KEEP
    assert comment.reports.open().exists()
    assert Case.objects.open().exists()


def test_what_a_later_decision_hides_stays_hidden(comment, moderator, judge):
    first = decided("hide", comment, moderator)
    moderation.restore(comment, by=moderator)
    decided("hide", comment, moderator)
    with pytest.raises(DecisionRefused):
        moderation.reverse(first, by=judge)
    comment.refresh_from_db()
    assert comment.state == "hidden"


def test_what_was_handed_over_later_is_not_shown_as_a_placeholder(comment, moderator, judge):
    first = decided("hide", comment, moderator)
    decided("hand over", comment, moderator)
    with pytest.raises(DecisionRefused):
        moderation.reverse(first, by=judge)
    comment.refresh_from_db()
    assert comment.state == "hidden"


def test_what_the_author_withdrew_stays_withdrawn(comment, moderator, judge):
    decision = decided("hand over", comment, moderator)
    Comment.objects.filter(pk=comment.pk).update(state="withdrawn", withdrawn_at=timezone.now())
    assert moderation.reverse(decision, by=judge).act == Decision.Act.KEEP
    comment.refresh_from_db()
    assert (comment.state, comment.text, comment.is_handed_over) == ("withdrawn", TEXT, False)


def test_erased_original_does_not_come_back(comment, moderator, judge):
    over, cut = decided("hand over", comment, moderator), None
    other = factories.make_published(comment.topic, TEXT)
    cut = decided("cut out", other, moderator)
    erase_due(timezone.now() + datetime.timedelta(days=91))
    with pytest.raises(DecisionRefused):
        moderation.reverse(over, by=judge)
    assert moderation.reverse(cut, by=judge).act == Decision.Act.KEEP
    other.refresh_from_db()
    assert "Kowalski" not in other.text


def test_text_changed_since_the_cut_is_not_overwritten(comment, moderator, judge):
    first = decided("cut out", comment, moderator)
    moderation.cut_out(comment, ["Zenon"], by=moderator, reason=Reason.PRIVATE_DATA)
    assert moderation.reverse(first, by=judge).act == Decision.Act.KEEP
    comment.refresh_from_db()
    assert "Kowalski" not in comment.text
    assert "Zenon" not in comment.text


def test_a_second_suspension_stands_when_the_first_is_undone(comment, moderator, judge):
    first = decided("suspend", comment, moderator)
    moderation.suspend(comment, 24, by=moderator, reason=Reason.HATE)
    second = Decision.objects.latest("pk")
    moderation.reverse(first, by=judge)
    comment.author.refresh_from_db()
    assert comment.author.suspended_until == second.decided_at + 24 * HOUR
