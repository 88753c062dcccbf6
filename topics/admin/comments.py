"""The archive of comments: every one, in any state. Texts are residents' own and only read here; what waits for a
decision is in topics.admin.cases."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from participants.admin.acts import ActsOnly
from participants.admin.frame import PanelInline, ReadOnly
from topics.admin.decisions import DecisionInline
from topics.admin.verdicts import VerdictAdmin
from topics.models import Comment, CommentVersion, Topic

State = Comment.State


class QueueFilter(admin.SimpleListFilter):
    """Waiting comments first: they are what a moderator comes for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        others = [(value, label) for value, label in State.choices if value != State.WAITING]
        return [*others, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": State.WAITING.label}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value() or State.WAITING
        return queryset if chosen == "all" else queryset.filter(state=chosen)


class VoiceFilter(admin.SimpleListFilter):
    title = _("who writes")
    parameter_name = "voice"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("resident", _("residents")), ("official", _("institutions"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {"resident", "official"}:
            return queryset
        return queryset.official() if self.value() == "official" else queryset.filter(voice="")


class CommentVersionInline(ReadOnly, PanelInline):
    model = CommentVersion
    fields = ["text", "was_public", "written_at", "replaced_at"]
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        """Who decides about a comment reads what it said before."""
        return request.user.has_perm("topics.change_comment")


@admin.register(Comment)
class CommentAdmin(ActsOnly, VerdictAdmin):
    inlines = [CommentVersionInline, DecisionInline]
    list_display = ["author_name", "text", "topic", "hold_label", "created_at", "state"]
    list_display_links = ["author_name"]
    list_filter = [QueueFilter, "hold", VoiceFilter]
    list_select_related = ["topic"]
    search_fields = ["text", "author_name", "=id"]
    sortable_by = ()  # a million rows: only the orders that have an index
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [
        (None, {"fields": ["text", "author_name", "voice", "hold_label", "state", "created_at"]}),
        (_("Place"), {"fields": ["topic_link", "answers_to"]}),
        (_("Account"), {"fields": ["account_link"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        topics = Topic.objects.visible_to(request.user)
        return super().get_queryset(request).filter(topic__in=topics).select_related("topic", "parent", "author")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-pk"] if QueueFilter.parameter_name in request.GET else ["created_at", "pk"]

    def get_fieldsets(self, request: HttpRequest, obj: Comment | None = None) -> list[Any]:
        """Moderators know authors by their signature alone."""
        shown = super().get_fieldsets(request, obj)
        return shown if request.user.has_perm("participants.view_resident") else shown[:2]

    @admin.display(description=_("held because of"))
    def hold_label(self, obj: Comment) -> str:
        return obj.get_hold_display() if obj.hold else "–"

    @admin.display(description=_("topic"))
    def topic_link(self, obj: Comment) -> str:
        return format_html('<a href="{}">{}</a>', obj.topic.get_absolute_url(), obj.topic.title)

    @admin.display(description=_("answers to"))
    def answers_to(self, obj: Comment) -> str:
        return str(obj.parent) if obj.parent else "–"

    @admin.display(description=_("account"))
    def account_link(self, obj: Comment) -> str:
        if obj.author is None:
            return "–"
        url = reverse("admin:participants_resident_change", args=[obj.author_id])
        return format_html('<a href="{}">{}</a>', url, obj.author)
