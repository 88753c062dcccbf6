"""About, rules, privacy and the accessibility statement."""

import datetime
import re

import pytest
from django.test import Client

from meetings.seats import KEPT_DAYS
from participants import inactivity, letters, sessions, unconfirmed
from participants.models import InformationClause
from participants.rules import CURRENT
from topics import reporters, sealing
from topics.models import Reason

pytestmark = pytest.mark.django_db
NOT_GIVEN = "The editors have not given this yet."


def page(client: Client, path: str) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def given(settings):
    """An office that has told everything about itself."""
    settings.FORUM = {
        **settings.FORUM,
        "address": "ul. Przykładowa 1, 00-000 Miasto",
        "email": "redakcja@policja.example",
        "phone": "47 000 00 01",
    }


def test_about_names_the_owner_and_the_way_in(client: Client):
    html = page(client, "/o-forum/")
    assert "Komenda Miejska Policji w Piotrkowie Trybunalskim" in html
    assert 'href="/zasady/"' in html
    assert "The editors have not given a contact address yet." in html


def test_about_gives_the_contact(client: Client, given):
    assert 'href="mailto:redakcja@policja.example"' in page(client, "/o-forum/")


def test_rules_carry_their_version_and_every_reason(client: Client):
    html = page(client, "/zasady/")
    assert f"Version {CURRENT.name}, <time" in html
    reasons = re.findall(r"<li>([^<]+)</li>", html.split('id="powody"')[1])
    assert [reason.replace("&#x27;", "'") for reason in reasons] == [str(label) for label in Reason.labels]
    assert "Criticism of the police or of any other institution is not a reason." in html


def test_privacy_names_the_controller_and_what_is_missing(client: Client):
    html = page(client, "/prywatnosc/")
    assert "Komendant Miejski Policji w Piotrkowie Trybunalskim" in html
    assert html.count(NOT_GIVEN) == 1
    assert "https://uodo.gov.pl/" in html
    assert 'href="/prywatnosc/klauzula/"' in html


def test_privacy_gives_what_the_office_told(client: Client, given):
    InformationClause.objects.create(address="ul. Nowa 7", inspector_email="iod@policja.example")
    html = page(client, "/prywatnosc/")
    assert NOT_GIVEN not in html
    assert "ul. Nowa 7" in html
    assert html.split("<main")[1].count('"mailto:iod@policja.example') == 2


def test_privacy_tells_what_meetings_and_promises_keep(client: Client):
    html = page(client, "/prywatnosc/")
    rows = re.findall(r"<tr><th scope=.row.>(.+?)</th>.+?<td>([^<]+)</td></tr>", html)
    told = {what: kept for what, kept in rows if what.startswith(("Sign-up", "A question", "Survey", "Your answer"))}
    assert len(told) == 4
    assert next(iter(told.values())) == f"{KEPT_DAYS} days after the meeting. If you do not confirm it: 2 days."


def test_privacy_says_how_long_in_the_numbers_of_the_code(client: Client, monkeypatch):
    monkeypatch.setattr(letters, "KEPT", datetime.timedelta(days=77))
    monkeypatch.setattr(reporters, "KNOWN_FOR", datetime.timedelta(days=55))
    monkeypatch.setattr(sealing, "KEPT", datetime.timedelta(days=44))
    monkeypatch.setattr(sessions, "KEPT", datetime.timedelta(days=33))
    monkeypatch.setattr(unconfirmed, "KEPT", datetime.timedelta(days=22))
    monkeypatch.setattr(inactivity, "MONTHS", 11)
    html = page(client, "/prywatnosc/")
    assert "77 days after the last try" in html
    assert "without an account, 55 days after it" in html
    assert "44 days, then it is erased" in html
    assert "under seal until their 44 days are over" in html
    assert "33 days after the last use; the network address at most 33 days" in html
    assert "If you do not confirm the address: 22 days." in html
    assert "If you do not use it for 11 months, we write to you twice" in html


def test_privacy_lists_every_cookie_that_the_site_sets(client: Client, as_user, resident, settings):
    html = page(client, "/prywatnosc/")
    listed = set(re.findall(r"<code>(\w+)</code>", html))
    client.post("/wyglad/", {"motyw": "jasny"})
    client.post("/jezyk/", {"language": "uk"})
    visitor = as_user(resident)
    visitor.get("/zasady/")  # a signed-in page carries the form for signing out, and with it the token
    used = set(client.cookies) | set(visitor.cookies)
    assert used == {"motyw", "jezyk", "sesja", "csrftoken"}
    assert listed == used
