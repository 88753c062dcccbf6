"""The information clause of art. 13 of the GDPR: what the editors fill in, and what is missing."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from participants.models import AccessibilityStatement, InformationClause
from participants.office import gaps, gaps_of_clause
from tests import factories
from tests.panel import errors_of, opened

pytestmark = pytest.mark.django_db
ADDRESS = "/prywatnosc/klauzula/"
ADD = "admin:participants_informationclause_add"
CHANGE = "admin:participants_informationclause_change"
FULL = {
    "controller": "Komendant Przykładowy",
    "address": "ul. Przykładowa 1",
    "email": "komenda@policja.example",
    "inspector_name": "Jan Przykład",
    "inspector_phone": "47 000 00 03",
    "recipients": "Dostawca serwera.",
    "transfer": "Nie przekazujemy.",
    "required": "Podanie jest dobrowolne.",
    "automated": "Nie ma.",
}
PURPOSE = {"what": "Podpis", "purpose": "Rozmowa", "legal_basis": "Art. 6 ust. 1 lit. e", "kept": "Rok"}


def page(client: Client) -> str:
    response = client.get(ADDRESS, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode().split("<main")[1].split("</main>")[0]


def make_full() -> InformationClause:
    clause = InformationClause.objects.create(**FULL)
    clause.processings.create(**PURPOSE)
    return clause


def test_page_gives_every_field_in_the_order_of_the_law(client: Client):
    make_full()
    html = page(client)
    assert [word for word in [*FULL.values(), *PURPOSE.values()] if word not in html] == []
    assert re.findall(r'<h2 id="([a-z-]+)"', html) == [
        *("administrator", "inspektor", "cele", "odbiorcy", "poza-eog"),
        *("prawa", "skarga", "dobrowolnosc", "automat"),
    ]
    assert "https://uodo.gov.pl/" in html
    assert "mailto:komenda@policja.example" in html
    assert 'href="tel:470000003"' in html


def test_page_without_a_row_says_what_settings_and_portal_know(client: Client):
    html = page(client)
    assert "Komendant Miejski Policji w Piotrkowie Trybunalskim" in html
    assert "Podanie danych jest dobrowolne." in html  # content, and so in Polish
    assert html.count("The editors have not given this yet.") == 2
    assert "mailto:" not in html
    assert 'id="poza-eog"' not in html


def test_text_of_the_editors_is_escaped(client: Client):
    InformationClause.objects.create(transfer="<script>x</script>", controller="<b>K</b>")
    html = page(client)
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;K" in html


@pytest.mark.parametrize("purposes", [1, 3])
def test_page_costs_two_queries(client: Client, purposes: int):
    clause = InformationClause.objects.create(**FULL)
    for _ in range(purposes):
        clause.processings.create(**PURPOSE)
    with CaptureQueriesContext(connection) as found:
        html = page(client)
    assert html.count("Art. 6 ust. 1 lit. e") == purposes
    assert len(found) == 2


def test_page_refuses_other_methods(client: Client):
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.parametrize("model", [InformationClause, AccessibilityStatement])
def test_database_holds_one_row(model):
    model.objects.create()
    for key in (1, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(pk=key)
    assert model.objects.count() == 1


def test_a_full_clause_lacks_nothing():
    assert gaps(make_full(), timezone.localdate()) == []


@pytest.mark.parametrize("field", FULL)
def test_each_empty_field_is_said(field: str):
    clause = InformationClause(**FULL | {field: ""})
    assert len(gaps_of_clause(clause, has_purposes=True)) == 1


def test_an_empty_clause_lacks_everything_and_one_way_of_contact_is_enough():
    assert len(gaps_of_clause(InformationClause(), has_purposes=False)) == 10
    reached = InformationClause(phone="1", inspector_email="a@b.example")
    assert len(gaps_of_clause(reached, has_purposes=False)) == 8


def test_editor_fills_in_the_clause_and_sees_what_is_missing(editor, as_user, client: Client):
    desk = as_user(editor)
    sent = opened(desk, reverse(ADD), transfer="Nie przekazujemy.", inspector_name="Jan Przykład")
    assert sent["controller"] == ["Komendant Miejski Policji w Piotrkowie Trybunalskim"]
    assert desk.post(reverse(ADD), sent).status_code == 302
    clause = InformationClause.objects.get()
    assert clause.required.startswith("Podanie danych")
    form = desk.get(reverse(CHANGE, args=[clause.pk]))
    assert form.context["doubts"] == gaps(clause, timezone.localdate())
    assert len(form.context["doubts"]) == 4  # address, contact, contact of the inspector, purposes
    assert f'href="{ADDRESS}"' in form.content.decode()
    assert "Nie przekazujemy." in page(client)


def test_a_purpose_is_complete_or_refused(editor, as_user):
    clause = InformationClause.objects.create()
    url = reverse(CHANGE, args=[clause.pk])
    desk = as_user(editor)
    row = {"processings-0-what": "Podpis", "processings-0-purpose": "Rozmowa"}
    refused = desk.post(url, opened(desk, url, **row))
    assert set(errors_of(refused)) == {"processings-0-legal_basis", "processings-0-kept"}
    row |= {"processings-0-legal_basis": "Art. 6", "processings-0-kept": "Rok"}
    assert desk.post(url, opened(desk, url, **row)).status_code == 302
    assert clause.processings.get().kept == "Rok"


def test_second_row_is_not_added_and_none_is_deleted(editor, as_user):
    clause = make_full()
    desk = as_user(editor)
    change = reverse(CHANGE, args=[clause.pk])
    for answer in (desk.get(reverse(ADD)), desk.post(reverse(ADD), {"controller": "Ktoś inny"})):
        assert answer.headers["Location"] == change
    delete = reverse("admin:participants_informationclause_delete", args=[clause.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    assert InformationClause.objects.get().controller == FULL["controller"]


def test_second_of_two_editors_is_told(editor, as_user):
    url = reverse(CHANGE, args=[make_full().pk])
    desk = as_user(editor)
    first, second = opened(desk, url, phone="1"), opened(desk, url, phone="2")
    desk.post(url, first)
    overtaken = desk.post(url, second).context["overtaken"]
    assert [(d.theirs, d.yours) for d in overtaken.differences] == [("1", "2")]
    assert InformationClause.objects.get().phone == "1"


@pytest.mark.parametrize("persona", ["moderator", "resident", None])
@pytest.mark.parametrize("name", ["informationclause", "accessibilitystatement"])
def test_others_neither_see_nor_save_the_form(persona, name: str, request, as_user):
    client = as_user(persona and request.getfixturevalue(persona))
    url = reverse(f"admin:participants_{name}_add")
    for answer in (client.get(url), client.post(url, {"controller": "Ja", "entity": "Ja"})):
        assert answer.status_code == (403 if persona == "moderator" else 302)
    assert not InformationClause.objects.exists()
    assert not AccessibilityStatement.objects.exists()


def test_desk_of_an_editor_leads_to_what_is_missing(editor, as_user):
    desk = as_user(editor)
    office = desk.get(reverse("admin:index")).context["desk"]["office"]
    assert [page.url for page in office] == [reverse(ADD), reverse("admin:participants_accessibilitystatement_add")]
    make_full()
    office = desk.get(reverse("admin:index")).context["desk"]["office"]
    assert len(office) == 1
    assert desk.get(office[0].url).status_code == 200
    factories.make_statement()
    assert desk.get(reverse("admin:index")).context["desk"]["office"] == []


def test_desk_of_a_moderator_says_nothing_of_it(moderator, as_user):
    assert as_user(moderator).get(reverse("admin:index")).context["desk"]["office"] == []


def test_command_fails_while_something_is_missing():
    make_full()
    factories.make_statement(phone="")
    with pytest.raises(CommandError, match="Give a telephone number for matters of accessibility"):
        call_command("check_office")
    AccessibilityStatement.objects.update(phone="47 000 00 02")
    out = StringIO()
    call_command("check_office", stdout=out)
    assert out.getvalue() == "Nothing is missing.\n"
