"""What readers reported and what authors appealed against: looked at here, decided in the queue."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from participants.admin.frame import PanelAdmin, ReadOnly
from topics.models import Appeal, Comment, Report, Topic

SEES_PEOPLE = "participants.view_resident"


def link_to(comment: Comment) -> str:
    """By its number and topic: what was handed over or refused is not quoted."""
    url = comment.get_absolute_url() if comment.position else comment.topic.get_absolute_url()
    return format_html('<a href="{}">{}: {}</a>', url, comment.pk, comment.topic.title)


@admin.register(Report)
class ReportAdmin(ReadOnly, PanelAdmin):
    list_display = ["created_at", "why", "state", "comment_link", "decision"]
    list_filter = ["state", "why"]
    list_select_related = ["comment__topic", "decision"]
    date_hierarchy = "created_at"
    sortable_by = ()
    fields = ["comment_link", "why", "text", "kind_of_reporter", "state", "decision", "language", "created_at"]
    readonly_fields = [*fields, "account", "name", "email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Like the queue: nobody reads what is said against themselves."""
        topics = Topic.objects.visible_to(request.user)
        reports = super().get_queryset(request).filter(comment__topic__in=topics)
        reports = reports.exclude(comment__author=request.user)
        return reports.select_related("comment__topic", "decision", "resident")

    def get_fields(self, request: HttpRequest, obj: Report | None = None) -> list[str]:
        """Who it was, moderators need not know."""
        people = ["account", "name", "email"] if request.user.has_perm(SEES_PEOPLE) else []
        return [*self.fields, *people]

    @admin.display(description=_("comment"))
    def comment_link(self, obj: Report) -> str:
        return link_to(obj.comment)

    @admin.display(description=_("who reports"))
    def kind_of_reporter(self, obj: Report) -> Any:
        return _("an account") if obj.resident_id else _("somebody without an account")

    @admin.display(description=_("account"))
    def account(self, obj: Report) -> str:
        return obj.resident.email if obj.resident else "–"


@admin.register(Appeal)
class AppealAdmin(ReadOnly, PanelAdmin):
    list_display = ["created_at", "decision", "comment_link", "outcome_label"]
    list_filter = ["outcome"]
    list_select_related = ["decision__comment__topic"]
    date_hierarchy = "created_at"
    sortable_by = ()
    fields = ["comment_link", "act", "decided_first", "text", "created_at"]
    fields += ["outcome_label", "note", "decided_by_name", "decided_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        """Like the queue: nobody reads what is said against themselves before it is decided."""
        topics = Topic.objects.visible_to(request.user)
        appeals = super().get_queryset(request).filter(decision__comment__topic__in=topics)
        return appeals.for_judge(request.user).select_related("decision__comment__topic")

    @admin.display(description=_("comment"))
    def comment_link(self, obj: Appeal) -> str:
        return link_to(obj.decision.comment)

    @admin.display(description=_("decision"))
    def act(self, obj: Appeal) -> str:
        """In words: the archive of decisions is not for those who consider appeals."""
        return obj.decision.get_act_display()

    @admin.display(description=_("who decided first"))
    def decided_first(self, obj: Appeal) -> str:
        return obj.decision.decided_by_name or obj.decision.get_role_display()

    @admin.display(description=_("outcome"))
    def outcome_label(self, obj: Appeal) -> Any:
        return obj.get_outcome_display() if obj.outcome else _("not decided yet")
