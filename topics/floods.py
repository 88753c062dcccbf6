"""When more is written than people write: then what nobody has read waits, except from who shows some work for it."""

import datetime

from django.db.models import IntegerField, Subquery
from django.utils import timezone

from participants.models import Resident
from topics.models import Comment

WINDOW = datetime.timedelta(minutes=10)
FLOOD_AT = 12  # a lively evening has four or five; more is a flood, or an incident that a moderator should be at
MOST_AT_ONCE = 40  # work costs a program little; beyond this even those who show it wait


class CountOf(Subquery):
    """How many rows a queryset has; one that is sliced is counted no further. Count() would read them all."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def shown_lately(now: datetime.datetime) -> CountOf:
    """Comments of residents that the last WINDOW put before everybody without a moderator; MOST_AT_ONCE at most."""
    unread = Comment.objects.filter(voice="", hold=Comment.Hold.NONE, published_at__gt=now - WINDOW)
    return CountOf(unread.values("pk")[:MOST_AT_ONCE])


def held_lately(now: datetime.datetime) -> CountOf:
    """Those that the flood itself holds back: while they keep coming, it lasts. FLOOD_AT at most."""
    held = Comment.objects.waiting().filter(hold=Comment.Hold.FLOOD, created_at__gt=now - WINDOW)
    return CountOf(held.values("pk")[:FLOOD_AT])


def is_flood(shown: int, held: int) -> bool:
    return shown + held >= FLOOD_AT


def is_seen(now: datetime.datetime | None = None) -> bool:
    """Whether there is a flood, for the form that then asks for work. One query that reads 52 rows at most."""
    now = now or timezone.now()
    counts = Resident.objects.values_list(shown_lately(now), held_lately(now)).order_by()[:1]
    return any(is_flood(*count) for count in counts)
