"""About, rules, privacy and the accessibility statement."""

import datetime
import re

import pytest
from django.test import Client

from meetings.seats import KEPT_DAYS
from topics.models import Reason

pytestmark = pytest.mark.django_db
NOT_GIVEN = "The editors have not given this yet."
MANDATORY = [
    "a11y-wstep",
    "a11y-podmiot",
    "a11y-zakres",
    "a11y-url",
    "a11y-data-publikacja",
    "a11y-data-aktualizacja",
    "a11y-status",
    "a11y-data-sporzadzenie",
    "a11y-kontakt",
    "a11y-email",
    "a11y-telefon",
    "a11y-procedura",
    "a11y-architektura",
    "a11y-komunikacja",
]


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
        "iod_email": "iod@policja.example",
        "accessibility_contact": "Anna Przykład",
        "accessibility_email": "dostepnosc@policja.example",
        "accessibility_phone": "47 000 00 02",
        "building": "Wejście bez progu.",
        "published_on": datetime.date(2026, 12, 1),
        "changed_on": datetime.date(2026, 12, 2),
        "statement_on": datetime.date(2026, 12, 3),
        "reviewed_on": datetime.date(2027, 3, 4),
    }


def test_about_names_the_owner_and_the_way_in(client: Client):
    html = page(client, "/o-forum/")
    assert "Komenda Miejska Policji w Piotrkowie Trybunalskim" in html
    assert 'href="/zasady/"' in html
    assert "The editors have not given a contact address yet." in html


def test_about_gives_the_contact(client: Client, given):
    assert 'href="mailto:redakcja@policja.example"' in page(client, "/o-forum/")


def test_rules_carry_their_version_and_every_reason(client: Client, settings):
    settings.RULES_VERSION = "2031-07"
    html = page(client, "/zasady/")
    assert "Version 2031-07" in html
    reasons = re.findall(r"<li>([^<]+)</li>", html.split('id="powody"')[1])
    assert [reason.replace("&#x27;", "'") for reason in reasons] == [str(label) for label in Reason.labels]
    assert "Criticism of the police or of any other institution is not a reason." in html


def test_privacy_names_the_controller_and_what_is_missing(client: Client):
    html = page(client, "/prywatnosc/")
    assert "Komendant Miejski Policji w Piotrkowie Trybunalskim" in html
    assert html.count(NOT_GIVEN) == 3
    assert "https://uodo.gov.pl/" in html


def test_privacy_gives_what_the_office_told(client: Client, given):
    html = page(client, "/prywatnosc/")
    assert NOT_GIVEN not in html
    assert "ul. Przykładowa 1" in html
    assert html.count("mailto:iod@policja.example") == 2


def test_privacy_tells_what_meetings_and_promises_keep(client: Client):
    html = page(client, "/prywatnosc/")
    rows = re.findall(r"<tr><th scope=.row.>(.+?)</th>.+?<td>([^<]+)</td></tr>", html)
    told = {what: kept for what, kept in rows if what.startswith(("Sign-up", "A question", "Survey", "Your answer"))}
    assert len(told) == 4
    assert next(iter(told.values())) == f"{KEPT_DAYS} days after the meeting; if you do not confirm it, two days"


def test_privacy_lists_every_cookie_that_the_site_sets(client: Client, as_user, resident, settings):
    html = page(client, "/prywatnosc/")
    listed = set(re.findall(r"<code>(\w+)</code>", html))
    client.post("/wyglad/", {"motyw": "jasny"})
    client.post("/jezyk/", {"language": "uk"})
    visitor = as_user(resident)
    visitor.get("/zasady/")  # a signed-in page carries the form for signing out, and with it the token
    used = set(client.cookies) | set(visitor.cookies)
    assert used == {"motyw", "jezyk", "sesja", "csrftoken"}
    assert listed == used | {"messages"}


def test_statement_has_every_mandatory_part_once(client: Client, given):
    html = page(client, "/deklaracja-dostepnosci/")
    for part in [*MANDATORY, "a11y-data-przeglad", "a11y-deklaracja", "a11y-osoba"]:
        assert html.count(f'id="{part}"') == 1, part
    dates = dict(re.findall(r'id="a11y-data-(\w+)"><time datetime="([\d-]+)">', html))
    assert dates == {
        "publikacja": "2026-12-01",
        "aktualizacja": "2026-12-02",
        "sporzadzenie": "2026-12-03",
        "przeglad": "2027-03-04",
    }
    assert 'id="a11y-email" href="mailto:dostepnosc@policja.example"' in html
    assert 'id="a11y-telefon" href="tel:470000002"' in html
    assert "Wejście bez progu." in html


def test_statement_says_what_was_not_given_and_invents_nothing(client: Client):
    html = page(client, "/deklaracja-dostepnosci/")
    for part in MANDATORY:
        assert html.count(f'id="{part}"') == 1, part
    assert html.count(NOT_GIVEN) == 6
    assert "a11y-data-przeglad" not in html
    assert "The editors have not described the building yet." in html
    assert "mailto:" not in html
    assert "<time" not in html


def test_statement_points_at_the_site_and_the_commissioner(client: Client, settings):
    settings.SITE_URL = "https://forum.policja.example"
    html = page(client, "/deklaracja-dostepnosci/")
    assert 'id="a11y-url" href="https://forum.policja.example"' in html
    assert "https://bip.brpo.gov.pl/" in html


def test_statement_keeps_the_order_of_headings(client: Client):
    main = page(client, "/deklaracja-dostepnosci/").split("<main")[1].split("</main>")[0]
    headings = re.findall(r"<(h[123])[^>]*>([^<]+)<", main)
    assert headings == [
        ("h1", "Accessibility statement"),
        ("h2", "Digital accessibility status"),
        ("h2", "Inaccessible content"),
        ("h3", "Non-compliance with the annex"),
        ("h2", "Preparation of the accessibility statement and its updates"),
        ("h2", "Conveniences, limitations and other information"),
        ("h2", "Feedback and contact details"),
        ("h2", "Handling of requests and complaints about accessibility"),
        ("h2", "Other information"),
        ("h3", "Architectural accessibility"),
        ("h3", "Accessibility of communication and information"),
    ]
