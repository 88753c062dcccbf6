"""Addresses from which letters come back: seen and lifted by administrators."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from participants.admin.acts import Act, ActsAdmin
from participants.admin.frame import ReadOnly
from participants.bounces import lift
from participants.models import PausedAddress


def lift_pause(paused: PausedAddress, *, by: Any) -> None:
    lift(paused.email)


@admin.register(PausedAddress)
class PausedAddressAdmin(ReadOnly, ActsAdmin):
    list_display = ["email", "reason", "code", "since", "last_bounce_at"]
    list_filter = ["reason"]
    search_fields = ["email"]
    fields = list_display
    readonly_fields = fields
    actions = ["lift_chosen"]
    acts = (
        Act(
            name="lift",
            label=_("Write there again"),
            explanation=_(
                "Do this when you know that the address works. Letters that were held back are on the list of letters; "
                "you can try them again there."
            ),
            done=_("We write to this address again."),
            run=lift_pause,
            states=frozenset({"paused"}),
            permission="participants.change_pausedaddress",
        ),
    )

    def state_of(self, obj: PausedAddress) -> str:
        return "paused"

    def subtitle_of(self, obj: PausedAddress) -> str:
        return obj.email

    def after_act(self, request: HttpRequest, obj: PausedAddress) -> str:
        return reverse("admin:participants_pausedaddress_changelist")

    @admin.action(description=_("Write there again"))
    def lift_chosen(self, request: HttpRequest, queryset: QuerySet) -> None:
        chosen = list(queryset)
        for paused in chosen:
            self.log_change(request, paused, str(self.acts[0].label))
        count = lift(*[paused.email for paused in chosen])
        text = ngettext("We write to %(count)d address again.", "We write to %(count)d addresses again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
