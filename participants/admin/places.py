"""Estates, and the addresses that pages had before."""

from django.contrib import admin

from participants.admin.frame import PanelAdmin, ReadOnly
from participants.models import Estate, FormerAddress


@admin.register(Estate)
class EstateAdmin(PanelAdmin):
    list_display = ["name", "officer_post", "officer_phone", "officer_email"]
    search_fields = ["name", "officer_post"]


@admin.register(FormerAddress)
class FormerAddressAdmin(ReadOnly, PanelAdmin):
    list_display = ["path", "target", "moved_at"]
    search_fields = ["path", "target"]
    date_hierarchy = "moved_at"
