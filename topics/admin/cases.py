"""The queue of the moderators: what was held, what was reported, and appeals, each decided on a page of its own."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from participants.admin.acts import Act
from participants.admin.frame import ReadOnly
from topics import appeals, cases, moderation
from topics.admin.case_filters import FILTERS, StandingFilter
from topics.admin.dossier import dossier_of, neighbours
from topics.admin.reasons import AppealForm
from topics.admin.verdicts import ACTS, VerdictAdmin
from topics.models import Appeal, Case, Comment, Report
from topics.statements import statement_url

OF_APPEAL = "appeal"
APPEAL_ACTS = (
    Act(
        name=Appeal.Outcome.REVERSED.value,
        label=_("The author is right"),
        explanation=_("What the decision took is given back. The author gets a letter with your note."),
        done=_("The decision was changed."),
        run=appeals.decide,
        states=frozenset({OF_APPEAL}),
        form=AppealForm,
        key="r",
    ),
    Act(
        name=Appeal.Outcome.UPHELD.value,
        label=_("The decision stands"),
        explanation=_("Nothing changes. The author gets a letter with your note."),
        done=_("The decision stands."),
        run=appeals.decide,
        states=frozenset({OF_APPEAL}),
        form=AppealForm,
        key="u",
    ),
)


@admin.register(Case)
class CaseAdmin(ReadOnly, VerdictAdmin):
    acts = (*ACTS, *APPEAL_ACTS)
    refusal = (moderation.DecisionRefused, appeals.AppealRefused)
    list_display = ["what", "text", "signature", "why", "topic", "opened_at", "who"]
    list_display_links = ["text"]
    list_filter = FILTERS
    list_select_related = ["comment__topic", "comment__author", "appeal__decision", "claimed_by"]
    search_fields = ["comment__text", "comment__author_name"]
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/topics/case/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        open_reports = Prefetch("comment__reports", Report.objects.open().order_by("pk"), to_attr="open_reports")
        found = super().get_queryset(request).select_related(*self.list_select_related)
        return found.visible_to(request.user).defer("comment__html").prefetch_related(open_reports)

    def get_ordering(self, request: HttpRequest) -> list[str]:
        is_past = request.GET.get(StandingFilter.parameter_name) == StandingFilter.DECIDED
        return ["-pk"] if is_past else ["-is_urgent", "opened_at", "pk"]

    def get_urls(self) -> list[URLPattern]:
        """Beside the acts: taking a case, and giving it back."""
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"topics_case_{name}")
            for name, view in (("claim", require_POST(self.claim_view)), ("release", require_POST(self.release_view)))
        ]
        return [*own, *super().get_urls()]

    # -- The list ---------------------------------------------------------------------------------------------------

    @admin.display(description=_("kind"))
    def what(self, obj: Case) -> SafeString:
        return render_to_string("admin/topics/case/_kind.html", {"case": obj})

    @admin.display(description=_("text"))
    def text(self, obj: Case) -> str:
        return Truncator(obj.comment.text).chars(140)

    @admin.display(description=_("signature"))
    def signature(self, obj: Case) -> str:
        return obj.comment.signed

    @admin.display(description=_("why"))
    def why(self, obj: Case) -> str:
        return why(obj)

    @admin.display(description=_("topic"))
    def topic(self, obj: Case) -> str:
        return Truncator(obj.comment.topic.title).chars(60)

    @admin.display(description=_("who is at it"), empty_value="")
    def who(self, obj: Case) -> str:
        is_taken = obj.closed_at is None and obj.claimed_by and obj.is_claimed(timezone.now())
        return _("%(name)s is at it.") % {"name": obj.claimed_by.signature} if is_taken else ""

    # -- One case ---------------------------------------------------------------------------------------------------

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = self.get_object(request, object_id)
        if case is None:
            raise Http404
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return TemplateResponse(request, "admin/topics/case/page.html", self._reading(request, case))

    def _reading(self, request: HttpRequest, case: Case) -> dict[str, Any]:
        now = timezone.now()
        return {
            **self.admin_site.each_context(request),
            **neighbours(case, request.user),
            "opts": self.opts,
            "title": _("Matter to decide"),
            "case": case,
            "why": why(case),
            "statement_url": statement_url(case.appeal.decision) if case.appeal else "",
            "dossier": dossier_of(case.comment, now),
            "acts": self.offered(request, case),
            "is_claimed": case.is_claimed(now),
            "is_taken": case.is_taken_from(request.user, now),
            "media": self.media,
        }

    def claim_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self._open_to(request, pk)
        try:
            cases.claim(case, by=request.user)
        except cases.CaseTaken as taken:
            self.message_user(request, str(taken), messages.ERROR)
        return HttpResponseRedirect(self._address(case))

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self._open_to(request, pk)
        cases.release(case, by=request.user)
        return HttpResponseRedirect(self._address(case))

    def _open_to(self, request: HttpRequest, pk: int) -> Case:
        case = self.get_object(request, str(pk))
        if case is None:
            raise Http404
        if not self.may_do(request, None, case):
            raise PermissionDenied
        return case

    def _address(self, case: Case) -> str:
        return reverse("admin:topics_case_change", args=[case.pk])

    # -- Deciding ---------------------------------------------------------------------------------------------------

    def may_do(self, request: HttpRequest, act: Act | None, obj: Case) -> bool:
        """Who sees a case may decide it: visible_to() asks for the same permissions."""
        return self.has_view_permission(request, obj)

    def comment_of(self, obj: Case) -> Comment:
        return obj.comment

    def state_of(self, obj: Case) -> str:
        """An appeal that is decided offers nothing more."""
        if obj.appeal is None:
            return super().state_of(obj)
        return "" if obj.appeal.outcome else OF_APPEAL

    def not_now(self, request: HttpRequest, obj: Case) -> str:
        if obj.appeal:
            return str(_("An appeal is decided on its own page."))
        return self._taken(request, obj)

    def _taken(self, request: HttpRequest, obj: Case) -> str:
        if obj.closed_at or not obj.is_taken_from(request.user, timezone.now()):
            return ""
        return _("%(name)s is at it.") % {"name": obj.claimed_by.signature}

    def act_view(self, request: HttpRequest, pk: int, act: Act) -> HttpResponse:
        case = self.get_object(request, str(pk))
        if case is None or (case.appeal is not None) != (act in APPEAL_ACTS):
            raise Http404
        return super().act_view(request, pk, act)

    def _form(self, request: HttpRequest, act: Act, obj: Case) -> forms.Form:
        """Asks first where somebody else is at it."""
        form = super()._form(request, act, obj)
        if taken := self._taken(request, obj):
            form.fields["anyway"] = forms.BooleanField(
                label=_("Decide anyway"),
                help_text=taken,
                error_messages={"required": f"{taken} {_('Tick “Decide anyway” if you agreed on it.')}"},
            )
        return form

    def run_act(self, request: HttpRequest, act: Act, obj: Case, form: forms.Form) -> None:
        form.cleaned_data.pop("anyway", None)
        if act in APPEAL_ACTS:
            appeals.decide(obj.appeal, by=request.user, outcome=act.name, **form.cleaned_data)
        else:
            super().run_act(request, act, obj, form)

    def after_act(self, request: HttpRequest, obj: Case) -> str:
        """On to the next case that nobody else is at; the same one while it is not decided, or long was."""
        queue = Case.objects.open().visible_to(request.user)
        if obj.closed_at or queue.filter(pk=obj.pk).exists():
            return self._address(obj)
        free = queue.free_for(request.user, timezone.now()).urgent_first()
        following = free.after(obj).first() or free.first()
        return self._address(following) if following else reverse("admin:topics_case_changelist")


def why(case: Case) -> str:
    """The rule that held it, the reasons of its reports with how many gave each, or the decision that is appealed."""
    if case.appeal:
        decision = case.appeal.decision
        return format_html("{}: {}", decision.get_act_display(), decision.get_reason_display())
    if case.kind == Case.Kind.HELD:
        return case.comment.get_hold_display() if case.comment.hold else "–"
    reasons = Counter(report.get_why_display() for report in case.comment.open_reports)
    return ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common()) or "–"
