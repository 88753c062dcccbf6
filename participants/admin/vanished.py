"""Inline rows that somebody else deleted while they were being edited: they come back as new rows, with their text."""

import re
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

VANISHED = "vanished"  # set on the data of such a row, for participants.admin.differences


def put_vanished_rows_last(
    data: QueryDict, files: MultiValueDict, prefix: str, rows: QuerySet, parent: Model
) -> tuple[QueryDict, MultiValueDict]:
    """The posted rows in an order that Django's formset accepts: rows still stored, rows that vanished, new rows.

    A formset takes its first INITIAL_FORMS rows for stored ones, and could say nothing better of a row that is gone
    than that its id is wrong. One query, none when the form was opened without rows.
    """
    data = data.copy()
    total, initial = (_number(data.get(f"{prefix}-{name}_FORMS")) for name in ("TOTAL", "INITIAL"))
    if not initial or parent.pk is None:
        return data, files
    stored = {str(pk) for pk in rows.filter(**_of(rows, parent)).values_list("pk", flat=True)}
    gone = [i for i in range(initial) if data.get(f"{prefix}-{i}-id") not in stored]
    if not gone:
        return data, files
    order = [i for i in range(initial) if i not in gone] + gone + list(range(initial, total))
    new_place = {old: new for new, old in enumerate(order)}
    moved, moved_files = _renumbered(data, prefix, new_place), _renumbered(files, prefix, new_place)
    for old in gone:
        moved[f"{prefix}-{new_place[old]}-id"] = ""
        moved[f"{prefix}-{new_place[old]}-{VANISHED}"] = "1"
    moved[f"{prefix}-INITIAL_FORMS"] = str(initial - len(gone))
    return moved, moved_files


def _of(rows: QuerySet, parent: Model) -> dict[str, Any]:
    """The filter that a formset sets on its rows."""
    keys = [f for f in rows.model._meta.fields if f.remote_field and f.remote_field.model is type(parent)]
    return {keys[0].name: parent}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 0


def _renumbered(values: Any, prefix: str, new_place: dict[int, int]) -> Any:
    row = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    moved = values.copy()
    names = [name for name in values if row.fullmatch(name)]
    for name in names:
        moved.pop(name)
    for name in names:
        index, rest = row.fullmatch(name).groups()
        moved.setlist(f"{prefix}-{new_place.get(int(index), int(index))}-{rest}", values.getlist(name))
    return moved
