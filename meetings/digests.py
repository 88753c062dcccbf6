"""When news is sent: at the hour of each person's pace (meetings.paces), or never; not in the quiet hours.

What is in a letter is the same for all: everything that waits at that moment (meetings.bulletin).
"""

import datetime
import itertools
import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone, translation

from meetings.bulletin import Bulletin, compose
from meetings.following import unsubscribe_url
from meetings.models import News
from meetings.models.following import NewsQuerySet
from meetings.paces import awake
from participants.batches import one_by_one
from participants.letters import message_domain, queue_letter
from participants.models import Resident
from topics.telling import reachable

BREATH = datetime.timedelta(minutes=30)  # between two letters, also at once: what comes in between is one letter
AT_ONCE = 1000  # things in a round, of 1000 people at most; the rest has the next one
ROUND = 10  # seconds; letters that somebody waits for at the screen go out between two rounds
Pace = Resident.Pace


def send_news(now: datetime.datetime | None = None) -> int:
    """Queue a letter for everybody whose news is due; returns how many. Each in a transaction of its own, with the
    note that they were told: run late, twice, by several workers or killed half-way, nobody is told twice.

    A letter that fails is put off for a BREATH and holds up nobody; PartlyDone is raised after the others.
    """
    now, ends = now or timezone.now(), time.monotonic() + ROUND
    rows = _due(now).order_by("due_at", "account").values_list("account", flat=True)
    accounts = itertools.takewhile(lambda _pk: time.monotonic() < ends, dict.fromkeys(rows[:AT_ONCE]))
    return one_by_one(accounts, lambda pk: _send_or_put_off(pk, now))


def _due(now: datetime.datetime) -> NewsQuerySet:
    """What may be told now. Costs as much as is due, whatever waits for the days to come: it is found by its hour,
    not by the accounts."""
    lately = News.objects.filter(account=OuterRef("account"), told_at__gt=now - BREATH)
    rows = News.objects.waiting().filter(due_at__lte=now, account__in=Resident.objects.filter(awake(now)))
    return rows.exclude(Exists(lately))


def _send_or_put_off(pk: int, now: datetime.datetime) -> int:
    try:
        return _send(pk, now)
    except Exception:
        News.objects.waiting().filter(account=pk, due_at__lte=now).update(due_at=now + BREATH)
        raise


@transaction.atomic
def _send(pk: int, now: datetime.datetime) -> int:
    """Nine queries at most, whatever waits. What is public no more, or wanted no more, is closed untold."""
    account = Resident.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if account is None or not _due(now).filter(account=account).exists():
        return 0
    # What is noted from here on waits for the next letter.
    keys = list(News.objects.waiting().filter(account=account).values_list("pk", flat=True))
    waiting = News.objects.waiting().filter(pk__in=keys)
    bulletin = Bulletin([])
    rows: list[News] = []
    if account.pace != Pace.NEVER and reachable(now).filter(pk=pk).exists():
        with translation.override(account.language):
            rows = list(waiting.still_public().still_wanted().for_letter())
            bulletin = compose(account, rows)
    told = set(bulletin.events)
    if told:
        _write(account, bulletin)
    waiting.filter(pk__in=[row.pk for row in rows if row.source in told]).update(told_at=now)
    waiting.update(closed_at=now)
    return 1 if told else 0


def _write(account: Resident, bulletin: Bulletin) -> None:
    away = f"{settings.SITE_URL}{unsubscribe_url(account)}"
    context: dict[str, Any] = {
        "bulletin": bulletin,
        "pace": account.pace,
        "settings_url": f"{settings.SITE_URL}{reverse('my_letters')}",
        "unsubscribe_url": away,
    }
    headers = {
        "List-Unsubscribe": f"<{away}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<news.{message_domain()}>",
        "Precedence": "bulk",
    }
    queue_letter(
        to=account.email, template="meetings/email/news", context=context, language=account.language, headers=headers
    )
