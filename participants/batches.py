"""Work on many rows in small transactions, so that nobody waits long, and one row that fails stops no other."""

import logging
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.db import InterfaceError, OperationalError, connection, models, transaction

log = logging.getLogger(__name__)
BATCH = 500


class PartlyDone(Exception):
    """Some rows failed, and the log says where; `done` counts the others."""

    def __init__(self, done: int, failed: int) -> None:
        self.done = done
        super().__init__(f"{failed} failed")


def in_batches(rows: models.QuerySet[Any], act: Callable[[models.QuerySet[Any]], int]) -> int:
    """`act` on BATCH rows at a time, each batch locked and in a transaction of its own; returns the sum of what it
    returns. Two at once share the rows out between them; killed in the middle, what was done stays done.

    One query a batch, and those of `act`. After each full batch it rests for as long as that took: SQLite has one
    writer at a time and no queue, and whoever waits looks again every 0.1 s.
    """
    skip = connection.features.has_select_for_update_skip_locked
    done, after = 0, {}
    while True:
        begun = time.monotonic()
        with transaction.atomic():
            found = rows.filter(**after).order_by("pk").only("pk")
            keys = [row.pk for row in found.select_for_update(of=("self",), skip_locked=skip)[:BATCH]]
            done += act(rows.model._base_manager.filter(pk__in=keys)) if keys else 0
        if len(keys) < BATCH:
            return done
        after = {"pk__gt": keys[-1]}
        if not connection.in_atomic_block:
            time.sleep(time.monotonic() - begun)


def delete(batch: models.QuerySet[Any]) -> int:
    """Rows of the model itself; what a cascade takes along is not counted."""
    return batch.delete()[1].get(batch.model._meta.label, 0)


def one_by_one(keys: Iterable[Any], act: Callable[[Any], int]) -> int:
    """`act` on each, in whatever transaction it opens; returns the sum. Raises PartlyDone after the last if some
    failed, and what a database raises that is gone."""
    done = failed = 0
    for key in keys:
        try:
            done += act(key)
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
                raise
            log.error("%s: %s", key, words_of(error))
            failed += 1
    if failed:
        raise PartlyDone(done, failed)
    return done


def words_of(error: Exception) -> str:
    """What, and where in our code, for the log; without its own words, which may name people."""
    places = traceback.extract_tb(error.__traceback__)
    place = next((one for one in reversed(places) if "site-packages" not in one.filename), places[-1])
    return f"{type(error).__name__} at {place.filename}:{place.lineno}"
