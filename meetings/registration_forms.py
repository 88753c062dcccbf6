"""What people send to sign up for a meeting."""

import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from meetings.models import Meeting, Registration
from meetings.registration import faults, tidied
from meetings.seats import most_seats, offers_interpreter
from participants.dates import Precision, in_words
from participants.forms import INVISIBLE, PublicForm, address_field
from participants.robots import HumanForm
from topics.forms import SubmissionField
from topics.report_forms import without_nul


def people(count: int) -> str:
    return (
        str(_("Only me")) if count == 1 else ngettext("%(count)d person", "%(count)d people", count) % {"count": count}
    )


def interpreter_until(meeting: Meeting, now: datetime.datetime) -> str:
    """Until when a sign language interpreter can be asked for, where there is such a day."""
    if not meeting.sign_language_until:
        return ""
    if offers_interpreter(meeting, now):
        words = _("A sign language interpreter can be asked for until:")
    else:
        words = _("A sign language interpreter could be asked for until:")
    return f"{words} {in_words(meeting.sign_language_until, Precision.DAY)}"


class SignUpForm(HumanForm):
    """What has to be filled in is decided by meetings.registration.faults alone."""

    name = forms.CharField(
        label=_("First and last name"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "required": True}),
        error_messages={"null_characters_not_allowed": INVISIBLE},
    )
    email = address_field(help_text=_("We will send a confirmation there, and a reminder before the meeting."))
    seats = forms.TypedChoiceField(
        label=_("How many people will come?"),
        coerce=int,
        error_messages={"invalid_choice": _("Choose from the list how many people will come.")},
    )
    needs = forms.MultipleChoiceField(
        label=_("What do you need to take part? (optional)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    other_needs = forms.CharField(
        label=_("Something else that you need (optional)"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"null_characters_not_allowed": INVISIBLE},
    )
    submission = SubmissionField()

    def __init__(self, *args: Any, meeting: Meeting, now: datetime.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting, self.now = meeting, now
        self.fields["seats"].choices = [(count, people(count)) for count in range(1, most_seats(meeting) + 1)]
        offered = [name for name in Registration.NEEDS if name != "sign_language" or offers_interpreter(meeting, now)]
        fields = [Registration._meta.get_field(name) for name in offered]
        self.fields["needs"].choices = [(field.name, capfirst(field.verbose_name)) for field in fields]
        self.fields["needs"].help_text = interpreter_until(meeting, now)
        self.fields["needs"].error_messages["invalid_choice"] = _(
            "Choose from the list what you need. It may be too late to ask for a sign language interpreter."
        )

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or self.cleaned_data
        typed = {name: tidied(sent.get(name, "")) for name in ("name", "other_needs")}
        found = faults(self.meeting, seats=sent.get("seats", 1), needs=sent.get("needs", []), now=self.now, **typed)
        for field, sentence in found.items():
            self.add_error(field, sentence)
        return sent

    @property
    def sent(self) -> dict[str, Any]:
        """What meetings.registration.register takes."""
        names = ("name", "email", "seats", "needs", "other_needs", "submission")
        return {name: self.cleaned_data[name] for name in names}

    def renew(self) -> None:
        """After an error: what was typed, without what no page may show."""
        self.data = without_nul(self.data)


class FewerForm(PublicForm):
    """For whoever comes with fewer people than they thought."""

    seats = forms.TypedChoiceField(
        label=_("How many people will come?"),
        coerce=int,
        error_messages={
            "required": _("Choose fewer seats than you have."),
            "invalid_choice": _("Choose fewer seats than you have."),
        },
    )

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].choices = [(count, people(count)) for count in range(registration.seats - 1, 0, -1)]
