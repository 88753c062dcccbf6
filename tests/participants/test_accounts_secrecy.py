"""Whether an address has an account, only its owner learns: no word, status, header or cookie tells, nor the time."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from participants.models import Letter, Resident
from tests.factories import PASSWORD, make_resident

KNOWN, UNKNOWN = "znana@poczta.example", "obcaa@poczta.example"
FORMS = {
    "/konto/zaloz/": {"signature": "Hanna", "password1": PASSWORD, "rules": "on"},
    "/konto/zaloguj/": {"password": "zupełnie inne hasło"},
    "/konto/haslo/reset/": {},
    "/konto/nowy-link/": {},
    "/konto/zaloguj/kod/": {},
}
ACCOUNTS = {"confirmed": {}, "not confirmed": {"confirmed": False}, "switched off": {"is_active": False}}
# Tokens, keys of sessions, times, and the time and seal of the cookie that carries a message.
VARYING = re.compile(
    r"""name="csrfmiddlewaretoken" value="\w+"|(sesja|csrftoken)=\w+|expires=[^;]+|'Expires': '[^']+'"""
    r"""|:\w{6}:[\w-]{43}|\b[0-9a-f]{32}\b"""
)


@pytest.fixture(params=ACCOUNTS)
def account(request: pytest.FixtureRequest, db: None) -> Resident:
    return make_resident("Hanna", email=KNOWN, **ACCOUNTS[request.param])


def seen(visitor: Client, url: str, address: str) -> list[str]:
    """All that a visitor sees of one form: the answer and the page it leads to, with headers and cookies."""
    response = visitor.post(url, FORMS[url] | {"email": address, "login": address})
    answers = [response]
    if response.status_code == 302:
        answers.append(visitor.get(response["Location"]))
    texts = []
    for answer in answers:
        text = f"{answer.status_code}\n{answer.headers}\n{answer.cookies}\n{answer.content.decode()}"
        texts.append(VARYING.sub("", text.replace(address, "ADDRESS")))
    return texts


@pytest.mark.parametrize("url", FORMS)
def test_known_and_unknown_address_look_alike(account, url):
    assert seen(Client(), url, KNOWN) == seen(Client(), url, UNKNOWN)


@pytest.mark.parametrize("url", FORMS)
def test_they_look_alike_the_second_and_the_tenth_time_too(account, url):
    """Limits are counted by address, not by account."""
    known, unknown = Client(), Client()
    for _ in range(12):
        assert seen(known, url, KNOWN) == seen(unknown, url, UNKNOWN)


@pytest.mark.parametrize("first", ["/konto/zaloz/", "/konto/haslo/reset/"])
def test_they_look_alike_after_another_form(account, first):
    for address in (KNOWN, UNKNOWN):
        seen(Client(), first, address)
    for url in FORMS:
        assert seen(Client(), url, KNOWN) == seen(Client(), url, UNKNOWN)


@pytest.mark.parametrize("url", FORMS)
def test_password_is_hashed_as_often_for_the_one_as_for_the_other(account, url, monkeypatch):
    """Hashing is nine tenths of the time of an answer."""
    hashed = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    monkeypatch.setattr(hasher, lambda self, password, salt: hashed.append(password) or f"md5${salt}$0")
    seen(Client(), url, KNOWN)
    known, hashed[:] = len(hashed), []
    seen(Client(), url, UNKNOWN)
    assert len(hashed) == known
    assert known == (1 if "password" in str(FORMS[url]) else 0)


@pytest.mark.parametrize("url", ["/konto/haslo/reset/", "/konto/nowy-link/", "/konto/zaloguj/kod/"])
@pytest.mark.parametrize("kind", ["confirmed", "not confirmed"])
def test_letter_to_nobody_costs_the_work_of_a_letter_and_leaves_nothing(db, kind, url):
    make_resident("Hanna", email=KNOWN, **ACCOUNTS[kind])
    with CaptureQueriesContext(connection) as known:
        seen(Client(), url, KNOWN)
    before = Letter.objects.count()
    with CaptureQueriesContext(connection) as unknown:
        seen(Client(), url, UNKNOWN)
    inserts = [
        [q for q in queries if q["sql"].startswith("INSERT") and "_letter" in q["sql"]] for queries in (known, unknown)
    ]
    assert [len(found) for found in inserts] == [1, 1]
    assert abs(len(known) - len(unknown)) <= 4
    assert Letter.objects.count() == before
    assert not Letter.objects.filter(to=UNKNOWN).exists()
    assert Resident.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "url", "subject"),
    [
        ("confirmed", "/konto/zaloz/", "You have an account on the forum already"),
        ("not confirmed", "/konto/zaloz/", "You have an account on the forum already"),
        ("confirmed", "/konto/nowy-link/", "You have an account on the forum already"),
        ("not confirmed", "/konto/nowy-link/", "Confirm your e-mail address"),
        ("confirmed", "/konto/haslo/reset/", "Set a new password"),
        ("not confirmed", "/konto/haslo/reset/", "Set a new password"),
    ],
)
def test_owner_learns_it_by_mail(db, kind, url, subject):
    make_resident("Hanna", email=KNOWN, language="en", **ACCOUNTS[kind])
    seen(Client(headers={"accept-language": "en"}), url, KNOWN)
    assert Letter.objects.get().subject == subject


def test_sign_up_with_a_taken_address_changes_nothing_in_the_account(db):
    hanna = make_resident("Hanna", email=KNOWN)
    before = Resident.objects.filter(pk=hanna.pk).values().get()
    cache.clear()
    Client().post("/konto/zaloz/", FORMS["/konto/zaloz/"] | {"email": KNOWN.upper(), "signature": "Ktoś inny"})
    assert Resident.objects.filter(pk=hanna.pk).values().get() == before
    assert Resident.objects.count() == 1
