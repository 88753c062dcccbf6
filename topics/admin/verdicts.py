"""The acts of moderators as buttons and in bulk, for the queue and for the archive of comments alike."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from participants.admin.acts import Act, ActsAdmin
from topics import moderation
from topics.admin.reasons import CutOutForm, HandOverForm, ReasonForm, SeenForm, SuspendForm
from topics.hints import find_hints
from topics.models import Comment

AT_ONCE = 200  # comments in one action; each is a transaction and a letter
# How a comment can stand, as far as the acts are concerned.
WAITING, PUBLISHED, REPORTED, HIDDEN = "waiting", "published", "reported", "hidden"
HANDED_OVER, WITHDRAWN, WITHDRAWN_REPORTED = "handed-over", "withdrawn", "withdrawn-reported"
SHOWN = frozenset({PUBLISHED, REPORTED})
ANY = SHOWN | {WAITING, HIDDEN, HANDED_OVER, WITHDRAWN, WITHDRAWN_REPORTED}
CUTTING = _(
    "A mark that personal data was taken out will stand instead. The original is sealed for 90 days, then erased."
)

ACTS = (
    Act(
        name="publish",
        label=_("Publish"),
        explanation=_("Everybody will see the comment. The author gets a letter."),
        done=_("The comment is published."),
        run=moderation.publish,
        states=frozenset({WAITING}),
        form=None,
        key="p",
    ),
    Act(
        name="keep",
        label=_("Leave as it is"),
        explanation=_("The comment stays, and those who reported it get a letter. Reports no longer set it aside."),
        done=_("The comment stays as it is."),
        run=moderation.keep,
        states=frozenset({REPORTED, WITHDRAWN_REPORTED}),
        form=None,
        key="z",
    ),
    Act(
        name="restore",
        label=_("Show again"),
        explanation=_("Everybody will see the comment again. The author gets a letter."),
        done=_("The comment is shown again."),
        run=moderation.restore,
        states=frozenset({HIDDEN}),
        form=None,
        key="r",
    ),
    Act(
        name="hide",
        label=_("Do not show"),
        explanation=_("A notice stands in the place of the comment, and its replies stay. The author gets the reason."),
        done=_("The comment is hidden."),
        run=moderation.hide,
        states=SHOWN | {WAITING},
        form=ReasonForm,
        is_grave=True,
        key="n",
    ),
    Act(
        name="cut-out",
        label=_("Cut out a passage"),
        explanation=CUTTING,
        done=_("The passage is cut out."),
        run=moderation.cut_out,
        states=SHOWN | {WAITING},
        form=CutOutForm,
        key="w",
    ),
    Act(
        name="hand-over",
        label=_("Hand to the duty officer"),
        explanation=_(
            "The comment is hidden under a neutral line and its text is sealed: you will not see it any more either. "
            "Hand the text over before you confirm this."
        ),
        done=_("The comment is hidden and sealed for the duty officer."),
        run=moderation.hand_over,
        states=SHOWN | {WAITING, HIDDEN, WITHDRAWN, WITHDRAWN_REPORTED},
        form=HandOverForm,
        is_grave=True,
        key="d",
    ),
    Act(
        name="suspend",
        label=_("Suspend the author"),
        explanation=_("The author can read, but not write. What is written already stays: decide about it separately."),
        done=_("The author is suspended."),
        run=moderation.suspend,
        states=ANY,
        form=SuspendForm,
        is_grave=True,
        key="s",
    ),
    Act(
        name="close-account",
        label=_("Close the account"),
        explanation=_("The author is signed out everywhere and cannot sign in. What is written already stays."),
        done=_("The account is closed."),
        run=moderation.close_account,
        states=ANY,
        form=ReasonForm,
        is_grave=True,
        key="x",
    ),
    Act(
        name="lift",
        label=_("Let the author in again"),
        explanation=_(
            "The suspension ends, or the account that a moderator closed is opened. The author gets a letter."
        ),
        done=_("The author can write again."),
        run=moderation.lift,
        states=ANY,
        form=None,
        key="l",
    ),
)


def cut_hints(comment: Comment, **how: Any) -> Comment:
    """Cut out whatever looks like somebody's data; for many comments at once, where nobody marks passages."""
    found = [comment.text[hint.start : hint.end] for hint in find_hints(comment.text)]
    if not found:
        raise moderation.DecisionRefused(_("Nothing in the text looks like somebody's data."))
    return moderation.cut_out(comment, found, **how)


CUT_HINTS = Act(
    name="cut-hints",
    label=_("Cut out what looks like somebody's data"),
    explanation=CUTTING,
    done="",
    run=cut_hints,
    states=SHOWN | {WAITING},
    form=ReasonForm,
)
BULK = [*(act for act in ACTS if act.name not in {"cut-out", "lift"}), CUT_HINTS]


def standing(comment: Comment) -> str:
    """One query where reports matter."""
    if comment.is_handed_over:
        return HANDED_OVER
    if comment.state not in {PUBLISHED, WITHDRAWN} or not comment.reports.open().exists():
        return comment.state
    return REPORTED if comment.state == PUBLISHED else WITHDRAWN_REPORTED


def fits_author(act: Act, author: Any, by: Any) -> bool:
    """What the function would refuse in any case is not offered; it decides by itself, under a lock."""
    if author == by:
        return False
    if act.run in (moderation.suspend, moderation.close_account):
        is_resident = author and author.is_active and not (author.is_staff or author.appointment_id)
        return bool(is_resident)
    if act.run == moderation.lift:
        return author is not None and (not author.is_active or author.suspended_until is not None)
    return True


def bulk(act: Act) -> Callable[..., HttpResponse | None]:
    """The act as one of Django's actions on a list."""

    @admin.action(description=act.label, permissions=["decide"])
    def decide_selected(site: "VerdictAdmin", request: HttpRequest, chosen: QuerySet) -> HttpResponse | None:
        return site.ask_once(request, chosen, act)

    decide_selected.__name__ = f"{act.name.replace('-', '_')}_selected"
    return decide_selected


class VerdictAdmin(ActsAdmin):
    """Rows that are comments, or are about one: `comment_of` says which, `not_now` why one has to wait."""

    acts = ACTS
    actions = [bulk(act) for act in BULK]
    refusal = moderation.DecisionRefused

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("topics.change_comment")

    def may_do(self, request: HttpRequest, act: Act, obj: Any) -> bool:
        return self.has_decide_permission(request)

    def comment_of(self, obj: Any) -> Comment:
        return obj

    def not_now(self, request: HttpRequest, obj: Any) -> str:
        """Why the row is left alone when many are decided at once; "" if it is not."""
        return ""

    def state_of(self, obj: Any) -> str:
        return standing(self.comment_of(obj))

    def offered(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """With the text that the page shows, so that a button pressed later is about that one."""
        offers = super().offered(request, obj)
        comment = self.comment_of(obj) if offers else None
        return [
            {**offer, "seen_revision": comment.revision}
            for offer in offers
            if fits_author(offer["act"], comment.author, request.user)
        ]

    def _form(self, request: HttpRequest, act: Act, obj: Any) -> forms.Form:
        form = (act.form or SeenForm)(request.POST if request.method == "POST" else None)
        if isinstance(form, SeenForm):
            form.about(self.comment_of(obj))
        return form

    def run_act(self, request: HttpRequest, act: Act, obj: Any, form: forms.Form) -> None:
        act.run(self.comment_of(obj), by=request.user, **form.cleaned_data)

    def subtitle_of(self, obj: Any) -> str:
        return ""

    def quote_from(self, obj: Any) -> str:
        return f"{self.comment_of(obj).signed}: {self.comment_of(obj).text}"

    def _page(self, request: HttpRequest, act: Act, obj: Any, form: forms.Form) -> HttpResponse:
        """With the text as it is by now: what is sent from here is about that one."""
        self.comment_of(obj).refresh_from_db()
        if form.is_bound and "seen_revision" in form.fields:
            form.data = form.data.copy()
            form.data["seen_revision"] = self.comment_of(obj).revision
        return super()._page(request, act, obj, form)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Without the text: the log of the panel would keep what is cut out of it."""
        return LogEntry.objects.create(
            user=request.user,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=f"{self.comment_of(obj).signed} ({self.comment_of(obj).pk})",
            action_flag=CHANGE,
            change_message=message,
        )

    def ask_once(self, request: HttpRequest, chosen: QuerySet, act: Act) -> HttpResponse | None:
        """First a page with what was chosen, which asks once for all; the same action comes back from there."""
        form = (act.form or SeenForm)(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self._decide_each(request, chosen, act, form)
            return None
        rows = list(chosen[:AT_ONCE])
        context = {
            "title": act.label,
            "act": act,
            "chosen": [(row.pk, self.comment_of(row), self.not_now(request, row)) for row in rows],
            "is_cut_off": len(rows) == AT_ONCE,
            "limit": AT_ONCE,
            "action": request.POST["action"],
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "form": form,
        }
        return self.panel_page(request, "admin/topics/decide_selected.html", context)

    def _decide_each(self, request: HttpRequest, chosen: QuerySet, act: Act, form: forms.Form) -> None:
        """Each row by itself, the oldest comment first, about the text that the page showed: one that changed since
        is left and told."""
        done, refused = 0, Counter()
        for row in sorted(chosen[:AT_ONCE], key=lambda row: self.comment_of(row).created_at):
            how = {**form.cleaned_data, "seen_revision": _number(request.POST.get(f"seen-{row.pk}"))}
            try:
                if refusal := self.not_now(request, row):
                    raise moderation.DecisionRefused(refusal)
                act.run(self.comment_of(row), by=request.user, **how)
            except moderation.DecisionRefused as refusal:
                refused[str(refusal)] += 1
            else:
                done += 1
                self.log_change(request, row, str(act.label))
        self._tell(request, done, refused)

    def _tell(self, request: HttpRequest, done: int, refused: Counter[str]) -> None:
        if done:
            text = ngettext("%(count)d comment was dealt with.", "%(count)d comments were dealt with.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)
        for reason, count in refused.items():
            text = ngettext("%(count)d comment was not: %(why)s", "%(count)d comments were not: %(why)s", count)
            self.message_user(request, text % {"count": count, "why": reason}, messages.WARNING)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
