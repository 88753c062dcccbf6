"""The forms of sign-up, sign-in and a new password. Each answers alike whether an address has an account or not."""

import uuid
from collections.abc import Callable
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from participants import rules
from participants.accounts import confirm_address
from participants.address_codes import code_for
from participants.forms import INVISIBLE, PublicForm, address_field, code_field, password_field, rules_field
from participants.models import Estate, Resident
from participants.validators import validate_private_signature, validate_signature

NEW_PASSWORD = _("At least 12 characters. Three random words work well.")


class SignedForm(PublicForm):
    """How somebody signs, and where they live."""

    signature = forms.CharField(
        label=_("Signature on the forum"),
        help_text=_("For example a first name and an estate. Everybody sees it beside comments."),
        max_length=40,
        validators=[validate_signature],
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={
            "required": _("Write how you want to sign your comments"),
            "max_length": _("Shorten the signature: at most %(limit_value)d characters."),
            "null_characters_not_allowed": INVISIBLE,
        },
    )
    estate = forms.ModelChoiceField(
        Estate.objects.all(),
        label=_("Estate (optional)"),
        help_text=_("It stands beside a comment only when you choose so."),
        required=False,
        empty_label=_("I do not give it"),
        error_messages={"invalid_choice": _("Choose an estate from the list.")},
    )


class ProfileForm(SignedForm):
    """The same rules as at sign-up; the staff may sign as the office."""

    def __init__(self, *args: Any, account: Resident, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs, initial={"signature": account.signature, "estate": account.estate_id})

    def clean_signature(self) -> str:
        if not self.account.is_staff:
            validate_private_signature(self.cleaned_data["signature"])
        return self.cleaned_data["signature"]

    def save(self) -> None:
        """What was written before keeps the signature and the estate that it had. One query."""
        self.account.signature, self.account.estate = self.cleaned_data["signature"], self.cleaned_data["estate"]
        self.account.save(update_fields=["signature", "estate"])


class SignupForm(SignedForm, account.SignupForm):
    rules = rules_field()
    field_order = ("signature", "email", "password1", "estate", "rules")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = address_field(help_text=_("We will send a link to it. We do not publish the address."))
        self.fields["password1"] = password_field(
            label=_("Password"), autocomplete="new-password", help_text=NEW_PASSWORD, required=_("Choose a password")
        )

    def clean_signature(self) -> str:
        validate_private_signature(self.cleaned_data["signature"])
        return self.cleaned_data["signature"]

    def clean(self) -> dict[str, Any]:
        """allauth has compared the password with the address; here it is compared with the signature too."""
        super().clean()
        data = self.cleaned_data
        if "password1" in data and "signature" in data:
            try:
                validate_password(data["password1"], Resident(email=data.get("email", ""), signature=data["signature"]))
            except ValidationError as error:
                self.add_error("password1", error)
        return data

    def try_save(self, request: HttpRequest) -> tuple[Resident | None, Any]:
        """A taken address costs as much time as a free one: an account is made for nobody, and undone.

        Two sign-ups with one address in the same moment: the second is treated as one that came later.
        """
        request.session["letter_to"] = self.cleaned_data["email"]
        code_for(request.session, self.cleaned_data["email"])
        if self.account_already_exists:
            resident = self._filled_in(request, email=f"{uuid.uuid4().hex}@nobody.invalid")
            send_alike(lambda: self._write(request, resident), in_earnest=False)
        try:
            return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)

    def save(self, request: HttpRequest) -> Resident:
        """The account with its address, or neither. The password is hashed before the database is locked."""
        resident = self._filled_in(request)
        with transaction.atomic():
            self._write(request, resident)
        return resident

    def _filled_in(self, request: HttpRequest, **fields: str) -> Resident:
        adapter = get_adapter()
        resident = adapter.save_user(request, adapter.new_user(request), self, commit=False)
        for name, value in fields.items():
            setattr(resident, name, value)
        return resident

    def _write(self, request: HttpRequest, resident: Resident) -> None:
        resident.save()
        rules.accept(resident)
        setup_user_email(request, resident, [])


class LoginForm(PublicForm, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = address_field(autocomplete="username")
        self.fields["password"] = password_field(
            label=_("Password"), autocomplete="current-password", required=_("Write your password")
        )
        self.fields["remember"].label = _("Keep me signed in on this device")
        self.order_fields(["login", "password", "remember"])

    def clean_login(self) -> str:
        return self.cleaned_data["login"].lower()


class ResetPasswordForm(PublicForm, account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = address_field()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = self.cleaned_data["email"].lower()
        users, tokens = self.users, account.default_token_generator
        if not users:
            users, tokens = [Resident(pk=0, email=email)], PasswordResetTokenGenerator()
        send_alike(lambda: request_password_reset(request, email, users, tokens), in_earnest=bool(self.users))
        return email


class SendLinkForm(PublicForm):
    """A new link for whoever has signed up and lost the first, or let it expire."""

    email = address_field()

    def save(self, request: HttpRequest) -> None:
        email = self.cleaned_data["email"].lower()
        code_for(request.session, email)
        owner = Resident.objects.filter(email=email, is_active=True).first()
        waiting = EmailAddress.objects.filter(user=owner, email=email, verified=False).first() if owner else None
        if waiting:
            send_alike(lambda: waiting.send_confirmation(request, signup=True), in_earnest=True)
        else:
            send_alike(lambda: get_adapter().send_account_already_exists_mail(email), in_earnest=bool(owner))


class NewPasswordForm(PublicForm):
    """Typed once. Stands before a form of allauth that knows whose password it is."""

    user: Resident

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"] = password_field(
            label=_("New password"),
            autocomplete="new-password",
            help_text=NEW_PASSWORD,
            required=_("Choose a password"),
        )

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.user)
        return self.cleaned_data["password1"]


class ResetPasswordKeyForm(NewPasswordForm, account.ResetPasswordKeyForm):
    def save(self) -> None:
        """The link came by mail, so the address is confirmed as well."""
        super().save()
        confirm_address(self.user)


class ReauthenticateForm(PublicForm, account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(
            label=_("Password"), autocomplete="current-password", required=_("Write your password")
        )


class RequestLoginCodeForm(PublicForm, account.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = address_field(autocomplete="username")

    def clean_email(self) -> str:
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        return super().clean_email()


class CodeForm(PublicForm, account.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(label=_("Code from the letter"))


def send_alike(send: Callable[[], object], *, in_earnest: bool) -> None:
    """Send a letter, or do the same work and undo it: the time of the answer tells nobody who has an account."""
    with transaction.atomic():
        send()
        if not in_earnest:
            transaction.set_rollback(True)
