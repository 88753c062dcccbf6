"""The outbox as the administrators see it: what waits, what failed. Bodies hold keys of accounts and are not shown."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from participants.admin.frame import PanelAdmin, ReadOnly
from participants.letters import try_again
from participants.models import Letter


@admin.register(Letter)
class LetterAdmin(ReadOnly, PanelAdmin):
    list_display = ["to", "subject", "state", "attempts", "created_at", "try_at", "last_error"]
    list_filter = ["state"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created_at"
    fields = ["to", "subject", "sender", "state", "attempts", "last_error", "created_at", "try_at", "sent_at"]
    readonly_fields = fields
    actions = ["send_again"]

    @admin.action(description=_("Try to send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = try_again(queryset)
        text = ngettext("%(count)d letter goes out again.", "%(count)d letters go out again.", count) % {"count": count}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)
