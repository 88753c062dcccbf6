"""Who leaves, who has left, and which copies of data wait: to look at only."""

from django.contrib import admin

from participants.admin.frame import PanelAdmin, ReadOnly
from participants.models import DataExport, Departure, Leaving


@admin.register(Leaving)
class LeavingAdmin(ReadOnly, PanelAdmin):
    list_display = ["account", "asked_at", "erase_at", "erases_texts"]
    list_select_related = ["account"]
    fields = ["account", "asked_at", "erase_at", "erases_texts", "reopens", "warned_at"]
    readonly_fields = fields


@admin.register(Departure)
class DepartureAdmin(ReadOnly, PanelAdmin):
    list_display = ["at", "erased_texts", "comments", "supports", "registrations", "letters"]
    fields = list_display
    readonly_fields = fields


@admin.register(DataExport)
class DataExportAdmin(ReadOnly, PanelAdmin):
    """The file is its owner's: the staff see that it exists."""

    list_display = ["account", "asked_at", "made_at", "expires_at"]
    list_select_related = ["account"]
    fields = list_display
    readonly_fields = fields
