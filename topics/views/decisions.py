"""The statement of reasons for an author, and the appeal against it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from topics.appeals import AppealRefused, appeal, why_not
from topics.models import Appeal, Decision
from topics.report_forms import AppealForm
from topics.statements import decision_of, latest_against, statement_url


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever has the link from the letter, signed in or not; other sites never learn it (Referrer-Policy).

    The policy of the whole site, "same-origin", is kept: under "no-referrer" browsers send the appeal from the
    origin "null", which the protection against forged forms refuses.
    """
    decision = decision_of(token)
    if request.method == "POST":
        return _appeal(request, decision)
    return _page(request, decision, AppealForm())


@require_safe
def my_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads the signed-in author of a comment to the last decision against it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    response = redirect(statement_url(latest_against(request.user, pk)))
    response["Cache-Control"] = "private, no-store"
    return response


def _appeal(request: HttpRequest, decision: Decision) -> HttpResponse:
    form = AppealForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            appeal(decision, text=form.cleaned_data["text"])
        except AppealRefused as refusal:
            status = 409 if why_not(decision, timezone.now()) else 422
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("We have your appeal. We will write to you how it ends."))
            return redirect(request.path)
    form.renew()
    return _page(request, decision, form, status)


def _page(request: HttpRequest, decision: Decision, form: AppealForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "decision": decision,
        "comment": decision.comment,
        "appeal": Appeal.objects.filter(decision=decision).first(),
        "refusal": why_not(decision, timezone.now()),
        "form": form,
    }
    return render(request, "topics/statement.html", context, status=status)
