"""The way through a sign-up: the page of the meeting, the form, the letter, the sign-up with its buttons."""

import datetime
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting, Registration
from meetings.registration import address_of, confirm
from participants.models import Letter
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.meetings.signups import DAY, make_coming, sign_up
from tests.site.inline import inline_code

State = Registration.State
pytestmark = pytest.mark.django_db
TYPED = {"name": "Hanna Nowak", "email": "hanna@poczta.example", "seats": "2"}


@pytest.fixture
def meeting() -> Meeting:
    return make_coming()


@pytest.fixture
def client() -> Client:
    """Reads English."""
    client = Client()
    client.cookies["jezyk"] = "en"
    return client


def form_of(meeting: Meeting) -> str:
    return f"{meeting.get_absolute_url()}zapis/"


def read(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    html = response.content.decode()
    assert inline_code(html) == []
    return html.split("<main")[1].split("</main")[0]


def send(client: Client, meeting: Meeting, **typed):
    return client.post(form_of(meeting), {**TYPED, "submission": str(uuid.uuid4()), **typed})


# -- The page of the meeting ------------------------------------------------------------------------------------


def test_meeting_tells_how_many_seats_are_left_and_where_to_sign_up(meeting):
    factories.make_registration(meeting, seats=3)
    factories.make_registration(meeting, state=State.PENDING, seats=4)
    client = Client(headers={"accept-language": "en"})
    main = read(client, meeting.get_absolute_url())
    assert "Sign-up is open" in main
    assert "<b>7 free seats</b> are left of 10" in main
    assert '<progress class="fk-seats" id="miejsca" value="3" max="10">' in main
    assert main.count(f'href="{form_of(meeting)}"') == 3
    assert "<form" not in main
    assert not client.cookies


def test_full_meeting_leads_to_the_waiting_list(meeting, client):
    factories.make_registration(meeting, seats=10)
    factories.make_registration(meeting, state=State.WAITING, seats=2)
    for url in (meeting.get_absolute_url(), form_of(meeting)):
        main = read(client, url)
        assert "Join the waiting list" in main
        assert "2 people are waiting." in main


def later() -> datetime.datetime:
    return timezone.now() + DAY


@pytest.mark.parametrize(
    ("fields", "sentence", "on_page"),
    [
        ({"state": "cancelled"}, "The meeting is cancelled, so nobody can sign up for it.", ""),
        ({"state": "postponed"}, "You will be able to sign up when there is a new date.", "The meeting is put off."),
        ({"state": "held"}, "The meeting has begun or is over", ""),
        ({"date": timezone.localdate(), "starts": datetime.time(0)}, "has begun or is over", "has begun or is over"),
        ({"registration_opens_at": later}, "Sign-up has not begun yet.", "Sign-up has not begun yet."),
        ({"registration_closes_at": timezone.now}, "Sign-up is closed.", "Sign-up is closed."),
        ({"takes_registrations": False}, "You need not sign up for this meeting", "You need not sign up"),
    ],
)
def test_where_nobody_can_sign_up_it_says_why(client, fields: dict, sentence: str, on_page: str):
    fields = {name: value() if callable(value) else value for name, value in fields.items()}
    takes = fields.pop("takes_registrations", True)
    meeting = make_coming(**fields)
    Meeting.objects.update(takes_registrations=takes)
    main = read(client, form_of(meeting))
    assert sentence in main
    assert "<form" not in main
    main = read(client, meeting.get_absolute_url())
    assert on_page in main
    assert form_of(meeting) not in main
    response = send(client, meeting)
    assert response.status_code in {409, 422}
    assert TYPED["email"] in response.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize("state", Meeting.UNPUBLISHED)
def test_draft_has_no_form(client, state, editor, as_user):
    meeting = make_coming(state=state)
    assert read(client, form_of(meeting), status=404)
    assert as_user(editor).get(form_of(meeting)).status_code == 404


# -- The form ---------------------------------------------------------------------------------------------------


def test_stranger_signs_up_confirms_and_leaves(meeting, client):
    main = read(client, form_of(meeting))
    assert "We delete the data 30 days after the meeting." in main
    assert 'href="tel:112"' in main
    response = send(client, meeting, needs=["wheelchair", "ukrainian"], other_needs="<b>miejsce</b>")
    assert response.headers["Location"] == f"{form_of(meeting)}wyslane/"
    assert "Check your mail" in read(client, response.headers["Location"])
    made = Registration.objects.get()
    assert (made.state, made.seats, made.wheelchair, made.language) == (State.PENDING, 2, True, "en")

    link = link_in(last_letter(TYPED["email"]), "/spotkania/zapis/")
    main = read(client, link)
    assert "Confirm your sign-up" in main
    assert "&lt;b&gt;miejsce&lt;/b&gt;" in main
    made.refresh_from_db()
    assert made.state == State.PENDING
    response = client.post(link, {"act": "potwierdz"})
    assert response.headers["Location"] == link
    main = read(client, link)
    assert "A seat is waiting for you" in main
    assert TYPED["email"] in main
    client.post(link, {"act": "zrezygnuj"})
    assert "Thank you for letting us know." in read(client, link)
    made.refresh_from_db()
    assert made.state == State.LEFT


def test_confirmed_account_gets_to_the_sign_up_at_once(meeting, resident, as_user):
    client = as_user(resident)
    assert f'value="{resident.email}"' in read(client, form_of(meeting))
    response = send(client, meeting, email=resident.email)
    made = Registration.objects.get()
    assert (made.state, made.account) == (State.SEATED, resident)
    assert response.headers["Location"] == address_of(made)
    assert send(client, meeting, email=resident.email).headers["Location"] == address_of(made)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "sentence"), [("seated", "Miejsce czeka na Ciebie"), ("waiting", "Jesteś na liście rezerwowej")]
)
def test_who_is_signed_in_sees_their_own_sign_up(meeting, resident, neighbour, as_user, state: str, sentence: str):
    made = factories.make_registration(meeting, state=state, account=resident)
    mine, theirs = (as_user(user).get(meeting.get_absolute_url()).content.decode() for user in (resident, neighbour))
    assert (sentence in mine, address_of(made) in mine, form_of(meeting) in mine) == (True, True, False)
    assert (sentence in theirs, address_of(made) in theirs, form_of(meeting) in theirs) == (False, False, True)


def test_known_address_looks_like_a_new_one(meeting, client):
    """Nobody learns who comes to a meeting."""
    factories.make_registration(meeting, email="hanna@poczta.example", language="en")
    known, new = send(client, meeting), send(client, meeting, email="nowa@poczta.example")
    assert (known.status_code, known.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert set(known.cookies) == set(new.cookies)
    assert last_letter("hanna@poczta.example").subject == "You are signed up already: Bezpieczna zima"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Write your first and last name."),
        ({"email": "hanna"}, "Write the whole e-mail address"),
        ({"seats": "5"}, "Choose from the list how many people will come."),
        ({"seats": "-1"}, "Choose from the list how many people will come."),
        ({"needs": ["inne"]}, "Choose from the list what you need."),
        ({"other_needs": "x" * 301}, "Shorten the text: at most 300 characters."),
        ({"name": "Hanna\x00"}, "Remove the characters that cannot be seen."),
        ({"subject": "spam"}, "We could not tell you from a program."),
    ],
)
def test_wrong_form_comes_back_with_what_was_typed(meeting, client, typed: dict, sentence: str):
    response = send(client, meeting, **{"other_needs": "miejsce z przodu", **typed})
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error:" in html
    assert sentence in html
    assert typed.get("other_needs", "miejsce z przodu") in html
    assert not Registration.objects.exists()


def test_interpreter_is_offered_until_its_day(client):
    meeting = make_coming(sign_language_until=timezone.localdate())
    assert 'value="sign_language"' in read(client, form_of(meeting))
    Meeting.objects.update(sign_language_until=timezone.localdate() - DAY)
    main = read(client, form_of(meeting))
    assert 'value="sign_language"' not in main
    told = main.partition('id="id_needs_helptext"')[2].partition("</div>")[0]
    assert "A sign language interpreter could be asked for until:" in told
    assert '<fieldset aria-describedby="id_needs_helptext"' in main
    assert send(client, meeting, needs=["sign_language"]).status_code == 422


def test_too_many_tries_keep_what_was_typed(meeting, client):
    for _ in range(7):
        response = send(client, meeting)
    assert response.status_code == 429
    assert TYPED["name"] in response.content.decode()


def test_form_without_its_token_is_refused(meeting):
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, meeting).status_code == 403
    made = sign_up(meeting, now=timezone.now())
    assert strict.post(address_of(made), {"act": "potwierdz"}).status_code == 403


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_refused(meeting, client, method: str):
    made = factories.make_registration(meeting)
    for url in (form_of(meeting), address_of(made), f"{form_of(meeting)}wyslane/"):
        assert getattr(client, method)(url).status_code == 405
    assert client.post(f"{form_of(meeting)}wyslane/").status_code == 405


# -- The sign-up ------------------------------------------------------------------------------------------------


def test_place_on_the_waiting_list_stands_on_the_page(meeting, client):
    factories.make_registration(meeting, seats=10)
    waiting = [factories.make_registration(meeting, state=State.WAITING) for _ in range(3)]
    assert "Your place on the list: <b>3</b>." in read(client, address_of(waiting[2]))


def test_fewer_seats(meeting, client):
    made = factories.make_registration(meeting, seats=3)
    main = read(client, address_of(made))
    assert re.findall(r'<option value="(\d)"', main) == ["2", "1"]
    assert client.post(address_of(made), {"act": "mniej", "seats": "1"}).status_code == 302
    made.refresh_from_db()
    assert made.seats == 1
    assert client.post(address_of(made), {"act": "mniej", "seats": "4"}).status_code == 422
    assert "Take fewer seats" not in read(client, address_of(made))


@pytest.mark.parametrize("state", State.values)
def test_reading_changes_nothing_and_no_search_engine_keeps_it(meeting, client, state: str):
    made = factories.make_registration(meeting, state=state)
    response = client.get(address_of(made))
    assert 'name="robots" content="noindex"' in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    made.refresh_from_db()
    assert made.state == state


@pytest.mark.parametrize("state", ["cancelled", "postponed"])
def test_sign_up_for_a_meeting_off_its_date_says_so(client, state: str):
    meeting = make_coming(state=state)
    for coming in (State.SEATED, State.WAITING):
        main = read(client, address_of(factories.make_registration(meeting, state=coming)))
        assert "A seat is waiting" not in main
        assert {"cancelled": "The meeting is cancelled", "postponed": "The meeting is put off"}[state] in main


def test_pending_sign_up_for_a_full_meeting_promises_no_seat(meeting, client):
    registration = factories.make_registration(meeting, state=State.PENDING)
    assert "Press the button, and we hold seats for you." in read(client, address_of(registration))
    factories.make_registration(meeting, seats=10)
    main = read(client, address_of(registration))
    assert "Press the button, and you will be on the waiting list." in main
    assert "we hold seats" not in main


def test_pending_sign_up_for_a_meeting_that_is_closed_says_so(meeting, client):
    made = factories.make_registration(meeting, state=State.PENDING)
    Meeting.objects.update(registration_closes_at=timezone.now())
    assert "Yes, I am coming" not in read(client, address_of(made))
    response = client.post(address_of(made), {"act": "potwierdz"})
    assert response.status_code == 409
    assert "Sign-up is closed." in response.content.decode()


@pytest.mark.parametrize("act", ["", "usun"])
def test_unknown_button_does_nothing(meeting, client, act: str):
    made = factories.make_registration(meeting)
    assert client.post(address_of(made), {"act": act}).status_code == 422


def test_link_that_works_no_more(meeting, client):
    assert "This link does not work any more" in read(client, "/spotkania/zapis/1.zmyslony/", status=404)
    made = factories.make_registration(meeting, erased_at=timezone.now(), email="", name="")
    assert "This link does not work any more" in read(client, address_of(made), status=404)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_with_more_rows(meeting, client, rows: int, django_assert_num_queries):
    factories.make_registration(meeting, seats=10 - rows)
    for _ in range(rows):
        made = factories.make_registration(meeting, state=State.WAITING)
    for url, queries in ((meeting.get_absolute_url(), 12), (form_of(meeting), 2), (address_of(made), 3)):
        with django_assert_num_queries(queries):
            client.get(url)


def test_waiting_person_moves_up_and_reads_it(meeting, client):
    seated = factories.make_registration(meeting, seats=10)
    waiting = confirm(sign_up(meeting, now=timezone.now()))
    client.post(address_of(seated), {"act": "zrezygnuj"})
    assert "A seat is waiting for you" in read(client, address_of(waiting))
