"""Reminders: at their hour, once each, and never of what is out of date."""

import datetime

import pytest
from django.utils import timezone

from meetings import publication, registration, reminders
from meetings.models import Meeting, Registration
from meetings.notices import tell_changes
from meetings.reminders import remind
from participants.models import Letter
from tests import factories
from tests.mailbox import last_letter
from tests.meetings.signups import DAY, make_open, sign_up
from tests.topics.parallel import at_once

State = Registration.State
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def warsaw(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    """In December 2026; the meeting is on the 10th at 17:00."""
    return timezone.make_aware(datetime.datetime(2026, 12, day, hour, minute))


@pytest.fixture
def meeting(db: None) -> Meeting:
    return make_open()


@pytest.fixture
def guest(meeting) -> Registration:
    return factories.make_registration(
        meeting, created_at=warsaw(1, 12), email="hanna@poczta.example", language="en", seats=2
    )


def test_both_go_out_from_nine_in_the_morning_once_each(meeting, guest):
    assert [remind(warsaw(7, 8, 59)), remind(warsaw(7, 9)), remind(warsaw(7, 10))] == [0, 1, 0]
    letter = last_letter(guest.email)
    assert letter.subject == "Reminder: Bezpieczna zima, 10 December 2026"
    assert "the meeting is in 3 days:" in letter.body
    assert "You have 2 seats." in letter.body
    assert [remind(warsaw(9, 8, 59)), remind(warsaw(9, 9)), remind(warsaw(10, 9))] == [0, 1, 0]
    assert "the meeting is tomorrow:" in last_letter(guest.email).body


def test_late_run_still_sends_while_the_meeting_lies_ahead(meeting, guest):
    assert remind(warsaw(8, 23)) == 1
    assert "the meeting is in 2 days:" in last_letter(guest.email).body
    assert remind(warsaw(10, 16, 59)) == 1
    assert "the meeting is today:" in last_letter(guest.email).body


def test_of_two_that_are_due_only_the_later_is_sent(meeting, guest):
    assert [remind(warsaw(9, 12)), remind(warsaw(9, 13))] == [1, 0]
    assert Letter.objects.count() == 1


def test_nothing_once_the_meeting_has_begun(meeting, guest):
    assert remind(warsaw(10, 17)) == 0


@pytest.mark.parametrize(("first", "second", "letters"), [(None, None, 0), (None, 1, 1), (5, None, 1), (1, 1, 1)])
def test_each_meeting_says_when(meeting, guest, first, second, letters: int):
    Meeting.objects.update(first_reminder=first, second_reminder=second)
    sent = sum(remind(warsaw(day, hour)) for day in range(4, 11) for hour in (9, 12))
    assert sent == letters


@pytest.mark.parametrize("fields", [{"starts": None}, {"first_reminder": 0, "second_reminder": None}])
def test_on_the_day_itself(db, fields: dict):
    meeting = make_open(**{"first_reminder": 0, "second_reminder": None, **fields})
    factories.make_registration(meeting, created_at=warsaw(1, 12))
    assert [remind(warsaw(9, 12)), remind(warsaw(10, 9))] == [0, 1]


def test_month_alone_is_no_day_to_be_reminded_of(db):
    meeting = make_open(date=datetime.date(2026, 12, 1), date_precision="month", starts=None)
    factories.make_registration(meeting, created_at=warsaw(1, 1) - 9 * DAY)
    assert remind(warsaw(1, 12)) == 0


@pytest.mark.parametrize("state", [s for s in Meeting.State if s != Meeting.State.ANNOUNCED])
def test_only_a_meeting_that_keeps_its_date_is_reminded_of(db, state):
    meeting = make_open(state=state)
    factories.make_registration(meeting, created_at=warsaw(1, 12))
    assert remind(warsaw(9, 12)) == 0


@pytest.mark.parametrize("state", [s for s in State if s != State.SEATED])
def test_only_who_has_a_seat_is_reminded(meeting, state):
    factories.make_registration(meeting, state=state, created_at=warsaw(1, 12))
    factories.make_registration(meeting, email="", created_at=warsaw(1, 12))
    assert remind(warsaw(9, 12)) == 0


def test_who_got_a_seat_since_gets_the_next_one_alone(meeting):
    registration.confirm(sign_up(meeting, now=warsaw(8, 10)), now=warsaw(8, 10))
    assert [remind(warsaw(8, 12)), remind(warsaw(9, 12))] == [0, 1]


def test_who_moves_up_has_just_had_a_letter(db):
    meeting = make_open(capacity=1)
    seated = factories.make_registration(meeting, created_at=warsaw(1, 12))
    factories.make_registration(meeting, state=State.WAITING, created_at=warsaw(1, 13))
    registration.leave(seated, now=warsaw(8, 10))
    assert [remind(warsaw(8, 12)), remind(warsaw(9, 12))] == [0, 1]


def test_moved_meeting_is_reminded_of_again(meeting, guest, editor):
    assert remind(warsaw(7, 9)) == 1
    publication.move(meeting, by=editor, now=warsaw(8, 9), date=datetime.date(2026, 12, 17))
    tell_changes(warsaw(8, 10))
    assert [remind(warsaw(9, 12)), remind(warsaw(14, 9)), remind(warsaw(16, 9))] == [0, 1, 1]


def test_letter_about_a_date_close_by_stands_for_the_reminder(meeting, guest, editor):
    publication.move(meeting, by=editor, now=warsaw(2, 12), date=datetime.date(2026, 12, 4))
    tell_changes(warsaw(2, 13))
    assert [remind(warsaw(2, 14)), remind(warsaw(3, 9))] == [0, 1]


def test_cancelled_between_the_look_and_the_letter_sends_nothing(meeting, guest, monkeypatch):
    look = reminders._without

    def cancelled_after(*args):
        found = look(*args)
        list(found)
        Meeting.objects.update(state="cancelled", cancelled_at=warsaw(9, 9), state_reason="Awaria.")
        return found

    monkeypatch.setattr(reminders, "_without", cancelled_after)
    assert remind(warsaw(9, 12)) == 0
    assert Letter.objects.count() == 0


def test_killed_in_the_middle_it_goes_on_where_it_was(meeting, guest, monkeypatch):
    second = factories.make_registration(meeting, created_at=warsaw(1, 12), email="druga@poczta.example")
    factories.make_registration(meeting, created_at=warsaw(1, 12))
    queue_letter = reminders.queue_letter

    def killed(*, to: str, **letter) -> None:
        queue_letter(to=to, **letter)
        if to == second.email:
            raise KeyboardInterrupt

    monkeypatch.setattr(reminders, "queue_letter", killed)
    with pytest.raises(KeyboardInterrupt):
        remind(warsaw(9, 12))
    assert Letter.objects.count() == 1
    monkeypatch.undo()
    assert [remind(warsaw(9, 12)), remind(warsaw(9, 12))] == [2, 0]
    assert sorted(Letter.objects.values_list("to", flat=True)) == sorted(
        Registration.objects.values_list("email", flat=True)
    )


@parallel
def test_two_workers_remind_once():
    meeting = make_open()
    for _ in range(5):
        factories.make_registration(meeting, created_at=warsaw(1, 12))
    assert sum(at_once(*[lambda: remind(warsaw(9, 12)) for _ in range(3)])) == 5
    assert Letter.objects.count() == 5
