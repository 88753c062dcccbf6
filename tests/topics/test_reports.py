"""Reporting a comment: who, about what, once; the case, the receipt, and what many reports do by themselves."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from participants.limits import LimitReached
from participants.models import Letter, Resident
from tests import factories
from tests.mailbox import last_letter
from tests.topics.parallel import at_once
from tests.topics.test_reporters import LONG_AGO, make_decision, make_reporter
from topics import moderation, reports
from topics.models import Case, Comment, Decision, Reason, Report, Topic
from topics.reports import AlreadyReported, CommentGone, ReportRefused, report

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
Why = Report.Why
STRANGER = {"name": "Anna Nowak", "email": "gosc@poczta.example"}
parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic("Oświetlenie")


@pytest.fixture
def comment(topic) -> Comment:
    return factories.make_published(topic, "Tajny tekst", created_at=LONG_AGO)


def send(comment: Comment, resident: Resident | None = None, *, why: str = Why.INSULT, **fields) -> Report:
    if resident is None:
        fields = {**STRANGER, "visitor": f"gosc{next(factories.count)}", **fields}
    fields.setdefault("now", NOW)
    return report(comment, why=why, resident=resident, language="pl", **fields)


# -- Who, and about what --------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["account", "suspended", "stranger", "author", "official", "moderator"])
def test_everybody_may_report(comment, resident, official, moderator, persona: str):
    suspended = factories.make_resident("Piotr", suspended_until=NOW + datetime.timedelta(days=9))
    people = {"account": resident, "suspended": suspended, "stranger": None, "author": comment.author}
    person = {**people, "official": official, "moderator": moderator}[persona]
    made = send(comment, person, text="Obraża sąsiadkę.")
    assert (made.comment, made.resident, made.why, made.text) == (comment, person, Why.INSULT, "Obraża sąsiadkę.")
    assert (made.name, made.email) == (("Anna Nowak", "gosc@poczta.example") if person is None else ("", ""))
    assert (made.state, made.created_at, made.language) == (Report.State.OPEN, NOW, "pl")


@pytest.mark.parametrize("state", ["published", "waiting", "waits again", "hidden", "withdrawn", "draft"])
def test_only_what_everybody_can_read_is_reported(topic, comment, resident, moderator, state: str):
    if state == "waiting":
        comment = factories.make_comment(topic)
    elif state == "hidden":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    elif state == "draft":
        Topic.objects.filter(pk=topic.pk).update(state=Topic.State.DRAFT)
    elif state != "published":
        Comment.objects.filter(pk=comment.pk).update(
            state=state.split()[0].replace("waits", "waiting"), withdrawn_at=NOW
        )
    if state == "published":
        send(comment, resident)
    else:
        with pytest.raises(CommentGone):
            send(comment, resident)
    is_taken = state == "published"
    assert (Report.objects.exists(), Case.objects.filter(kind=Case.Kind.REPORTED).exists()) == (is_taken, is_taken)


@pytest.mark.parametrize("state", [Topic.State.CLOSED, Topic.State.ARCHIVED])
def test_comment_of_a_closed_talk_can_be_reported(resident, state: str):
    topic = factories.make_topic()
    comment = factories.make_published(topic)
    Topic.objects.filter(pk=topic.pk).update(state=state, closed_at=NOW)
    assert send(comment, resident).pk


@pytest.mark.parametrize("why", Why.values)
def test_stranger_signs_but_for_the_abuse_of_a_child(comment, why: str):
    for missing in ("name", "email"):
        if why == Why.CHILD:
            assert send(comment, why=why, text="Opis", **{missing: ""}).why == why
        else:
            with pytest.raises(ReportRefused):
                send(comment, why=why, text="Opis", **{missing: ""})
    assert Report.objects.count() == (2 if why == Why.CHILD else 0)


@pytest.mark.parametrize("why", Why.values)
def test_breach_of_the_law_is_explained(comment, resident, why: str):
    if why == Why.UNLAWFUL:
        for empty in ("", " \n\u200b"):
            with pytest.raises(ReportRefused):
                send(comment, resident, why=why, text=empty)
        assert send(comment, resident, why=why, text="Art. 212 k.k.").text == "Art. 212 k.k."
    else:
        assert send(comment, resident, why=why).text == ""


@pytest.mark.parametrize("wrong", [{"why": ""}, {"why": "krytyka"}, {"text": "a" * 1001}, {"name": "a" * 121}])
def test_what_does_not_fit_is_refused(comment, wrong: dict):
    with pytest.raises(ReportRefused):
        send(comment, **wrong)
    assert not Report.objects.exists()


# -- Once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["account", "stranger"])
def test_second_report_of_the_same_person_is_none(comment, resident, persona: str):
    person = resident if persona == "account" else None
    send(comment, person)
    with pytest.raises(AlreadyReported):
        send(comment, person, **({} if person else {"email": "GOSC@poczta.example"}))
    assert (Report.objects.count(), Letter.objects.count(), Case.objects.get().report_count) == (1, 1, 1)


def test_second_report_of_a_danger_makes_the_case_urgent(comment, resident):
    send(comment, resident)
    with pytest.raises(AlreadyReported):
        send(comment, resident, why=Why.DANGER)
    assert Case.objects.get().is_urgent


def test_after_a_decision_the_same_person_may_report_again(comment, resident):
    first = send(comment, resident)
    decision = make_decision(comment, Decision.Act.KEEP)
    Report.objects.filter(pk=first.pk).update(state=Report.State.REJECTED, decision=decision)
    assert send(comment, resident).pk != first.pk


@pytest.mark.parametrize("person", ["resident", "email"])
def test_database_holds_one_open_report_of_a_person(comment, resident, person: str):
    who = {"resident": resident} if person == "resident" else {"email": "gosc@poczta.example"}
    Report.objects.create(comment=comment, why=Why.HATE, created_at=NOW, **who)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(comment=comment, why=Why.ADVERT, created_at=NOW, **who)


@parallel
@pytest.mark.parametrize("persona", ["account", "stranger"])
def test_report_sent_several_times_at_one_moment_is_one(comment, resident, persona: str):
    person = resident if persona == "account" else None
    results = at_once(*[lambda: send(Comment.objects.get(pk=comment.pk), person) for _ in range(3)])
    assert sorted(type(result).__name__ for result in results) == ["AlreadyReported"] * 2 + ["Report"]
    assert (Report.objects.count(), Letter.objects.count(), Case.objects.get().report_count) == (1, 1, 1)


@parallel
def test_reports_at_one_moment_add_up_on_one_case(comment):
    people = [make_reporter() for _ in range(3)]
    results = at_once(*[lambda p=p: send(Comment.objects.get(pk=comment.pk), p) for p in people])
    assert [type(result) for result in results] == [Report] * 3
    assert Case.objects.get().report_count == 3


# -- The case -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", Why.values)
def test_danger_and_crime_go_first(comment, resident, why: str):
    send(comment, resident, why=why, text="Opis")
    case = Case.objects.open().get()
    assert (case.comment, case.kind, case.opened_at) == (comment, Case.Kind.REPORTED, NOW)
    assert case.is_urgent is (why in {"danger", "child", "threat"})


def test_urgency_stays_when_others_report_less(comment, resident, neighbour):
    send(comment, resident, why=Why.THREAT)
    send(comment, neighbour, why=Why.OFF_TOPIC)
    case = Case.objects.open().get()
    assert (case.is_urgent, case.report_count) == (True, 2)


# -- The receipt ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["account", "stranger"])
def test_receipt_quotes_nothing_that_anybody_wrote(comment, resident, persona: str):
    person = resident if persona == "account" else None
    send(comment, person, text="Kup tanio na stronie spam.example")
    letter = last_letter(resident.email if person else "gosc@poczta.example")
    assert comment.get_absolute_url() in letter.body
    secrets = [comment.text, comment.topic.title, comment.author_name, "spam.example", "Anna Nowak"]
    assert [word for word in secrets if word in letter.body + letter.subject] == []


@pytest.mark.parametrize(("language", "word"), [("pl", "Dzień dobry"), ("en", "Good morning"), ("uk", "Добр")])
def test_receipt_speaks_the_language_of_the_reporter(comment, resident, language: str, word: str):
    report(comment, why=Why.HATE, resident=resident, language=language, now=NOW)
    assert word in last_letter(resident.email).body


@pytest.mark.parametrize("why", Why.values)
def test_receipt_of_an_urgent_report_begins_with_112(comment, resident, why: str):
    report(comment, why=why, text="Opis", resident=resident, language="en", now=NOW)
    assert ("call 112" in last_letter(resident.email).body) is (why in Report.URGENT)


def test_nobody_is_written_to_without_an_address(comment):
    send(comment, why=Why.CHILD, name="", email="")
    assert Report.objects.exists()
    assert not Letter.objects.exists()


def test_report_and_receipt_share_the_fate_of_the_transaction(comment, resident):
    with transaction.atomic():
        send(comment, resident)
        transaction.set_rollback(True)
    assert (Report.objects.exists(), Case.objects.exists(), Letter.objects.exists()) == (False, False, False)


# -- Not too often --------------------------------------------------------------------------------------------


def many(topic: Topic, number: int) -> list[Comment]:
    return [factories.make_published(topic) for _ in range(number)]


def test_stranger_s_address_reports_five_times_an_hour(topic):
    *taken, over = many(topic, 6)
    for number, comment in enumerate(taken):
        send(comment, visitor="ten sam", email=f"gosc{number}@poczta.example")
    with pytest.raises(LimitReached):
        send(over, visitor="ten sam", email="inny@poczta.example")
    assert Report.objects.count() == 5
    send(over, visitor="inny", email="inny@poczta.example")
    send(over, visitor="ten sam", email="nowy@poczta.example", now=NOW + datetime.timedelta(hours=1))


def test_mailbox_gets_three_receipts_a_day_from_anywhere(topic):
    *taken, over = many(topic, 4)
    for tag, comment in zip(("", "+1", "+2"), taken, strict=True):
        send(comment, email=f"gosc{tag}@poczta.example")
    for email in ("gosc@poczta.example", "GOSC+9@poczta.example"):
        with pytest.raises(LimitReached):
            send(over, email=email)
    assert Letter.objects.count() == 3
    send(over, email="gosc@poczta.example", now=NOW + datetime.timedelta(days=1))


def test_account_reports_twenty_times_an_hour(topic, resident, neighbour):
    *taken, over = many(topic, 21)
    for comment in taken:
        send(comment, resident)
    with pytest.raises(LimitReached):
        send(over, resident)
    send(over, neighbour)


# -- Set aside by a program -----------------------------------------------------------------------------------

# Records of the reporters (upheld, rejected, is new), how many strangers, and whether the comment goes: 2.0 is needed.
OUTCOMES = [
    ([(0, 0, False)] * 3, 0, False),  # 1.5
    ([(0, 0, False)] * 4, 0, True),  # 2.0
    ([(0, 0, False)] * 3, 1, False),  # 1.75
    ([(0, 0, False)] * 3, 2, True),  # 2.0
    ([(3, 0, False)] * 2, 0, False),  # 1.6
    ([(3, 0, False)] * 3, 0, True),  # 2.4
    ([(0, 0, True)] * 7, 0, False),  # 1.75
    ([(0, 0, True)] * 8, 0, True),  # 2.0
    ([(0, 8, False)] * 12, 0, False),  # 1.2
    ([], 12, False),  # 0.5
]


@pytest.mark.parametrize(("records", "strangers", "goes"), OUTCOMES)
def test_comment_is_set_aside_when_reports_weigh_enough(comment, records: list, strangers: int, goes: bool):
    people = [
        make_reporter(upheld, rejected, joined=NOW if is_new else LONG_AGO) for upheld, rejected, is_new in records
    ]
    for number in range(strangers):
        send(comment, email=f"obcy{number}@poczta.example")
    for person in people:
        comment.refresh_from_db()
        assert comment.state == Comment.State.PUBLISHED
        send(comment, person)
    comment.refresh_from_db()
    assert (comment.state, comment.position) == ("waiting" if goes else "published", 1)
    assert comment.topic.comments.published().filter(pk=comment.pk).exists() is not goes
    decisions = Decision.objects.filter(comment=comment, act=Decision.Act.SET_ASIDE)
    assert decisions.count() == goes


def set_aside_by_four(comment: Comment, *whys: str) -> Decision:
    for why in whys or [Why.INSULT] * 4:
        send(comment, make_reporter(), why=why, text="Opis")
    return Decision.objects.get(comment=comment, act=Decision.Act.SET_ASIDE)


def test_program_gives_the_most_frequent_reason_and_nobody_s_name(comment):
    decision = set_aside_by_four(comment, Why.OFF_TOPIC, Why.HATE, Why.DANGER, Why.HATE)
    assert (decision.reason, decision.role, decision.decided_by) == (Reason.HATE, Decision.Role.PROGRAM, None)
    assert Report.objects.open().filter(comment=comment).count() == 4  # a person still reads it
    assert Case.objects.open().filter(comment=comment).exists()


def spare(why: str, comment: Comment, moderator: Resident) -> None:
    if why == "official":
        Comment.objects.filter(pk=comment.pk).update(voice="Kierownik, Komenda")
    elif why == "published after reports":
        set_aside_by_four(comment)
        moderation.publish(comment, by=moderator, now=NOW)
    elif why == "kept":
        make_decision(comment, Decision.Act.KEEP)
    elif why == "edited before":
        Comment.objects.filter(pk=comment.pk).update(edited_at=NOW - datetime.timedelta(hours=1))
        make_decision(comment, Decision.Act.KEEP)


@pytest.mark.parametrize("why", ["official", "kept", "published after reports", "edited before"])
def test_program_does_not_overrule_a_person(comment, moderator, why: str):
    spare(why, comment, moderator)
    for _ in range(6):
        send(comment, make_reporter())
    comment.refresh_from_db()
    assert comment.state == Comment.State.PUBLISHED
    assert Report.objects.open().filter(comment=comment).count() == 6


def test_edited_text_is_a_new_one_to_the_program(comment):
    make_decision(comment, Decision.Act.KEEP)
    Comment.objects.filter(pk=comment.pk).update(edited_at=NOW + datetime.timedelta(minutes=1))
    assert set_aside_by_four(comment)


@parallel
def test_the_last_reports_at_one_moment_set_it_aside_once(comment):
    people = [make_reporter() for _ in range(4)]
    results = at_once(*[lambda p=p: send(Comment.objects.get(pk=comment.pk), p) for p in people])
    assert {type(result) for result in results} == {Report}
    assert Decision.objects.filter(act=Decision.Act.SET_ASIDE).count() == 1
    comment.topic.refresh_from_db()
    assert comment.topic.comment_count == comment.topic.comments.published().count()


def test_report_costs_the_same_however_many_there_are(comment, django_assert_num_queries):
    for person in [make_reporter() for _ in range(2)]:
        # limit, topic, comment, earlier report; report, case read and written, receipt; reports and records; savepoint
        with django_assert_num_queries(12):
            send(comment, person)
        for _ in range(10):
            send(comment, email=f"gosc{next(factories.count)}@poczta.example")


def test_threshold_needs_three_people_at_least():
    assert reports.THRESHOLD >= 2  # the word of one never weighs a whole 1
