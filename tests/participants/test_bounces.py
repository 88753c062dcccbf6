"""An address that does not exist is written to no more, and whoever is there after all is written to again."""

import datetime
import re
import smtplib

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from forum_portal.leaving import erase_leavers
from meetings.registration import confirm as registration_confirm
from participants import address_changes, leaving
from participants.bounces import KEPT, PAUSED, forget_pauses, hold_back, lift, note_refusal, pause
from participants.letters import deliver_due, queue_letter, try_again
from participants.links import key_of
from participants.models import AddressChange, Letter, PausedAddress
from participants.my_data import parts_of
from tests import factories
from tests.mailbox import last_letter, link_in

HANNA = "hanna@poczta.example"
State, Reason = Letter.State, PausedAddress.Reason
DAY = datetime.timedelta(days=1)


def write(to: str = HANNA, *, asked_for: bool = False) -> Letter:
    queue_letter(to=to, template="account/email/locked", context={}, asked_for=asked_for)
    return last_letter(to)


def pause_now(email: str = HANNA) -> PausedAddress:
    pause(email, reason=Reason.NO_MAILBOX, code="550 5.1.1", now=timezone.now())
    return PausedAddress.objects.get(email=email.lower())


def state_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


# -- Refused while we talk to the server ------------------------------------------------------------------

REFUSALS = {
    "550 5.1.1 <hanna@poczta.example>: no such user": Reason.NO_MAILBOX,
    "550-5.1.1 no such user\r\n550 5.1.1 at all": Reason.NO_MAILBOX,
    "556 5.1.10 null MX": Reason.NO_DOMAIN,
    "550 5.1.2 no such host": Reason.NO_DOMAIN,
    "553 5.1.3 bad syntax": Reason.WRONG,
    "551 5.1.6 has moved": Reason.NO_MAILBOX,
    "550 no such user here": Reason.REFUSED,
    "551 user not local": Reason.REFUSED,
    "553 mailbox name not allowed": Reason.REFUSED,
}
NOT_ABOUT_THE_ADDRESSEE = [
    "450 5.1.1 later",  # contradicts itself
    "451 4.1.1 later",
    "550 5.7.1 blocked by policy",
    "550 5.7.26 unauthenticated",
    "552 5.2.2 mailbox full",
    "550 5.2.1 receives too much just now",
    "550 5.1.7 sender is wrong",
    "550 5.1.8 sender's domain does not exist",
    "550 relay not permitted",
    "550 5.7.1.1.1 relaying",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "550 mail from 203.0.113.5.1.1 is listed as spam",
    "530 5.7.0 authentication required",
    "554 no",
]


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "reason"), REFUSALS.items())
def test_addressee_refused_for_good_is_paused(server, answer, reason):
    server.rcpt = [answer]
    first, second = write(), write("Hanna@Poczta.example")
    assert deliver_due() == 2
    assert server.letters == []
    paused = PausedAddress.objects.get()
    assert (paused.email, paused.reason) == (HANNA, reason)
    assert paused.code.startswith(answer[:3])
    assert (state_of(first), state_of(second)) == (State.FAILED, State.FAILED)
    assert second.last_error == PAUSED


@pytest.mark.django_db
@pytest.mark.parametrize("answer", NOT_ABOUT_THE_ADDRESSEE)
def test_what_is_not_about_the_addressee_pauses_nobody(server, answer):
    server.rcpt = [answer]
    write()
    write()
    assert deliver_due() == 2
    assert PausedAddress.objects.count() == 0
    assert len(server.letters) == 1


@pytest.mark.django_db
def test_text_refused_for_good_pauses_nobody(server):
    server.data = ["554 5.1.1 odd, and after the text"]
    write()
    deliver_due()
    assert PausedAddress.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPSenderRefused(550, b"5.1.1 odd", "forum@b.example"),
        smtplib.SMTPAuthenticationError(550, b"5.1.1 odd"),
        smtplib.SMTPHeloError(550, b"5.1.1 odd"),
        ConnectionRefusedError("550 5.1.1"),
    ],
)
def test_what_is_wrong_with_us_pauses_nobody(error):
    note_refusal(write(), error, timezone.now())
    assert PausedAddress.objects.count() == 0


@pytest.mark.django_db
def test_others_get_their_letters_and_held_ones_go_out_after_the_lift(server):
    pause_now()
    held, other = write(), write("tomasz@poczta.example")
    assert deliver_due() == 2
    assert (state_of(held), state_of(other)) == (State.FAILED, State.SENT)
    assert try_again(Letter.objects.all()) == 1
    deliver_due()
    assert state_of(held) == State.FAILED  # still paused
    assert lift("HANNA@poczta.example") == 1
    try_again(Letter.objects.all())
    deliver_due()
    assert state_of(held) == State.SENT
    assert [message["To"] for message in server.letters] == ["tomasz@poczta.example", HANNA]


@pytest.mark.django_db
def test_what_somebody_waits_for_is_tried_and_a_server_that_takes_it_proves_nothing(server):
    pause_now()
    letter = write(asked_for=True)
    deliver_due()
    assert state_of(letter) == State.SENT
    assert PausedAddress.objects.count() == 1  # many servers take everything and send it back later


@pytest.mark.django_db
def test_refused_again_it_is_noted_and_stays_one_row(server):
    before = pause_now()
    server.rcpt = ["550 5.1.2 gone"]
    write(asked_for=True)
    deliver_due(now=timezone.now() + DAY)
    after = PausedAddress.objects.get()
    assert (after.since, after.reason) == (before.since, Reason.NO_DOMAIN)
    assert after.last_bounce_at > before.last_bounce_at


@pytest.mark.django_db
def test_looking_costs_one_query_and_holding_back_two(django_assert_num_queries):
    letter = write()
    with django_assert_num_queries(1):
        assert not hold_back(letter)
    pause_now()
    with django_assert_num_queries(2):
        assert hold_back(letter)


# -- Its owner --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["my_account", "my_letters"])
def test_owner_learns_of_it_and_nobody_else(as_user, resident, neighbour, page):
    mark = f'action="{reverse("try_address")}"'
    assert mark not in as_user(resident).get(reverse(page)).content.decode()
    pause_now(resident.email.upper())
    shown = as_user(resident).get(reverse(page)).content.decode()
    assert mark in shown
    assert reverse("change_address") in shown
    assert mark not in as_user(neighbour).get(reverse(page)).content.decode()


def test_owner_confirms_the_address_again(as_user, resident, server):
    client = as_user(resident)
    pause_now(resident.email)
    client.post(reverse("try_address"))
    assert deliver_due() == 1
    assert len(server.letters) == 1
    link = link_in(last_letter(resident.email), "/konto/bezpieczenstwo/adres/dziala/")
    stranger = as_user(None)
    assert resident.email in stranger.get(link).content.decode()
    assert PausedAddress.objects.count() == 1  # programs open links
    assert stranger.post(link).url == reverse("my_account")
    assert PausedAddress.objects.count() == 0
    assert (stranger.get(link).status_code, stranger.post(link).status_code) == (410, 410)


def test_link_of_another_page_lifts_nothing(client, resident):
    paused = pause_now(resident.email)
    assert client.post(reverse("address_works", args=[key_of("participants.leaving", paused.pk)])).status_code == 410
    assert client.put(reverse("address_works", args=["x"])).status_code == 405
    assert PausedAddress.objects.count() == 1


def test_a_few_letters_a_day_are_enough(as_user, resident):
    client = as_user(resident)
    client.post(reverse("try_address"))
    assert Letter.objects.count() == 0  # nothing is paused
    pause_now(resident.email)
    for _ in range(5):
        assert client.post(reverse("try_address")).status_code == 302
    assert Letter.objects.count() == 3
    assert client.get(reverse("try_address")).status_code == 405
    assert as_user(None).post(reverse("try_address")).url.startswith(reverse("account_login"))


def test_signing_in_by_a_code_proves_the_mailbox(client, resident, server):
    pause_now(resident.email)
    client.post(reverse("account_request_login_code"), {"email": resident.email})
    deliver_due()
    assert len(server.letters) == 1
    letter = last_letter(resident.email)
    [code] = re.findall(r"^[0-9A-Z-]{6,9}$", letter.body, re.M)
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert PausedAddress.objects.count() == 0


def test_moving_to_an_address_proves_the_new_mailbox(resident):
    new, now = "nowa@poczta.example", timezone.now()
    pause_now(new)
    change = address_changes.ask(resident, email=new, now=now)
    assert not address_changes.agree(change, side="old", now=now)
    assert PausedAddress.objects.count() == 1
    assert address_changes.agree(change, side="new", now=now)
    assert PausedAddress.objects.count() == 0


# -- Kept and forgotten -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_table_holds_an_address_once_and_in_lower_case():
    pause_now()
    now = {"since": timezone.now(), "last_bounce_at": timezone.now()}
    for email in (HANNA, "Hanna@poczta.example"):
        with pytest.raises(IntegrityError), transaction.atomic():
            PausedAddress.objects.create(email=email, **now)


def test_owner_finds_it_among_the_data_and_leaving_erases_it(resident, neighbour):
    pause_now(resident.email.upper())
    pause_now(neighbour.email)
    [part] = [part for part in parts_of(resident) if part.key == "zwroty"]
    assert [row["email"] for row in part.as_dicts()] == [resident.email]
    leaving.ask(resident, erases_texts=False)
    assert erase_leavers(timezone.now() + leaving.WAIT) == 1
    assert [paused.email for paused in PausedAddress.objects.all()] == [neighbour.email]


def test_leaving_erases_the_pause_of_a_wished_address_unless_somebody_else_has_it(resident, neighbour):
    for address in (HANNA, neighbour.email):
        leaver = factories.make_resident()
        AddressChange.objects.create(account=leaver, email=address, asked_at=timezone.now())
        leaving.ask(leaver, erases_texts=False)
        pause_now(address)
    assert erase_leavers(timezone.now() + leaving.WAIT) == 2
    assert [paused.email for paused in PausedAddress.objects.all()] == [neighbour.email]


def test_addresses_of_nobody_are_forgotten_after_two_years(resident):
    pause_now(resident.email)
    last = pause_now().last_bounce_at
    assert forget_pauses(last + KEPT) == 0
    assert forget_pauses(last + KEPT + DAY) == 1
    assert PausedAddress.objects.get().email == resident.email


@pytest.mark.django_db
def test_name_of_a_row_does_not_hold_the_address():
    assert HANNA not in str(pause_now())


@pytest.mark.django_db
def test_guest_of_a_meeting_who_opens_the_link_is_written_to_again():
    registration = factories.make_registration(factories.make_meeting(takes_registrations=True), state="pending")
    pause_now(registration.email)
    registration_confirm(registration)
    assert PausedAddress.objects.count() == 0
