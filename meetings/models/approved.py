"""What approved minutes say stays as it is: the tables refuse, whoever asks. What was wrong is said by an erratum."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from participants.prose import RichTextField, clean_rich

APPROVED = {"minutes_state": "approved"}


# Of the meeting as a whole.
OF_MEETING = ("title", "subtitle", "report", "date", "date_precision", "starts", "ends", "place", "address", "room")
OF_MEETING += ("head_count", "head_counted", "no_conclusions", "no_commitments")


class TextApproved(Exception):
    """A text of approved minutes would have been altered; `str()` says it in a sentence."""

    def __init__(self) -> None:
        super().__init__(_("The minutes are approved. Their text stays; add an erratum."))


class AddressKept(Exception):
    """The page of an archived meeting would have moved."""

    def __init__(self) -> None:
        super().__init__(_("The meeting is in the archive. Its address stays."))


def keep_meeting(stored: Any, meeting: Any, update_fields: Collection[str] | None) -> None:
    """Raise where a save would alter approved texts, or move an archived page. No query."""
    if stored.minutes_state == APPROVED["minutes_state"] and altered(stored, meeting, OF_MEETING, update_fields):
        raise TextApproved
    if stored.archived_at and stored.get_absolute_url() != meeting.get_absolute_url():
        raise AddressKept


def altered(
    stored: models.Model, row: models.Model, names: Collection[str], update_fields: Collection[str] | None = None
) -> list[str]:
    """The names among those that a save would write otherwise than they are stored. No query."""
    written = [name for name in names if update_fields is None or name in update_fields]
    return [name for name in written if _as_saved(row, name) != _as_saved(stored, name)]


def _as_saved(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    value = getattr(row, field.attname)
    return clean_rich(value or "") if isinstance(field, RichTextField) else field.to_python(value)


class OfMinutes(models.Model):
    """A row that minutes print: once they are approved it is not added, altered or deleted. One query more a save."""

    printed: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self._refuse_if_approved()
        else:
            self._keep_printed(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_approved()
        return super().delete(*args, **kwargs)

    def is_dated_correction(self, stored: Any) -> bool:
        """Whether readers are told when it was changed. Only a list of guests has a place for that."""
        return False

    def _refuse_if_approved(self) -> None:
        meetings = self._meta.get_field("meeting").related_model._base_manager
        if meetings.filter(pk=self.meeting_id, **APPROVED).exists():
            raise TextApproved

    def _keep_printed(self, update_fields: Collection[str] | None) -> None:
        approved = {f"meeting__{name}": value for name, value in APPROVED.items()}
        stored = type(self)._base_manager.filter(pk=self.pk, **approved).first()
        names = ("meeting", *self.printed)
        if stored and altered(stored, self, names, update_fields) and not self.is_dated_correction(stored):
            raise TextApproved
