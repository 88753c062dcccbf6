"""The forms of the security pages: a new password, the second factor, a passkey, another address."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from participants.account_forms import NewPasswordForm
from participants.account_views import TOO_MANY
from participants.forms import PublicForm, address_field, code_field, password_field
from participants.locks import tell_of_lock


class SetPasswordForm(NewPasswordForm, account.SetPasswordForm):
    """For an account that has none."""


class ChangePasswordForm(NewPasswordForm, account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password_field(
            label=_("Password that you have now"),
            autocomplete="current-password",
            required=_("Write your password"),
        )


class SecondFactorForm(PublicForm, factor.AuthenticateForm):
    """A code of the app, or one of the recovery codes. Too many wrong ones lock this step, and the owner is told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(
            label=_("Code"), help_text=_("6 digits from the app, or one of your recovery codes.")
        )

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except ValidationError as error:
            if error.code == TOO_MANY:
                tell_of_lock(self.user.email)
            raise


class SecondFactorAgainForm(SecondFactorForm, factor.ReauthenticateForm):
    """The same for somebody who is signed in already."""

    save = factor.ReauthenticateForm.save
    _emit_authentication_failed = factor.ReauthenticateForm._emit_authentication_failed


class ActivateAppForm(PublicForm, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(label=_("Code from the app"), help_text=_("6 digits."))


class _CompleteCredential:
    """Stands before a form of allauth, which fails where a part of the browser's answer is missing."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()
        except KeyError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(_CompleteCredential, LoginWebAuthnForm):
    pass


class PasskeyAgainForm(_CompleteCredential, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(PublicForm, AddWebAuthnForm):
    """The browser fills in the hidden field. A passkey always asks for a finger, a face or a PIN, so that it can
    stand for the password too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"] = forms.CharField(
            label=_("Name of the passkey"),
            help_text=_("So that you know it in the list, for example: my telephone."),
            max_length=40,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean() | {"passwordless": True}
        except KeyError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class ChangeAddressForm(PublicForm):
    """Says nothing of whether the address has an account."""

    email = address_field(help_text=_("We will send a letter to it. The old one stays until both are confirmed."))

    def __init__(self, *args: Any, account: Any, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if email == self.account.email:
            raise ValidationError(_("This is the address that you have now. Write another one."))
        return email
