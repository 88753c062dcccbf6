"""What our account pages do otherwise than allauth's, or besides them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.account.utils import passthrough_next_redirect_url
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from participants.account_forms import ProfileForm, SendLinkForm
from participants.sessions import end_soon

TOO_MANY = "too_many_login_attempts"


def account_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Never cached; 422 for a form with errors, 429 after too many of them, 410 for a link that works no more."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        end_soon(request)
        context = getattr(response, "context_data", None) or {}  # redirects have none
        form = context.get("form")
        if form is not None and form.errors:
            response.status_code = 429 if any(form.has_error(name, TOO_MANY) for name in form.errors) else 422
        elif context.get("token_fail"):
            response.status_code = 410
        return response

    return page


class ConfirmEmailView(account.ConfirmEmailView):
    """The link in the letter opens a page with a button: scanners of mail open links, but press nothing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"token_fail": not context["can_confirm"]}

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = super().post(*args, **kwargs)
            if self.request.user.is_authenticated and self.get_next_url():
                messages.success(self.request, _("Your account works."))
            return response
        except Http404:  # the second of two clicks, or a page left open for a day
            if self.request.user.is_authenticated:
                return redirect(self.get_redirect_url())
            self.object = None
            return self.render_to_response(self.get_context_data())

    def logout_other_user(self, confirmation: Any) -> None:
        if self.request.method == "POST":  # opening a page changes nothing
            super().logout_other_user(confirmation)

    def get_redirect_url(self) -> str:
        confirmed = reverse("account_confirmed")
        if not self.request.user.is_authenticated:
            return self.passthrough_next_url(confirmed)
        return self.get_next_url() or confirmed


class PasswordResetView(account.PasswordResetView):
    """Says that a letter went out; `next` waits in the letter."""

    done = "account_reset_password_done"

    def get_success_url(self) -> str:
        return self.passthrough_next_url(reverse(self.done))


class SendLinkView(PasswordResetView):
    """A new confirmation link, under the limits of the password reset."""

    template_name = "account/send_link.html"
    done = "account_email_verification_sent"

    def get_form_class(self) -> type[SendLinkForm]:
        return SendLinkForm

    def form_valid(self, form: SendLinkForm) -> HttpResponse:
        response = super().form_valid(form)
        if response.status_code == 302:
            messages.info(self.request, _("If this address was used to sign up here, a letter is on its way."))
        return response


@never_cache
@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """The account works: what next? Holds nothing of the account, so that anybody may open it."""
    login_url = passthrough_next_redirect_url(request, reverse("account_login"), "next")
    return render(request, "account/confirmed.html", {"login_url": login_url})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_profile(request: HttpRequest) -> HttpResponse:
    """One query to read, for the list of estates."""
    form = ProfileForm(request.POST if request.method == "POST" else None, account=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("We have saved the changes."))
        return redirect("my_account")
    context = {"form": form, "signature": form.initial["signature"]}
    return render(request, "account/my_profile.html", context, status=422 if form.errors else 200)
