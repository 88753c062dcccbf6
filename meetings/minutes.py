"""The minutes."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from meetings.models import AgendaItem, NoteVersion


class MinutesRefused(Exception):
    """`str()` says it in a sentence."""


class Overtaken(MinutesRefused):
    def __init__(self, stored: str) -> None:
        super().__init__(stored)
        self.stored = stored


@transaction.atomic
def write_note(item: AgendaItem, *, text: str, by: Any, seen: int, now: datetime.datetime | None = None) -> AgendaItem:
    item = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if item.note_version != seen:
        raise Overtaken(item.note)
    item.note, item.note_version = text, item.note_version + 1
    item.save(update_fields=["note", "note_version"])
    NoteVersion.objects.create(
        agenda_item=item, number=item.note_version, text=item.note, by=by, at=now or timezone.now()
    )
    return item
