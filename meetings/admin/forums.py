"""Forums: the named series that meetings belong to."""

from django.contrib import admin

from meetings.models import Forum
from participants.admin.frame import PanelAdmin, PanelForm


class ForumForm(PanelForm):
    places = {"forum_founded_first_day": "founded_on"}


@admin.register(Forum)
class ForumAdmin(PanelAdmin):
    form = ForumForm
    list_display = ["name", "founder", "founded", "territory"]
    search_fields = ["name", "founder", "territory"]
    date_hierarchy = "founded_on"
    fields = ["name", "founder", ("founded_on", "founded_precision"), "territory", "description", "archive_after_days"]
