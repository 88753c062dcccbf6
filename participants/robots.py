"""Forms that a program filling in every field, or sending at once, gives itself away with."""

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from participants.forms import PublicForm

KNOWN_FOR = datetime.timedelta(days=1)  # an older time of opening was copied, or says nothing any more
SIGNER = Signer(salt="participants.robots")


def opened_token(now: datetime.datetime | None = None) -> str:
    """The moment at which a form is shown, in milliseconds, signed."""
    return SIGNER.sign(str(int((now or timezone.now()).timestamp() * 1000)))


def seconds_since(token: str, now: datetime.datetime | None = None) -> float | None:
    """How long ago a form was shown; None where its token does not tell: missing, broken, old, from the future."""
    try:
        opened = int(SIGNER.unsign(token)) / 1000
    except BadSignature:
        return None
    seconds = (now or timezone.now()).timestamp() - opened
    return seconds if 0 <= seconds <= KNOWN_FOR.total_seconds() else None


class TrapField(forms.CharField):
    """A field that nobody sees. Whatever came in it, it is shown empty again, so that a second try can succeed."""

    def __init__(self) -> None:
        attrs = {"autocomplete": "off", "tabindex": "-1"}
        label = _("Leave this field empty. It is there for programs that fill in everything.")
        super().__init__(label=label, required=False, widget=forms.TextInput(attrs=attrs))

    def bound_data(self, data: Any, initial: Any) -> str:
        return ""

    def clean(self, value: Any) -> str:
        return ""


class OpenedField(forms.CharField):
    """When the form was first shown. Shown again after an error, the time goes on."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=opened_token)

    def bound_data(self, data: Any, initial: Any) -> str:
        return initial if seconds_since(data or "") is None else data

    def clean(self, value: Any) -> float | None:
        return seconds_since(value or "")


class HumanForm(PublicForm):
    """A form with a trap and a signed time of opening. No query.

    A trapped form is not valid: a browser may have filled the field for somebody, so they read why and have
    their text back. How short a time is too short, and what follows, is for the caller.
    """

    subject = TrapField()  # a name that robots fill in, and that no browser knows by heart
    opened = OpenedField()

    @cached_property
    def helper(self) -> FormHelper:
        """The trap comes last, and is taken out of sight by the style sheet."""
        helper = super().helper
        shown = [name for name in self.fields if name != "subject"]
        helper.layout = Layout(*shown, Field("subject", wrapper_class="fk-away"))
        return helper

    def clean(self) -> dict[str, Any] | None:
        if self.is_trapped:
            raise ValidationError(_("We could not tell you from a program. Send the form once more."), code="trapped")
        return super().clean()

    @cached_property
    def seconds(self) -> float | None:
        """How long the form was open, None if that is not known."""
        return seconds_since(self.data.get(self.add_prefix("opened"), ""))

    @cached_property
    def is_trapped(self) -> bool:
        """Something stands in the field that nobody sees."""
        return bool(self.data.get(self.add_prefix("subject"), "").strip())
