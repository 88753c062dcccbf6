"""Carrying out what somebody who left asked for: every app forgets its part, and a record without data stays."""

import datetime

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from meetings import leaving as of_meetings
from participants import leaving as of_participants
from participants.batches import one_by_one
from participants.models import Departure, Leaving
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
    sessions = of_participants.sessions_of(leaving.account)
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        rows = of_participants.due(now).select_for_update(of=("self",), skip_locked=skip)
        found = rows.select_related("account").filter(pk=pk).first()
        if found is None:  # another worker has it, or the person came back
            return 0
        counts: dict[str, int] = {}
        for forget in FORGET:
            counts |= forget(found.account, erases_texts=found.erases_texts, now=now)
        Session.objects.filter(pk__in=sessions).delete()
        Departure.objects.create(at=now, erased_texts=found.erases_texts, **counts)
    return 1
