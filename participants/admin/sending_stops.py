"""The switch that stops all letters, and the record of when it was used. For administrators."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from participants.admin.acts import Act, ActsAdmin
from participants.admin.frame import ReadOnly
from participants.models import SendingStop
from participants.sending_stop import StopRefused, current, resume, stop

IN_FORCE, ENDED = "in force", "ended"


class StopForm(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("For whoever opens the panel tomorrow. Name no residents."),
        error_messages={"required": _("Write why no letters may go out.")},
    )


@admin.register(SendingStop)
class SendingStopAdmin(ReadOnly, ActsAdmin):
    list_display = ["why", "at", "by", "ended_at", "ended_by"]
    list_select_related = ["by", "ended_by"]
    fields = list_display
    readonly_fields = fields
    refusal = StopRefused
    acts = (
        Act(
            name="resume",
            label=_("Let letters go out again"),
            explanation=_("Everything that has been queued since then goes out, the oldest first."),
            done=_("Letters go out again."),
            run=resume,
            states=frozenset({IN_FORCE}),
            permission="participants.change_sendingstop",
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.stop_view)
        return [path("stop/", view, name="participants_sendingstop_stop"), *super().get_urls()]

    def state_of(self, obj: SendingStop) -> str:
        return IN_FORCE if obj.is_in_force else ENDED

    def after_act(self, request: HttpRequest, obj: SendingStop) -> str:
        return reverse("admin:participants_sendingstop_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"stopped": current(), **(extra_context or {})})

    def stop_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("participants.add_sendingstop"):
            raise PermissionDenied
        form = StopForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self._stop(request, form.cleaned_data["why"])
            return redirect(self.after_act(request, None))
        own = {"title": _("Stop all letters"), "form": form}
        return self.panel_page(request, "admin/participants/sendingstop/stop.html", own)

    def _stop(self, request: HttpRequest, why: str) -> None:
        try:
            stopped = stop(why=why, by=request.user)
        except StopRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        self.log_addition(request, stopped, str(_("Stop all letters")))
        self.message_user(request, _("No letters go out any more. They are queued."), messages.SUCCESS)
