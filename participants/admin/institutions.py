"""Institutions with the names they had."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from participants.admin.acts import Act, ActsAdmin
from participants.admin.conflicts import RevisedAdmin, RevisedForm
from participants.admin.frame import PanelInline
from participants.admin.pages import CLOSED, OpenPageFilter, PageState, open_page
from participants.models import FormerName, Institution


class InstitutionForm(RevisedForm):
    places = {"institution_ends_after_start": "active_to"}


class FormerNameInline(PanelInline):
    model = FormerName
    classes = ["collapse"]


@admin.register(Institution)
class InstitutionAdmin(PageState, ActsAdmin, RevisedAdmin):
    form = InstitutionForm
    inlines = [FormerNameInline]
    list_display = ["name", "short_name", "kind", "seat", "page"]
    list_filter = ["kind", OpenPageFilter]
    search_fields = ["name", "short_name", "former_names__name"]
    autocomplete_fields = ["parent"]
    date_hierarchy = "created_at"
    fieldsets = [
        (None, {"fields": ["name", "short_name", "kind", "parent", "description"]}),
        (_("Contact"), {"fields": ["seat", "address", "email", "phone", "website"]}),
        (_("Address of the page, dates"), {"fields": ["slug", ("active_from", "active_to")], "classes": ["collapse"]}),
    ]
    acts = (
        Act(
            name="open",
            label=_("Open the page"),
            explanation=_("Everybody will see the page of this institution. Its address stays for ever."),
            done=_("The page is open to everybody."),
            run=open_page,
            states=frozenset({CLOSED}),
        ),
    )
