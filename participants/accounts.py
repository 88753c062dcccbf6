"""How allauth treats our accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from participants.models import Resident


def signature_of(user: Resident) -> str:
    return user.signature


class AccountAdapter(DefaultAccountAdapter):
    """Names in letters and pages are signatures; letters go through the outbox (EMAIL_BACKEND)."""

    def populate_username(self, request: Any, user: Resident) -> None:
        """Accounts have no user name."""
