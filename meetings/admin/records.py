"""What was kept of minutes and of what happened to a meeting, for looking up: written by other pages, never here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from meetings.admin.minutes import minutes_url
from meetings.models import Circulation, Erratum, MeetingStep, NoteVersion, Proposal
from participants.admin.frame import PanelAdmin, PanelInline, ReadOnly


class ProposalInline(ReadOnly, PanelInline):
    model = Proposal
    fields = ["agenda_item", "text", "why", "made_at", "state", "reply", "decided_at", "decided_by"]


class ProposalFilter(admin.SimpleListFilter):
    """The same set that the first page of the panel counts."""

    title = _("what waits")
    parameter_name = "need"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("decision", _("proposed words to decide on"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.with_proposals() if self.value() == "decision" else queryset


@admin.register(Circulation)
class CirculationAdmin(ReadOnly, PanelAdmin):
    inlines = [ProposalInline]
    list_display = ["institution", "minutes_link", "sent_at", "verdict", "answered_at"]
    list_filter = [ProposalFilter, "verdict"]
    list_select_related = ["institution", "meeting"]
    search_fields = ["institution__name", "meeting__title"]
    fields = ["meeting", "institution", "email", "sent_at", "verdict", "answered_at", "reminded_at"]

    @admin.display(description=_("meeting"))
    def minutes_link(self, obj: Circulation) -> str:
        """Where it is decided."""
        return format_html('<a href="{}">{}</a>', minutes_url(obj.meeting), obj.meeting)


@admin.register(Erratum)
class ErratumAdmin(ReadOnly, PanelAdmin):
    list_display = ["text", "meeting", "agenda_item", "at", "by"]
    list_select_related = ["meeting", "agenda_item__topic", "by"]
    search_fields = ["text", "meeting__title"]
    fields = ["meeting", "agenda_item", "text", "by", "at"]


@admin.register(NoteVersion)
class NoteVersionAdmin(ReadOnly, PanelAdmin):
    list_display = ["agenda_item", "number", "at", "by"]
    list_select_related = ["agenda_item__topic", "by"]
    search_fields = ["agenda_item__title", "agenda_item__topic__title", "agenda_item__meeting__title"]
    ordering = ["-pk"]
    fields = ["agenda_item", "number", "text", "by", "at"]


@admin.register(MeetingStep)
class MeetingStepAdmin(ReadOnly, PanelAdmin):
    """Of what followers are told, and whether they were. For administrators."""

    list_display = ["meeting", "kind", "at", "told_at"]
    list_filter = ["kind"]
    list_select_related = ["meeting"]
    search_fields = ["meeting__title"]
    ordering = ["-pk"]
    fields = ["meeting", "kind", "at", "told_at"]
