"""Whatever people and staff do: no seat is given twice, the queue keeps its order, nobody is lost."""

import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from meetings import registration
from meetings.models import Registration
from meetings.seats import most_seats, offered, seats_of
from participants.models import Letter
from tests import factories
from tests.meetings.signups import NOW, make_open, sign_up

State = Registration.State
COMING = {State.SEATED, State.WAITING}


class Seats(RuleBasedStateMachine):
    @initialize(capacity=st.none() | st.integers(0, 6), reserved=st.integers(0, 2))
    def begin(self, capacity: int | None, reserved: int) -> None:
        self.meeting = make_open(capacity=capacity, reserved_seats=reserved)
        self.editor = factories.make_resident("Anna", is_superuser=True)
        self.now = NOW
        self.known: dict[int, str] = {}

    def later(self) -> datetime.datetime:
        self.now += datetime.timedelta(seconds=1)
        return self.now

    def rows(self) -> list[Registration]:
        return list(self.meeting.registrations.order_by("pk"))

    def one(self, data: st.DataObject) -> Registration:
        return data.draw(st.sampled_from(self.rows()))

    @rule(data=st.data())
    def somebody_signs_up(self, data: st.DataObject) -> None:
        self.meeting.refresh_from_db()
        sign_up(self.meeting, seats=data.draw(st.integers(1, most_seats(self.meeting))), now=self.later())

    @rule(data=st.data())
    @precondition(lambda self: self.meeting.registrations.exists())
    def somebody_confirms(self, data: st.DataObject) -> None:
        registration.confirm(self.one(data), now=self.later())

    @rule(data=st.data())
    @precondition(lambda self: self.meeting.registrations.exists())
    def somebody_leaves(self, data: st.DataObject) -> None:
        registration.leave(self.one(data), now=self.later())

    @rule(data=st.data())
    @precondition(lambda self: any(r.seats > 1 and r.state in COMING for r in self.rows()))
    def somebody_takes_fewer(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([r for r in self.rows() if r.seats > 1 and r.state in COMING]))
        registration.take_fewer(one, seats=data.draw(st.integers(1, one.seats - 1)), now=self.later())

    @rule(seats=st.integers(1, 4))
    def somebody_phones(self, seats: int) -> None:
        registration.enter(
            Registration(meeting=self.meeting, name="Jan", seats=seats), by=self.editor, now=self.later()
        )

    @rule(capacity=st.none() | st.integers(0, 8))
    def the_room_changes(self, capacity: int | None) -> None:
        self.meeting.refresh_from_db()
        before = seats_of(self.meeting).taken
        self.meeting.capacity = capacity
        self.meeting.save()
        registration.move_up(self.meeting, now=self.later())
        room = offered(self.meeting)
        assert room is None or seats_of(self.meeting).taken <= max(room, before)

    @invariant()
    def all_is_in_order(self) -> None:
        """One after another: the last notes what the next step is compared with."""
        self.no_seat_is_given_twice()
        self.no_seat_stays_empty_that_the_first_could_have()
        self.nobody_is_passed()
        self.nobody_is_lost()
        self.known = {r.pk: r.state for r in self.rows()}

    def no_seat_is_given_twice(self) -> None:
        """A room that shrinks takes nobody's seat away; but then none is given."""
        self.meeting.refresh_from_db()
        taken, room = seats_of(self.meeting).taken, offered(self.meeting)
        now_seated = {r.pk for r in self.rows() if r.state == State.SEATED}
        got = now_seated - {pk for pk, state in self.known.items() if state == State.SEATED}
        if got and room is not None:
            assert taken <= room

    def no_seat_stays_empty_that_the_first_could_have(self) -> None:
        taken, room = seats_of(self.meeting).taken, offered(self.meeting)
        queue = [r for r in self.meeting.registrations.waiting().in_queue_order() if room is None or r.seats <= room]
        if queue:
            assert room is not None
            assert taken + queue[0].seats > room

    def nobody_is_passed(self) -> None:
        """Whoever got a seat in the last step stood before everybody who fits into the room and still waits."""
        rows, room = self.rows(), offered(self.meeting)
        got = [r for r in rows if r.state == State.SEATED and self.known.get(r.pk) != State.SEATED]
        waits = [r for r in rows if r.state == State.WAITING and (room is None or r.seats <= room)]
        for seated in got:
            assert all((seated.confirmed_at, seated.pk) < (other.confirmed_at, other.pk) for other in waits)

    def nobody_is_lost(self) -> None:
        rows = {r.pk: r for r in self.rows()}
        assert set(self.known) <= set(rows)
        for pk, before in self.known.items():
            after = rows[pk].state
            allowed = {
                State.PENDING: set(State),
                State.WAITING: {State.WAITING, State.SEATED, State.LEFT},
                State.SEATED: {State.SEATED, State.LEFT},
                State.LEFT: {State.LEFT},
            }
            assert after in allowed[State(before)]
            if before == State.WAITING and after == State.SEATED and rows[pk].email:
                assert Letter.objects.filter(to=rows[pk].email).count() == 3


@pytest.mark.django_db
class TestSeats(TestCase, Seats.TestCase):
    settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
