"""The code beside the link in the letter of sign-up: typed in the browser that waits for it, and nowhere else."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from participants import address_codes
from participants.models import Letter, Resident
from tests.factories import PASSWORD, make_resident
from tests.mailbox import last_letter, link_in

PAGE, HANNA = "/konto/sprawdz-poczte/", "hanna@poczta.example"
FORM = {"signature": "Hanna, os. Słowackiego", "email": HANNA, "password1": PASSWORD, "rules": "on"}
WRONG = "AAAA-AAAA"


def sign_up(visitor: Client, **fields: str) -> str:
    """Signs up and returns the code in the letter."""
    assert visitor.post("/konto/zaloz/", FORM | fields)["Location"] == PAGE
    return code_in(last_letter(HANNA))


def code_in(letter: Letter) -> str:
    [code] = re.findall(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", letter.body, re.MULTILINE)
    return code


def is_confirmed() -> bool:
    return EmailAddress.objects.get(email=HANNA).verified


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace("-", " ")])
def test_code_confirms_and_signs_in_whoever_signed_up_here(visitor, typed):
    code = sign_up(visitor, email="Hanna@Poczta.example")
    answer = visitor.post(PAGE, {"code": typed(code)})
    assert answer["Location"] == "/konto/dziala/"
    assert is_confirmed()
    assert int(visitor.session["_auth_user_id"]) == Resident.objects.get().pk
    assert address_codes.KEY not in visitor.session


def test_code_leads_back_to_where_the_visitor_came_from(visitor):
    answer = visitor.post(PAGE, {"code": sign_up(visitor, next="/tematy/")}, follow=True)
    assert answer.redirect_chain == [("/tematy/", 302)]
    assert "Your account works." in answer.content.decode()


def test_letter_has_link_and_code_and_either_works_after_the_other(visitor):
    code = sign_up(visitor)
    phone = Client()
    phone.post(link_in(last_letter(HANNA), "/konto/potwierdz/"))
    assert is_confirmed()
    assert visitor.post(PAGE, {"code": code})["Location"] == "/konto/dziala/"
    assert "_auth_user_id" in visitor.session


def test_opening_link_and_page_confirms_nothing(visitor):
    sign_up(visitor)
    visitor.get(PAGE)
    Client().get(link_in(last_letter(HANNA), "/konto/potwierdz/"))
    assert not is_confirmed()


def test_wrong_code_says_so_and_ten_are_enough_for_the_right_one_too(visitor):
    code = sign_up(visitor)
    answers = [visitor.post(PAGE, {"code": WRONG}) for _ in range(address_codes.TRIES.times)]
    assert {answer.status_code for answer in answers} == {422}
    assert "The code is wrong. Try again." in answers[0].content.decode()
    assert visitor.post(PAGE, {"code": code}).status_code == 429
    assert not is_confirmed()
    assert Client().post(link_in(last_letter(HANNA), "/konto/potwierdz/")).status_code == 302  # the link still works
    assert is_confirmed()


def test_tries_are_counted_by_mailbox_and_not_by_browser(visitor):
    code = sign_up(visitor)
    for other in (Client(), Client()):
        other.post("/konto/nowy-link/", {"email": HANNA})
        for _ in range(address_codes.TRIES.times // 2):
            assert other.post(PAGE, {"code": WRONG}).status_code == 422
    assert visitor.post(PAGE, {"code": code}).status_code == 429


def test_another_browser_takes_no_code(visitor):
    code = sign_up(visitor)
    other = Client(headers={"accept-language": "en"})
    answer = other.post(PAGE, {"code": code})
    assert answer.status_code == 410
    assert "only in the browser that asked for it" in answer.content.decode()
    assert not is_confirmed()


def test_browser_that_has_the_letter_sent_again_gets_a_code_of_its_own_and_signs_nobody_in(visitor):
    first = sign_up(visitor)
    other = Client()
    other.post("/konto/nowy-link/", {"email": HANNA})
    code = code_in(last_letter(HANNA))
    assert code != first
    assert other.post(PAGE, {"code": first}).status_code == 422
    assert other.post(PAGE, {"code": code})["Location"] == "/konto/dziala/"
    assert is_confirmed()
    assert "_auth_user_id" not in other.session


def test_letters_asked_for_in_one_browser_have_one_code(visitor):
    first = sign_up(visitor)
    visitor.post("/konto/nowy-link/", {"email": HANNA})
    assert code_in(last_letter(HANNA)) == first


def test_code_of_an_hour_ago_works_no_more(visitor, monkeypatch):
    code = sign_up(visitor)
    later = time.time() + address_codes.KEPT + 1
    monkeypatch.setattr(address_codes.time, "time", lambda: later)
    assert visitor.post(PAGE, {"code": code}).status_code == 410
    assert not is_confirmed()


def test_taken_address_has_a_code_too_that_nobody_is_sent(visitor):
    make_resident(email=HANNA)
    assert visitor.post("/konto/zaloz/", FORM)["Location"] == PAGE
    assert address_codes.awaited(visitor.session)["code"] not in last_letter(HANNA).body
    assert visitor.post(PAGE, {"code": WRONG}).status_code == 422


def test_page_without_a_sign_up_asks_for_no_code(visitor):
    page = visitor.get(PAGE)
    assert page.status_code == 200
    assert 'name="code"' not in page.content.decode()
