"""What a form says other than the database does now, in words for people."""

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext

from participants.admin.guard import is_key
from participants.admin.rich_text import RichTextWidget
from participants.admin.vanished import VANISHED


@dataclass(frozen=True)
class Difference:
    """`theirs` is stored now, `yours` stands in the form. A row that exists on one side only has the other empty."""

    label: str
    theirs: str
    yours: str
    note: str = ""

    def noted(self, note: str) -> Self:
        return replace(self, note=note)


def of_form(form: forms.BaseModelForm, *, skip: Set[str] = frozenset(), row: str = "") -> list[Difference]:
    found = []
    for name in form.changed_data:
        field = form.fields[name]
        typed = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        theirs, yours = in_words(field, form.get_initial_for_field(field, name)), in_words(field, typed)
        if name in skip or theirs == yours:
            continue
        label = capfirst(str(field.label or name))
        note = gettext("Choose the file once more.") if isinstance(field, forms.FileField) else ""
        found.append(Difference(f"{row}: {label}" if row else label, theirs, yours, note))
    return found


def of_formset(formset: forms.BaseInlineFormSet, noun: Any) -> list[Difference]:
    """Rows that both sides have, rows that only the database has, and rows that were deleted under the form."""
    noun = capfirst(str(noun))
    skip = {formset.fk.name, formset.model._meta.pk.name, "DELETE"}
    stored = {row.pk: row for row in formset.model._base_manager.filter(**{formset.fk.name: formset.instance})}
    found = []
    for form in formset.initial_forms:
        row = f"{noun} „{stored.pop(form.instance.pk)}”"
        if form.data.get(form.add_prefix("DELETE")):
            found.append(Difference(row, gettext("is there"), gettext("delete")))
        else:
            found += of_form(form, skip=skip, row=row)
    note = gettext("It stays when you save.")
    found += [Difference(f"{noun} „{row}”", gettext("added"), "", note) for row in stored.values()]
    note = gettext("When you save, it is added again. Tick “Delete” to leave it out.")
    for form in formset.extra_forms:
        if form.data.get(form.add_prefix(VANISHED)):
            typed = "; ".join(f"{d.label}: {d.yours}" for d in of_form(form, skip=skip) if d.yours)
            found.append(Difference(noun, gettext("deleted"), typed, note))
    return found


def in_words(field: forms.Field, value: Any) -> str:
    """A value of a form as a reader would say it; what cannot be understood stays as it was typed."""
    if value in (None, "", []):
        return ""
    if isinstance(field, forms.FileField):
        return PurePath(value.name).name
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(sorted(str(row) for row in field.queryset.filter(pk__in=_keys(value))))
    if isinstance(field, forms.ModelChoiceField):
        return ", ".join(str(row) for row in field.queryset.filter(pk__in=_keys([value]))) or str(value)
    try:
        value = field.to_python(value)
    except ValidationError:
        return str(value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))
    if isinstance(field.widget, RichTextWidget):
        value = strip_tags(re.sub(r"</(p|h2|h3|li|blockquote)>|<br>", "\n", value))
    if isinstance(value, str):
        return "\n".join(line.strip() for line in value.splitlines() if line.strip())
    return str(formats.localize(value))


def _keys(values: Any) -> list[int]:
    return [int(key) for value in values if is_key(key := getattr(value, "pk", value))]
