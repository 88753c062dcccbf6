import datetime
import re
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone

from participants.models import Letter, Resident
from participants.rules import CURRENT
from tests.factories import PASSWORD, make_estate, make_resident
from tests.mailbox import last_letter, link_in

URL = "/konto/zaloz/"
HANNA = "hanna@poczta.example"
FORM = {"signature": "Hanna, os. Słowackiego", "email": HANNA, "password1": PASSWORD, "rules": "on"}


def sign_up(visitor: Client, **fields: str) -> str:
    """Signs up and returns the link of the letter."""
    response = visitor.post(URL, FORM | fields)
    assert response["Location"] == "/konto/sprawdz-poczte/"
    return link_in(last_letter(fields.get("email", HANNA).lower()), "/konto/potwierdz/")


def test_form_asks_for_few_things_and_shows_no_asterisk(visitor):
    page = visitor.get(URL).content.decode()
    for name, kind in [
        ("signature", "nickname"),
        ("email", "email"),
        ("password1", "new-password"),
    ]:
        assert f'name="{name}"' in page
        assert f'autocomplete="{kind}"' in page
    assert 'name="rules"' in page
    assert re.search(r'<select name="estate"(?![^>]* required)', page)
    assert "placeholder" not in page
    assert "novalidate" in page


def test_sign_up_keeps_signature_address_and_accepted_rules(visitor):
    before = timezone.now()
    sign_up(visitor, email="Hanna@Poczta.example")
    hanna = Resident.objects.get()
    assert (hanna.email, hanna.signature) == (HANNA, "Hanna, os. Słowackiego")
    assert hanna.rules_version == CURRENT.name
    assert before <= hanna.rules_accepted_at <= timezone.now()
    assert hanna.check_password(PASSWORD)
    assert not hanna.is_staff
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == (HANNA, False, True)


def test_estate_is_kept_if_it_is_given(visitor):
    estate = make_estate("Górna")
    sign_up(visitor, estate=estate.pk)
    sign_up(visitor, email="ola@poczta.example", estate="")
    assert {r.email: r.estate for r in Resident.objects.all()} == {HANNA: estate, "ola@poczta.example": None}


def test_check_your_mail_page_names_the_address_and_offers_the_link_again(visitor):
    sign_up(visitor)
    page = visitor.get("/konto/sprawdz-poczte/")
    assert f"<b>{HANNA}</b>" in page.content.decode()
    response = visitor.post("/konto/nowy-link/", {"email": HANNA}, follow=True)
    assert "If this address was used to sign up here, a letter is on its way." in response.content.decode()
    assert Letter.objects.filter(to=HANNA, subject="Confirm your e-mail address").count() == 2


def test_letter_is_plain_has_the_link_of_the_site_and_no_word_of_the_visitor(visitor, settings):
    settings.SITE_URL = "https://forum.example"
    sign_up(visitor, signature="Wygrana czeka")
    letter = last_letter(HANNA)
    assert "https://forum.example/konto/potwierdz/" in letter.body
    assert "testserver" not in letter.body
    assert "24 hours" in letter.body
    assert "&#" not in letter.body
    assert "Wygrana" not in letter.body + letter.subject
    assert letter.headers == {"Auto-Submitted": "auto-generated"}


def test_opening_the_link_confirms_nothing_and_the_button_does(visitor):
    link = sign_up(visitor)
    page = Client(headers={"accept-language": "en"}).get(link)
    assert "Yes, switch my account on" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not EmailAddress.objects.get().verified
    visitor.post(link)
    assert EmailAddress.objects.get().verified


def test_confirming_in_the_browser_of_the_sign_up_signs_in_and_leads_back(visitor):
    link = sign_up(visitor, next="/tematy/?stan=open")
    assert link.endswith("/?next=%2Ftematy%2F%3Fstan%3Dopen")
    response = visitor.post(link)
    assert response["Location"] == "/tematy/?stan=open"
    assert int(visitor.session["_auth_user_id"]) == Resident.objects.get().pk
    assert visitor.session.get_expire_at_browser_close()


def test_confirming_without_a_way_back_shows_that_the_account_works(visitor):
    response = visitor.post(sign_up(visitor), follow=True)
    assert response.redirect_chain == [("/konto/dziala/", 302)]
    assert "You can comment on topics now." in response.content.decode()


def test_confirming_in_another_browser_leads_through_sign_in_back_to_the_topic(visitor):
    link = sign_up(visitor, next="/tematy/")
    phone = Client(headers={"accept-language": "en"})
    assert phone.post(link)["Location"] == "/konto/dziala/?next=%2Ftematy%2F"
    assert "_auth_user_id" not in phone.session
    assert "/konto/zaloguj/?next=%2Ftematy%2F" in phone.get("/konto/dziala/?next=%2Ftematy%2F").content.decode()
    response = phone.post("/konto/zaloguj/", {"login": HANNA, "password": PASSWORD, "next": "/tematy/"})
    assert response["Location"] == "/tematy/"


def test_used_link_says_so_and_offers_a_new_one(visitor):
    link = sign_up(visitor)
    stranger = Client(headers={"accept-language": "en"})
    stranger.post(link)
    for response in (stranger.get(link), stranger.post(link)):
        assert response.status_code == 410
        assert "This link does not work any more" in response.content.decode()
        assert 'href="/konto/nowy-link/"' in response.content.decode()


def test_second_click_on_the_button_leads_on(visitor):
    link = sign_up(visitor)
    visitor.post(link)
    assert visitor.post(link)["Location"] == "/konto/dziala/"


def test_link_of_yesterday_works_no_more(visitor, monkeypatch):
    link = sign_up(visitor)
    later = datetime.timedelta(hours=24, minutes=1).total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda now=signing.time.time: now() + later)
    assert visitor.get(link).status_code == 410
    visitor.post(link)
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize("key", ["abc", "MQ:1:x", "żółw", "a" * 3000])
def test_made_up_link_works_not(visitor, key):
    assert visitor.get(f"/konto/potwierdz/{key}/").status_code == 410


def test_link_of_somebody_else_signs_nobody_out_until_the_button(visitor, resident):
    link = sign_up(visitor)
    neighbour = Client(headers={"accept-language": "en"})
    neighbour.force_login(resident)
    neighbour.get(link)
    assert "_auth_user_id" in neighbour.session


def test_empty_form_has_a_sentence_for_each_field_on_top_and_beside_it(visitor):
    response = visitor.post(URL, {})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Create an account" in page
    for field, sentence in {
        "signature": "Write how you want to sign your comments",
        "email": "Write your e-mail address",
        "password1": "Choose a password",
        "rules": "Tick that you know the rules of discussion",
    }.items():
        assert f'<a href="#id_{field}">{sentence}</a>' in page
        assert page.count(sentence) == 2
    assert Resident.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "hanna@poczta", "Write the whole e-mail address, for example jan@poczta.pl"),
        ("email", "h" * 250 + "@poczta.example", "Write the whole e-mail address, for example jan@poczta.pl"),
        ("password1", "krótkie", "This password is too short. It must contain at least 12 characters."),
        ("password1", "qwerty123456", "This password is too common."),
        ("password1", "hanna@poczta.example", "The password is too similar to the e-mail address."),
        ("password1", "Hanna os. Słowackiego", "The password is too similar to the signature."),
        ("password1", "x" * 257, "Choose a shorter password: at most 256 characters."),
        ("signature", "Policja", "Choose another signature: this one sounds like an office or its staff."),
        ("signature", "H" * 41, "Shorten the signature: at most 40 characters."),
    ],
)
def test_wrong_value_is_refused_by_one_sentence_and_nothing_else_is_lost(visitor, field, value, sentence):
    response = visitor.post(URL, FORM | {field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'<a href="#id_{field}">{sentence}</a>' in page
    assert "Correct one thing to go on" in page
    assert PASSWORD not in page
    assert Resident.objects.count() == 0


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        (URL, ["signature", "email", "password1", "rules", "next"]),
        ("/konto/zaloguj/", ["login", "password", "remember", "next"]),
        ("/konto/haslo/reset/", ["email", "next"]),
        ("/konto/nowy-link/", ["email", "next"]),
    ],
)
@pytest.mark.parametrize(
    "value",
    [b"a\x00b", "🚓🚓@🚓.pl".encode(), "\u202eanna".encode(), b"Z" * 1_000_000, b"@" * 1_000_000, b"\xed\xa0\x80"],
    ids=["NUL", "4 bytes", "right to left", "1 MB", "1 MB of @", "half a character"],
)
def test_any_value_in_any_field_gets_an_answer(visitor, url, fields, value):
    for field in fields:
        data = FORM | {"login": HANNA, "password": "zupełnie inne hasło", field: value}
        response = visitor.post(url, urlencode(data), content_type="application/x-www-form-urlencoded")
        assert response.status_code in {302, 422}, field
        if response.status_code == 302:
            assert response["Location"].startswith("/konto/")
            assert len(response["Location"]) < 100
    assert all(resident.signature.isprintable() for resident in Resident.objects.all())


@pytest.mark.parametrize("target", ["https://zly.example/", "//zly.example", "/\\zly.example", "javascript:alert(1)"])
def test_way_back_never_leaves_the_site(visitor, target):
    link = sign_up(visitor, next=target)
    assert "next" not in link
    assert visitor.post(f"{link}?next={target}")["Location"] == "/konto/dziala/"


def test_signed_in_visitor_is_led_away_from_sign_up(as_user, resident):
    assert as_user(resident).get(URL + "?next=/tematy/")["Location"] == "/tematy/"


@pytest.mark.django_db(transaction=True)
def test_account_made_in_the_same_moment_wins_and_the_other_sees_the_same(monkeypatch):
    """Both have passed the check of the address; the database decides."""
    visitor = Client(headers={"accept-language": "en"})
    make_resident(email=HANNA)
    monkeypatch.setattr("participants.account_forms.SignupForm.validate_unique_email", lambda form, value: value)
    response = visitor.post(URL, FORM)
    assert response["Location"] == "/konto/sprawdz-poczte/"
    assert Resident.objects.count() == 1
    assert last_letter(HANNA).subject == "You have an account on the forum already"
    assert connection.is_usable()


def test_letter_is_in_polish_unless_the_reader_chose_another_language(db):
    Client().post(URL, FORM)
    polish = last_letter(HANNA).subject
    Client(headers={"accept-language": "en"}).post(URL, FORM | {"email": "jan@poczta.example"})
    assert last_letter("jan@poczta.example").subject == "Confirm your e-mail address"
    assert polish != "Confirm your e-mail address"
