"""What was kept of minutes, for looking up: written on their page (meetings.admin.minutes), and never here."""

from django.contrib import admin

from meetings.models import Circulation, Erratum, NoteVersion, Proposal
from participants.admin.frame import PanelAdmin, PanelInline, ReadOnly


class ProposalInline(ReadOnly, PanelInline):
    model = Proposal
    fields = ["agenda_item", "text", "why", "made_at", "state", "reply", "decided_at", "decided_by"]


@admin.register(Circulation)
class CirculationAdmin(ReadOnly, PanelAdmin):
    inlines = [ProposalInline]
    list_display = ["institution", "meeting", "sent_at", "verdict", "answered_at"]
    list_filter = ["verdict"]
    list_select_related = ["institution", "meeting"]
    search_fields = ["institution__name", "meeting__title"]
    fields = ["meeting", "institution", "email", "sent_at", "verdict", "answered_at", "reminded_at"]


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
