"""Sealed originals: listed without their text, and opened for a purpose that is written down."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from participants.admin.frame import PanelAdmin, ReadOnly
from topics.models import SealedLook, SealedText
from topics.sealing import PERMISSION, PURPOSE_LIMIT, SealRefused, open_sealed


class PurposeForm(forms.Form):
    why = forms.CharField(
        label=_("What you need it for"),
        max_length=PURPOSE_LIMIT,
        help_text=_("For example the number of the case. It is written down with your name."),
        error_messages={"required": _("Write what you need it for.")},
    )


@admin.register(SealedText)
class SealedTextAdmin(ReadOnly, PanelAdmin):
    list_display = ["sealed_at", "act", "signature", "topic", "handed_to", "reference", "erase_at", "erased_at"]
    list_filter = ["decision__act"]
    list_select_related = ["comment__topic", "decision"]
    search_fields = ["handed_to", "reference", "=comment__id"]
    fields = ["act", "signature", "topic", "handed_to", "reference", "sealed_at", "erase_at", "erased_at"]
    readonly_fields = fields
    change_form_template = "admin/topics/sealed/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SealedText]:
        """The text is not even read; what the comment says now is none of the reader's business here."""
        found = super().get_queryset(request).select_related(*self.list_select_related)
        return found.defer("text", "comment__text", "comment__html")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_view)
        return [path("<int:pk>/open/", view, name="topics_sealedtext_open"), *super().get_urls()]

    @admin.display(description=_("decision"))
    def act(self, obj: SealedText) -> str:
        return obj.decision.get_act_display()

    @admin.display(description=_("signature"))
    def signature(self, obj: SealedText) -> str:
        return obj.comment.signed

    @admin.display(description=_("topic"))
    def topic(self, obj: SealedText) -> str:
        return obj.comment.topic.title

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        sealed = context["original"]
        if request.user.has_perm(PERMISSION) and sealed.erased_at is None:
            context["open_url"] = reverse("admin:topics_sealedtext_open", args=[sealed.pk])
        return super().render_change_form(request, context, *args, **kw)

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks what for; the answer shows the text, this once."""
        sealed = self.get_object(request, str(pk))
        if sealed is None:
            raise Http404
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        form, text = PurposeForm(request.POST or None), ""
        if form.is_valid():
            try:
                text = open_sealed(sealed, by=request.user, **form.cleaned_data)
            except SealRefused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
        context = {
            "title": _("Open the original"),
            "original": sealed,
            "form": form,
            "text": text,
        }
        return self.panel_page(request, "admin/topics/sealed/open.html", context)


@admin.register(SealedLook)
class SealedLookAdmin(ReadOnly, PanelAdmin):
    list_display = ["at", "by_name", "why", "sealed"]
    list_select_related = ["sealed__decision"]
    search_fields = ["by_name", "why"]
    fields = ["sealed", "by_name", "why", "at"]
    readonly_fields = fields
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SealedLook]:
        return super().get_queryset(request).select_related("sealed__decision").defer("sealed__text")
