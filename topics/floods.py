"""When more is written than people write: then what nobody has read waits, except from who shows some work for it."""

import datetime

from django.db import connection
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from topics.models import Comment

WINDOW = datetime.timedelta(minutes=10)
FLOOD_AT = 12  # a lively evening has four or five; more is a flood, or an incident that a moderator should be at
MOST_AT_ONCE = 40  # work costs a program little; beyond this even those who show it wait
# Django's ORM has no words for counting no further than needed. The conditions are those of the indexes.
COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {which} > %s LIMIT {limit}) counted"
SHOWN = "voice = '' AND hold = '' AND published_at"
HELD = "state = 'waiting' AND hold = 'flood' AND created_at"


def shown_lately(now: datetime.datetime) -> RawSQL:
    """Comments of residents that the last WINDOW put before everybody without a moderator; MOST_AT_ONCE at most.

    Those that other processes write at this moment are not among them: so many more may be shown, and no more.
    """
    return _count(SHOWN, MOST_AT_ONCE, now)


def held_lately(now: datetime.datetime) -> RawSQL:
    """Those that the flood itself holds back: while they keep coming, it lasts. FLOOD_AT at most."""
    return _count(HELD, FLOOD_AT, now)


def is_flood(shown: int, held: int) -> bool:
    return shown + held >= FLOOD_AT


def _count(which: str, limit: int, now: datetime.datetime) -> RawSQL:
    sql = COUNT.format(table=Comment._meta.db_table, which=which, limit=limit)
    since = connection.ops.adapt_datetimefield_value(now - WINDOW)
    return RawSQL(sql, [since], output_field=IntegerField())  # noqa: S611 - all but the moment is written here
