"""Requests that no page of the panel makes: answered in words, and never by an error of the server."""

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse

SEARCH_WORDS = 8  # each is looked for in every searched column: hundreds would keep the database for minutes
KEY_DIGITS = 18  # what surely fits into a key of the database
ENDINGS = {"", "exact", "id__exact", "isnull", "isempty", "year", "month", "day", "gte", "lt"}


def is_key(value: Any) -> bool:
    """Whether a row can have this primary key, as it comes from a form or an address."""
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS


class Guarded:
    """Mixed into an admin."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what the page offers. Django allows every column: also keys in letters, and any regular expression."""
        if not super().lookup_allowed(lookup, value, request):
            return False
        name, _separator, ending = lookup.partition(LOOKUP_SEP)
        return not self._is_field(name) or (name in self._filters(request) and ending in ENDINGS)

    def _is_field(self, name: str) -> bool:
        """The name "pk" is one too; a name that means nothing is answered by Django."""
        try:
            return name == "pk" or bool(self.opts.get_field(name))
        except FieldDoesNotExist:
            return False

    def _filters(self, request: HttpRequest) -> set[str]:
        found = {self.date_hierarchy}
        for entry in self.get_list_filter(request):
            first = entry[0] if isinstance(entry, list | tuple) else entry
            found.add(first if isinstance(first, str) else first.parameter_name)
        return found

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A year that no calendar has filters nothing."""
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        words = search_term.split()
        if len(words) > SEARCH_WORDS:
            search_term = " ".join(words[:SEARCH_WORDS])
        return super().get_search_results(request, queryset, search_term)

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """What cannot be chosen is not chosen; when nothing is left, Django says so."""
        request.POST = request.POST.copy()
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST.setlist(ACTION_CHECKBOX_NAME, [key for key in chosen if is_key(key)])
        return super().response_action(request, queryset)
