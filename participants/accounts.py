"""How allauth treats our accounts."""

import datetime
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from participants import rules
from participants.address_codes import code_for
from participants.bounces import lift
from participants.leaving import show_way_back
from participants.letters import queue_letter
from participants.locks import tell_of_lock
from participants.models import Resident
from participants.sessions import begin
from participants.ways_back import is_local

log = logging.getLogger(__name__)


def signature_of(user: Resident) -> str:
    return user.signature


class AccountAdapter(DefaultAccountAdapter):
    """Letters start every link with SITE_URL and go through the outbox; `next` leads to pages of this site only."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is wrong. Try again."),
        "too_many_login_attempts": _("Too many tries. Try again in 15 minutes."),
        "incorrect_password": _("The password is wrong. Try again."),
        "enter_current_password": _("The password is wrong. Try again."),
        "incorrect_code": _("The code is wrong. Try again."),
        "rate_limited": _("Too many tries. Try again in 15 minutes."),
    }

    def populate_username(self, request: HttpRequest, user: Resident) -> None:
        """Accounts have no user name."""

    def save_user(self, request: HttpRequest, user: Resident, form: Any, commit: bool = True) -> Resident:
        user.signature, user.estate = form.cleaned_data["signature"], form.cleaned_data["estate"]
        user.language = get_language() or settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit=commit)

    def login(self, request: HttpRequest, user: Resident) -> None:
        """Signed in until the browser is closed; the box on the sign-in page makes it longer."""
        super().login(request, user)
        request.session.set_expiry(0)
        begin(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            tell_of_lock(credentials.get("email", ""))
            raise

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("my_security")

    def respond_email_verification_sent(self, request: HttpRequest, user: Resident | None) -> HttpResponseBase:
        """Who signs in before confirming sees to which address the link went; at sign-up the form has noted it."""
        if user:
            request.session["letter_to"] = user.email
        return super().respond_email_verification_sent(request, user)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Resident | None:
        """Who is leaving does not exist for whoever knows the password: only the letter leads back."""
        user = super().authenticate(request, **credentials)
        return None if user and not user.is_active and show_way_back(user) else user

    def respond_user_inactive(self, request: HttpRequest, user: Resident) -> HttpResponseBase:
        """Whoever has a passkey or the mailbox is the owner, and may know that the account waits for its end."""
        return redirect("left") if show_way_back(user) else super().respond_user_inactive(request, user)

    # -- Ways ---------------------------------------------------------------------------------------

    def is_safe_url(self, url: str) -> bool:
        return is_local(url)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_confirmed")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Without an address (a unix socket, a wrong TRUSTED_PROXY_COUNT) all visitors share one set of limits."""
        try:
            return super().get_client_ip(request)
        except (PermissionDenied, ImproperlyConfigured):
            log.error("No address of the visitor to count sign-in limits by: check TRUSTED_PROXY_COUNT.")
            return "unknown"

    # -- Letters ------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        language = _language_for(context)
        queue_letter(to=email, template=template_prefix, context=context, language=language, asked_for=True)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """With a link for any browser and a code for this one."""
        address = emailconfirmation.email_address
        context = {
            "user": address.user,
            "activate_url": self.get_email_confirmation_url(request, emailconfirmation),
            "code": code_for(request.session, address.email),
        }
        self.send_mail(f"account/email/email_confirmation{'_signup' if signup else ''}", address.email, context)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        lift(email_address.email)
        return super().confirm_email(request, email_address)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return self._link(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return self._link(reverse("account_reset_password_from_key", args=[uid, token]))

    def send_account_already_exists_mail(self, email: str) -> None:
        context = {
            "login_url": self._link(reverse("account_login")),
            "password_reset_url": self._link(reverse("account_reset_password")),
        }
        self.send_mail("account/email/account_already_exists", email, context)

    def _link(self, path: str) -> str:
        """A page of the site, with the way back that the visitor came with."""
        target = get_next_redirect_url(self.request)
        query = f"?{urlencode({'next': target})}" if target else ""
        return f"{settings.SITE_URL}{path}{query}"


def _language_for(context: dict[str, Any]) -> str:
    """That of the account which the letter is about; of the page, where allauth names none (so that a letter about an
    address without an account costs what the others do)."""
    user = context.get("user")
    known = isinstance(user, Resident) and user.pk
    return user.language if known else get_language() or settings.LANGUAGE_CODE


def confirm_address(user: Resident) -> None:
    """Note that the mailbox is theirs: they came by a link that was sent there. Two queries, seven at most."""
    address, _new = EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
    address.set_verified()
    lift(user.email)


def forget_unproven_password(user: Resident) -> bool:
    """An account that nobody had confirmed may have been made by somebody else with this address, who knows its
    password: now that the mailbox's owner is here, that password opens nothing any more, nor does a session. Returns
    whether it was so. Two queries at most."""
    if EmailAddress.objects.filter(user=user, verified=True).exists():
        return False
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return True


def account_of_mailbox(email: str, *, signature: str, now: datetime.datetime) -> Resident:
    """The account of whoever has just shown that a mailbox is theirs, and has accepted the rules; made where there is
    none, without a password. In the caller's transaction.

    An account that nobody had confirmed loses its password, and takes the signature of the mailbox's owner.
    """
    found = Resident.objects.select_for_update(of=("self",)).filter(email__iexact=email)
    user = found.first()
    if user is None:
        try:
            with transaction.atomic():
                user = Resident.objects.create_user(email, None, signature=signature)
        except IntegrityError:  # made in this moment, by the same person in another window
            user = found.get()
    elif user.is_active and forget_unproven_password(user):
        user.signature, user.rules_version = signature, ""  # whoever accepted the rules was perhaps somebody else
    user.seen_at = now
    user.save(update_fields=["signature", "rules_version", "seen_at"])
    rules.accept(user, now=now)
    confirm_address(user)
    return user
