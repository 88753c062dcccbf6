"""Who is asked whether it is better. Who hears of a promise: tests/meetings/test_news.py."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse

from meetings import follow_ups
from meetings.commitments import record, reopen
from meetings.follow_ups import FollowUpOver, FollowUpRefused, answer, ask_if_better, complaints
from meetings.models import AgendaQuestion, Commitment, FollowUp, Meeting
from participants.limits import LimitReached
from participants.models import Letter, Resident
from participants.roles import SYSTEM
from tests import factories
from tests.mailbox import last_letter
from tests.meetings.promises import START, later
from tests.topics.parallel import at_once
from topics.models import Comment, Question

pytestmark = pytest.mark.django_db
State = Commitment.State
WORDS = "Działa 14 nowych lamp."
SIX_WEEKS = 42


def make_asked(commitment: Commitment, asker: Resident | None = None, text: str = "") -> Question:
    """A question that became the promise."""
    comment = factories.make_published(factories.make_topic(), text, author=asker, kind="question")
    AgendaQuestion.objects.create(
        meeting=commitment.meeting,
        agenda_item=factories.make_agenda_item(commitment.meeting, comment.topic),
        question=comment.question,
        commitment=commitment,
        end=AgendaQuestion.End.PROMISED,
        taken_at=START,
        ended_at=START,
        settled_at=START,
    )
    return comment.question


@pytest.fixture
def lamps(db) -> Commitment:
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=START.date(), closed_at=START)
    return factories.make_commitment("Lampy przy szkole", meeting=meeting, now=START)


@pytest.fixture
def asked(lamps, resident) -> Question:
    return make_asked(lamps, resident, "Kiedy lampy?")


def finish(commitment: Commitment, days: float = 1) -> None:
    record(commitment, by=SYSTEM, text=WORDS, state=State.DONE, now=later(days))


def support(question: Question, person: Resident) -> Resident:
    question.comment.supports.create(resident=person)
    return person


def letters(*, to: Resident | None = None) -> int:
    return Letter.objects.filter(to=to.email).count() if to else Letter.objects.count()


# -- Is it better? ---------------------------------------------------------------------------------


def test_askers_alone_are_asked_once_after_six_weeks(lamps, asked, resident, neighbour):
    support(asked, neighbour)
    finish(lamps, 0)
    assert ask_if_better(later(SIX_WEEKS - 1)) == 0
    assert ask_if_better(later(SIX_WEEKS + 1)) == 1
    assert ask_if_better(later(SIX_WEEKS + 2)) == 0
    assert letters(to=neighbour) == 0
    assert WORDS in last_letter(resident.email).body
    assert FollowUp.objects.get().account == resident


def test_hidden_question_asks_nobody(lamps, asked):
    Comment.objects.filter(pk=asked.comment_id).update(state="hidden", hidden_at=START, hidden_reason="insult")
    finish(lamps)
    assert ask_if_better(later(SIX_WEEKS + 2)) == 0


def test_two_workers_ask_once(transactional_db):
    lamps = factories.make_commitment("Lampy", now=START)
    make_asked(lamps)
    finish(lamps)
    assert sorted(at_once(*[lambda: ask_if_better(later(SIX_WEEKS + 2))] * 2)) == [0, 1]
    assert letters() == 1


def test_what_was_taken_up_again_is_not_asked_about_until_it_is_done_again(lamps, asked):
    finish(lamps)
    reopen(lamps, by=SYSTEM, text="Zgasły.", now=later(20))
    assert ask_if_better(later(SIX_WEEKS + 2)) == 0
    finish(lamps, 50)
    assert ask_if_better(later(SIX_WEEKS + 3)) == 0
    assert ask_if_better(later(50 + SIX_WEEKS + 1)) == 1


def test_words_added_later_ask_nobody_twice(lamps, asked):
    finish(lamps)
    record(lamps, by=SYSTEM, text="Zdjęcie w przyszłym tygodniu.", now=later(2))
    assert ask_if_better(later(SIX_WEEKS + 2)) == 1
    record(lamps, by=SYSTEM, text="Jest zdjęcie.", now=later(SIX_WEEKS + 3))
    assert ask_if_better(later(2 * SIX_WEEKS + 5)) == 0


def test_nobody_is_asked_about_what_was_done_half_a_year_ago(lamps, asked):
    finish(lamps)
    assert ask_if_better(later(1) + follow_ups.TOO_LATE) == 0


def test_question_killed_half_way_is_asked_once(lamps, asked, monkeypatch):
    finish(lamps)
    whole = follow_ups.queue_letter

    def killed(**how) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow_ups, "queue_letter", killed)
    with pytest.raises(KeyboardInterrupt):
        ask_if_better(later(SIX_WEEKS + 2))
    assert not FollowUp.objects.exists()
    monkeypatch.setattr(follow_ups, "queue_letter", whole)
    assert ask_if_better(later(SIX_WEEKS + 30)) == 1


def make_asked_about(lamps: Commitment) -> FollowUp:
    make_asked(lamps)
    finish(lamps)
    ask_if_better(later(SIX_WEEKS + 2))
    return FollowUp.objects.latest("pk")


def test_answer_can_be_changed_for_a_day(lamps):
    row, now = make_asked_about(lamps), later(60)
    answer(row, is_better=False, words=" Dalej ciemno. ", now=now)
    row = answer(row, is_better=True, now=now + datetime.timedelta(hours=23))
    assert (row.is_better, row.words, row.answered_at) == (True, "", now)
    with pytest.raises(FollowUpOver):
        answer(row, is_better=False, now=now + datetime.timedelta(hours=25))


def test_answer_is_bounded(lamps):
    row, now = make_asked_about(lamps), later(60)
    with pytest.raises(FollowUpRefused):
        answer(row, is_better=False, words="x" * 1001, now=now)
    for _ in range(follow_ups.LIMIT.times):
        answer(row, is_better=False, now=now)
    with pytest.raises(LimitReached):
        answer(row, is_better=False, now=now)


def test_three_no_put_the_promise_before_the_staff(lamps):
    for _ in range(4):
        make_asked(lamps)
    finish(lamps)
    assert ask_if_better(later(SIX_WEEKS + 2)) == 4
    first, *others = FollowUp.objects.all()
    answer(first, is_better=True, now=later(50))
    for number, row in enumerate(others):
        assert not Commitment.objects.disputed().exists()
        answer(row, is_better=False, words=f"Ciemno {number}.", now=later(51 + number))
    assert list(Commitment.objects.disputed()) == [lamps]
    lamps.refresh_from_db()
    assert [row.words for row in complaints(lamps)] == ["Ciemno 2.", "Ciemno 1.", "Ciemno 0."]
    reopen(lamps, by=SYSTEM, text="Sprawdzamy.", now=later(60))
    assert not Commitment.objects.disputed().exists()
    finish(lamps, 61)
    assert not Commitment.objects.disputed().exists()


# -- The page --------------------------------------------------------------------------------------


@pytest.fixture
def fresh(db) -> FollowUp:
    """Asked just now, by the clock of the machine."""
    lamps = factories.make_commitment("Lampy")
    make_asked(lamps)
    entry = record(lamps, by=SYSTEM, text=WORDS, state=State.DONE)
    return FollowUp.objects.create(entry=entry, asked_at=entry.at)


def test_page_takes_the_answer_and_shows_it(client: Client, fresh):
    url = follow_ups.address_of(fresh)
    page = client.get(url)
    assert WORDS in page.content.decode()
    assert client.head(url).status_code == 200
    assert FollowUp.objects.get().answered_at is None
    assert client.post(url, {"lepiej": "nie", "slowa": "Dalej ciemno."})["Location"] == url
    fresh.refresh_from_db()
    assert (fresh.is_better, fresh.words) == (False, "Dalej ciemno.")
    again = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "Your answer: no" in again
    assert "Dalej ciemno." in again


def test_yes_stands_out_no_more_than_no(client: Client, fresh):
    buttons = re.findall(r'class="([^"]+)" name="lepiej"', client.get(follow_ups.address_of(fresh)).content.decode())
    assert len(buttons) == 2
    assert len(set(buttons)) == 1


@pytest.mark.parametrize("sent", [{}, {"lepiej": "moze"}, {"lepiej": "nie", "slowa": "x" * 1001}])
def test_wrong_answer_keeps_the_words(client: Client, fresh, sent):
    page = client.post(follow_ups.address_of(fresh), {"slowa": "Dalej ciemno.", **sent})
    assert page.status_code == 422
    assert sent.get("slowa", "Dalej ciemno.") in page.content.decode()
    fresh.refresh_from_db()
    assert fresh.is_better is None


def test_page_of_what_was_taken_up_again_asks_nothing(client: Client, fresh):
    reopen(fresh.entry.commitment, by=SYSTEM, text="Zgasły.")
    url = follow_ups.address_of(fresh)
    assert 'name="lepiej"' not in client.get(url).content.decode()
    assert client.post(url, {"lepiej": "nie"}).status_code == 409
    fresh.refresh_from_db()
    assert fresh.is_better is None


def test_too_many_answers_are_told_to_wait(client: Client, fresh, monkeypatch):
    monkeypatch.setattr(follow_ups, "LIMIT", follow_ups.Limit("follow-up", times=1, seconds=3600))
    url = follow_ups.address_of(fresh)
    assert [client.post(url, {"lepiej": "nie"}).status_code for _ in range(2)] == [302, 429]


def test_address_that_is_not_ours_is_not_found(client: Client, fresh):
    for token in ("1", str(fresh.pk), follow_ups.address_of(fresh).split("/")[-2] + "x"):
        assert client.get(reverse("meetings:follow_up", args=[token])).status_code == 404
    assert client.delete(follow_ups.address_of(fresh)).status_code == 405
