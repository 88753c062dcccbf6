"""Erasing accounts: of those who left, and of those who have not been here for long. Every app forgets its part."""

import datetime

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from meetings import leaving as of_meetings
from participants import inactivity
from participants import leaving as of_participants
from participants.batches import one_by_one
from participants.models import Departure, Leaving, Resident
from topics import leaving as of_topics

# From the top down, as locks are taken: the account is deleted last.
FORGET = (of_meetings.forget_account, of_topics.forget_account, of_participants.forget_account)


def erase_leavers(now: datetime.datetime | None = None) -> int:
    """Erase those whose time to come back is over; returns how many.

    Each in a transaction of its own, under the lock of the row that says so: run twice, by two or killed half-way, it
    erases once, all or nothing. Where one fails, the others are done all the same, and PartlyDone is raised.
    """
    now = now or timezone.now()
    due = of_participants.due(now).order_by("pk").values_list("pk", flat=True)
    return one_by_one(list(due), lambda pk: _erase(pk, now))


def _erase(pk: int, now: datetime.datetime) -> int:
    leaving = Leaving.objects.filter(pk=pk).select_related("account").first()
    if leaving is None:
        return 0
    sessions = of_participants.sessions_of(leaving.account, now=now)
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        rows = of_participants.due(now).select_for_update(of=("self",), skip_locked=skip)
        found = rows.select_related("account").filter(pk=pk).first()
        if found is None:  # another worker has it, or the person came back
            return 0
        counts = _forget(found.account, erases_texts=found.erases_texts, now=now)
        Session.objects.filter(pk__in=sessions).delete()
        Departure.objects.create(at=now, erased_texts=found.erases_texts, **counts)
    return 1


def erase_inactive(now: datetime.datetime) -> int:
    """Erase accounts that nobody has used for long and whose owners were told so twice; returns how many. Comments
    stay, signed "former participant". AT_ONCE at most, each in a transaction of its own; PartlyDone where some failed.
    """
    due = inactivity.due(now).order_by("pk").values_list("pk", flat=True)
    return one_by_one(list(due[: inactivity.AT_ONCE]), lambda pk: _erase_inactive(pk, now))


@transaction.atomic
def _erase_inactive(pk: int, now: datetime.datetime) -> int:
    """Its sessions have run out long ago."""
    account = inactivity.locked(inactivity.due(now), pk)
    if account is None:  # another worker has it, or the person came back
        return 0
    _forget(account, erases_texts=False, now=now)
    return 1


def _forget(account: Resident, *, erases_texts: bool, now: datetime.datetime) -> dict[str, int]:
    """In the caller's transaction; how much it was."""
    counts: dict[str, int] = {}
    for forget in FORGET:
        counts |= forget(account, erases_texts=erases_texts, now=now)
    return counts
