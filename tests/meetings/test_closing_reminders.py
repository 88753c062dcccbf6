"""Who is reminded of a report that is not out: on the third and the seventh day, once each."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings import closing
from meetings.closing import Step, publish_report, remind_to_close, tasks
from meetings.models import Meeting
from participants.models import Letter
from participants.roles import Role
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.meetings.closing import make_past, make_placed, write_up
from topics import moderation
from topics.models import Reason

State = Meeting.State
DAY = timezone.make_aware(datetime.datetime(2026, 3, 28, 12))  # the clocks change in the night after it


def held_on(day: datetime.datetime = DAY, **fields) -> Meeting:
    how = {"date": timezone.localdate(day), "held_at": day, "published_at": day - datetime.timedelta(days=20)}
    return make_past(**{**how, **fields})


def after(days: int, **more: int) -> datetime.datetime:
    """Noon of that day in Poland, whatever the clocks did."""
    noon = datetime.datetime.combine(timezone.localdate(DAY) + datetime.timedelta(days=days), datetime.time(12))
    return timezone.make_aware(noon) + datetime.timedelta(**more)


def test_letters_go_on_the_third_and_the_seventh_day_once_each(editor):
    held_on()
    sent = []
    for day in range(12):
        for hour in (0, 1):
            remind_to_close(after(day, hours=hour))
            sent.append((day, hour, Letter.objects.count()))
    grown = [(day, hour) for (day, hour, n), (_d, _h, before) in zip(sent[1:], sent, strict=False) if n > before]
    assert grown == [(3, 0), (7, 0)]


def test_the_third_day_begins_at_midnight_in_poland(editor):
    held_on()
    midnight = timezone.make_aware(datetime.datetime(2026, 3, 31, 0, 0))
    assert remind_to_close(midnight - datetime.timedelta(minutes=1)) == 0
    assert remind_to_close(midnight) == 1


def test_a_late_run_sends_the_latest_letter_only(editor):
    meeting = held_on()
    assert remind_to_close(after(9)) == 1
    assert remind_to_close(after(9)) == 0
    meeting.refresh_from_db()
    assert (meeting.closing_reminders, Letter.objects.count()) == (7, 1)


def test_a_kill_in_the_middle_loses_no_letter_and_doubles_none(editor, monkeypatch):
    other = factories.make_resident("Piotr", roles=[Role.EDITOR])
    held_on()
    held_on(title="Drugie")
    queue, calls = closing.queue_letter, []

    def dying(**kwargs):
        calls.append(kwargs["to"])
        if len(calls) == 4:
            raise KeyboardInterrupt
        queue(**kwargs)

    monkeypatch.setattr(closing, "queue_letter", dying)
    with pytest.raises(KeyboardInterrupt):
        remind_to_close(after(3))
    assert Letter.objects.count() == 2  # those of the first meeting
    monkeypatch.setattr(closing, "queue_letter", queue)
    remind_to_close(after(3))
    remind_to_close(after(3))
    assert [Letter.objects.filter(to=who.email).count() for who in (editor, other)] == [2, 2]


def test_nobody_is_reminded_of_what_is_closed_in_the_meantime(editor):
    meeting = write_up(held_on())
    publish_report(meeting, by=editor, now=after(2))
    assert remind_to_close(after(3)) == 0


@pytest.mark.parametrize("state", State.values)
def test_only_of_meetings_that_took_place(state, editor):
    meeting = held_on()
    stamps = {
        State.CANCELLED: {"cancelled_at": DAY, "state_reason": "Awaria"},
        State.SCHEDULED: {"publish_at": DAY},
        State.ANNOUNCED: {"held_at": None},
    }
    Meeting.objects.filter(pk=meeting.pk).update(state=state, **stamps.get(state, {}))
    assert remind_to_close(after(3)) == (state in {State.ANNOUNCED, State.HELD})


def test_an_archive_that_is_entered_late_presses_nobody(editor):
    held_on(published_at=after(1))
    assert remind_to_close(after(3)) == 0


def test_the_letter_goes_to_active_editors_and_says_what_is_open(editor, moderator, resident):
    factories.make_resident("Dawna", roles=[Role.EDITOR], is_active=False)
    meeting = held_on()
    remind_to_close(after(3))
    letter = last_letter(editor.email)
    assert Letter.objects.count() == 1
    assert meeting.title in letter.subject
    assert "Napisz wnioski albo zaznacz, że nikt ich nie zgłosił." in letter.body
    assert "bo należysz do redakcji" in letter.body
    assert link_in(letter, "/panel/") == f"/panel/meetings/meeting/{meeting.pk}/zamkniecie/"


def test_text_that_a_moderator_has_hidden_is_in_no_letter_and_on_no_page_of_the_report(editor, moderator, as_user):
    meeting = held_on()
    place = make_placed(meeting, editor, "Sąsiad spod czwórki kradnie")
    moderation.hide(place.question.comment, by=moderator, reason=Reason.INSULT)
    Letter.objects.all().delete()
    assert remind_to_close(after(3)) == 1
    page = as_user(editor).get(reverse(f"admin:meetings_meeting_{Step.QUESTIONS}", args=[meeting.pk]))
    assert page.status_code == 200
    for text in (Letter.objects.get(to=editor.email).body, page.content.decode(), tasks(meeting)[2].missing):
        assert str(place.question_id) in text
        assert "Sąsiad spod czwórki" not in text
