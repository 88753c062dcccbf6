"""What only whoever runs the server may do with second factors."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from participants import second_factor
from participants.models import Resident


class Command(BaseCommand):
    help = (
        "Takes the second factor of an account away (its owner lost the device and the codes: make sure that it is "
        "them), or locks all of them with a new SECRET_KEY."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--take-away", metavar="EMAIL", default="")
        what.add_argument("--lock-anew", action="store_true")

    def handle(self, *args: Any, take_away: str, lock_anew: bool, **options: Any) -> None:
        with translation.override("en"):
            self.stdout.write(_lock() if lock_anew else _take(take_away.strip()))


def _lock() -> str:
    return f"Locked with the key of now: {second_factor.lock_anew()}."


def _take(email: str) -> str:
    account = Resident.objects.filter(email__iexact=email).first()
    if account is None:
        raise CommandError(f"There is no account {email}.")
    if not second_factor.take_away(account):
        raise CommandError(f"{account.email} has no second factor.")
    return f"{account.email} signs in with the password alone; the panel asks them to set up a new second factor."
