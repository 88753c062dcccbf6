"""When more is written than people write: then what nobody has read waits, except from who shows some work for it."""

import datetime

from django.db import connection
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from participants.limits import Limit, take
from participants.models import Tally
from topics.models import Comment

WINDOW = datetime.timedelta(minutes=10)
FLOOD_AT = 12  # a lively evening has four or five; more is a flood, or an incident that a moderator should be at
MOST_AT_ONCE = 40  # work costs a program little; beyond this even those who show it wait
ASKED = Limit("flood-asked", times=10**9, seconds=60)  # by the minute, so that the last WINDOW can be summed up
ASKED_BY = "all"
# Django's ORM has no words for counting no further than needed. The conditions are those of the indexes.
COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {which} > %s LIMIT {limit}) counted"
SHOWN = "voice = '' AND hold = '' AND published_at"
HELD = "state = 'waiting' AND hold = 'flood' AND created_at"
SUM = 'SELECT COALESCE(SUM(count), 0) FROM {table} WHERE key = %s AND "window" > %s'


def shown_lately(now: datetime.datetime) -> RawSQL:
    """Comments of residents that the last WINDOW put before everybody without a moderator; MOST_AT_ONCE at most.

    Those that other processes write at this moment are not among them: so many more may be shown, and no more.
    """
    return _count(SHOWN, MOST_AT_ONCE, now)


def held_lately(now: datetime.datetime) -> RawSQL:
    """Those that the flood itself holds back: while they keep coming, it lasts. FLOOD_AT at most."""
    return _count(HELD, FLOOD_AT, now)


def asked_lately(now: datetime.datetime) -> RawSQL:
    """How often somebody was asked for work: who goes away then leaves no comment, and comes back all the same."""
    sql = SUM.format(table=Tally._meta.db_table)
    key = f"{ASKED.name}:{ASKED_BY}"
    return RawSQL(sql, [key, _since(now)], output_field=IntegerField())  # noqa: S611 - all but the values is written here


def count_ask(now: datetime.datetime) -> None:
    """Note that somebody is asked for work. One statement, outside of the transaction that stores nothing."""
    take((ASKED, ASKED_BY), now=now)


def is_flood(shown: int, held: int, asked: int) -> bool:
    return shown + held + asked >= FLOOD_AT


def _count(which: str, limit: int, now: datetime.datetime) -> RawSQL:
    sql = COUNT.format(table=Comment._meta.db_table, which=which, limit=limit)
    return RawSQL(sql, [_since(now)], output_field=IntegerField())  # noqa: S611 - all but the moment is written here


def _since(now: datetime.datetime) -> str:
    return connection.ops.adapt_datetimefield_value(now - WINDOW)
