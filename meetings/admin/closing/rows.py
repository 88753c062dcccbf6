"""Rows of one step, written by two people at once: each saves what they touched, and nobody's words are lost.

A form shows each value twice: to be changed, and hidden as it was when the page was opened. What was touched is saved,
field by field. Where somebody else has saved another value since, nothing is written: the form keeps what was typed,
says what is stored now, and carries it, so that saving once more is meant.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from participants.admin.differences import Difference, of_form
from participants.admin.frame import PanelForm

NEW_ROWS = 3
MOST_NEW_ROWS = 30
KNOWN = re.compile(r"row-(\d{1,18})-")
NEW = re.compile(r"new-(\d{1,2})-")


class TouchedForm(PanelForm):
    """Saves the fields of its row that were touched; needs the row as it is stored now, under the meeting's lock."""

    is_overtaken = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []
        if not self.is_new:
            for name in self._meta.fields:
                self.fields[name].show_hidden_initial = True

    @property
    def is_new(self) -> bool:
        return self.instance._state.adding

    @property
    def own(self) -> list[str]:
        """The fields of the row that the form shows."""
        return [name for name in self._meta.fields if name in self.fields]

    @property
    def touched(self) -> list[str]:
        return [name for name in self.own if name in self.changed_data]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.is_new and self.touched:
            self._compare()
        return cleaned

    def _compare(self) -> None:
        moved = any(self._moved(name) for name in self.own)
        self.differences = of_form(self, skip=set(self.fields) - set(self.own)) if moved else []
        if not self.differences:
            return
        self.is_overtaken = True
        self.data = self.data.copy()
        for name in self.own:
            stored = self[name].field.prepare_value(self.get_initial_for_field(self.fields[name], name))
            self.data[self.add_initial_prefix(name)] = "" if stored is None else str(stored)
        self.add_error(None, ValidationError(_("Somebody has changed this since you opened the page."), "overtaken"))

    def _moved(self, name: str) -> bool:
        """Whether the stored value is another one than the page was opened with."""
        field, opened = self.fields[name], self.data.get(self.add_initial_prefix(name), "")
        stored = self.get_initial_for_field(field, name)
        if isinstance(stored, str):
            stored, opened = _with_unix_ends(stored), _with_unix_ends(opened)
        return field.has_changed(stored, opened)

    def save_touched(self) -> None:
        if self.is_new:
            self.instance.save()
        elif self.touched:
            self.instance.save(update_fields=self.touched)


def _with_unix_ends(text: str) -> str:
    """Browsers send every end of a line as two characters."""
    return text.replace("\r\n", "\n").strip()


def rows_of(
    form: Callable[..., forms.ModelForm],
    stored: Iterable[Model],
    data: Any,
    files: Any = None,
    **how: Any,
) -> list[Any]:
    """A form for each stored row, under a prefix made of its key."""
    return [form(data, files, instance=row, prefix=f"row-{row.pk}", **how) for row in stored]


def new_rows(
    form: Callable[..., forms.ModelForm],
    blank: Callable[[], Model],
    data: Any,
    files: Any = None,
    count: int = NEW_ROWS,
    prefix: str = "new",
    **how: Any,
) -> list[Any]:
    """Empty rows: `count`, or as many as were sent. What nobody filled in is no row."""
    how |= {"empty_permitted": True, "use_required_attribute": False}
    total = min(max(count, _sent(data or {})), MOST_NEW_ROWS)
    return [form(data, files, instance=blank(), prefix=f"{prefix}-{n}", **how) for n in range(total)]


def _sent(data: Any) -> int:
    return max((int(found.group(1)) + 1 for name in data if (found := NEW.match(name))), default=0)


def with_vanished(data: Any, stored: Iterable[Model], count: int = NEW_ROWS) -> tuple[Any, bool]:
    """Rows of the page that somebody has deleted since come back as new ones, with what was typed.

    The data as they are to be read, and whether there were such rows.
    """
    here = {row.pk for row in stored}
    gone = sorted({int(m.group(1)) for name in data if (m := KNOWN.match(name))} - here)
    touched = [key for key in gone if _is_touched(data, f"row-{key}-")]
    if not touched:
        return data, False
    first, moved = max(count, _sent(data)), data.copy()
    for place, key in enumerate(touched, start=first):
        for name in [name for name in data if name.startswith(f"row-{key}-")]:
            moved.setlist(name.replace(f"row-{key}-", f"new-{place}-", 1), data.getlist(name))
    return moved, True


def _is_touched(data: Any, prefix: str) -> bool:
    names = [name for name in data if name.startswith(prefix)]
    return any(data.get(name) != data.get(f"initial-{name}") for name in names if f"initial-{name}" in data)
