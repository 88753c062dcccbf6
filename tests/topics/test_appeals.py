"""What authors say against a decision: who may, when, once; and that somebody else decides it."""

import datetime

import pytest
from django.utils import timezone

from participants.models import Letter, Resident
from participants.roles import Role
from tests import factories
from tests.mailbox import last_letter
from tests.topics.parallel import at_once
from topics import appeals, moderation
from topics.appeals import AppealRefused
from topics.models import APPEAL_LIMIT, Appeal, Case, Comment, Decision, Reason
from topics.statements import statement_url

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
WHY = "To był cytat, nie obelga."
Act, Outcome = Decision.Act, Appeal.Outcome
parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def judge(db: None) -> Resident:
    """A person with this permission only."""
    return factories.make_resident("Jan", roles=[Role.APPEALS])


@pytest.fixture
def hidden(moderator) -> Decision:
    comment = factories.make_published(factories.make_topic("Oświetlenie"), "Tajny tekst")
    moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    Letter.objects.all().delete()
    return Decision.objects.select_related("comment__author").get()


def make_decision(act: str, **fields) -> Decision:
    comment = factories.make_published(factories.make_topic())
    fields.setdefault("reason", Reason.INSULT if act in Decision.AGAINST else "")
    fields.setdefault("hours", 24 if act == Act.SUSPEND else None)
    fields.setdefault("decided_at", NOW)
    if act in Decision.OUT_OF_SIGHT:
        Comment.objects.filter(pk=comment.pk).update(state="hidden", hidden_at=NOW, hidden_reason="insult")
        comment.refresh_from_db()
    return Decision.objects.create(comment=comment, act=act, rules_version="2026-11", **fields)


# -- Appealing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", Act.values)
def test_only_what_takes_something_can_be_appealed(db, act: str):
    decision = make_decision(act)
    if act not in Decision.AGAINST:
        with pytest.raises(AppealRefused):
            appeals.appeal(decision, text=WHY, now=NOW)
        assert not Appeal.objects.exists()
        return
    made = appeals.appeal(decision, text=WHY, now=NOW)
    assert (made.decision, made.text, made.created_at, made.outcome) == (decision, WHY, NOW, "")
    case = Case.objects.open().get()
    assert (case.kind, case.appeal, case.comment, case.opened_at) == (Case.Kind.APPEAL, made, decision.comment, NOW)


def test_receipt_goes_to_the_author_and_case_to_another(hidden, moderator, judge):
    made = appeals.appeal(hidden, text=WHY)
    letter = last_letter(hidden.comment.author.email)
    assert WHY in letter.body
    assert statement_url(hidden) in letter.body
    assert made.against == moderator
    for person, sees in ((judge, True), (moderator, False), (hidden.comment.author, False)):
        assert Case.objects.visible_to(person).filter(appeal=made).exists() is sees


def test_program_s_decision_is_against_nobody(db):
    made = appeals.appeal(make_decision(Act.SET_ASIDE, role=Decision.Role.PROGRAM), text=WHY, now=NOW)
    assert made.against is None


def test_appeal_comes_once(hidden):
    appeals.appeal(hidden, text=WHY)
    with pytest.raises(AppealRefused):
        appeals.appeal(hidden, text="Jeszcze raz")
    assert (Appeal.objects.get().text, Letter.objects.count(), Case.objects.open().count()) == (WHY, 1, 1)


@pytest.mark.parametrize(("late", "taken"), [(datetime.timedelta(0), True), (datetime.timedelta(seconds=1), False)])
def test_appeal_comes_in_time(db, late: datetime.timedelta, taken: bool):
    decision = make_decision(Act.HIDE)
    if taken:
        appeals.appeal(decision, text=WHY, now=decision.appeal_until + late)
    else:
        with pytest.raises(AppealRefused):
            appeals.appeal(decision, text=WHY, now=decision.appeal_until + late)
    assert Appeal.objects.exists() is taken
    six_months_later = NOW.replace(year=2027, month=5)
    assert decision.appeal_until >= six_months_later


def test_outcome_of_an_appeal_is_not_appealed(db):
    with pytest.raises(AppealRefused):
        appeals.appeal(make_decision(Act.HIDE, role=Decision.Role.APPEALS), text=WHY, now=NOW)


def test_what_was_restored_since_is_not_appealed(hidden, moderator):
    moderation.restore(hidden.comment, by=moderator)
    hidden.comment.refresh_from_db()
    with pytest.raises(AppealRefused):
        appeals.appeal(hidden, text=WHY)


def test_newer_decision_is_appealed_and_the_older_not(hidden, moderator):
    moderation.restore(hidden.comment, by=moderator)
    moderation.hide(hidden.comment, by=moderator, reason=Reason.CASE)
    older, newer = hidden, Decision.objects.latest("pk")
    older.comment.refresh_from_db()
    with pytest.raises(AppealRefused):
        appeals.appeal(older, text=WHY)
    assert appeals.appeal(newer, text=WHY).decision == newer


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b", "a" * (APPEAL_LIMIT + 1), "a" * 10**6])
def test_text_is_needed_and_has_an_end(hidden, text: str):
    with pytest.raises(AppealRefused):
        appeals.appeal(hidden, text=text)
    assert not Appeal.objects.exists()


def test_text_is_tidied(hidden):
    assert appeals.appeal(hidden, text="raz\r\n\u202edwa ").text == "raz\ndwa"


def test_author_who_is_gone_gets_no_letter(hidden):
    hidden.comment.author.delete()
    hidden = Decision.objects.select_related("comment__author").get()
    appeals.appeal(hidden, text=WHY)
    assert not Letter.objects.exists()


def test_author_of_a_closed_account_gets_letters_about_the_appeal(hidden, judge):
    Resident.objects.filter(pk=hidden.comment.author_id).update(is_active=False)
    made = appeals.appeal(hidden, text=WHY)
    appeals.decide(made, by=judge, outcome=Outcome.UPHELD, note="Tak")
    assert Letter.objects.filter(to=hidden.comment.author.email).count() == 2


# -- Deciding -----------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(hidden) -> Appeal:
    made = appeals.appeal(hidden, text=WHY)
    Letter.objects.all().delete()
    return made


def test_decision_stands_with_a_reason(waiting, judge):
    decided = appeals.decide(waiting, by=judge, outcome=Outcome.UPHELD, note="Zdanie drugie obraża.", now=NOW)
    decided.refresh_from_db()
    assert (decided.outcome, decided.note) == (Outcome.UPHELD, "Zdanie drugie obraża.")
    assert (decided.decided_by, decided.decided_by_name, decided.decided_at) == (judge, judge.signature, NOW)
    assert Case.objects.get(appeal=waiting).closed_at == NOW
    comment = waiting.decision.comment
    comment.refresh_from_db()
    assert comment.state == Comment.State.HIDDEN
    letter = Letter.objects.get()
    assert letter.to == comment.author.email
    assert "Zdanie drugie obraża." in letter.body
    assert judge.signature not in letter.body


@pytest.mark.parametrize("persona", ["who decided", "author", "moderator", "editor", "neighbour", "former judge"])
def test_not_everybody_decides(waiting, moderator, editor, neighbour, persona: str):
    author = waiting.decision.comment.author
    for person in (moderator, author):
        person.groups.add(*factories.make_resident(roles=[Role.APPEALS]).groups.all())
    former = factories.make_resident("Igor", roles=[Role.APPEALS])
    former.groups.clear()
    other = factories.make_resident("Ola", roles=[Role.MODERATOR])
    people = {"who decided": moderator, "author": author, "moderator": other, "editor": editor}
    people |= {"neighbour": neighbour, "former judge": former}
    for outcome in Outcome.values:
        with pytest.raises(AppealRefused):
            appeals.decide(waiting, by=Resident.objects.get(pk=people[persona].pk), outcome=outcome, note="Bo tak")
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.decision.comment.state) == ("", Comment.State.HIDDEN)
    assert Case.objects.open().filter(appeal=waiting).exists()
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "note"),
    [(Outcome.UPHELD, ""), (Outcome.UPHELD, " \n"), (Outcome.UPHELD, "a" * 501), ("", "Nie"), ("maybe", "Nie")],
)
def test_incomplete_outcome_is_refused(waiting, judge, outcome: str, note: str):
    with pytest.raises(AppealRefused):
        appeals.decide(waiting, by=judge, outcome=outcome, note=note)
    waiting.refresh_from_db()
    assert waiting.outcome == ""


@pytest.mark.parametrize("second", Outcome.values)
def test_what_is_decided_stays_decided(waiting, judge, second: str):
    other = factories.make_resident("Ola", roles=[Role.APPEALS])
    appeals.decide(waiting, by=judge, outcome=Outcome.UPHELD, note="Tak")
    with pytest.raises(AppealRefused):
        appeals.decide(waiting, by=other, outcome=second, note="Nie")
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.decided_by, Letter.objects.count()) == (Outcome.UPHELD, judge, 1)


def test_comment_shown_by_a_moderator_meanwhile_leaves_nothing_to_reverse(waiting, judge, moderator):
    moderation.restore(waiting.decision.comment, by=moderator)
    Letter.objects.all().delete()
    appeals.decide(waiting, by=judge, outcome=Outcome.REVERSED)
    waiting.refresh_from_db()
    assert waiting.outcome == Outcome.REVERSED
    assert Decision.objects.latest("pk").act == Act.KEEP
    assert Letter.objects.count() == 1


TAKEN = {
    "hide": lambda comment, by: moderation.hide(comment, by=by, reason=Reason.HATE),
    "refuse": lambda comment, by: moderation.hide(comment, by=by, reason=Reason.HATE),
    "cut-out": lambda comment, by: moderation.cut_out(comment, ["sąsiada Nowaka"], by=by, reason=Reason.PRIVATE_DATA),
    "hand-over": lambda comment, by: moderation.hand_over(comment, "Dyżurny", "RSD 1", by=by, reason=Reason.THREAT),
    "suspend": lambda comment, by: moderation.suspend(comment, 72, by=by, reason=Reason.HATE),
    "close": lambda comment, by: moderation.close_account(comment, by=by, reason=Reason.HATE),
    "set-aside": lambda comment, by: moderation.set_aside(comment, reason=Reason.HATE),
}


@pytest.mark.parametrize("act", sorted(Decision.AGAINST))
def test_reversed_decision_is_undone_and_told_in_one_letter(moderator, judge, act: str):
    make = factories.make_comment if act == "refuse" else factories.make_published
    comment = make(factories.make_topic(), "Widać tu sąsiada Nowaka.")
    TAKEN[act](comment, moderator)
    decision = Decision.objects.select_related("comment__author").get()
    assert decision.act == act
    made = appeals.appeal(decision, text=WHY)
    Letter.objects.all().delete()
    appeals.decide(made, by=judge, outcome=Outcome.REVERSED, note="Słusznie.", now=NOW)
    made.refresh_from_db()
    comment.refresh_from_db()
    assert (made.outcome, made.decided_by, Case.objects.get(appeal=made).closed_at) == (Outcome.REVERSED, judge, NOW)
    assert (comment.state, comment.text) == (Comment.State.PUBLISHED, "Widać tu sąsiada Nowaka.")
    assert comment.author.is_active
    assert not comment.author.is_suspended(NOW)
    undone = Decision.objects.latest("pk")
    assert (undone.role, undone.decided_by, undone.is_against) == (Decision.Role.APPEALS, judge, False)
    letter = Letter.objects.get()
    assert letter.to == comment.author.email
    assert "Słusznie." in letter.body
    assert judge.signature not in letter.body
    with pytest.raises(AppealRefused):
        appeals.appeal(undone, text="Jeszcze")


def test_newer_decision_of_a_moderator_is_not_reversed_with_the_older(waiting, judge, moderator):
    comment = waiting.decision.comment
    moderation.restore(comment, by=moderator)
    moderation.hide(comment, by=moderator, reason=Reason.CASE)
    with pytest.raises(AppealRefused):
        appeals.decide(waiting, by=judge, outcome=Outcome.REVERSED)
    comment.refresh_from_db()
    assert comment.state == Comment.State.HIDDEN


def test_judge_of_a_deleted_moderator_s_decision_is_anybody_else(waiting, moderator, judge):
    moderator.delete()
    appeals.decide(waiting, by=judge, outcome=Outcome.UPHELD, note="Tak")
    waiting.refresh_from_db()
    assert waiting.decided_by == judge


# -- At one moment ------------------------------------------------------------------------------------------------


@parallel
def test_appeal_sent_twice_at_one_moment_is_one(hidden):
    results = at_once(*[lambda: appeals.appeal(Decision.objects.get(pk=hidden.pk), text=WHY) for _ in range(4)])
    assert sorted(type(result).__name__ for result in results) == ["Appeal"] + ["AppealRefused"] * 3
    assert (Appeal.objects.count(), Case.objects.open().count(), Letter.objects.count()) == (1, 1, 1)


@parallel
def test_second_of_two_judges_is_told(waiting, judge):
    other = factories.make_resident("Ola", roles=[Role.APPEALS])
    results = at_once(
        lambda: appeals.decide(Appeal.objects.get(), by=judge, outcome=Outcome.UPHELD, note="Tak"),
        lambda: appeals.decide(Appeal.objects.get(), by=other, outcome=Outcome.UPHELD, note="Też"),
    )
    assert {type(result) for result in results} == {Appeal, AppealRefused}
    assert Letter.objects.count() == 1
    assert Appeal.objects.get().decided_at <= timezone.now()
