import datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client
from django.utils import timezone

from participants.models import Letter, Resident
from tests.factories import PASSWORD, make_resident
from tests.mailbox import last_letter, link_in

URL = "/konto/haslo/reset/"
HANNA = "hanna@poczta.example"
NEW = "cztery inne losowe słowa"


@pytest.fixture
def hanna(db: None) -> Resident:
    return make_resident("Hanna", email=HANNA)


def ask(visitor: Client, **fields: str) -> str:
    response = visitor.post(URL, {"email": HANNA, **fields})
    assert response["Location"].startswith("/konto/haslo/reset/wyslane/")
    return link_in(last_letter(HANNA), "/konto/haslo/nowe/")


def form_of(visitor: Client, link: str) -> str:
    """Opens the link; the key moves into the session, out of the address that a browser would pass on."""
    response = visitor.get(link)
    assert "set-password" in response["Location"]
    return response["Location"]


def test_new_password_is_saved_and_signs_in(visitor, hanna):
    response = visitor.post(form_of(visitor, ask(visitor)), {"password1": NEW}, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "The new password is saved." in response.content.decode()
    assert int(visitor.session["_auth_user_id"]) == hanna.pk
    hanna.refresh_from_db()
    assert hanna.check_password(NEW)


def test_owner_is_told_that_the_password_has_changed(visitor, hanna):
    visitor.post(form_of(visitor, ask(visitor)), {"password1": NEW})
    letter = last_letter(HANNA)
    assert letter.subject == "Your password has been changed"
    assert link_in(letter, URL) == URL
    assert NEW not in letter.body


def test_way_back_is_kept_through_the_letter(visitor, hanna):
    link = ask(visitor, next="/tematy/")
    assert visitor.post(form_of(visitor, link), {"password1": NEW, "next": "/tematy/"})["Location"] == "/tematy/"


def test_letter_starts_its_link_with_the_address_of_the_site(visitor, hanna, settings):
    settings.SITE_URL = "https://forum.example"
    ask(visitor)
    assert "https://forum.example/konto/haslo/nowe/" in last_letter(HANNA).body
    assert "testserver" not in last_letter(HANNA).body


def test_new_password_ends_sessions_elsewhere(visitor, hanna, as_user):
    elsewhere = as_user(hanna)
    visitor.post(form_of(visitor, ask(visitor)), {"password1": NEW})
    assert HANNA not in elsewhere.get("/o-forum/").content.decode()


def test_new_password_confirms_the_address_it_was_sent_to(visitor):
    make_resident("Hanna", email=HANNA, confirmed=False)
    visitor.post(form_of(visitor, ask(visitor)), {"password1": NEW})
    assert EmailAddress.objects.get().verified
    assert "_auth_user_id" in visitor.session


def test_new_password_ends_the_lock_after_guessing(visitor, hanna):
    for number in range(11):
        visitor.post("/konto/zaloguj/", {"login": HANNA, "password": f"zgaduję {number}"})
    Client().post(URL, {"email": HANNA})
    visitor.post(form_of(visitor, link_in(last_letter(HANNA), "/konto/haslo/nowe/")), {"password1": NEW})
    assert Client().post("/konto/zaloguj/", {"login": HANNA, "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Choose a password"),
        ("krótkie", "This password is too short. It must contain at least 12 characters."),
        (HANNA, "The password is too similar to the e-mail address."),
        ("x" * 257, "Choose a shorter password: at most 256 characters."),
        ("dwanaście\x00znaków", "Remove the characters that cannot be seen."),
    ],
)
def test_bad_password_is_refused_by_a_sentence(visitor, hanna, password, sentence):
    response = visitor.post(form_of(visitor, ask(visitor)), {"password1": password})
    assert response.status_code == 422
    assert f'<a href="#id_password1">{sentence}</a>' in response.content.decode()
    hanna.refresh_from_db()
    assert hanna.check_password(PASSWORD)


def test_link_works_once(visitor, hanna):
    link = ask(visitor)
    visitor.post(form_of(visitor, link), {"password1": NEW})
    response = Client(headers={"accept-language": "en"}).get(link)
    assert response.status_code == 410
    assert "This link does not work any more" in response.content.decode()
    assert f'href="{URL}"' in response.content.decode()


def test_link_works_for_a_day(visitor, hanna, monkeypatch):
    link = ask(visitor)
    later = datetime.datetime.now() + datetime.timedelta(hours=24, minutes=1)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    assert visitor.get(link).status_code == 410


@pytest.mark.parametrize("key", ["1-abc-def", "zzzzzzzzzzzzz-abc-def", "0-set-password", "1-żółw", "a-" + "b" * 3000])
def test_made_up_link_works_not(visitor, key):
    assert visitor.get(f"/konto/haslo/nowe/{key}/").status_code == 410


def test_opening_the_link_changes_nothing(visitor, hanna):
    form_of(visitor, ask(visitor))
    hanna.refresh_from_db()
    assert hanna.check_password(PASSWORD)


def test_account_switched_off_gets_no_letter(visitor, hanna):
    hanna.is_active = False
    hanna.save()
    visitor.post(URL, {"email": HANNA})
    assert Letter.objects.count() == 0


def test_one_mailbox_gets_four_letters_in_a_quarter_of_an_hour(visitor, hanna):
    statuses = [visitor.post(URL, {"email": HANNA}).status_code for _ in range(5)]
    assert statuses == [302] * 4 + [429]
    assert Letter.objects.filter(to=HANNA, created_at__lte=timezone.now()).count() == 4
