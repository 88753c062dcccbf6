"""What those who signed up are told of a change: once, of what it came to, and never after it is out of date."""

import datetime

import pytest

from meetings import notices, publication
from meetings.models import Meeting, Registration
from meetings.notices import GATHERED, tell_changes
from participants.models import Letter, Resident
from tests import factories
from tests.mailbox import last_letter
from tests.meetings.signups import DAY, NOW, make_open
from tests.topics.parallel import at_once

State = Registration.State
MINUTE = datetime.timedelta(minutes=1)
parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NEW_DAY = datetime.date(2026, 12, 17)


@pytest.fixture
def meeting(db: None) -> Meeting:
    return make_open(place="Ratusz")


@pytest.fixture
def guest(meeting) -> Registration:
    return factories.make_registration(meeting, email="hanna@poczta.example", language="en", seats=2)


def told() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("subject", flat=True))


def test_moved_meeting_is_told_after_half_an_hour_with_old_and_new(meeting, guest, editor):
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY, place="Biblioteka")
    assert tell_changes(NOW + GATHERED - MINUTE) == 0
    assert tell_changes(NOW + GATHERED) == 1
    letter = last_letter(guest.email)
    assert letter.subject == "New date: Bezpieczna zima"
    for words in ("17 December 2026", "Former date: 10 December 2026", "Where: Biblioteka", "Former place: Ratusz"):
        assert words in letter.body
    assert "Your seat is kept." in letter.body
    assert tell_changes(NOW + DAY) == 0


def test_all_edits_of_half_an_hour_make_one_letter(meeting, guest, editor):
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    publication.move(meeting, by=editor, now=NOW + 10 * MINUTE, starts=datetime.time(18))
    publication.move(meeting, by=editor, now=NOW + 29 * MINUTE, place="Biblioteka")
    assert tell_changes(NOW + GATHERED) == 1
    body = last_letter(guest.email).body
    assert "17 December 2026, at 18:00" in body
    assert "Former date: 10 December 2026" in body
    assert "Former place: Ratusz" in body


def test_edit_after_the_letter_makes_another(meeting, guest, editor):
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    tell_changes(NOW + GATHERED)
    publication.move(meeting, by=editor, now=NOW + 2 * GATHERED, place="Biblioteka")
    assert tell_changes(NOW + 3 * GATHERED) == 1
    assert told() == ["New date: Bezpieczna zima", "New place: Bezpieczna zima"]
    assert "Former date" not in last_letter(guest.email).body


def test_change_that_was_undone_is_not_told(meeting, guest, editor):
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    publication.move(meeting, by=editor, now=NOW + MINUTE, date=meeting.date)
    publication.postpone(meeting, by=editor, now=NOW + 2 * MINUTE)
    publication.announce(meeting, by=editor, now=NOW + 3 * MINUTE)
    assert tell_changes(NOW + GATHERED) == 0
    assert told() == []


def test_cancelled_in_the_meantime_is_all_that_is_told(meeting, guest, editor):
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    publication.cancel(meeting, by=editor, now=NOW + MINUTE, reason="Awaria prądu.")
    assert tell_changes(NOW + GATHERED) == 1
    letter = last_letter(guest.email)
    assert letter.subject == "The meeting is cancelled: Bezpieczna zima"
    assert "Reason: Awaria prądu." in letter.body
    assert "10 December 2026" in letter.body
    assert "17 December" not in letter.body


def test_postponed_is_told_with_the_reason_and_the_new_date_later(meeting, guest, editor):
    publication.postpone(meeting, by=editor, now=NOW, reason="Remont sali.")
    tell_changes(NOW + GATHERED)
    letter = last_letter(guest.email)
    assert letter.subject == "The meeting is put off: Bezpieczna zima"
    assert "Remont sali." in letter.body
    publication.move(meeting, by=editor, now=NOW + DAY, date=NEW_DAY)
    tell_changes(NOW + DAY + GATHERED)
    letter = last_letter(guest.email)
    assert letter.subject == "New date: Bezpieczna zima"
    assert "17 December 2026" in letter.body


def test_announced_again_with_its_date_takes_place_after_all(meeting, guest, editor):
    publication.cancel(meeting, by=editor, now=NOW, reason="Awaria.")
    tell_changes(NOW + GATHERED)
    publication.announce(meeting, by=editor, now=NOW + DAY)
    tell_changes(NOW + DAY + GATHERED)
    assert told()[-1] == "The meeting takes place after all: Bezpieczna zima"


@pytest.mark.parametrize(
    ("state", "is_told"),
    [(State.SEATED, True), (State.WAITING, True), (State.PENDING, False), (State.LEFT, False)],
)
def test_who_is_told(meeting, editor, state, is_told: bool):
    factories.make_registration(meeting, state=state)
    factories.make_registration(meeting, email="", seats=10)
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    assert tell_changes(NOW + GATHERED) == is_told


SOON = datetime.datetime(2026, 12, 10, 5, 0, tzinfo=datetime.UTC)  # eleven hours before


@pytest.mark.parametrize("act", ["move", "move far away", "postpone", "cancel"])
def test_of_a_meeting_that_begins_soon_people_hear_at_once(meeting, guest, editor, act: str):
    how = {
        "move": {"starts": datetime.time(18)},
        "move far away": {"date": NEW_DAY},
        "cancel": {"reason": "Awaria."},
    }
    getattr(publication, act.split()[0])(meeting, by=editor, now=SOON, **how.get(act, {}))
    assert tell_changes(SOON) == 1


def test_meeting_moved_to_soon_is_told_at_once(meeting, guest, editor):
    publication.move(meeting, by=editor, now=NOW, date=NOW.date())
    assert tell_changes(NOW) == 1


def test_cancelled_on_its_day_after_it_began_is_told_at_once(meeting, guest, editor):
    publication.cancel(meeting, by=editor, now=SOON + 12 * 60 * MINUTE, reason="Awaria.")
    assert tell_changes(SOON + 12 * 60 * MINUTE) == 1


def test_held_meeting_is_not_told_of_any_more(meeting, guest, editor):
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    Meeting.objects.update(state=Meeting.State.HELD, held_at=NOW)
    assert tell_changes(NOW + 30 * DAY) == 0
    assert Meeting.objects.get().notice_due_at is None


def test_draft_changes_are_nobodys_business(editor):
    meeting = make_open(state=Meeting.State.DRAFT)
    publication.announce(meeting, by=editor, now=NOW)
    assert Meeting.objects.get().notice_due_at is None


def test_killed_in_the_middle_it_runs_again_without_a_second_letter(meeting, guest, editor, monkeypatch):
    last = factories.make_registration(meeting, email="ostatnia@poczta.example")
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    queue_letter = notices.queue_letter

    def killed(*, to: str, **letter) -> None:
        if to == last.email:
            raise KeyboardInterrupt
        queue_letter(to=to, **letter)

    monkeypatch.setattr(notices, "queue_letter", killed)
    with pytest.raises(KeyboardInterrupt):
        tell_changes(NOW + GATHERED)
    assert Letter.objects.count() == 0
    monkeypatch.undo()
    assert tell_changes(NOW + GATHERED) == 2
    assert tell_changes(NOW + GATHERED) == 0
    assert Letter.objects.count() == 2


@parallel
def test_two_workers_tell_once():
    meeting, editor = make_open(), factories.make_resident("Anna")
    Resident.objects.update(is_superuser=True)
    editor.refresh_from_db()
    for _ in range(3):
        factories.make_registration(meeting)
    publication.move(meeting, by=editor, now=NOW, date=NEW_DAY)
    assert sorted(at_once(*[lambda: tell_changes(NOW + GATHERED) for _ in range(3)])) == [0, 0, 3]
    assert Letter.objects.count() == 3
