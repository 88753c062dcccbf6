"""Pages of institutions and officials: closed until somebody opens them, or a published meeting names them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

CLOSED, OPEN = "closed", "open"


def open_page(row: Any, *, by: Any) -> None:
    row.open_page()


class PageState:
    """Mixed into an admin of rows that have a page."""

    def state_of(self, obj: Any) -> str:
        return OPEN if obj.published_at else CLOSED

    @admin.display(description=_("page open"), boolean=True, ordering="published_at")
    def page(self, obj: Any) -> bool:
        return obj.is_public

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An address, once public, never dies."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)


class OpenPageFilter(admin.SimpleListFilter):
    title = _("page")
    parameter_name = "page"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(OPEN, _("open to everybody")), (CLOSED, _("closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(published_at__isnull=self.value() == CLOSED) if self.value() else queryset
