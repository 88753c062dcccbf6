"""When news is sent: at once, at eight in the morning, on Mondays at eight, or never; not in the quiet hours.

What is in a letter is the same for all: everything that waits at that moment (meetings.bulletin).
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from meetings.bulletin import Bulletin, compose
from meetings.following import unsubscribe_url
from meetings.models import News
from participants.letters import queue_letter
from participants.models import Resident
from topics.telling import reachable

MORNING = datetime.time(8)
DAY = datetime.timedelta(days=1)
AT_ONCE = 500  # letters in a round; the rest has the next one
Pace = Resident.Pace


def send_news(now: datetime.datetime | None = None) -> int:
    """Queue a letter for everybody whose news is due; returns how many. Each in a transaction of its own, with the
    note that they were told: run late, twice, by several workers or killed half-way, nobody is told twice."""
    now = now or timezone.now()
    return sum(_send(pk, now) for pk in list(_due(now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]))


def _due(now: datetime.datetime) -> QuerySet[Resident]:
    """Whose time has come. Who wants none is due at once: what waits for them is closed."""
    waiting = News.objects.waiting()
    mine = waiting.filter(account=OuterRef("pk"))
    local = timezone.localtime(now)
    by_pace = (
        Q(pace=Pace.NOW)
        | Q(Exists(mine.filter(noted_at__lt=last_morning(local))), pace=Pace.DAY)
        | Q(Exists(mine.filter(noted_at__lt=last_monday(local))), pace=Pace.WEEK)
    )
    due = Q(pace=Pace.NEVER) | awake(local.hour) & by_pace
    return Resident.objects.filter(due, pk__in=waiting.values("account"))


def last_morning(local: datetime.datetime) -> datetime.datetime:
    """The last time that it was eight o'clock. What was noted before waits since then at least."""
    morning = timezone.make_aware(datetime.datetime.combine(local.date(), MORNING), local.tzinfo)
    if morning <= local:
        return morning
    return timezone.make_aware(datetime.datetime.combine(local.date() - DAY, MORNING), local.tzinfo)


def last_monday(local: datetime.datetime) -> datetime.datetime:
    day = last_morning(local).date()
    monday = day - day.weekday() * DAY
    return timezone.make_aware(datetime.datetime.combine(monday, MORNING), local.tzinfo)


def awake(hour: int) -> Q:
    """Outside the quiet hours, which may go over midnight; the same hour twice means none."""
    by_day = Q(quiet_from__lt=F("quiet_until")) & (Q(quiet_from__gt=hour) | Q(quiet_until__lte=hour))
    over_night = Q(quiet_from__gt=F("quiet_until")) & Q(quiet_from__gt=hour, quiet_until__lte=hour)
    return Q(quiet_from=F("quiet_until")) | by_day | over_night


@transaction.atomic
def _send(pk: int, now: datetime.datetime) -> int:
    """Nine queries at most, whatever waits. What is public no more, or wanted no more, is closed untold."""
    Resident.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).values_list("pk").first()
    account = _due(now).filter(pk=pk).first()
    if account is None:
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
        "List-Id": f"<news.{settings.SITE_URL.partition('//')[2].partition(':')[0].partition('/')[0]}>",
        "Precedence": "bulk",
    }
    queue_letter(
        to=account.email, template="meetings/email/news", context=context, language=account.language, headers=headers
    )
