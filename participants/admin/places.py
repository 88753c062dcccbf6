"""Estates, and the addresses that pages had before."""

from django.contrib import admin
from django.http import HttpRequest

from participants.admin.frame import PanelAdmin, ReadOnly
from participants.models import Estate, FormerAddress


@admin.register(Estate)
class EstateAdmin(PanelAdmin):
    list_display = ["name", "officer_post", "officer_phone", "officer_email"]
    search_fields = ["name", "officer_post"]

    def has_delete_permission(self, request: HttpRequest, obj: Estate | None = None) -> bool:
        """A topic that lost its estate would be one of the whole town."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.topics.exists())


@admin.register(FormerAddress)
class FormerAddressAdmin(ReadOnly, PanelAdmin):
    list_display = ["path", "target", "moved_at"]
    search_fields = ["path", "target"]
    date_hierarchy = "moved_at"
