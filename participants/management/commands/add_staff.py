"""The first account of the staff, and every further one: nobody has to be superuser to begin."""

import getpass
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from participants.models import Resident
from participants.roles import Role

ROLES = {
    "redakcja": [Role.EDITOR],
    "moderacja": [Role.MODERATOR],
    "odwolania": [Role.APPEALS],
    "dyzurny": [Role.DUTY],
    "odpowiedzi": [Role.ANSWERER],
    "administrator": [Role.EDITOR, Role.MODERATOR],
}
PASSWORD_VARIABLE = "FORUM_STAFF_PASSWORD"  # noqa: S105 - the name, not the password


class Command(BaseCommand):
    help = (
        "Makes an account of the staff, or gives an existing one a further role. Asks for the password of a new "
        f"account twice; a script gives it in {PASSWORD_VARIABLE} or by --password-from-stdin, which also "
        "changes the password of an existing account."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", choices=ROLES, required=True, help="What the account may do in the panel.")
        parser.add_argument("--signature", default="", help="What readers see; for a new account by default the role.")
        parser.add_argument("--password-from-stdin", action="store_true", help="Read the password from one line.")

    def handle(self, *args: Any, email: str, role: str, signature: str, **options: Any) -> None:
        with translation.override("en"):  # operators' commands speak English
            resident = Resident.objects.filter(email__iexact=email.strip()).first()
            is_new = resident is None
            resident = resident or Resident(email=email.strip().lower(), signature=_signature(role))
            resident.signature = signature or resident.signature
            resident.is_staff = resident.is_active = True
            resident.is_superuser = resident.is_superuser or role == "administrator"
            _refuse_wrong(resident.full_clean, exclude=["password"])
            password = self._given_password(options["password_from_stdin"]) or (self._ask() if is_new else "")
            if password or is_new:
                _refuse_wrong(validate_password, password, resident)
            _save(resident, ROLES[role], password)
        done = "made" if is_new else "kept, with its password changed" if password else "kept, with its password"
        self.stdout.write(f"Account {resident.email} {done}; role: {role}.")

    def _given_password(self, from_stdin: bool) -> str:
        if from_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
            if not password:
                raise CommandError("No password came on standard input.")
            return password
        return os.environ.get(PASSWORD_VARIABLE, "")

    def _ask(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError(f"No terminal to ask for the password: set {PASSWORD_VARIABLE} for this one command.")
        try:
            password = getpass.getpass("Password (at least 12 characters): ")
            again = getpass.getpass("The same password again: ")
        except (KeyboardInterrupt, EOFError):
            raise CommandError("Stopped; nothing was changed.") from None
        if password != again:
            raise CommandError("The two passwords differ; nothing was changed.")
        return password


def _signature(role: str) -> str:
    """The name of the one role, in Polish letters; an administrator has several."""
    return "Administrator" if role == "administrator" else str(ROLES[role][0])


def _refuse_wrong(check: Callable[..., object], *args: Any, **options: Any) -> None:
    """What the forms refuse is refused here, before anything is written."""
    try:
        check(*args, **options)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None


@transaction.atomic
def _save(resident: Resident, roles: list[Role], password: str) -> None:
    if password:
        resident.set_password(password)
    resident.save()
    resident.groups.add(*Group.objects.filter(name__in=roles))
    address = {"verified": True, "primary": True}
    EmailAddress.objects.update_or_create(user=resident, email=resident.email, defaults=address)
