"""The pages of accounts that are seldom seen: what letters lead to, what follows a form, and each step of security."""

import datetime

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from participants import address_changes, leaving
from participants.models import InformationClause, Processing
from participants.roles import Role
from tests import factories
from tests.browser.conftest import faults_of, faults_of_look, letter_to
from tests.factories import PASSWORD
from tests.mailbox import link_in

pytestmark = pytest.mark.parametrize("width", ["phone"])  # who looks at a page changes its width
SECURITY = "/konto/bezpieczenstwo/"


def test_pages_of_letters_about_an_account_have_no_fault(transactional_db, visit, resident):
    page = visit()
    newcomer = factories.make_resident("Nowa", confirmed=False)
    confirmation = EmailConfirmationHMAC.create(EmailAddress.objects.get(user=newcomer)).key
    reset = f"{user_pk_to_url_str(resident)}-{default_token_generator.make_token(resident)}"
    address_changes.ask(resident, email="nowa.hanna@poczta.example", now=timezone.now())
    leaver = leaving.ask(factories.make_resident("Jan"), erases_texts=True)
    addresses = [f"/konto/potwierdz/{confirmation}/", "/konto/potwierdz/nie-ma/", f"/konto/haslo/nowe/{reset}/"]
    addresses += ["/konto/haslo/nowe/1-nie-ma/", "/konto/haslo/zmienione/", "/konto/haslo/reset/wyslane/"]
    addresses += [link_in(letter_to("nowa.hanna@poczta.example"), f"{SECURITY}adres/"), f"{SECURITY}adres/old/nie-ma/"]
    addresses += [leaving.way_back(leaver), "/konto/zostaje/nie-ma/", "/konto/zamkniete/"]
    addresses += ["/konto/dziala/", "/konto/nieaktywne/", "/konto/nowy-link/", "/konto/zaloguj/kod/"]
    assert faults_of(page, addresses) == {}
    page.goto("/konto/zaloguj/kod/")
    page.locator("#id_email").fill(resident.email)
    page.locator("main form").first.locator("button").click()
    page.wait_for_url("**/konto/zaloguj/kod/wpisz/")
    page.locator("main form").first.locator("button").click()
    assert page.title().startswith("Błąd:")
    assert faults_of_look(page) == []


def test_steps_of_security_have_no_fault(transactional_db, visit, moderator):
    page = visit(user=moderator)
    page.goto("/konto/haslo/potwierdz/")
    assert faults_of_look(page) == []
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main form .btn-primary").first.click()
    page.wait_for_load_state()
    steps = [f"{SECURITY}{step}" for step in ("panel/", "haslo/", "aplikacja/", "klucz/", "adres/")]
    assert faults_of(page, [*steps, "/konto/wyloguj/"]) == {}
    TOTP.activate(moderator, generate_totp_secret())
    RecoveryCodes.activate(moderator)
    passkey = Authenticator.objects.create(user=moderator, type="webauthn", data={"name": "Telefon", "credential": {}})
    steps = ("", "aplikacja/usun/", "kody/", "kody/nowe/", f"klucz/{passkey.pk}/usun/", "potwierdz/")
    assert faults_of(page, [f"{SECURITY}{step}" for step in steps]) == {}


def test_second_step_of_signing_in_has_no_fault(transactional_db, visit):
    editor = factories.make_resident("Anna", roles=[Role.EDITOR])
    TOTP.activate(editor, generate_totp_secret())
    page = visit()
    page.goto("/konto/zaloguj/")
    page.locator("#id_login").fill(editor.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form").first.locator("button").click()
    page.wait_for_url(f"**{SECURITY}drugi-krok/**")
    assert faults_of_look(page) == []


def test_clause_and_statement_with_every_field_have_no_fault(transactional_db, visit):
    """Filled in, they have lists, a table and links that an empty page has not."""
    text = "Przykładowa treść pola.\nDruga linia."
    clause = InformationClause(
        controller="Komendant Przykładowy", address="ul. Przykładowa 1", email="rodo@policja.example", phone="47 1"
    )
    clause.inspector_name, clause.inspector_email, clause.inspector_phone = (
        "Anna Przykład",
        "iod@policja.example",
        "47 2",
    )
    clause.recipients = clause.transfer = clause.required = clause.automated = text
    clause.save()
    for number in range(2):
        words = {"what": f"Dane {number}", "purpose": "Konto", "legal_basis": "art. 6 ust. 1 lit. e", "kept": "2 lata"}
        Processing.objects.create(clause=clause, position=number, **words)
    factories.make_statement(
        updated_on=datetime.date(2026, 1, 2),
        not_covered=text,
        burden=text,
        assessment_url="https://policja.example/ocena",
        basis="audit",
        basis_by="Firma Przykładowa",
        basis_url="https://policja.example/audyt",
        shortcuts=text,
        apps="Aplikacja: https://policja.example/aplikacja",
        architecture_url="https://policja.example/budynek",
    )
    assert faults_of(visit(), ["/prywatnosc/klauzula/", "/deklaracja-dostepnosci/", "/prywatnosc/"]) == {}
