import io
import sys

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from participants.management.commands.add_staff import ROLES
from participants.models import Resident
from participants.roles import Role
from tests.factories import PASSWORD, make_resident
from tests.panel import sign_in

ANNA = "anna@policja.example"


def add_staff(email: str = ANNA, role: str = "redakcja", **options) -> str:
    output = io.StringIO()
    call_command("add_staff", email, role=role, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def password_in_environment(monkeypatch) -> None:
    monkeypatch.setenv("FORUM_STAFF_PASSWORD", PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "groups", "is_superuser"),
    [
        ("redakcja", {Role.EDITOR}, False),
        ("moderacja", {Role.MODERATOR}, False),
        ("odwolania", {Role.APPEALS}, False),
        ("dyzurny", {Role.DUTY}, False),
        ("odpowiedzi", {Role.ANSWERER}, False),
        ("administrator", {Role.EDITOR, Role.MODERATOR}, True),
    ],
)
def test_new_account_may_enter_the_panel_in_its_role(password_in_environment, role, groups, is_superuser, client):
    assert ANNA in add_staff("Anna@Policja.example", role)
    anna = Resident.objects.get()
    assert (anna.email, anna.is_staff, anna.is_superuser) == (ANNA, True, is_superuser)
    assert set(anna.groups.values_list("name", flat=True)) == groups
    assert EmailAddress.objects.get(user=anna, email=ANNA).verified
    client.post("/konto/zaloguj/", {"login": ANNA, "password": PASSWORD})
    assert client.get("/panel/").status_code == 302  # to the second factor: test_security_second_factor
    sign_in(client, anna)
    assert client.get("/panel/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "signature"), [("odwolania", "Odwołania"), ("dyzurny", "Dyżurny"), ("administrator", "Administrator")]
)
def test_new_account_signs_with_its_role_until_it_says_otherwise(password_in_environment, role, signature):
    add_staff(role=role)
    assert Resident.objects.get().signature == signature


def test_every_role_can_be_given():
    assert {role for roles in ROLES.values() for role in roles} == set(Role)


@pytest.mark.django_db
def test_second_run_changes_nothing(password_in_environment, monkeypatch):
    add_staff()
    monkeypatch.delenv("FORUM_STAFF_PASSWORD")
    before = Resident.objects.values().get()
    assert "kept, with its password" in add_staff()
    assert Resident.objects.values().get() == before
    assert EmailAddress.objects.count() == 1


@pytest.mark.django_db
def test_resident_becomes_staff_and_keeps_password_and_signature():
    hanna = make_resident("Hanna", email=ANNA, confirmed=False)
    add_staff(role="moderacja")
    hanna.refresh_from_db()
    assert (hanna.signature, hanna.is_staff) == ("Hanna", True)
    assert hanna.check_password(PASSWORD)
    assert EmailAddress.objects.get().verified


@pytest.mark.django_db
def test_password_comes_from_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    add_staff(password_from_stdin=True, signature="Redakcja forum")
    anna = Resident.objects.get()
    assert anna.check_password(PASSWORD)
    assert anna.signature == "Redakcja forum"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
def test_password_is_asked_for_twice_on_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal())
    questions, answers = [], [PASSWORD, PASSWORD]
    monkeypatch.setattr("getpass.getpass", lambda question: questions.append(question) or answers.pop())
    add_staff()
    assert len(questions) == 2
    assert Resident.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([PASSWORD, "co innego zupełnie"], "The two passwords differ; nothing was changed."),
        (["krótkie", "krótkie"], "This password is too short. It must contain at least 12 characters."),
    ],
)
def test_wrong_answers_make_no_account(monkeypatch, answers, sentence):
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda question: answers.pop())
    with pytest.raises(CommandError, match=sentence):
        add_staff()
    assert Resident.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"email": "nie-adres"}, "Enter a valid email address."),
        ({"signature": "www.sklep.pl"}, "Do not put an address or a link in the signature."),
        ({}, "No terminal to ask for the password"),
        ({"password_from_stdin": True}, "No password came on standard input."),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_made(monkeypatch, arguments, sentence):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(CommandError, match=sentence):
        add_staff(**arguments)
    assert Resident.objects.count() == 0
