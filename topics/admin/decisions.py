"""What moderators decided. Rows are written by topics.moderation, and only looked at here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from participants.admin.frame import PanelAdmin, PanelInline, ReadOnly
from topics.models import Decision, Topic

SHOWN = ["act", "reason", "note", "hours", "rule", "after_report", "role", "decided_by_name", "decided_at"]
SHOWN += ["rules_version"]


class DecisionInline(ReadOnly, PanelInline):
    model = Decision
    fields = SHOWN
    readonly_fields = SHOWN


@admin.register(Decision)
class DecisionAdmin(ReadOnly, PanelAdmin):
    list_display = ["decided_at", "act", "reason", "comment", "role", "decided_by_name"]
    list_filter = ["act", "reason", "role"]
    list_select_related = ["comment"]
    search_fields = ["comment__text", "comment__author_name", "decided_by_name", "note"]
    date_hierarchy = "decided_at"
    fields = ["comment", *SHOWN]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        topics = Topic.objects.visible_to(request.user)
        return super().get_queryset(request).filter(comment__topic__in=topics).select_related("comment")
