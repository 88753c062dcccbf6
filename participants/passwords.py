"""Passwords that people in Poland choose first. Django brings a list of English ones (NIST SP 800-63B, 3.1.1.2)."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LIST = Path(__file__).with_name("common_passwords.txt")
AROUND = 8  # a year and a few marks; more digits than that are no longer guessed by rote


class CommonInPolandValidator:
    """Refuses the words of the list, however they are written and whatever digits and marks stand around them.

    "Piotrków-2026!" and "piotrkow 2026" are "piotrkow". Said twice, a word stays one word. Three words are none of it.
    """

    def validate(self, password: str, user: Any = None) -> None:
        core = bare(password)
        half = core[: len(core) // 2]
        is_common = core in common() or (half * 2 == core and half in common())
        if is_common and len(password) - len(core) <= AROUND:
            raise ValidationError(_("This password is too common."), code="password_too_common")

    def get_help_text(self) -> str:
        return _("It must not be a password that many people use.")


def bare(password: str) -> str:
    """Letters only, small and without the marks of Polish."""
    unmarked = unicodedata.normalize("NFKD", password.casefold().replace("ł", "l"))
    return "".join(char for char in unmarked if char.isalpha())


@cache
def common() -> frozenset[str]:
    return frozenset(bare(line) for line in LIST.read_text(encoding="utf-8").splitlines() if line.strip())
