"""The security of one's own account: password, second factor, passkeys, where one is signed in, the address."""

import io
import json
from typing import Any

import segno
from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth as passkeys
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from participants import address_changes, second_factor, sessions
from participants.limits import LimitReached
from participants.models import AddressChange
from participants.security_forms import ChangeAddressForm


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Six queries beside the frame's, whatever the number of devices and passkeys."""
    kept = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    waiting = AddressChange.objects.filter(
        account=request.user, asked_at__gt=timezone.now() - address_changes.KEPT
    ).first()
    context = {
        "app": next((one for one in kept if one.type == second_factor.APP), None),
        "passkeys": [one for one in kept if one.type == second_factor.PASSKEY],
        "codes_left": sum(len(one.wrap().get_unused_codes()) for one in kept if one.type == second_factor.CODES),
        "devices": sessions.devices_of(request.user, current=request.session.session_key),
        "waiting": waiting,
    }
    return render(request, "account/security.html", context)


@never_cache
@login_required
@require_safe
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Where staff without a second factor come to when they open the panel."""
    return render(request, "account/second_factor_needed.html")


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    if not sessions.end(request.user, pk=pk):
        raise Http404
    messages.success(request, _("That device is signed out."))
    return redirect("my_security")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = sessions.end(request.user, besides=request.session.session_key)
    said = ngettext("%(count)d device is signed out.", "%(count)d devices are signed out.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("my_security")


# -- The app with codes ---------------------------------------------------------------------------------


class ActivateAppView(totp.ActivateTOTPView):
    template_name = "account/app_add.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """The code that was just typed is a second factor used in this session: the panel does not ask for another."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, second_factor.METHOD, type=second_factor.APP.value)
        return response


@never_cache
@login_required
@require_safe
def app_picture(request: HttpRequest) -> HttpResponse:
    """The square code of the app that is being set up; the page's policy allows no pictures within the page."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    made = io.BytesIO()
    square = segno.make(get_adapter().build_totp_url(request.user, secret), error="m", micro=False)
    square.save(made, kind="svg", scale=6, border=4, light="#fff", dark="#0d2346")
    return HttpResponse(made.getvalue(), content_type="image/svg+xml")


class RemoveAppView(totp.DeactivateTOTPView):
    template_name = "account/app_remove.html"


# -- Recovery codes -------------------------------------------------------------------------------------


class CodesView(codes.ViewRecoveryCodesView):
    template_name = "account/recovery_codes.html"


class NewCodesView(codes.GenerateRecoveryCodesView):
    template_name = "account/recovery_codes_new.html"


# -- Passkeys -------------------------------------------------------------------------------------------


class AddPasskeyView(webauthn.AddWebAuthnView):
    template_name = "account/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super(webauthn.AddWebAuthnView, self).get_context_data(**kwargs)
        return context | {"options": _as_json(passkeys.begin_registration(self.request.user, True))}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, second_factor.METHOD, type=second_factor.PASSKEY.value)
        return response


class RemovePasskeyView(webauthn.RemoveWebAuthnView):
    template_name = "account/passkey_remove.html"

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.object):
            form.add_error(None, get_adapter().validation_error("cannot_delete_authenticator"))
            return self.render_to_response(self.get_context_data(form=form))
        return super().form_valid(form)


# -- Asked for at sign-in, and again ----------------------------------------------------------------------


class SecondFactorView(factor.AuthenticateView):
    template_name = "account/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kinds = second_factor.kinds_of(self.stage.login.user)
        options = context["js_data"]["request_options"] if second_factor.PASSKEY in kinds else None
        return context | {"options": _as_json(options) if options else ""}


class SecondFactorAgainView(factor.ReauthenticateView):
    template_name = "account/reauthenticate.html"


class PasskeyView(webauthn.LoginWebAuthnView):
    """Instead of the password, on the page of sign-in."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        return redirect(passthrough_next_redirect_url(self.request, response.url, "next"))


class PasskeyAgainView(webauthn.ReauthenticateWebAuthnView):
    template_name = "account/reauthenticate_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"options": _as_json(context["js_data"]["request_options"])}


# -- Another address --------------------------------------------------------------------------------------


@never_cache
@login_required
@reauthentication_required(app="allauth.account")
@require_http_methods(["GET", "HEAD", "POST"])
def change_address(request: HttpRequest) -> HttpResponse:
    form = ChangeAddressForm(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            address_changes.ask(request.user, email=form.cleaned_data["email"], now=timezone.now())
        except LimitReached as full:
            form.add_error(None, str(full))
            return render(request, "account/address_change.html", {"form": form}, status=429)
        messages.success(request, _("Check both mailboxes: each has a letter with a link."))
        return redirect("my_security")
    return render(request, "account/address_change.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def keep_address(request: HttpRequest) -> HttpResponse:
    address_changes.call_off(request.user)
    messages.success(request, _("Your address stays as it is."))
    return redirect("my_security")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agree_address(request: HttpRequest, side: str, key: str) -> HttpResponse:
    """The page of a link in a letter: opening it changes nothing, one button agrees and the other calls it off."""
    now = timezone.now()
    change = address_changes.found(side, key, now=now)
    if change is None:
        return render(request, "account/address_agree.html", {"change": None}, status=410)
    if request.method != "POST":
        return render(request, "account/address_agree.html", {"change": change, "side": side})
    if "no" in request.POST:
        address_changes.call_off(change.account)
        return render(request, "account/address_agreed.html", {"state": "off"})
    try:
        has_moved = address_changes.agree(change, side=side, now=now)
    except (address_changes.AddressTaken, AddressChange.DoesNotExist):
        return render(request, "account/address_agree.html", {"change": None}, status=410)
    return render(request, "account/address_agreed.html", {"state": "moved" if has_moved else "waits", "side": side})


class ChangePasswordView(account.PasswordChangeView):
    template_name = "account/password_change.html"


class SetPasswordView(account.PasswordSetView):
    template_name = "account/password_change.html"


def _as_json(options: Any) -> str:
    return json.dumps(options, cls=DjangoJSONEncoder)
