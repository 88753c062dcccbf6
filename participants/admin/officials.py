"""Officials, the posts they hold, and the ranks of the Police."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from participants.admin.acts import Act, ActsAdmin
from participants.admin.conflicts import RevisedAdmin
from participants.admin.frame import PanelAdmin, PanelForm, PanelInline
from participants.admin.pages import CLOSED, OpenPageFilter, PageState, open_page
from participants.models import Appointment, Official, Rank


class AppointmentForm(PanelForm):
    places = {"appointment_one_rank": "other_rank", "appointment_ends_after_start": "ends"}


class AppointmentInline(PanelInline):
    model = Appointment
    form = AppointmentForm
    autocomplete_fields = ["institution", "rank"]
    fields = ["post", "institution", ("rank", "other_rank"), "acting", ("starts", "ends")]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("official", "institution", "rank")


@admin.register(Official)
class OfficialAdmin(PageState, ActsAdmin, RevisedAdmin):
    inlines = [AppointmentInline]
    list_display = ["last_name", "first_names", "degree", "name_withheld", "page"]
    list_display_links = ["last_name", "first_names"]
    list_filter = [OpenPageFilter, "name_withheld"]
    search_fields = ["last_name", "first_names", "appointments__post", "appointments__institution__name"]
    date_hierarchy = "created_at"
    fieldsets = [
        (None, {"fields": [("degree", "first_names", "last_name"), "name_withheld", "note"]}),
        (_("Address of the page"), {"fields": ["slug"], "classes": ["collapse"]}),
    ]
    acts = (
        Act(
            name="open",
            label=_("Open the page"),
            explanation=_("Everybody will see the page of this person. Its address stays for ever."),
            done=_("The page is open to everybody."),
            run=open_page,
            states=frozenset({CLOSED}),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Also those who withhold their names: they have no page, but their posts are kept here."""
        return PanelAdmin.get_queryset(self, request)

    def view_on_site(self, obj: Official) -> str | None:
        return None if obj.name_withheld else super().view_on_site(obj)


@admin.register(Appointment)
class AppointmentAdmin(PanelAdmin):
    """Added from anywhere, and changed at the official, whose form guards against two editors."""

    form = AppointmentForm
    list_display = ["official", "rank_label", "post", "institution", "acting", "starts", "ends"]
    list_filter = ["acting", "rank"]
    list_select_related = ["official", "institution", "rank"]
    search_fields = ["official__last_name", "official__first_names", "post", "institution__name"]
    autocomplete_fields = ["official", "institution", "rank"]
    date_hierarchy = "starts"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("official", "institution", "rank")

    @admin.display(description=_("rank"))
    def rank_label(self, obj: Appointment) -> str:
        return obj.rank_label

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Rank)
class RankAdmin(PanelAdmin):
    list_display = ["abbreviation", "name", "seniority"]
    search_fields = ["abbreviation", "name"]
