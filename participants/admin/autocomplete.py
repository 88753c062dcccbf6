"""Django's autocompletes, without a query for each row and without trust in what is sent."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.db.models import ForeignKey, Model

from participants.admin.guard import is_key


class Autocomplete(AutocompleteSelect):
    known: Model | None = None

    def optgroups(self, name: str, value: list[str], attr: dict[str, str] | None = None) -> list[Any]:
        """A value that is no number (nobody can choose one) is an error of the field, and not of the server."""
        if self.known is None or value != [str(self.known.pk)]:
            return super().optgroups(name, _keys(value), attr)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        return [(None, [*empty, self.create_option(name, value[0], str(self.known), True, 0)], 0)]


class AutocompleteMultiple(AutocompleteSelectMultiple):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """A number too big for the database is as wrong as a word: the field says so."""
        return [key if is_key(key) else "?" for key in super().value_from_datadict(data, files, name) or []]

    def optgroups(self, name: str, value: list[str], attr: dict[str, str] | None = None) -> list[Any]:
        return super().optgroups(name, _keys(value), attr)


def tell_known(form: forms.ModelForm) -> None:
    """Give each autocomplete the row that `select_related` has read already: a hundred guests cost no query."""
    for field in form.instance._meta.concrete_fields:
        if field.name not in form.fields or not isinstance(field, ForeignKey):
            continue
        widget = form.fields[field.name].widget
        inner = widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget
        if isinstance(inner, Autocomplete) and field.is_cached(form.instance):
            inner.known = getattr(form.instance, field.name)


def _keys(value: list[str]) -> list[str]:
    return [key for key in value if is_key(key)]
