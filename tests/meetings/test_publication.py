"""The life of a meeting: who may move it from which state, and what each step leaves behind."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from meetings import publication
from meetings.models import Meeting
from meetings.publication import ChangeRefused
from participants.roles import Role
from tests import factories
from tests.topics.parallel import at_once

State = Meeting.State
TOMORROW = timezone.now() + datetime.timedelta(days=1)
# act -> the states it may start from, the state it leads to, and how to call it
ACTS = {
    "announce": ({State.DRAFT, State.SCHEDULED, State.POSTPONED, State.CANCELLED}, State.ANNOUNCED, {}),
    "schedule": ({State.DRAFT, State.SCHEDULED}, State.SCHEDULED, {"publish_at": TOMORROW}),
    "take_back": ({State.SCHEDULED}, State.DRAFT, {}),
    "move": ({State.ANNOUNCED, State.POSTPONED}, State.ANNOUNCED, {"starts": datetime.time(18)}),
    "postpone": ({State.ANNOUNCED}, State.POSTPONED, {}),
    "cancel": ({State.ANNOUNCED, State.POSTPONED}, State.CANCELLED, {"reason": "Awaria prądu w sali."}),
    "close_as_held": ({State.ANNOUNCED}, State.HELD, {}),
    "archive": ({State.HELD, State.CANCELLED}, State.ARCHIVED, {}),
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("act", ACTS)
def test_act_fits_only_its_states(act: str, state: str, editor):
    allowed, after, how = ACTS[act]
    meeting = factories.make_meeting(state=state, date=timezone.localdate())
    if state in allowed:
        assert getattr(publication, act)(meeting, by=editor, **how).state == after
        return
    with pytest.raises(ChangeRefused, match=str(meeting.get_state_display())):
        getattr(publication, act)(meeting, by=editor, **how)
    meeting.refresh_from_db()
    assert meeting.state == state


@pytest.mark.parametrize("persona", ["resident", "moderator", "official"])
@pytest.mark.parametrize("act", ACTS)
def test_act_is_the_editors_alone(act: str, persona: str, request, db):
    allowed, _after, how = ACTS[act]
    meeting = factories.make_meeting(state=min(allowed), date=timezone.localdate())
    with pytest.raises(ChangeRefused):
        getattr(publication, act)(meeting, by=request.getfixturevalue(persona), **how)
    before = meeting.state
    meeting.refresh_from_db()
    assert meeting.state == before


def test_announce_freezes_the_guests_and_opens_their_pages(editor):
    institution = factories.make_institution("Straż Miejska w Przykładowie", public=False)
    official = factories.make_official("Jan", "Przykładowski", public=False)
    appointment = factories.make_appointment(official, institution, rank="podinsp.", post="Naczelnik")
    meeting = factories.make_meeting(state=State.DRAFT)
    presence = factories.make_presence(meeting, appointment)
    publication.announce(meeting, by=editor)
    for row in (presence, official, institution):
        row.refresh_from_db()
    printed = (presence.rank_text, presence.name_text, presence.post_text, presence.institution_text)
    assert printed == ("podinsp.", "Jan Przykładowski", "Naczelnik", "Straż Miejska w Przykładowie")
    assert presence.frozen_at
    assert official.is_public
    assert institution.is_public


def test_announce_prints_a_withheld_name_as_a_post(editor):
    official = factories.make_official("Jan", "Skryty", public=False, name_withheld=True)
    meeting = factories.make_meeting(state=State.DRAFT)
    presence = factories.make_presence(meeting, factories.make_appointment(official, rank="kom.", post="Zastępca"))
    publication.announce(meeting, by=editor)
    presence.refresh_from_db()
    official.refresh_from_db()
    assert (presence.kind, presence.rank_text, presence.name_text, presence.post_text) == ("post", "", "", "Zastępca")
    assert not official.is_public


def test_promotion_after_publication_changes_no_printed_line(editor):
    appointment = factories.make_appointment(rank="asp.", post="Dzielnicowa")
    meeting = factories.make_meeting(state=State.DRAFT)
    presence = factories.make_presence(meeting, appointment)
    publication.announce(meeting, by=editor)
    appointment.post = "Komendantka"
    appointment.save()
    publication.postpone(meeting, by=editor)
    publication.announce(meeting, by=editor)
    presence.refresh_from_db()
    assert presence.post_text == "Dzielnicowa"


def test_announce_of_a_past_meeting_says_that_it_was_held(editor):
    meeting = factories.make_meeting(state=State.DRAFT, date=datetime.date(2017, 5, 29))
    assert publication.announce(meeting, by=editor).state == State.HELD


def test_announce_of_a_postponed_meeting_never_says_that_it_was_held(editor):
    meeting = factories.make_meeting(state=State.POSTPONED, date=datetime.date(2017, 5, 29))
    with pytest.raises(ChangeRefused):
        publication.announce(meeting, by=editor)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.held_at) == (State.POSTPONED, None)


def test_move_keeps_the_former_date_and_place(editor):
    old = timezone.localdate() + datetime.timedelta(days=5)
    meeting = factories.make_meeting(date=old, starts=datetime.time(17), place="Komenda", address="ul. Szkolna 1")
    moved = publication.move(meeting, by=editor, date=old + datetime.timedelta(days=7), place="Biblioteka")
    change = moved.changes.get()
    assert (change.date, change.starts, change.place) == (old, datetime.time(17), "Komenda, ul. Szkolna 1")
    assert (moved.date, moved.place, moved.state) == (old + datetime.timedelta(days=7), "Biblioteka", State.ANNOUNCED)


def test_move_to_an_end_before_the_beginning_changes_nothing(editor):
    meeting = factories.make_meeting(starts=datetime.time(17))
    with pytest.raises(ValidationError):
        publication.move(meeting, by=editor, ends=datetime.time(16))
    assert not meeting.changes.exists()


def test_cancel_without_a_reason_is_refused(editor):
    meeting = factories.make_meeting()
    with pytest.raises(ChangeRefused):
        publication.cancel(meeting, by=editor, reason="  ")
    meeting.refresh_from_db()
    assert meeting.state == State.ANNOUNCED


def test_schedule_refuses_an_hour_that_has_passed(editor):
    meeting = factories.make_meeting(state=State.DRAFT)
    with pytest.raises(ChangeRefused):
        publication.schedule(meeting, by=editor, publish_at=timezone.now() - datetime.timedelta(minutes=1))


def test_close_as_held_refuses_a_day_to_come(editor):
    with pytest.raises(ChangeRefused):
        publication.close_as_held(factories.make_meeting(), by=editor)


def test_move_on_publishes_holds_and_archives_once(db):
    now = timezone.now()
    today = timezone.localdate(now)
    due = factories.make_meeting("A", state=State.SCHEDULED, publish_at=now - datetime.timedelta(hours=1))
    early = factories.make_meeting("B", state=State.SCHEDULED, publish_at=now + datetime.timedelta(hours=1))
    over = factories.make_meeting("C", date=today - datetime.timedelta(days=1))
    tonight = factories.make_meeting("D", date=today)
    days = [today - datetime.timedelta(days=ago) for ago in (31, 30)]
    ages = [now - datetime.timedelta(days=ago) for ago in (31, 30)]
    old = factories.make_meeting("E", state=State.HELD, date=days[0], held_at=ages[0])
    recent = factories.make_meeting("F", state=State.HELD, date=days[1], held_at=ages[1])
    late = factories.make_meeting("G", state=State.HELD, date=datetime.date(2017, 5, 29), held_at=now)
    assert publication.move_on(now) == {"published": 1, "held": 1, "archived": 1}
    assert publication.move_on(now) == {"published": 0, "held": 0, "archived": 0}
    states = {m.pk: m.state for m in Meeting.objects.all()}
    assert [states[m.pk] for m in (due, early, over, tonight, old, recent, late)] == [
        State.ANNOUNCED,
        State.SCHEDULED,
        State.HELD,
        State.ANNOUNCED,
        State.ARCHIVED,
        State.HELD,
        State.HELD,
    ]


def test_meeting_of_a_month_is_not_over_before_the_month(db):
    month = factories.make_meeting(date=datetime.date(2026, 5, 1), date_precision="month")
    noon = timezone.make_aware(datetime.datetime(2026, 5, 31, 12))
    publication.move_on(noon)
    month.refresh_from_db()
    assert month.state == State.ANNOUNCED
    publication.move_on(noon + datetime.timedelta(days=1))
    month.refresh_from_db()
    assert month.state == State.HELD


def test_meeting_moved_while_the_clock_looks_is_not_noted_as_held(transactional_db):
    """Moved in another connection, right after the worker has listed what is over."""
    editor = factories.make_resident("Anna", roles=[Role.EDITOR])
    meeting = factories.make_meeting(date=timezone.localdate() - datetime.timedelta(days=1))
    later = timezone.localdate() + datetime.timedelta(days=7)
    listed = []

    def move_meanwhile(execute, sql, params, *rest):
        found = execute(sql, params, *rest)
        if State.ANNOUNCED in (params or ()) and not listed:
            listed.append(sql)
            at_once(lambda: publication.move(meeting, by=editor, date=later))
        return found

    with connection.execute_wrapper(move_meanwhile):
        publication.move_on()
    meeting.refresh_from_db()
    assert len(listed) == 1
    assert (meeting.state, meeting.date) == (State.ANNOUNCED, later)
