"""Rows that are added and never changed: a record on which people rely."""

from typing import Any, NoReturn

from django.db import models


class RecordKept(Exception):
    """Somebody tried to change or delete a row of a record. A mistake in the code: no page offers it."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Adds and reads. Removing example content goes round it, and says so (meetings.example.removal)."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise RecordKept(self.model.__name__)

    def delete(self) -> NoReturn:
        raise RecordKept(self.model.__name__)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordKept(self.model.__name__)

    def bulk_create(self, objs: Any, *args: Any, update_conflicts: bool = False, **kwargs: Any) -> list[Any]:
        """Adds rows; that an old one is written over where keys meet is refused."""
        if update_conflicts:
            raise RecordKept(self.model.__name__)
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """Raises RecordKept where a stored row would be saved again or deleted."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordKept(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordKept(type(self).__name__)
