"""The accessibility statement: ids and headings of the ministry's form 2.0, and the review that is due every year."""

import datetime
from html.parser import HTMLParser

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from participants.models import AccessibilityStatement
from participants.office import gaps_of_statement, review_warning
from tests import factories
from tests.panel import errors_of, opened

pytestmark = pytest.mark.django_db
ADDRESS = "/deklaracja-dostepnosci/"
ADD = "admin:participants_accessibilitystatement_add"
DAY = datetime.date
# Where the document is read: the parts that are always there, and those that belong to a burden, apps and a link.
IDS = ["a11y-deklaracja", "a11y-wstep", "a11y-podmiot", "a11y-zakres", "a11y-url"]
IDS += ["a11y-data-publikacja", "a11y-data-aktualizacja", "a11y-status", "a11y-ocena"]
IDS += ["a11y-data-sporzadzenie", "a11y-data-przeglad", "a11y-kontakt", "a11y-osoba", "a11y-email", "a11y-telefon"]
IDS += ["a11y-procedura", "a11y-aplikacje", "a11y-architektura", "a11y-architektura-url", "a11y-komunikacja"]
EVERYTHING = {
    "not_covered": "Nagrania sprzed 2020 roku",
    "burden": "Skany kronik",
    "assessment_url": "https://komenda.example/ocena",
    "shortcuts": "Alt+1: treść",
    "apps": "Moja Komenda https://komenda.example/aplikacja",
    "architecture_url": "https://komenda.example/budynek",
}


class Outline(HTMLParser):
    """The ids of the statement, its headings, its dates by id, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.dates: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.heading = ""
        self.feed(html.split("<main")[1].split("</main>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        if (at.get("id") or "").startswith("a11y-"):
            self.ids.append(at["id"])
            self.links[at["id"]] = at.get("href") or ""
        if tag == "time":
            self.dates[self.ids[-1]] = at["datetime"]
        if tag in {"h1", "h2", "h3"}:
            self.heading = tag

    def handle_data(self, data: str) -> None:
        if self.heading:
            self.headings.append((self.heading, data))
            self.heading = ""


def page(client: Client, language: str = "en") -> str:
    response = client.get(ADDRESS, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_every_id_stands_once_and_in_order(client: Client, language: str):
    factories.make_statement(**EVERYTHING)
    shown = Outline(page(client, language))
    assert shown.ids == IDS
    assert shown.dates == {
        "a11y-data-publikacja": "2026-01-01",
        "a11y-data-aktualizacja": "2026-01-02",
        "a11y-data-sporzadzenie": "2026-01-03",
        "a11y-data-przeglad": timezone.localdate().isoformat(),
    }
    assert shown.links["a11y-email"] == "mailto:dostepnosc@policja.example"
    assert shown.links["a11y-telefon"] == "tel:470000002"
    assert shown.links["a11y-ocena"] == "https://komenda.example/ocena"


def test_headings_stand_in_the_order_of_the_form(client: Client):
    factories.make_statement(**EVERYTHING)
    assert Outline(page(client)).headings == [
        ("h1", "Accessibility statement"),
        ("h2", "Digital accessibility status"),
        ("h2", "Inaccessible content"),
        ("h3", "Non-compliance with the annex"),
        ("h3", "Content that the act does not cover"),
        ("h3", "Disproportionate burden"),
        ("h2", "Preparation of the accessibility statement and its updates"),
        ("h2", "Conveniences, limitations and other information"),
        ("h2", "Keyboard shortcuts"),
        ("h2", "Feedback and contact details"),
        ("h2", "Handling of requests and complaints about accessibility"),
        ("h2", "Other information"),
        ("h3", "Mobile apps"),
        ("h3", "Architectural accessibility"),
        ("h3", "Accessibility of communication and information"),
    ]


def test_what_was_not_given_is_left_out_and_nothing_is_invented(client: Client):
    html = page(client)
    shown = Outline(html)
    assert shown.ids == [*IDS[:5], "a11y-status", "a11y-procedura"]
    assert shown.dates == {}
    assert "mailto:" not in html
    assert html.count("The editors have not given this yet.") == 1
    assert "The editors have not described the building yet." in html


@pytest.mark.parametrize(
    ("status", "words", "has_list"),
    [
        ("full", "<strong>fully compliant</strong>", False),
        ("partial", "<strong>partially compliant</strong>", True),
        ("none", "<strong>not compliant</strong>", True),
        ("", "The editors have not given this yet.", False),
    ],
)
def test_status_has_three_sentences(client: Client, status: str, words: str, has_list: bool):
    factories.make_statement(status=status)
    html = page(client)
    assert words in html
    assert html.count('id="a11y-status"') == bool(status)
    assert ("Inaccessible content" in html) is has_list


def test_statement_points_at_the_site_and_the_commissioner(client: Client, settings):
    settings.SITE_URL = "https://forum.policja.example"
    html = page(client)
    assert Outline(html).links["a11y-url"] == "https://forum.policja.example"
    assert "https://bip.brpo.gov.pl/" in html


def test_text_of_the_editors_is_escaped(client: Client):
    factories.make_statement(**EVERYTHING | {"apps": "<script>x</script> https://a.example/", "burden": "<b>Skany</b>"})
    html = page(client)
    assert "&lt;script&gt;" in html
    assert "<li>&lt;b&gt;Skany" in html
    assert '<a href="https://a.example/"' in html


def test_page_costs_one_query(client: Client):
    factories.make_statement(**EVERYTHING)
    with CaptureQueriesContext(connection) as found:
        page(client)
    assert len(found) == 1


MANDATORY = ["entity", "published_on", "updated_on", "status", "prepared_on", "basis", "contact"]
MANDATORY += ["email", "phone", "address", "architecture", "communication"]


def test_a_full_statement_lacks_nothing():
    assert gaps_of_statement(factories.make_statement()) == []


@pytest.mark.parametrize("field", MANDATORY)
def test_each_empty_field_is_said(field: str):
    statement = factories.make_statement()
    setattr(statement, field, None if field.endswith("_on") else "")
    assert len(gaps_of_statement(statement)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "full"},  # and yet something is listed
        {"not_conforming": ""},
        {"burden": "Skany"},
        {"basis": "audit", "basis_by": "Firma"},
        {"basis": "contractor", "basis_url": "https://a.example/"},
    ],
)
def test_what_does_not_fit_together_is_said(fields: dict[str, str]):
    assert len(gaps_of_statement(factories.make_statement(**fields))) == 1


@pytest.mark.parametrize(
    ("prepared", "reviewed", "today", "year", "is_overdue"),
    [
        (DAY(2025, 12, 1), None, DAY(2026, 2, 28), None, False),
        (DAY(2025, 12, 1), None, DAY(2026, 3, 1), 2026, False),
        (DAY(2025, 12, 1), None, DAY(2026, 3, 31), 2026, False),
        (DAY(2025, 12, 1), None, DAY(2026, 4, 1), 2026, True),
        (DAY(2025, 12, 1), None, DAY(2028, 1, 5), 2026, True),
        (DAY(2025, 12, 1), DAY(2026, 1, 1), DAY(2026, 12, 31), None, False),
        (DAY(2020, 1, 1), DAY(2026, 4, 2), DAY(2027, 3, 1), 2027, False),
        (None, None, DAY(2026, 4, 1), None, False),
    ],
)
def test_review_warns_from_march_until_it_is_done(prepared, reviewed, today, year, is_overdue):
    warning = review_warning(AccessibilityStatement(prepared_on=prepared, reviewed_on=reviewed), today)
    assert (str(year) in warning) if year else warning == ""
    overdue = AccessibilityStatement(prepared_on=DAY(2000, 1, 1))
    says_overdue = review_warning(overdue, today).replace("2001", str(year)) == warning
    assert says_overdue is is_overdue


def test_editor_fills_in_the_statement(editor, as_user, client: Client):
    desk = as_user(editor)
    sent = opened(desk, reverse(ADD), contact="Anna Przykład", published_on="2026-01-01")
    assert sent["status"] == ["partial"]
    assert desk.post(reverse(ADD), sent).status_code == 302
    assert "Anna Przykład" in page(client)
    assert AccessibilityStatement.objects.get().not_conforming.count("\n") == 1


@pytest.mark.parametrize(
    ("field", "typed"), [("reviewed_on", "2025-12-31"), ("updated_on", "2025-12-31"), ("reviewed_on", "2099-01-01")]
)
def test_days_that_cannot_be_are_refused_beside_their_field(editor, as_user, field: str, typed: str):
    desk = as_user(editor)
    row = factories.make_statement()
    url = reverse("admin:participants_accessibilitystatement_change", args=[row.pk])
    assert set(errors_of(desk.post(url, opened(desk, url, **{field: typed})))) == {field}


@pytest.mark.parametrize("fields", [{"updated_on": DAY(2025, 1, 1)}, {"reviewed_on": DAY(2025, 1, 1)}])
def test_database_refuses_days_in_the_wrong_order(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_statement(**fields)
