"""How often somebody may do something: counted in the database, so that all processes count together."""

import datetime
import ipaddress
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from participants.batches import delete, in_batches
from participants.models import Tally

KEPT = datetime.timedelta(days=2)  # longer than the longest window


class LimitReached(Exception):
    """Somebody has done it often enough for now; `str()` says in a sentence when they may try again."""

    def __init__(self, until: datetime.datetime) -> None:
        self.until = until
        super().__init__(until)

    def __str__(self) -> str:
        local = timezone.localtime(self.until)
        if local.date() == timezone.localdate():
            return _("Too many tries. Try again at %(time)s.") % {"time": time_format(local, "TIME_FORMAT")}
        return _("Too many tries. Try again tomorrow after %(time)s.") % {"time": time_format(local, "TIME_FORMAT")}


@dataclass(frozen=True)
class Limit:
    """So many times within a window of fixed length. At most a day: the sentence knows today and tomorrow."""

    name: str
    times: int
    seconds: int

    def window(self, now: datetime.datetime) -> datetime.datetime:
        start = int(now.timestamp()) // self.seconds * self.seconds
        return datetime.datetime.fromtimestamp(start, tz=datetime.UTC)

    def ends(self, now: datetime.datetime) -> datetime.datetime:
        return self.window(now) + datetime.timedelta(seconds=self.seconds)


def take(*claims: tuple[Limit, Any], now: datetime.datetime | None = None) -> None:
    """Count one more for each (limit, who), or raise LimitReached for the first that is full.

    One statement for all of them, which Django's ORM has no words for: an upsert that adds, and tells what the sum
    is. Exact for any number of parallel processes. Inside a transaction the count shares its fate, and whoever has
    the same `who` waits for its end.
    """
    now = now or timezone.now()
    rows = [(f"{limit.name}:{who}", limit.window(now)) for limit, who in claims]
    table = connection.ops.quote_name(Tally._meta.db_table)
    values = ", ".join(["(%s, %s, 1)"] * len(rows))
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO {table} (key, "window", count) VALUES {values} '  # noqa: S608 - table and marks are ours
            f'ON CONFLICT (key, "window") DO UPDATE SET count = {table}.count + 1 RETURNING key, count',
            [part for key, window in rows for part in (key, adapt(window))],
        )
        counts = dict(cursor.fetchall())
    full = [limit for (limit, _who), (key, _window) in zip(claims, rows, strict=True) if counts[key] > limit.times]
    if full:
        raise LimitReached(max(limit.ends(now) for limit in full))


def visitor(request: HttpRequest) -> str:
    """What the address of a visitor is counted by: a keyed hash, of the network of 64 bits where it is IPv6."""
    network = _network(get_adapter().get_client_ip(request))
    return unnamed("participants.limits", network)


def unnamed(module: str, address: str) -> str:
    """What an address is counted by, of a visitor or of a mailbox: a keyed hash, another one in each module. Tallies
    hold no address."""
    return salted_hmac(module, address).hexdigest()[:32]


def _network(address: str) -> str:
    """However the address is written: "2001:db8::1" is in the network of "2001:0db8:0:0:5::"."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4 or known.ipv4_mapped:
        return str(getattr(known, "ipv4_mapped", None) or known)
    return str(int(known) >> 64)


def forget_tallies(now: datetime.datetime | None = None) -> int:
    """Delete the windows that are over; returns how many."""
    return in_batches(Tally.objects.filter(window__lt=(now or timezone.now()) - KEPT), delete)


def forget_stale_cache(now: datetime.datetime | None = None) -> int:
    """Where the cache is a table, what has run out stays in it until somebody asks for the same again: addresses of
    visitors, and hashes of mailboxes. Delete it; returns how much it was. One query."""
    store = caches[DEFAULT_CACHE_ALIAS]
    if not isinstance(store, DatabaseCache):
        return 0
    with connection.cursor() as cursor:
        expired = connection.ops.adapt_datetimefield_value((now or timezone.now()).replace(microsecond=0))
        table = connection.ops.quote_name(store._table)
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [expired])  # noqa: S608 - the table is ours
        return cursor.rowcount
