"""The switch that stops all letters: they are queued on, and wait until somebody lets them go."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models import SendingStop


class StopRefused(Exception):
    """`str()` says why, for the person who pressed the button."""


def current() -> SendingStop | None:
    """The stop in force. One query."""
    return SendingStop.objects.in_force().first()


def is_stopped() -> bool:
    """One query. A letter that a server is being given just now still goes."""
    return SendingStop.objects.in_force().exists()


def stop(*, why: str, by: Any, now: datetime.datetime | None = None) -> SendingStop:
    """Raises StopRefused for whoever is no administrator, and where another window was first."""
    if not by.has_perm("participants.add_sendingstop"):
        raise StopRefused(_("Only administrators may do this."))
    try:
        with transaction.atomic():
            return SendingStop.objects.create(why=why, by=by, at=now or timezone.now())
    except IntegrityError:
        raise StopRefused(_("Sending is stopped already.")) from None


def resume(stopped: SendingStop, *, by: Any, now: datetime.datetime | None = None) -> None:
    """Raises StopRefused for whoever is no administrator, and where it has ended already."""
    if not by.has_perm("participants.change_sendingstop"):
        raise StopRefused(_("Only administrators may do this."))
    ended = SendingStop.objects.in_force().filter(pk=stopped.pk).update(ended_at=now or timezone.now(), ended_by=by)
    if not ended:
        raise StopRefused(_("Letters go out again already."))
