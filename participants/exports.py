"""The copy of somebody's data: asked for by its owner, made by the worker, kept for a week."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from participants.batches import delete, in_batches
from participants.limits import Limit, take
from participants.models import DataExport
from participants.models.data_export import private_files

KEPT = datetime.timedelta(days=7)
ORPHANED = datetime.timedelta(days=1)  # a file that no row names: the worker was killed while it wrote
LIMIT = Limit("export", times=3, seconds=86_400)


def ask_for_export(account: Any, *, now: datetime.datetime | None = None) -> DataExport:
    """Have the worker make a file. While one waits, asking again gives the same one. Raises LimitReached."""
    now = now or timezone.now()
    waiting = DataExport.objects.waiting().filter(account=account)
    if found := waiting.first():
        return found
    take((LIMIT, account.pk), now=now)
    try:
        with transaction.atomic():
            return DataExport.objects.create(account=account, asked_at=now)
    except IntegrityError:  # asked in another window at this moment
        return waiting.get()


def last_export(account: Any) -> DataExport | None:
    """One query."""
    return DataExport.objects.filter(account=account).newest_first().first()


def forget_exports(now: datetime.datetime | None = None) -> int:
    """Delete the files whose week is over, and those that belong to nothing; returns how many files and rows went.

    A file goes when the transaction that deletes its row has committed; where the worker is killed between, it belongs
    to nothing, and goes a day later.
    """
    now = now or timezone.now()
    return in_batches(DataExport.objects.over(now), _delete) + _sweep(now)


def _delete(exports: QuerySet[DataExport]) -> int:
    names = list(exports.values_list("file", flat=True))
    transaction.on_commit(lambda: _delete_files(names))
    return delete(exports)


def _delete_files(names: Iterable[str]) -> None:
    storage = private_files()
    for name in names:
        storage.delete(name)


def _sweep(now: datetime.datetime) -> int:
    storage = private_files()
    try:
        _folders, names = storage.listdir("")
    except FileNotFoundError:  # nobody has asked yet
        return 0
    old = [name for name in names if storage.get_modified_time(name) < now - ORPHANED]
    known = set(DataExport.objects.filter(file__in=old).values_list("file", flat=True))
    orphans = [name for name in old if name not in known]
    transaction.on_commit(lambda: _delete_files(orphans))
    return len(orphans)
