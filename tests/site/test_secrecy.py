"""Forms beyond sign-in that take an address, and keys of letters: none tells who has an account, or did something."""

import base64
import json
import re
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.following import unsubscribe_url
from meetings.registration import address_of
from participants.leaving import ask, way_back
from participants.models import Letter, Resident, Tally
from tests import factories
from tests.factories import PASSWORD
from tests.mailbox import last_letter
from tests.meetings.signups import make_coming
from tests.participants.test_accounts_secrecy import VARYING
from topics.reports import report

KNOWN, UNKNOWN = "znana@poczta.example", "obcaa@poczta.example"
MOMENTS = re.compile(r'datetime="[^"]+"')
SLACK = 4  # queries that may differ: a row is found and kept, or made


@pytest.fixture(autouse=True)
def known(db) -> Resident:
    return factories.make_resident("Hanna", email=KNOWN)


def seen(visitor: Client, url: str, data: dict[str, str], address: str) -> tuple[list[str], int]:
    """The answer and the page it leads to, with headers and cookies; and how many queries they took."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = visitor.post(url, data)
        answers = [answer, *([visitor.get(answer["Location"])] if answer.status_code == 302 else [])]
    texts = [f"{one.status_code}\n{one.headers}\n{one.cookies}\n{one.content.decode()}" for one in answers]
    unique = {address: "ADDRESS", data.get("submission", "–"): "SUBMISSION"}
    for value, name in unique.items():
        texts = [text.replace(value, name) for text in texts]
    return [MOMENTS.sub("", VARYING.sub("", text)) for text in texts], len(queries)


def assert_alike(first: tuple[list[str], int], second: tuple[list[str], int]) -> None:
    assert first[0] == second[0]
    assert abs(first[1] - second[1]) <= SLACK


@pytest.mark.parametrize("kind", [{}, {"confirmed": False}, {"is_active": False}], ids=["open", "new", "closed"])
def test_change_to_a_taken_address_looks_like_one_to_a_free_address(kind):
    Resident.objects.filter(email=KNOWN).delete()
    factories.make_resident("Hanna", email=KNOWN, **kind)
    found = []
    for asker, address in (("ola@poczta.example", KNOWN), ("iga@poczta.example", UNKNOWN)):
        factories.make_resident("Ola", email=asker)
        client = Client()
        client.post("/konto/zaloguj/", {"login": asker, "password": PASSWORD})
        client.post("/konto/haslo/potwierdz/", {"password": PASSWORD})
        client.get("/konto/bezpieczenstwo/")
        found.append(seen(client, "/konto/bezpieczenstwo/adres/", {"email": address}, address))
        assert last_letter(address)
    found = [([text.replace("iga@", "ola@") for text in texts], queries) for texts, queries in found]
    assert_alike(*found)
    assert found[0][1] == found[1][1]


@pytest.mark.parametrize("signed_up", ["nobody", "seated", "pending"])
def test_sign_up_for_a_meeting_tells_nothing_of_the_address(signed_up):
    meeting = make_coming()
    if signed_up != "nobody":
        factories.make_registration(meeting, email=KNOWN, state=signed_up)
    found = []
    for address in (KNOWN, UNKNOWN):
        typed = {"name": "Jan", "email": address, "seats": "1", "submission": str(uuid.uuid4())}
        found.append(seen(Client(), f"{meeting.get_absolute_url()}zapis/", typed, address))
        assert Letter.objects.filter(to=address).count() == 1
    assert_alike(*found)


def test_question_of_a_guest_tells_nothing_of_the_address():
    meeting, topic = make_coming(), factories.make_topic()
    factories.make_agenda_item(meeting, topic)
    found = []
    for address in (KNOWN, UNKNOWN):
        typed = {"danger": "no", "topic": str(topic.pk), "text": "Kiedy zaświecą się lampy?", "signature": "Jan"}
        typed |= {"email": address, "rules": "on", "submission": str(uuid.uuid4())}
        found.append(seen(Client(), f"{meeting.get_absolute_url()}pytanie/", typed, address))
        assert Letter.objects.filter(to=address).count() == 1
    assert_alike(*found)


@pytest.mark.parametrize("has_reported", [True, False])
def test_report_tells_nothing_of_who_has_reported_before(has_reported):
    comment = factories.make_published(factories.make_topic(), "Wpis do zgłoszenia.")
    if has_reported:
        report(comment, why="insult", name="Hanna", email=KNOWN, language="pl")
    found = []
    for address in (KNOWN, UNKNOWN):
        typed = {"why": "insult", "text": "Obraża.", "name": "Anna", "email": address, "good_faith": "on"}
        found.append(seen(Client(), f"{comment.topic.get_absolute_url()}k/{comment.pk}/zglos/", typed, address))
    assert found[0][0] == found[1][0]


def test_passkey_that_is_wrong_tells_nothing_of_the_account(known):
    """The number of an account is in the passkey; that one exists is not to be learnt by trying."""
    found = []
    for number in (known.pk, 10**6):
        visitor = Client()
        visitor.get("/konto/bezpieczenstwo/klucz/zaloguj/", headers={"x-requested-with": "XMLHttpRequest"})
        handle = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
        answer = {"clientDataJSON": "e30", "authenticatorData": "AA" * 25, "signature": "AA", "userHandle": handle}
        credential = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": answer}
        typed = {"credential": json.dumps(credential)}
        found.append(seen(visitor, "/konto/bezpieczenstwo/klucz/zaloguj/", typed, handle))
    assert_alike(*found)


def forged(address: str) -> str:
    """The same address with another seal."""
    head, _dot, seal = address.rstrip("/").rpartition(".")
    return f"{head}.{seal[::-1]}/"


@pytest.mark.parametrize("page", ["unsubscribe", "way_back", "registration"])
def test_key_of_somebody_gone_opens_what_a_forged_one_does(known, page):
    leaver = factories.make_resident("Jan")
    leaving = ask(leaver, erases_texts=True)
    sign_up = factories.make_registration(make_coming())
    address = {
        "unsubscribe": unsubscribe_url(leaver),
        "way_back": way_back(leaving),
        "registration": address_of(sign_up),
    }
    Resident.objects.filter(pk=leaver.pk).delete()
    sign_up.delete()
    for method in ("get", "post"):
        answers = [getattr(Client(), method)(url) for url in (address[page], forged(address[page]))]
        texts = [
            VARYING.sub("", answer.content.decode().replace(answer.request["PATH_INFO"], "")) for answer in answers
        ]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].status_code in {404, 410}
        assert texts[0] == texts[1]


def test_wrong_code_of_an_address_says_the_same_of_a_taken_one():
    form = {"signature": "Hanna", "password1": PASSWORD, "rules": "on"}
    found = []
    for address in (KNOWN, UNKNOWN):
        visitor = Client()
        visitor.post(reverse("account_signup"), form | {"email": address})
        Tally.objects.all().delete()
        found.append(seen(visitor, reverse("account_email_verification_sent"), {"code": "AAAA-AAAA"}, address))
    assert_alike(*found)
