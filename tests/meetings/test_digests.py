"""When news is sent: one letter at its hour, nobody twice, and nothing that should not be told any more."""

import datetime
import itertools
from types import SimpleNamespace

import pytest
from django.utils import timezone

from meetings import digests
from meetings.commitments import record
from meetings.digests import BREATH, send_news
from meetings.following import no_replies_url, set_pace, set_replies, stop
from meetings.models import Meeting, News
from meetings.news import note_news
from meetings.paces import next_hours
from participants.batches import PartlyDone
from participants.models import Letter, Resident
from participants.roles import SYSTEM
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.meetings.news import at, bring, letters_to, make_follow, make_reader, say
from tests.meetings.test_follow_ups import make_asked
from tests.topics.parallel import at_once
from tests.topics.test_questions import make_question, speak
from topics import moderation, telling
from topics.models import Comment, Reason, Topic
from topics.questions import pass_on
from topics.support import support, take_back

pytestmark = pytest.mark.django_db
Pace = Resident.Pace
DAY = datetime.timedelta(days=1)


@pytest.fixture
def topic(db) -> Topic:
    return factories.make_topic("Patrole na osiedlach")


# -- When


@pytest.mark.parametrize(
    ("pace", "noted", "early", "due"),
    [
        (Pace.NOW, at(10), None, at(10)),
        (Pace.DAY, at(10), at(7, day=1, minute=59), at(8, day=1)),
        (Pace.DAY, at(7), at(7, minute=59), at(8)),
        (Pace.DAY, at(8), at(23), at(8, day=1)),
        (Pace.WEEK, at(10), at(7, day=7, minute=59), at(8, day=7)),
        (Pace.WEEK, at(7), at(7, minute=59), at(8)),
        (Pace.WEEK, at(10, day=6), at(23, day=6), at(8, day=7)),
    ],
)
def test_each_pace_has_its_hour(topic, pace, noted, early, due):
    reader = make_reader(pace)
    bring(topic, reader, noted)
    if early:
        assert send_news(early) == 0
    assert send_news(due) == 1
    assert send_news(due + 8 * DAY) == 0
    assert News.objects.get().told_at == due


@pytest.mark.parametrize(
    ("quiet", "hours"),
    [
        ((21, 7), set(range(7, 21))),
        ((0, 0), set(range(24))),
        ((5, 5), set(range(24))),
        ((8, 16), {*range(8), *range(16, 24)}),
        ((23, 0), set(range(23))),
        ((0, 23), {23}),
    ],
)
def test_quiet_hours_go_over_midnight_or_not(topic, quiet, hours):
    reader = make_reader(quiet=quiet)
    bring(topic, reader, at(0))
    found = {hour for hour in range(24) if digests._due(at(hour, day=1)).exists()}
    assert found == hours


def test_what_waits_through_the_quiet_hours_is_one_letter(topic):
    reader = make_reader(quiet=(21, 7))
    bring(topic, reader, at(22))
    bring(topic, reader, at(23))
    assert send_news(at(23, minute=30)) == 0
    assert send_news(at(7, day=1)) == 1
    assert News.objects.filter(told_at=at(7, day=1)).count() == 2


def test_a_worker_that_comes_late_sends_what_was_due(topic):
    reader = make_reader(Pace.WEEK)
    bring(topic, reader, at(10))
    assert send_news(at(17, day=9)) == 1


def test_never_closes_it_without_a_letter(topic):
    reader = make_reader()
    bring(topic, reader, at(10))
    Resident.objects.filter(pk=reader.pk).update(pace=Pace.NEVER)
    assert send_news(at(10)) == 0
    row = News.objects.get()
    assert (row.told_at, row.closed_at) == (None, at(10))
    Resident.objects.update(pace=Pace.NOW)
    assert send_news(at(11)) == 0


def test_who_never_wants_news_has_none_noted(topic):
    make_follow(make_reader(Pace.NEVER), topic)
    say(topic, at(9))
    assert note_news(at(10)) == 0


@pytest.mark.parametrize(
    ("old", "new", "due"),
    [
        (Pace.WEEK, Pace.NOW, at(12, day=1)),
        (Pace.WEEK, Pace.DAY, at(8, day=2)),
        (Pace.DAY, Pace.WEEK, at(8, day=7)),
        (Pace.DAY, Pace.DAY, at(8, day=1)),
    ],
)
def test_what_waits_goes_at_the_next_hour_of_a_new_pace(topic, old, new, due):
    reader = make_reader(old)
    bring(topic, reader, at(10))
    set_pace(reader, new, now=at(12, day=1))
    assert send_news(due - datetime.timedelta(minutes=1)) == 0
    assert send_news(due) == 1


def test_a_flood_is_two_letters_also_at_once(topic):
    reader = make_reader()
    bring(topic, reader, at(10))
    assert send_news(at(10)) == 1
    for minute in range(1, 30):
        bring(topic, reader, at(10, minute=minute))
        assert send_news(at(10, minute=minute)) == 0
    assert send_news(at(10) + BREATH) == 1
    assert "29\N{NO-BREAK SPACE}nowych komentarzy" in last_letter(reader.email).body


@pytest.mark.parametrize("day", [datetime.date(2026, 3, 29), datetime.date(2026, 10, 25)])
def test_eight_is_eight_when_the_clocks_change(day):
    """They change in the night to a Sunday."""
    eve = timezone.make_aware(datetime.datetime.combine(day - DAY, datetime.time(12)))
    hours = {pace: timezone.localtime(moment) for pace, moment in next_hours(eve).items()}
    assert (hours[Pace.DAY].hour, hours[Pace.DAY].date()) == (8, day)
    assert (hours[Pace.WEEK].hour, hours[Pace.WEEK].date()) == (8, day + DAY)


@pytest.mark.parametrize(
    ("day", "quiet", "rest"),
    [
        (datetime.date(2026, 3, 29), (23, 2), [0, 1]),  # 2:00 does not come: the rest ends at 3:00
        (datetime.date(2026, 3, 29), (2, 3), []),
        (datetime.date(2026, 10, 25), (2, 3), [2, 3]),  # 2:00 comes twice, and so does the rest
    ],
)
def test_quiet_hours_when_the_clocks_change(topic, day, quiet, rest):
    """`rest` are hours as they pass, counted from midnight."""
    reader = make_reader(quiet=quiet)
    midnight = timezone.make_aware(datetime.datetime.combine(day, datetime.time(0)))
    bring(topic, reader, midnight - DAY)
    hours = [midnight.astimezone(datetime.UTC) + datetime.timedelta(hours=passed) for passed in range(5)]
    found = [passed for passed, moment in enumerate(hours) if not digests._due(moment).exists()]
    assert found == rest


# -- Once


def test_killed_after_the_letter_it_is_sent_once(topic, monkeypatch):
    readers = [make_reader() for _ in range(3)]
    for reader in readers:
        make_follow(reader, topic)
    say(topic, at(9))
    note_news(at(10))
    whole, calls = digests.queue_letter, []

    def dies(**how) -> None:
        whole(**how)
        calls.append(how)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(digests, "queue_letter", dies)
    with pytest.raises(KeyboardInterrupt):
        send_news(at(10))
    assert Letter.objects.count() == 1
    monkeypatch.setattr(digests, "queue_letter", whole)
    assert send_news(at(11)) == 2
    assert [letters_to(reader) for reader in readers] == [1, 1, 1]


def test_what_is_noted_while_the_letter_is_written_waits_for_the_next(topic, monkeypatch):
    reader = make_reader()
    bring(topic, reader, at(10))
    whole = digests.queue_letter

    def meanwhile(**how) -> None:
        whole(**how)
        bring(topic, reader, at(10, minute=1))

    monkeypatch.setattr(digests, "queue_letter", meanwhile)
    assert send_news(at(10, minute=2)) == 1
    monkeypatch.setattr(digests, "queue_letter", whole)
    assert send_news(at(12)) == 1
    assert News.objects.filter(told_at__isnull=False).count() == 2


def test_a_letter_that_fails_holds_up_nobody_and_is_tried_again_later(topic, monkeypatch, caplog):
    readers = [make_reader() for _ in range(3)]
    for reader in readers:
        make_follow(reader, topic)
    say(topic, at(9))
    note_news(at(10))
    whole, first = digests.queue_letter, readers[0].email

    def fails(**how) -> None:
        whole(**how)
        if how["to"] == first:
            raise ValueError(first)

    monkeypatch.setattr(digests, "queue_letter", fails)
    with pytest.raises(PartlyDone) as partly:
        send_news(at(10))
    assert partly.value.done == 2
    assert first not in caplog.text
    assert send_news(at(10, minute=29)) == 0
    monkeypatch.setattr(digests, "queue_letter", whole)
    assert send_news(at(10, minute=30)) == 1
    assert [letters_to(reader) for reader in readers] == [1, 1, 1]


def test_a_round_ends_after_some_seconds_and_the_next_goes_on(topic, monkeypatch):
    for _ in range(4):
        make_follow(make_reader(), topic)
    say(topic, at(9))
    note_news(at(10))
    seconds = itertools.count(step=digests.ROUND / 2.5)
    monkeypatch.setattr(digests, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    assert [send_news(at(10)) for _ in range(3)] == [2, 2, 0]


def test_several_workers_send_once(transactional_db):
    topic, readers = factories.make_topic(), [make_reader() for _ in range(3)]
    for reader in readers:
        make_follow(reader, topic)
    say(topic, at(9))
    note_news(at(10))
    assert sum(at_once(*[lambda: send_news(at(11))] * 3)) == 3
    assert [letters_to(reader) for reader in readers] == [1, 1, 1]


@pytest.mark.parametrize("rows", [1, 4])
def test_a_letter_costs_the_same_with_more_to_tell(topic, django_assert_num_queries, rows: int):
    reader = make_reader()
    for _ in range(rows):
        bring(topic, reader, at(10))
    # who is due; a savepoint, the lock, is it due, what waits, can they be reached, what of it is told; letter, marks
    with django_assert_num_queries(1 + 2 + 5 + 3):
        assert send_news(at(11)) == 1


# -- Checked again when it is sent


@pytest.mark.parametrize("why", ["hidden", "withdrawn", "draft topic", "stopped", "suspended", "closed account"])
def test_what_should_not_be_told_any_more_is_not(topic, moderator, why: str):
    reader = make_reader(Pace.DAY)
    comment = bring(topic, reader, at(10))
    if why == "hidden":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
        Letter.objects.all().delete()
    elif why == "withdrawn":
        Comment.objects.update(state="withdrawn", withdrawn_at=at(11))
    elif why == "draft topic":
        Topic.objects.update(state=Topic.State.DRAFT)
    elif why == "stopped":
        stop(reader, "topic", topic.pk)
    else:
        fields = {"suspended_until": at(8, day=9)} if why == "suspended" else {"is_active": False}
        Resident.objects.filter(pk=reader.pk).update(**fields)
    assert send_news(at(8, day=1)) == 0
    assert not Letter.objects.exists()
    assert not News.objects.waiting().exists()


def test_hidden_among_others_is_left_out(topic):
    reader = make_reader(Pace.DAY)
    official = {"appointment": factories.make_appointment(), "voice": "Kierownik, Policja"}
    bring(
        topic,
        reader,
        at(10),
        "Patrol był o ósmej.",
        appointment=factories.make_appointment(),
        voice="Kierownik, Policja",
    )
    hidden = bring(topic, reader, at(11), "Tajne słowa.", **official)
    Comment.objects.filter(pk=hidden.pk).update(state="hidden", hidden_at=at(12), hidden_reason="insult")
    assert send_news(at(8, day=1)) == 1
    body = last_letter(reader.email).body
    assert "Patrol był o ósmej." in body
    assert "Tajne" not in body
    assert sorted(News.objects.values_list("closed_at", flat=True), key=str) == [at(8, day=1), None]


def test_an_answer_taken_from_view_is_not_told(resident):
    police = factories.make_institution()
    resident.pace = Pace.DAY
    resident.save()
    question = make_question(factories.make_topic(institution=police), author=resident, created_at=at(6))
    answer = speak(question, police, at(9))
    note_news(at(10))
    Comment.objects.filter(pk=answer.pk).update(state="hidden", hidden_at=at(12), hidden_reason="insult")
    assert send_news(at(8, day=1)) == 0


def test_a_reply_is_told_with_a_way_out_of_replies(topic):
    reader = make_reader(Pace.DAY)
    mine = say(topic, at(1), author=reader)
    say(topic, at(9), parent=mine)
    assert note_news(at(10)) == 1
    send_news(at(8, day=1))
    letter = last_letter(reader.email)
    assert link_in(letter, "/konto/wypisz/odpowiedzi/") == no_replies_url(reader)
    say(topic, at(10, day=1), parent=mine)
    note_news(at(11, day=1))
    set_replies(reader, wanted=False)
    assert send_news(at(8, day=2)) == 0
    say(topic, at(10, day=2), parent=mine)
    assert note_news(at(11, day=2)) == 0
    make_follow(reader, topic)
    say(topic, at(10, day=3), parent=mine)
    assert note_news(at(11, day=3)) == 1


@pytest.mark.parametrize("way", ["muted", "support taken back"])
def test_a_promise_is_not_told_to_who_wants_no_more_of_its_question(way: str):
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=at(9).date(), closed_at=at(9))
    promise = factories.make_commitment("Lampy", meeting=meeting, now=at(9))
    asked, other, reader = make_asked(promise), make_asked(promise), make_reader(Pace.DAY)
    for question in (asked, other):
        support(question.comment, by=reader)
    record(promise, by=SYSTEM, text="Wiszą.", state="done", now=at(10))
    note_news(at(11))
    leave(asked, reader, way)
    assert News.objects.waiting().still_wanted().filter(account=reader).count() == 1
    leave(other, reader, way)
    send_news(at(8, day=1))
    assert letters_to(reader) == 0
    assert not News.objects.waiting().filter(account=reader).exists()


def leave(question, reader: Resident, way: str) -> None:
    if way == "muted":
        telling.mute(question, reader)
    else:
        take_back(question.comment, by=reader)


def test_a_reply_to_a_question_muted_meanwhile_is_not_told(resident):
    question = make_question(factories.make_topic(), author=resident, created_at=at(6))
    say(question.topic, at(9), parent=question.comment)
    note_news(at(10))
    telling.mute(question, resident)
    assert send_news(at(8, day=1)) == 0


def test_a_letter_goes_to_a_confirmed_address_only(topic):
    """A second address of theirs is confirmed; the one that letters go to is not."""
    reader = make_reader()
    bring(topic, reader, at(10))
    reader.emailaddress_set.update(verified=False)
    reader.emailaddress_set.create(email="inna@poczta.example", verified=True)
    assert send_news(at(11)) == 0
    assert not Letter.objects.exists()


def test_a_question_muted_meanwhile_is_not_told(resident, editor):
    question = make_question(factories.make_topic(), author=resident, created_at=at(6))
    pass_on(question, to=factories.make_institution(), by=editor, now=at(9))
    note_news(at(10))
    telling.mute(question, resident)
    assert send_news(at(8, day=1)) == 0
    assert not News.objects.waiting().exists()
