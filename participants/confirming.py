"""Confirming once more an address from which letters came back: the letter with the link goes there in spite of it."""

import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from participants.letters import queue_letter
from participants.limits import Limit, take
from participants.links import key_of, opened_by
from participants.models import PausedAddress, Resident

PAGE = "participants.confirming"
ASKED = Limit("confirm_again", 3, 24 * 60 * 60)


def pause_of(account: Resident) -> PausedAddress | None:
    """One query."""
    return PausedAddress.objects.of(account.email).first()


@transaction.atomic
def ask(account: Resident, *, now: datetime.datetime) -> bool:
    """Send the link; False where nothing is paused any more. Raises LimitReached."""
    paused = pause_of(account)
    if paused is None:
        return False
    take((ASKED, account.pk), now=now)
    context = {"link": f"{settings.SITE_URL}{reverse('address_works', args=[key_of(PAGE, paused.pk)])}"}
    template = "account/email/address_check"
    queue_letter(to=account.email, template=template, context=context, language=account.language, asked_for=True)
    return True


def found(key: str) -> PausedAddress | None:
    """What the key in a letter opens; None also where the pause is over. One query."""
    parts = opened_by(PAGE, key)
    return PausedAddress.objects.filter(pk=parts[0]).first() if parts else None
