"""Who accepted which version of the rules: for administrators, to be looked at only."""

from django.contrib import admin

from participants.admin.frame import PanelAdmin, ReadOnly
from participants.models import RulesAcceptance


@admin.register(RulesAcceptance)
class RulesAcceptanceAdmin(ReadOnly, PanelAdmin):
    list_display = ["account", "version", "at"]
    list_filter = ["version"]
    list_select_related = ["account"]
    search_fields = ["account__email"]
    date_hierarchy = "at"
    fields = ["account", "version", "at"]
    readonly_fields = fields
