"""Codes from letters: one that stands for the password, and one that confirms an address."""

from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.stages import LoginByCodeStage
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from participants import address_codes
from participants.account_forms import CodeForm, send_alike
from participants.account_views import TOO_MANY
from participants.accounts import forget_unproven_password
from participants.bounces import lift
from participants.leaving import show_way_back
from participants.limits import LimitReached
from participants.models import Resident


class RequestCodeView(account.RequestLoginCodeView):
    """Looks and lasts the same for an address without an account: the letter is written, and undone. To who is leaving
    goes the way back instead of a code."""

    template_name = "account/request_login_code.html"

    def form_valid(self, form: Any) -> HttpResponse:
        address = form.cleaned_data["email"]
        leaver = Resident.objects.filter(email=address, leaving__isnull=False).first()  # asked of every address
        if form._user is None and not (leaver and show_way_back(leaver)):
            context = {"code": get_adapter().generate_login_code(), "request": self.request}
            send_alike(lambda: get_adapter().send_mail("account/email/login_code", address, context), in_earnest=False)
        return super().form_valid(form)


class ConfirmCodeView(account.ConfirmLoginCodeView):
    template_name = "account/confirm_login_code.html"

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        forget_unproven_password(self._process.user)
        lift(self._process.user.email)
        return super()._verify_form_valid(form)


confirm_code = login_stage_required(stage=LoginByCodeStage.key, redirect_urlname="account_request_login_code")(
    ConfirmCodeView.as_view()
)


class AddressCodeForm(CodeForm):
    def __init__(self, *args: Any, to: str, **kwargs: Any) -> None:
        self.to = to
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        try:
            address_codes.count_try(self.to)
        except LimitReached as full:
            raise ValidationError(str(full), code=TOO_MANY) from full
        return super().clean_code()


class CheckMailView(FormView):
    """Where whoever has signed up waits for the letter: its link opens elsewhere, its code is typed here."""

    template_name = "account/verification_sent.html"
    form_class = AddressCodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        awaited = address_codes.awaited(self.request.session)
        return super().get_form_kwargs() | {"to": awaited.get("to", ""), "code": awaited.get("code", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | get_entrance_context_data(self.request)
        return context | {"takes_code": bool(address_codes.awaited(self.request.session))}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """410 in a browser that waits for no code, or waits no more."""
        if address_codes.awaited(request.session):
            return super().post(request, *args, **kwargs)
        return self.render_to_response(self.get_context_data(form=None, token_fail=True))

    def form_valid(self, form: Any) -> HttpResponse:
        confirmed = reverse("account_confirmed")
        response = address_codes.confirm(self.request) or redirect(confirmed)
        if response["Location"] != confirmed:
            messages.success(self.request, _("Your account works."))
        return response
