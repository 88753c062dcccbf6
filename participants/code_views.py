"""Sign-in by a code from a letter, in place of the password."""

from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginByCodeStage
from django.http import HttpResponse

from participants.account_forms import send_alike
from participants.accounts import forget_unproven_password
from participants.leaving import show_way_back
from participants.models import Resident


class RequestCodeView(account.RequestLoginCodeView):
    """Looks and lasts the same for an address without an account: the letter is written, and undone. To who is leaving
    goes the way back instead of a code."""

    template_name = "account/request_login_code.html"

    def form_valid(self, form: Any) -> HttpResponse:
        address = form.cleaned_data["email"]
        leaver = None if form._user else Resident.objects.filter(email=address, leaving__isnull=False).first()
        if form._user is None and not (leaver and show_way_back(leaver)):
            context = {"code": get_adapter().generate_login_code(), "request": self.request}
            send_alike(lambda: get_adapter().send_mail("account/email/login_code", address, context), in_earnest=False)
        return super().form_valid(form)


class ConfirmCodeView(account.ConfirmLoginCodeView):
    template_name = "account/confirm_login_code.html"

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        forget_unproven_password(self._process.user)
        return super()._verify_form_valid(form)


confirm_code = login_stage_required(stage=LoginByCodeStage.key, redirect_urlname="account_request_login_code")(
    ConfirmCodeView.as_view()
)
