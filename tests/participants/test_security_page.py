"""The page of security: devices, the password, the address; and sign-in by a code."""

import datetime
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from participants import address_changes, sessions
from participants.devices import in_words
from participants.models import AddressChange, Letter, Resident, Tally
from participants.passwords import CommonInPolandValidator
from tests.factories import PASSWORD, make_resident
from tests.mailbox import last_letter, link_in

SECURITY = "/konto/bezpieczenstwo/"
CODE = "/konto/zaloguj/kod/"
NEW = "nowa.hanna@poczta.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(user: Resident, password: str = PASSWORD, **headers: str) -> Client:
    client = Client(headers={"accept-language": "en", **headers})
    client.post("/konto/zaloguj/", {"login": user.email, "password": password})
    return client


# -- Devices


def test_devices_are_forgotten_after_their_last_use_and_nobody_is_signed_out(resident):
    here, there = signed_in(resident), signed_in(resident, **{"user-agent": FIREFOX})
    now = timezone.now()
    old = now - sessions.KEPT - datetime.timedelta(seconds=1)
    UserSession.objects.filter(user_agent=FIREFOX).update(created_at=old, last_seen_at=old)
    UserSession.objects.exclude(user_agent=FIREFOX).update(created_at=old)
    assert [sessions.forget_devices(now), sessions.forget_devices(now)] == [2, 0]
    [device] = here.get(SECURITY).context["devices"]
    assert (device.is_this, device.row.ip) == (True, sessions.NOWHERE)
    assert there.get(SECURITY).status_code == 200


def test_devices_in_use_are_kept(resident):
    here = signed_in(resident)
    assert sessions.forget_devices(timezone.now() + sessions.KEPT - datetime.timedelta(minutes=1)) == 0
    assert len(here.get(SECURITY).context["devices"]) == 1


def test_sessions_that_have_run_out_are_deleted(resident):
    here, there = signed_in(resident), signed_in(resident)
    Session.objects.filter(pk=there.session.session_key).update(expire_date=timezone.now())
    assert [sessions.forget_sessions(timezone.now()) for _ in range(2)] == [1, 0]
    assert [here.get(SECURITY).status_code, there.get(SECURITY).status_code] == [200, 302]


def test_devices_are_named_and_ended_one_by_one(resident):
    here, there = signed_in(resident), signed_in(resident, **{"user-agent": FIREFOX})
    devices = here.get(SECURITY).context["devices"]
    assert {device.words for device in devices} == {"Firefox on Linux", "A device that we do not recognise"}
    [other] = [device for device in devices if not device.is_this]
    here.post(f"{SECURITY}urzadzenia/{other.row.pk}/zakoncz/")
    assert there.get(SECURITY).status_code == 302
    assert here.get(SECURITY).status_code == 200


def test_all_others_end_at_once(resident):
    here, others = signed_in(resident), [signed_in(resident) for _ in range(3)]
    here.post(f"{SECURITY}urzadzenia/zakoncz/")
    assert [other.get(SECURITY).status_code for other in others] == [302] * 3
    assert len(here.get(SECURITY).context["devices"]) == 1


def test_nobody_ends_the_session_of_somebody_else(resident, neighbour):
    here, theirs = signed_in(resident), signed_in(neighbour)
    [device] = theirs.get(SECURITY).context["devices"]
    assert here.post(f"{SECURITY}urzadzenia/{device.row.pk}/zakoncz/").status_code == 404
    assert here.get(f"{SECURITY}urzadzenia/{device.row.pk}/zakoncz/").status_code == 405
    assert theirs.get(SECURITY).status_code == 200


def test_page_costs_the_same_for_any_number_of_devices(resident, django_assert_num_queries):
    here = signed_in(resident)
    with django_assert_num_queries(6):
        here.get(SECURITY)
    for _ in range(3):
        signed_in(resident)
    with django_assert_num_queries(6):
        here.get(SECURITY)


def test_session_notes_once_an_hour_that_it_is_in_use(resident):
    here = signed_in(resident)
    [device] = here.get(SECURITY).context["devices"]
    session = here.session
    session["seen_at"] -= 3601
    session.save()
    here.get("/o-forum/")
    device_later = here.get(SECURITY).context["devices"][0]
    assert device_later.row.last_seen_at > device.row.last_seen_at
    assert here.session["seen_at"] > session["seen_at"]
    resident.refresh_from_db()
    assert resident.seen_at >= device_later.row.last_seen_at


def test_words_for_what_says_nothing():
    assert in_words("")
    assert in_words("Firefox/1") == "Firefox"


# -- Password


def test_new_password_takes_the_old_one_and_ends_other_sessions(resident):
    here, there = signed_in(resident), signed_in(resident)
    form = {"oldpassword": PASSWORD, "password1": "zupełnie nowe słowa"}
    assert here.post(f"{SECURITY}haslo/", form | {"oldpassword": "nie to samo"}).status_code == 422
    assert here.post(f"{SECURITY}haslo/", form)["Location"] == SECURITY
    assert there.get(SECURITY).status_code == 302
    assert len(here.get(SECURITY).context["devices"]) == 1
    assert Letter.objects.filter(to=resident.email).count() == 1
    assert "_auth_user_id" in signed_in(resident, "zupełnie nowe słowa").session


def test_short_new_password_is_refused_in_words(resident):
    page = signed_in(resident).post(f"{SECURITY}haslo/", {"oldpassword": PASSWORD, "password1": "krótkie"})
    assert page.status_code == 422
    assert page.context["form"].errors["password1"]


@pytest.mark.parametrize("password", ["Piotrków-2026!!", "policja112112", "KochamCieKochamCie", "bezpieczeństwo1"])
def test_words_that_everybody_takes_are_refused(password):
    with pytest.raises(ValidationError):
        CommonInPolandValidator().validate(password)


@pytest.mark.parametrize("password", [PASSWORD, "piotrkow 8371 6629 0412", "lampa pod mostem śpi", "73629104857261"])
def test_other_words_are_welcome(password):
    CommonInPolandValidator().validate(password)


# -- Address


@pytest.fixture
def asked(resident) -> AddressChange:
    return address_changes.ask(resident, email=NEW, now=timezone.now())


def link_to(email: str, side: str) -> str:
    return link_in(last_letter(email), f"{SECURITY}adres/{side}/")


def test_address_asks_for_the_password_first(resident):
    client = signed_in(resident)
    assert client.get(f"{SECURITY}adres/")["Location"].startswith("/konto/haslo/potwierdz/")
    client.post("/konto/haslo/potwierdz/", {"password": PASSWORD})
    assert client.post(f"{SECURITY}adres/", {"email": "to nie adres"}).status_code == 422
    assert client.post(f"{SECURITY}adres/", {"email": resident.email}).status_code == 422
    assert client.post(f"{SECURITY}adres/", {"email": NEW})["Location"] == SECURITY
    assert client.get(SECURITY).context["waiting"].email == NEW


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_account_moves_when_both_mailboxes_agree(asked, resident, order):
    old = resident.email
    links = {"old": link_to(old, "old"), "new": link_to(NEW, "new")}
    stranger = Client()
    for link in links.values():
        assert stranger.get(link).status_code == 200
    stranger.post(links[order[0]])
    stranger.post(links[order[0]])
    resident.refresh_from_db()
    assert resident.email == old
    stranger.post(links[order[1]])
    resident.refresh_from_db()
    assert resident.email == NEW
    [address] = EmailAddress.objects.filter(user=resident)
    assert (address.email, address.verified, address.primary) == (NEW, True, True)
    assert stranger.post(links["old"]).status_code == 410
    assert not AddressChange.objects.exists()
    assert Letter.objects.filter(to=old).count() == Letter.objects.filter(to=NEW).count() == 2


def test_either_mailbox_can_say_no(asked, resident):
    Client().post(link_to(resident.email, "old"), {"no": "1"})
    assert not AddressChange.objects.exists()
    assert Client().get(link_to(NEW, "new")).status_code == 410


def test_key_of_one_side_does_not_speak_for_the_other(asked, resident):
    link = link_to(NEW, "new").replace("/new/", "/old/")
    assert Client().post(link).status_code == 410


def test_limits_keep_no_address(asked):
    assert not Tally.objects.filter(key__contains="@").exists()
    assert Tally.objects.filter(key__startswith="address_change_to:").count() == 1


def test_links_of_yesterday_work_no_more(asked, resident):
    AddressChange.objects.update(asked_at=timezone.now() - address_changes.KEPT)
    assert Client().post(link_to(NEW, "new")).status_code == 410
    assert address_changes.forget_old(timezone.now()) == 1


def test_taken_address_looks_like_a_free_one_and_its_owner_learns_it(resident, neighbour):
    address_changes.ask(resident, email=neighbour.email, now=timezone.now())
    assert AddressChange.objects.get().email == neighbour.email
    assert "/adres/" not in last_letter(neighbour.email).body
    assert link_to(resident.email, "old")


def test_address_taken_in_the_meantime_moves_nothing(asked, resident):
    Client().post(link_to(resident.email, "old"))
    make_resident("Inna", email=NEW)
    link = re.search(r"(/konto/bezp\S+)", Letter.objects.filter(to=NEW).earliest("pk").body).group(1)
    assert Client().post(link).status_code == 410
    resident.refresh_from_db()
    assert resident.email != NEW


# -- Sign-in by a code


def code_in(letter: Letter) -> str:
    return re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", letter.body, re.MULTILINE).group(1)


def test_code_from_the_letter_signs_in(resident, visitor):
    assert visitor.post(CODE, {"email": resident.email})["Location"] == f"{CODE}wpisz/"
    assert visitor.get(f"{CODE}wpisz/").status_code == 200
    assert visitor.post(f"{CODE}wpisz/", {"code": "AAAA-AAAA"}).status_code == 422
    visitor.post(f"{CODE}wpisz/", {"code": code_in(last_letter(resident.email)).lower()})
    assert int(visitor.session["_auth_user_id"]) == resident.pk


def test_code_works_in_the_browser_that_asked_for_it_only(resident, visitor):
    visitor.post(CODE, {"email": resident.email})
    assert Client().post(f"{CODE}wpisz/", {"code": code_in(last_letter(resident.email))})["Location"] == CODE


def test_code_confirms_an_account_and_the_password_of_a_stranger_opens_nothing(db, visitor):
    hanna = make_resident("Hanna", confirmed=False)
    visitor.post(CODE, {"email": hanna.email})
    visitor.post(f"{CODE}wpisz/", {"code": code_in(last_letter(hanna.email))})
    assert EmailAddress.objects.get(user=hanna).verified
    assert "_auth_user_id" in visitor.session
    assert "_auth_user_id" not in signed_in(hanna).session


def test_guessing_a_code_ends_after_five_tries(resident, visitor):
    visitor.post(CODE, {"email": resident.email})
    for _ in range(5):
        visitor.post(f"{CODE}wpisz/", {"code": "AAAA-AAAA"})
    visitor.post(f"{CODE}wpisz/", {"code": code_in(last_letter(resident.email))})
    assert "_auth_user_id" not in visitor.session


# -- Locks


def test_owner_is_told_once_of_a_lock_and_a_stranger_never(resident):
    for email in (resident.email, "obca@poczta.example"):
        for _ in range(14):
            Client().post("/konto/zaloguj/", {"login": email, "password": "zgaduję"})
    assert Letter.objects.filter(to=resident.email).count() == 1
    assert Letter.objects.count() == 1


def test_half_an_answer_of_a_new_passkey_is_refused(resident):
    client = signed_in(resident)
    client.post("/konto/haslo/potwierdz/", {"password": PASSWORD})
    response = client.post(f"{SECURITY}klucz/", {"credential": '{"id": "AA"}'})
    assert response.status_code == 422
    assert not resident.authenticator_set.exists()


@pytest.mark.parametrize("step", ["haslo/", "aplikacja/", "klucz/", "adres/"])
def test_each_step_leads_back(client, resident, step):
    client.force_login(resident)
    page = client.get(f"{SECURITY}{step}", follow=True)
    if page.redirect_chain:  # asked for the password first
        assert '<a href="/konto/">Wróć do mojego konta</a>' in page.content.decode()
        page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    assert f'<a href="{SECURITY}">Bezpieczeństwo konta</a>' in page.content.decode()
