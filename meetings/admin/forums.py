"""Forums: the named series that meetings belong to."""

from django.contrib import admin

from meetings.admin.series import FORUM_ACTS, StartsMeetings
from meetings.models import Forum
from meetings.series import SeriesRefused
from participants.admin.acts import ActsAdmin
from participants.admin.frame import PanelForm


class ForumForm(PanelForm):
    places = {"forum_founded_first_day": "founded_on"}


@admin.register(Forum)
class ForumAdmin(StartsMeetings, ActsAdmin):
    form = ForumForm
    acts = FORUM_ACTS
    refusal = SeriesRefused
    list_display = ["name", "founder", "founded", "territory"]
    search_fields = ["name", "founder", "territory"]
    date_hierarchy = "founded_on"
    fields = ["name", "founder", ("founded_on", "founded_precision"), "territory", "description", "archive_after_days"]

    def state_of(self, obj: Forum) -> str:
        """A forum has no states."""
        return ""
