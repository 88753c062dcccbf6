"""The pages on which people take their data, leave, and come back."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from participants.exports import KEPT, ask_for_export, last_export
from participants.forms import PublicForm
from participants.leaving import WAIT, LeavingRefused, ask, come_back, of_key, why_not
from participants.limits import LimitReached
from participants.models import DataExport

TEXTS = {
    "zostaw": gettext_lazy("Leave my comments, without my signature"),
    "usun": gettext_lazy("Erase the text of my comments"),
}


class LeaveForm(PublicForm):
    teksty = forms.ChoiceField(
        label=gettext_lazy("What happens to your comments?"),
        choices=list(TEXTS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what happens to your comments"),
            "invalid_choice": gettext_lazy("Choose what happens to your comments"),
        },
    )

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.layout = Layout("teksty")
        return helper


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """One query besides who it is."""
    refusal, status = "", 200
    if request.method == "POST":
        try:
            ask_for_export(request.user)
        except LimitReached as limit:
            refusal, status = str(limit), 429
        else:
            return redirect("my_data")
    export, now = last_export(request.user), timezone.now()
    is_ready = export is not None and export.expires_at is not None and export.expires_at > now
    context = {"export": export, "is_ready": is_ready, "refusal": refusal, "days": KEPT.days}
    return render(request, "account/my_data.html", context, status=status)


@never_cache
@require_safe
@login_required
@reauthentication_required
def my_data_file(request: HttpRequest) -> HttpResponse:
    """The newest file of whoever asks, and of nobody else; the address names none."""
    export = DataExport.objects.ready(timezone.now()).filter(account=request.user).newest_first().first()
    if export is None:
        raise Http404
    try:
        file = export.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"moje-dane-{timezone.localdate(export.made_at):%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Content-Encoding"] = "identity"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required
def leave(request: HttpRequest) -> HttpResponse:
    """409 where somebody else has to look first."""
    refusal = why_not(request.user)
    if request.method != "POST":
        return _leave_page(request, LeaveForm(), refusal)
    form = LeaveForm(request.POST)
    if refusal or not form.is_valid():
        return _leave_page(request, form, refusal, status=409 if refusal else 422)
    try:
        ask(request.user, erases_texts=form.cleaned_data["teksty"] == "usun")
    except LeavingRefused as error:  # the role came in this moment
        return _leave_page(request, form, str(error), status=409)
    logout(request)
    return redirect("left")


def _leave_page(request: HttpRequest, form: LeaveForm, refusal: str, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "refusal": refusal, "days": WAIT.days}
    return render(request, "account/leave.html", context, status=status)


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Holds nothing of the account, so that anybody may open it."""
    return render(request, "account/left.html", {"days": WAIT.days})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def come_back_page(request: HttpRequest, key: str) -> HttpResponse:
    """Looking changes nothing: programs that read letters open every link. Whoever has the letter may stay."""
    leaving = of_key(key)
    if request.method == "POST" and leaving and come_back(leaving):
        messages.success(request, _("You stay. Everything is as it was: sign in."))
        return redirect("account_login")
    return render(request, "account/come_back.html", {"leaving": leaving}, status=200 if leaving else 410)
