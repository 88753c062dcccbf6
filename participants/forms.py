"""How every public form looks and speaks: labels above, one sentence per wrong field, a summary on top."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3; the length of Resident.email
PASSWORD_LENGTH = 256
INVISIBLE = _("Remove the characters that cannot be seen.")
WHOLE_ADDRESS = _("Write the whole e-mail address, for example jan@poczta.pl")


class PublicForm(forms.Form):
    """Printed by crispy inside a `<form novalidate>` of ours; components/form_errors.html prints the summary."""

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    def add_error(self, field: str | None, error: Any) -> None:
        """Keeps the first complaint about a field: whoever sent a page of nonsense need not read three sentences."""
        if isinstance(error, ValidationError) and hasattr(error, "error_list"):
            error = error.error_list[0]
        if field is None or field not in self.errors:
            super().add_error(field, error)


def address_field(*, autocomplete: str = "email", help_text: Any = "") -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"),
        help_text=help_text,
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
        error_messages={
            "required": _("Write your e-mail address"),
            "invalid": WHOLE_ADDRESS,
            "max_length": WHOLE_ADDRESS,
            "null_characters_not_allowed": WHOLE_ADDRESS,
        },
    )


def rules_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("I know the rules of discussion and accept them"),
        error_messages={"required": _("Tick that you know the rules of discussion")},
    )


def password_field(*, label: Any, autocomplete: str, help_text: Any = "", required: Any) -> forms.CharField:
    """`required` is the sentence for an empty field. What is typed is never printed back."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        max_length=PASSWORD_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={
            "required": required,
            "max_length": _("Choose a shorter password: at most %(limit_value)d characters."),
            "null_characters_not_allowed": INVISIBLE,
        },
    )


def code_field(*, label: Any, help_text: Any = "") -> forms.CharField:
    """A code that an app shows or a letter brings; spaces and hyphens in it do not matter."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        error_messages={
            "required": _("Write the code"),
            "max_length": _("The code is wrong. Try again."),
            "null_characters_not_allowed": INVISIBLE,
        },
    )
