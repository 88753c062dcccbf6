"""What the word of a reporter weighs, and what becomes of reports once somebody has decided."""

import datetime

import pytest
from django.utils import timezone

from participants.models import Letter, Resident
from tests import factories
from tests.mailbox import last_letter
from topics import moderation
from topics.models import Appeal, Comment, Decision, Reason, Report
from topics.reporters import KNOWN_FOR, forget_strangers, settle, trust, weight_of

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
LONG_AGO = NOW - datetime.timedelta(days=400)
Act, State = Decision.Act, Report.State


@pytest.fixture
def comment(db: None) -> Comment:
    return factories.make_published(factories.make_topic("Oświetlenie"), "Tajny tekst", author_name="Podpis Autora")


def make_report(comment: Comment, resident: Resident | None = None, **fields) -> Report:
    if resident is None:
        fields.setdefault("email", f"osoba{next(factories.count)}@poczta.example")
    fields.setdefault("why", Report.Why.INSULT)
    return Report.objects.create(comment=comment, resident=resident, created_at=NOW, **fields)


def make_decision(comment: Comment, act: str = Act.HIDE, **fields) -> Decision:
    fields.setdefault("reason", Reason.INSULT if act in Decision.AGAINST else "")
    fields.setdefault("hours", 24 if act == Act.SUSPEND else None)
    return Decision.objects.create(comment=comment, act=act, rules_version="2026-11", decided_at=NOW, **fields)


def make_reporter(upheld: int = 0, rejected: int = 0, *, joined: datetime.datetime = LONG_AGO) -> Resident:
    person = factories.make_resident("Zofia", date_joined=joined)
    for state, act, times in ((State.UPHELD, Act.HIDE, upheld), (State.REJECTED, Act.KEEP, rejected)):
        for _ in range(times):
            other = factories.make_published(factories.make_topic())
            make_report(other, person, state=state, decision=make_decision(other, act))
    return person


# -- Weight ---------------------------------------------------------------------------------------------------

# The published numbers: reports upheld and rejected, and what the word of the account weighs then.
TRUST = [
    (0, 0, False, 0.5),
    (0, 0, True, 0.25),
    (1, 0, False, 2 / 3),
    (3, 0, False, 0.8),
    (8, 0, False, 0.9),
    (0, 1, False, 1 / 3),
    (0, 8, False, 0.1),
    (4, 4, False, 0.5),
    (8, 0, True, 0.45),
]


@pytest.mark.parametrize(("upheld", "rejected", "is_new", "weight"), TRUST)
def test_trust_follows_the_record(upheld: int, rejected: int, is_new: bool, weight: float):
    assert trust(upheld, rejected, is_new=is_new) == pytest.approx(weight)


@pytest.mark.parametrize(("upheld", "rejected", "is_new", "weight"), TRUST)
def test_weight_reads_the_record_of_the_account(comment, upheld: int, rejected: int, is_new: bool, weight: float):
    joined = NOW - datetime.timedelta(days=6) if is_new else LONG_AGO
    report = make_report(comment, make_reporter(upheld, rejected, joined=joined))
    assert weight_of([report], now=NOW) == pytest.approx(weight)


@pytest.mark.parametrize(("strangers", "weight"), [(0, 0), (1, 0.25), (2, 0.5), (3, 0.5), (40, 0.5)])
def test_strangers_together_weigh_little(comment, strangers: int, weight: float):
    reports = [make_report(comment) for _ in range(strangers)]
    assert weight_of(reports, now=NOW) == pytest.approx(weight)


@pytest.mark.parametrize("standing", ["not confirmed", "suspended", "closed"])
def test_account_in_no_good_standing_weighs_what_a_stranger_weighs(comment, standing: str):
    people = [make_reporter(8, 0) for _ in range(4)]
    for person in people:
        if standing == "not confirmed":
            person.emailaddress_set.update(verified=False)
        person.suspended_until = NOW + datetime.timedelta(hours=1) if standing == "suspended" else None
        person.is_active = standing != "closed"
        person.save()
    assert weight_of([make_report(comment, person) for person in people], now=NOW) == pytest.approx(0.5)


def test_weights_add_up_in_one_query(comment, django_assert_num_queries):
    people = [make_reporter(3, 0), make_reporter(), make_reporter(0, 8), make_reporter(joined=NOW)]
    reports = [make_report(comment, person) for person in people] + [make_report(comment)]
    with django_assert_num_queries(1):
        assert weight_of(reports, now=NOW) == pytest.approx(0.8 + 0.5 + 0.1 + 0.25 + 0.25)


def test_report_upheld_by_a_decision_that_was_reversed_was_not_right(comment):
    person = make_reporter(2, 0)
    wrong = person.reports.first().decision
    Appeal.objects.create(decision=wrong, text="Nie", created_at=NOW, decided_at=NOW, outcome=Appeal.Outcome.REVERSED)
    assert weight_of([make_report(comment, person)], now=NOW) == pytest.approx(trust(1, 1))


# -- The end ----------------------------------------------------------------------------------------------------

ENDS = {
    Act.KEEP: State.REJECTED,
    Act.PUBLISH: State.REJECTED,
    Act.RESTORE: State.REJECTED,
    Act.HIDE: State.UPHELD,
    Act.REFUSE: State.UPHELD,
    Act.CUT_OUT: State.UPHELD,
    Act.HAND_OVER: State.UPHELD,
    Act.SUSPEND: State.UPHELD,
    Act.CLOSE: State.UPHELD,
    Act.SET_ASIDE: State.OPEN,
    Act.LIFT: State.OPEN,
}


@pytest.mark.parametrize("act", Act.values)
def test_each_decision_ends_reports_in_its_way(comment, resident, act: str):
    of_account, of_stranger = make_report(comment, resident), make_report(comment, email="gosc@poczta.example")
    decision = make_decision(comment, act)
    ended = settle(comment, decision)
    is_open = ENDS[act] == State.OPEN
    assert ended == (0 if is_open else 2)
    for report, to in ((of_account, resident.email), (of_stranger, "gosc@poczta.example")):
        report.refresh_from_db()
        assert (report.state, report.decision) == (ENDS[act], None if is_open else decision)
        assert Letter.objects.filter(to=to).count() == (0 if is_open else 1)


def test_settled_reports_and_those_of_other_comments_stay(comment, resident):
    before = make_decision(comment, Act.KEEP)
    old = make_report(comment, resident, state=State.REJECTED, decision=before)
    other = make_report(factories.make_published(factories.make_topic()), resident)
    assert settle(comment, make_decision(comment)) == 0
    old.refresh_from_db()
    other.refresh_from_db()
    assert (old.decision, other.state) == (before, State.OPEN)
    assert not Letter.objects.exists()


def test_moderator_s_decision_tells_the_reporters(comment, resident, moderator):
    make_report(comment, resident)
    moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    assert comment.get_absolute_url() in last_letter(resident.email).body
    assert Report.objects.get().decision == Decision.objects.get()


def test_mailbox_that_reported_with_an_account_and_without_one_is_told_once(comment, resident):
    make_report(comment, resident)
    make_report(comment, email=resident.email)
    neighbour = make_report(comment)
    assert settle(comment, make_decision(comment)) == 3
    told = Letter.objects.values_list("to", flat=True)
    assert sorted(told) == sorted([resident.email, neighbour.email])
    make_report(comment, resident)
    settle(comment, make_decision(comment, Act.KEEP))
    assert Letter.objects.filter(to=resident.email).count() == 2


@pytest.mark.parametrize("act", [act for act in Act.values if ENDS[act] != State.OPEN])
def test_letter_says_what_why_and_where_to_turn_and_nothing_of_the_author(comment, moderator, settings, act: str):
    settings.FORUM = {**settings.FORUM, "email": "forum@policja.example"}
    make_report(comment, email="gosc@poczta.example", language="en", text="Moje słowa")
    note = "Notatka tylko dla autora"
    decision = make_decision(comment, act, decided_by=moderator, decided_by_name=moderator.signature, note=note)
    settle(comment, decision)
    body = last_letter("gosc@poczta.example").body
    upheld = ENDS[act] == State.UPHELD
    assert comment.get_absolute_url() in body
    assert ("does not break the rules" in body) is not upheld
    assert "A person decided, not a program" in body
    assert "forum@policja.example" in body
    assert "to a court" in body
    names_reason = act in {Act.HIDE, Act.REFUSE, Act.CUT_OUT}
    assert ("Reason: the author insulted another person." in body) is names_reason
    secrets = [comment.text, comment.author.email, comment.author_name, moderator.signature, note, "Moje słowa"]
    secrets += [comment.topic.title, "suspended", "closed"]
    assert [word for word in secrets if word in body] == []


@pytest.mark.parametrize("gone", ["deleted", "closed", "no address"])
def test_nobody_is_written_to_where_nobody_is(comment, resident, gone: str):
    report = make_report(comment, None if gone == "no address" else resident, email="")
    if gone == "deleted":
        resident.delete()
    elif gone == "closed":
        Resident.objects.filter(pk=resident.pk).update(is_active=False)
    assert settle(comment, make_decision(comment)) == 1
    report.refresh_from_db()
    assert report.state == State.UPHELD
    assert not Letter.objects.exists()


@pytest.mark.parametrize(("language", "word"), [("pl", "Dzień dobry"), ("en", "Good morning"), ("uk", "Добр")])
def test_letter_speaks_the_language_of_the_report(comment, language: str, word: str):
    make_report(comment, email="gosc@poczta.example", language=language)
    settle(comment, make_decision(comment, decided_by=None))
    assert word in last_letter("gosc@poczta.example").body
    assert timezone.now() > Letter.objects.get().created_at


def test_strangers_are_forgotten_half_a_year_after_the_decision(comment, resident):
    after = NOW + KNOWN_FOR + datetime.timedelta(seconds=1)
    decision = make_decision(comment)
    who = {"name": "Anna Nowak", "email": "gosc@poczta.example"}
    settled = make_report(comment, state=State.UPHELD, decision=decision, text="Obraża", **who)
    make_report(comment, resident, state=State.UPHELD, decision=decision)
    make_report(comment, **who)  # open
    assert forget_strangers(NOW + KNOWN_FOR) == 0
    assert forget_strangers(after) == 1
    assert forget_strangers(after) == 0
    settled.refresh_from_db()
    assert (settled.name, settled.email, settled.text, settled.state) == ("", "", "Obraża", State.UPHELD)
    assert Report.objects.filter(email="gosc@poczta.example").count() == 1
    assert Report.objects.filter(resident=resident).count() == 1
