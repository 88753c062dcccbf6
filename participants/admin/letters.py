"""The outbox as the administrators see it: what waits, what failed. Bodies hold keys of accounts and are not shown."""

import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from participants.admin.acts import Act, ActsAdmin
from participants.admin.frame import ReadOnly
from participants.bounces import PAUSED
from participants.letters import try_again
from participants.models import Letter
from participants.sending_stop import current

State = Letter.State


def send_again(letter: Letter, *, by: Any) -> None:
    try_again(Letter.objects.filter(pk=letter.pk))


def figures(now: datetime.datetime) -> list[dict[str, Any]]:
    """What waits since when, what failed, what went out today. Three queries, each with an index of its own."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = Letter.objects.waiting().order_by().aggregate(count=Count("pk"), since=Min("created_at"))
    failed, sent = Letter.objects.failed().count(), Letter.objects.sent_since(midnight).count()
    return [
        {**waiting, "label": ngettext("letter waits", "letters wait", waiting["count"]), "state": State.WAITING},
        {
            "count": failed,
            "label": ngettext("letter was not sent", "letters were not sent", failed),
            "state": State.FAILED,
            "is_urgent": bool(failed),
        },
        {
            "count": sent,
            "label": ngettext("letter went out today", "letters went out today", sent),
            "state": State.SENT,
        },
    ]


def outcome_of(letter: Letter) -> str:
    """What became of a letter, in a sentence."""
    if letter.state == State.SENT:
        return _("It came back: there is no such address.") if letter.returned_at else _("Sent.")
    if letter.last_error == PAUSED:
        return _("Held back: letters to this address come back.")
    if letter.state == State.FAILED:
        text = ngettext("Given up after %(count)d try.", "Given up after %(count)d tries.", letter.attempts)
        return text % {"count": letter.attempts}
    if letter.last_error:
        text = ngettext("%(count)d try failed. We try again.", "%(count)d tries failed. We try again.", letter.attempts)
        return text % {"count": letter.attempts}
    return _("Waits for its turn.")


@admin.register(Letter)
class LetterAdmin(ReadOnly, ActsAdmin):
    list_display = ["to", "subject", "state", "outcome", "said", "created_at", "next_try"]
    list_filter = ["state"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created_at"
    fields = ["to", "subject", "sender", "state", "outcome", "said", "attempts", "created_at", "next_try"]
    fields += ["sent_at", "returned_at"]
    readonly_fields = fields
    actions = ["send_again"]
    acts = (
        Act(
            name="send-again",
            label=_("Try to send again"),
            explanation="",
            done=_("The letter goes out again."),
            run=send_again,
            states=frozenset({State.FAILED}),
            form=None,
            permission="participants.change_letter",
        ),
    )

    @admin.display(description=_("what became of it"))
    def outcome(self, obj: Letter) -> str:
        return outcome_of(obj)

    @admin.display(description=_("the mail server said"))
    def said(self, obj: Letter) -> str:
        return "" if obj.last_error == PAUSED else obj.last_error

    @admin.display(description=_("next try at"), ordering="try_at")
    def next_try(self, obj: Letter) -> str:
        return date_format(timezone.localtime(obj.try_at), "DATETIME_FORMAT") if obj.state == State.WAITING else ""

    @admin.action(description=_("Try to send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = try_again(queryset)
        text = ngettext("%(count)d letter goes out again.", "%(count)d letters go out again.", count) % {"count": count}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = {"figures": figures(timezone.now()), "stopped": current(), **(extra_context or {})}
        return super().changelist_view(request, own)
