"""The information clause and the accessibility statement: filled in here, with what is still missing on top."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.admin.conflicts import RevisedAdmin, RevisedForm
from participants.admin.frame import PanelInline
from participants.models import AccessibilityStatement, InformationClause, Processing
from participants.office import gaps


class OfficePageAdmin(RevisedAdmin):
    """One row: whoever adds a second is led to the first. The page is always there, so nothing is deleted."""

    list_display = ["__str__", "changed_at"]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        row = self.model.objects.first()
        if row and self.has_add_permission(request):
            url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
            return HttpResponseRedirect(url)
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the page says already, before there is a row."""
        return forms.model_to_dict(self.model.objects.current())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        if row := context.get("original"):
            stored = self.model.objects.get(pk=row.pk)  # what was typed wrongly is not on the page
            context["doubts"] = gaps(stored, timezone.localdate())
        return super().render_change_form(request, context, *args, **kw)


class ProcessingInline(PanelInline):
    model = Processing
    fields = ["what", "purpose", "legal_basis", "kept", "position"]


@admin.register(InformationClause)
class InformationClauseAdmin(OfficePageAdmin):
    inlines = [ProcessingInline]
    fieldsets = [
        (_("Controller"), {"fields": ["controller", "address", "email", "phone"]}),
        (_("Data protection officer"), {"fields": ["inspector_name", "inspector_email", "inspector_phone"]}),
        (_("Use of the data"), {"fields": ["recipients", "transfer", "required", "automated"]}),
    ]


class StatementForm(RevisedForm):
    places = {
        "statement_updated_on_not_before": "updated_on",
        "statement_reviewed_on_not_before": "reviewed_on",
    }


@admin.register(AccessibilityStatement)
class AccessibilityStatementAdmin(OfficePageAdmin):
    form = StatementForm
    fieldsets = [
        (None, {"fields": ["entity", "published_on", "updated_on"]}),
        (_("Status"), {"fields": ["status", "not_conforming", "not_covered", "burden", "assessment_url"]}),
        (_("Preparation"), {"fields": ["prepared_on", "reviewed_on", "basis", "basis_by", "basis_url"]}),
        (_("Conveniences"), {"fields": ["conveniences", "shortcuts"]}),
        (_("Contact"), {"fields": ["contact", "email", "phone"]}),
        (
            _("Other information"),
            {"fields": ["apps", "address", "architecture", "architecture_url", "communication"]},
        ),
    ]
