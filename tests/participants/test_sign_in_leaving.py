"""Who has asked to leave and comes to sign in within the fortnight: nothing opens, and the mailbox has the way back."""

import re

import pytest
from django.test import Client

from participants.leaving import ask, way_back
from participants.models import Leaving, Letter, Resident
from tests.factories import PASSWORD
from tests.mailbox import last_letter, link_in

CODE = "/konto/zaloguj/kod/"


@pytest.fixture
def leaving(resident) -> Leaving:
    leaving = ask(resident, erases_texts=True)
    Letter.objects.all().delete()
    return leaving


def by_password(leaver: Resident, visitor: Client) -> None:
    answer = visitor.post("/konto/zaloguj/", {"login": leaver.email, "password": PASSWORD})
    assert answer.status_code == 422


def by_code(leaver: Resident, visitor: Client) -> None:
    assert visitor.post(CODE, {"email": leaver.email.upper()})["Location"] == f"{CODE}wpisz/"


@pytest.mark.parametrize("try_to_sign_in", [by_password, by_code])
def test_way_back_is_in_the_mailbox_once_a_day(leaving, resident, visitor, try_to_sign_in):
    for _ in range(3):
        try_to_sign_in(resident, visitor)
    [letter] = Letter.objects.all()
    assert letter.to == resident.email
    assert link_in(letter, "/konto/zostaje/") == way_back(leaving)
    assert "_auth_user_id" not in visitor.session


def test_wrong_password_writes_no_letter(leaving, resident, visitor):
    visitor.post("/konto/zaloguj/", {"login": resident.email, "password": "zupełnie inne słowa"})
    assert not Letter.objects.exists()


def test_code_from_before_leaving_opens_the_page_of_the_closed_account(resident, visitor):
    visitor.post(CODE, {"email": resident.email})
    [code] = re.findall(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", last_letter(resident.email).body, re.MULTILINE)
    leaving = ask(resident, erases_texts=True)
    Letter.objects.all().delete()
    answer = visitor.post(f"{CODE}wpisz/", {"code": code})
    assert answer["Location"] == "/konto/zamkniete/"
    assert "_auth_user_id" not in visitor.session
    assert link_in(last_letter(resident.email), "/konto/zostaje/") == way_back(leaving)


def test_account_that_was_closed_otherwise_is_offered_nothing(resident, visitor):
    Resident.objects.update(is_active=False)
    by_code(resident, visitor)
    answer = Client().post("/konto/zaloguj/", {"login": resident.email, "password": PASSWORD})
    assert answer["Location"] == "/konto/nieaktywne/"
    assert not Letter.objects.exists()
