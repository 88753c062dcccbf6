"""The rule of sign-ups: who gets a seat, who waits, who moves up, and what everybody is told."""

import datetime
import uuid

import pytest
from django.db import OperationalError, connection

from meetings import publication, registration
from meetings.models import Meeting, Registration
from meetings.registration import (
    RegistrationRefused,
    accept,
    address_of,
    confirm,
    enter,
    forget_registrations,
    leave,
    move_up,
    of_token,
    place_in_queue,
    take_fewer,
    take_off,
    token_of,
)
from meetings.seats import Obstacle, obstacle, seats_of
from participants.limits import LimitReached
from participants.models import Letter
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.meetings.signups import DAY, NOW, make_open, sign_up
from tests.topics.parallel import at_once

State = Registration.State
HOUR = datetime.timedelta(hours=1)
parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def meeting(db: None) -> Meeting:
    return make_open()


def come(meeting: Meeting, seats: int = 1, **fields) -> Registration:
    return confirm(sign_up(meeting, seats=seats, **fields), now=NOW)


def states(meeting: Meeting) -> list[str]:
    return list(meeting.registrations.order_by("pk").values_list("state", flat=True))


# -- Signing up -----------------------------------------------------------------------------------------------


def test_nothing_is_held_until_the_letter_is_answered(meeting):
    made = sign_up(meeting, "Hanna@Poczta.example", seats=2, needs=["wheelchair"], other_needs=" miejsce  z przodu ")
    assert (made.state, made.email, made.other_needs) == (State.PENDING, "hanna@poczta.example", "miejsce z przodu")
    assert (made.wheelchair, made.sign_language, made.account) == (True, False, None)
    assert seats_of(meeting).taken == 0
    letter = last_letter("hanna@poczta.example")
    assert link_in(letter, "/spotkania/zapis/") == address_of(made)
    assert confirm(of_token(token_of(made)), now=NOW).state == State.SEATED
    assert seats_of(meeting).taken == 2
    assert Letter.objects.count() == 2


def test_letter_to_an_unconfirmed_address_quotes_nothing(meeting):
    sign_up(meeting, "obcy@poczta.example", name="Wygraj na www.zly.example", other_needs="www.zly.example")
    letter = last_letter("obcy@poczta.example")
    assert "zly.example" not in letter.body + letter.subject


def test_letter_speaks_the_language_of_the_form(meeting):
    sign_up(meeting, "anna@poczta.example", language="en")
    assert last_letter("anna@poczta.example").subject == "Confirm your sign-up: Bezpieczna zima"


def test_confirmed_address_of_an_account_is_believed(meeting, resident):
    made = sign_up(meeting, resident.email.upper(), account=resident)
    assert (made.state, made.account, made.seated_at) == (State.SEATED, resident, NOW)


@pytest.mark.parametrize("whose", ["another", "not confirmed"])
def test_any_other_address_of_an_account_gets_the_letter(meeting, whose: str):
    person = factories.make_resident(confirmed=whose == "another")
    email = "inny@poczta.example" if whose == "another" else person.email
    made = sign_up(meeting, email, account=person)
    assert (made.state, made.account) == (State.PENDING, None)


def test_double_click_makes_one_sign_up_and_one_letter(meeting, resident):
    once = uuid.uuid4()
    first = sign_up(meeting, "hanna@poczta.example", submission=once)
    assert sign_up(meeting, "hanna@poczta.example", submission=once) == first
    twice = uuid.uuid4()
    seated = sign_up(meeting, resident.email, account=resident, submission=twice)
    assert sign_up(meeting, resident.email, account=resident, submission=twice) == seated
    assert (Registration.objects.count(), Letter.objects.count()) == (2, 2)


def test_mended_address_of_the_same_form_is_another_sign_up(meeting):
    once = uuid.uuid4()
    sign_up(meeting, "hana@poczta.example", submission=once)
    sign_up(meeting, "hanna@poczta.example", submission=once)
    assert set(meeting.registrations.values_list("email", flat=True)) == {"hana@poczta.example", "hanna@poczta.example"}
    assert Letter.objects.filter(to="hanna@poczta.example").count() == 1


def test_unconfirmed_sign_up_takes_over_what_was_typed_last(meeting):
    first = sign_up(meeting, "hanna@poczta.example", seats=1)
    second = sign_up(meeting, "HANNA@poczta.example", seats=3, needs=["ukrainian"])
    assert (second.pk, second.seats, second.ukrainian) == (first.pk, 3, True)
    assert Letter.objects.count() == 2


@pytest.mark.parametrize("state", [State.SEATED, State.WAITING])
def test_known_address_is_told_by_letter_and_keeps_what_it_has(meeting, state):
    known = factories.make_registration(meeting, state=state, email="hanna@poczta.example", seats=2)
    made = sign_up(meeting, "Hanna@poczta.example", seats=4, name="Ktoś Inny")
    assert made == known
    known.refresh_from_db()
    assert (known.state, known.seats, known.name) == (state, 2, "Hanna Nowak")
    letter = last_letter("hanna@poczta.example")
    assert link_in(letter, "/spotkania/zapis/") == address_of(known)
    assert "Ktoś Inny" not in letter.body


def test_who_has_left_can_sign_up_again(meeting):
    leave(come(meeting, email="hanna@poczta.example"), now=NOW)
    again = come(meeting, email="hanna@poczta.example")
    assert (again.state, meeting.registrations.count()) == (State.SEATED, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 121},
        {"seats": 0},
        {"seats": 5},
        {"other_needs": "x" * 301},
        {"seconds": 0.5},
    ],
)
def test_wrong_form_is_refused_in_a_sentence(meeting, wrong: dict):
    with pytest.raises(RegistrationRefused) as refusal:
        sign_up(meeting, **wrong)
    assert str(refusal.value).endswith(".")
    assert not Registration.objects.exists()


def test_party_larger_than_the_room_is_refused(db):
    meeting = make_open(capacity=5, reserved_seats=3)
    assert sign_up(meeting, seats=2).seats == 2
    with pytest.raises(RegistrationRefused):
        sign_up(meeting, seats=3)


def test_interpreter_is_asked_for_until_the_day(db):
    meeting = make_open(sign_language_until=NOW.date())
    assert sign_up(meeting, needs=["sign_language"]).sign_language
    with pytest.raises(RegistrationRefused):
        sign_up(meeting, needs=["sign_language"], now=NOW + DAY)
    assert sign_up(meeting, needs=["induction_loop"], now=NOW + DAY).induction_loop


def test_letters_to_one_address_are_limited(meeting):
    for _ in range(registration.BY_EMAIL.times):
        sign_up(meeting, "hanna@poczta.example")
    with pytest.raises(LimitReached):
        sign_up(meeting, "hanna@poczta.example")


# -- When ---------------------------------------------------------------------------------------------------


WINDOW = [
    ({}, None),
    ({"registration_opens_at": NOW + HOUR}, Obstacle.EARLY),
    ({"registration_opens_at": NOW, "registration_closes_at": NOW + HOUR}, None),
    ({"registration_closes_at": NOW}, Obstacle.CLOSED),
    ({"date": datetime.date(2026, 11, 20), "starts": datetime.time(11)}, Obstacle.OVER),
    ({"date": datetime.date(2026, 11, 20), "starts": datetime.time(11, 1)}, None),
    ({"date": datetime.date(2026, 11, 20), "starts": None}, Obstacle.OVER),
    ({"state": Meeting.State.POSTPONED}, Obstacle.POSTPONED),
    ({"state": Meeting.State.CANCELLED}, Obstacle.CANCELLED),
    ({"state": Meeting.State.HELD}, Obstacle.OVER),
    ({"state": Meeting.State.ARCHIVED}, Obstacle.OVER),
    ({"state": Meeting.State.DRAFT}, Obstacle.OVER),
]


@pytest.mark.parametrize(("fields", "reason"), WINDOW)
def test_sign_up_has_its_time(db, fields: dict, reason):
    meeting = make_open(**fields)
    assert obstacle(meeting, NOW) == reason
    pending = factories.make_registration(meeting, state=State.PENDING)
    if reason is None:
        assert sign_up(meeting).pk
        assert confirm(pending, now=NOW).state == State.SEATED
        return
    with pytest.raises(RegistrationRefused, match=str(reason.label)):
        sign_up(meeting)
    with pytest.raises(RegistrationRefused, match=str(reason.label)):
        confirm(pending, now=NOW)


def test_meeting_without_sign_ups_takes_none(db):
    meeting = make_open()
    meeting.takes_registrations = False
    meeting.save()
    with pytest.raises(RegistrationRefused):
        sign_up(meeting)


# -- Seats and the queue ------------------------------------------------------------------------------------


def test_reserved_seats_are_not_offered(db):
    meeting = make_open(capacity=5, reserved_seats=3)
    assert [come(meeting).state for _ in range(3)] == [State.SEATED, State.SEATED, State.WAITING]


def test_without_a_capacity_everybody_has_a_seat(db):
    meeting = make_open(capacity=None)
    assert {come(meeting, 4).state for _ in range(4)} == {State.SEATED}


def test_who_does_not_fit_waits_and_no_smaller_party_passes(db):
    meeting = make_open(capacity=5)
    come(meeting, 3)
    large, small = come(meeting, 4), come(meeting, 1)
    assert states(meeting) == [State.SEATED, State.WAITING, State.WAITING]
    assert (place_in_queue(large), place_in_queue(small)) == (1, 2)


def test_whoever_waits_may_ask_for_fewer_and_the_rest_moves_up(db):
    meeting = make_open(capacity=5)
    come(meeting, 3)
    large, small, last = come(meeting, 4), come(meeting, 1), come(meeting, 1)
    assert take_fewer(large, seats=1, now=NOW).state == State.SEATED
    assert states(meeting) == [State.SEATED, State.SEATED, State.SEATED, State.WAITING]
    small.refresh_from_db()
    assert small.seated_at == NOW
    assert place_in_queue(last) == 1


@pytest.mark.parametrize("seats", [0, 3, 4])
def test_fewer_means_fewer(meeting, seats: int):
    made = come(meeting, 3)
    with pytest.raises(RegistrationRefused):
        take_fewer(made, seats=seats, now=NOW)


def test_who_leaves_makes_room_in_the_order_of_the_queue(db):
    meeting = make_open(capacity=2)
    first, _second = come(meeting), come(meeting)
    third, fourth = come(meeting, email="trzecia@poczta.example"), come(meeting)
    assert leave(first, now=NOW).state == State.LEFT
    leave(first, now=NOW)
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.state, fourth.state) == (State.SEATED, State.WAITING)
    letter = last_letter("trzecia@poczta.example")
    assert link_in(letter, "/spotkania/zapis/") == address_of(third)
    assert Letter.objects.filter(to="trzecia@poczta.example").count() == 3


def test_party_larger_than_the_shrunken_room_holds_nobody_up(db):
    meeting = make_open(capacity=4)
    come(meeting, 2)
    large, small = come(meeting, 4), come(meeting, 1)
    Meeting.objects.update(capacity=3)
    meeting.refresh_from_db()
    assert [one.pk for one in move_up(meeting, now=NOW)] == [small.pk]
    large.refresh_from_db()
    assert large.state == State.WAITING


@pytest.mark.parametrize("state", [Meeting.State.POSTPONED, Meeting.State.CANCELLED])
def test_nobody_moves_up_in_a_meeting_without_a_date_until_it_is_announced_again(db, state, editor):
    meeting = make_open(state=state, capacity=1)
    seated = factories.make_registration(meeting)
    waiting = factories.make_registration(meeting, state=State.WAITING)
    leave(seated, now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING
    publication.announce(meeting, by=editor, now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == State.SEATED


def test_nobody_moves_up_once_the_meeting_has_begun(db):
    meeting = make_open(capacity=1)
    seated, waiting = come(meeting), come(meeting)
    leave(seated, now=NOW + 30 * DAY)
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING


def test_left_sign_up_cannot_be_confirmed(meeting):
    made = leave(sign_up(meeting), now=NOW)
    assert confirm(made, now=NOW).state == State.LEFT
    assert seats_of(meeting).taken == 0


# -- By the staff -----------------------------------------------------------------------------------------------


def test_staff_sign_somebody_up_outside_the_window_without_an_address(editor, db):
    meeting = make_open(capacity=1, registration_closes_at=NOW)
    made = enter(Registration(meeting=meeting, name="Jan z telefonu"), by=editor, now=NOW)
    assert (made.state, Letter.objects.count()) == (State.SEATED, 0)
    second = Registration(meeting=meeting, name="Ola", email="ola@poczta.example")
    assert enter(second, by=editor, now=NOW).state == State.WAITING
    assert last_letter("ola@poczta.example")


@pytest.mark.parametrize("persona", ["resident", "moderator", "official"])
def test_only_editors_act_for_others(meeting, persona: str, request):
    by = request.getfixturevalue(persona)
    pending = sign_up(meeting)
    for act in (lambda: enter(Registration(meeting=meeting, name="X"), by=by), lambda: accept(pending, by=by)):
        with pytest.raises(RegistrationRefused):
            act()
    with pytest.raises(RegistrationRefused):
        take_off(pending, by=by, now=NOW)
    assert states(meeting) == [State.PENDING]


def test_who_is_taken_off_is_told_and_the_next_moves_up(editor, db):
    meeting = make_open(capacity=1)
    first, second = come(meeting, email="hanna@poczta.example"), come(meeting)
    take_off(first, by=editor, now=NOW)
    second.refresh_from_db()
    assert second.state == State.SEATED
    assert Letter.objects.filter(to="hanna@poczta.example").count() == 3
    accepted = accept(sign_up(meeting), by=editor, now=NOW)
    assert accepted.state == State.WAITING


# -- The link ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "1", "1.x", "x.y", "999.abc", "1:abc"])
def test_invented_token_opens_nothing(meeting, token: str):
    sign_up(meeting)
    assert of_token(token) is None


# -- Forgetting -------------------------------------------------------------------------------------------------


def test_people_are_forgotten_and_the_counts_stay(db):
    meeting = make_open()
    made = come(meeting, 3, needs=["wheelchair"], other_needs="choroba")
    day = datetime.datetime(2026, 12, 10, 12, tzinfo=datetime.UTC)
    assert forget_registrations(day + 30 * DAY) == 0
    assert forget_registrations(day + 31 * DAY) == 1
    assert forget_registrations(day + 31 * DAY) == 0
    token = token_of(made)
    made.refresh_from_db()
    assert (made.name, made.email, made.other_needs, made.account) == ("", "", "", None)
    assert (made.seats, made.wheelchair, made.state) == (3, True, State.SEATED)
    assert of_token(token) is None


def test_people_of_a_postponed_meeting_wait_a_year_for_the_new_date(db):
    made = factories.make_registration(make_open(state=Meeting.State.POSTPONED, postponed_at=NOW))
    assert forget_registrations(NOW + 364 * DAY) == 0
    assert forget_registrations(NOW + 365 * DAY) == 1
    made.refresh_from_db()
    assert (made.name, made.email) == ("", "")


def test_unconfirmed_sign_up_is_deleted_after_two_days(meeting):
    sign_up(meeting)
    come(meeting)
    assert forget_registrations(NOW + 2 * DAY) == 0
    assert forget_registrations(NOW + 2 * DAY + HOUR) == 1
    assert states(meeting) == [State.SEATED]


# -- At one moment ----------------------------------------------------------------------------------------------


def errors(found: list) -> list:
    return [one for one in found if isinstance(one, Exception)]


@parallel
def test_last_seat_goes_to_one_of_fifty():
    meeting = make_open(capacity=11)
    factories.make_registration(meeting, seats=10)
    people = [factories.make_registration(meeting, state=State.PENDING) for _ in range(50)]
    found = at_once(*[lambda one=one: confirm(one, now=NOW) for one in people])
    if connection.vendor == "sqlite":  # one writer at a time: it may say that it is busy, and the button stays
        assert all(isinstance(error, OperationalError) for error in errors(found))
    else:
        assert errors(found) == []
    assert seats_of(meeting).taken == 11
    assert meeting.registrations.seated().count() == 2
    assert meeting.registrations.waiting().count() == 49 - len(errors(found))


@parallel
def test_double_click_at_one_moment_makes_one():
    meeting, once = make_open(), uuid.uuid4()
    found = at_once(*[lambda: sign_up(meeting, "hanna@poczta.example", submission=once) for _ in range(5)])
    assert errors(found) == []
    assert (Registration.objects.count(), Letter.objects.count()) == (1, 1)


@parallel
def test_seat_given_back_twice_at_one_moment_goes_to_one():
    meeting = make_open(capacity=1)
    seated = factories.make_registration(meeting)
    waiting = [factories.make_registration(meeting, state=State.WAITING) for _ in range(3)]
    assert errors(at_once(*[lambda: leave(seated, now=NOW) for _ in range(4)])) == []
    assert states(meeting) == [State.LEFT, State.SEATED, State.WAITING, State.WAITING]
    assert Letter.objects.filter(to=waiting[0].email).count() == 1
