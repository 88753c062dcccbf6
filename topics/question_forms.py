"""What readers send to the list of questions. Fields have the names that stand in the address."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from participants.forms import PublicForm
from participants.models import Institution
from topics.models import Question

NUMBER = re.compile(r"\D*([0-9]{1,18})\D*")  # "12", "nr 12", "#12."


class QuestionFilterForm(PublicForm):
    stan = forms.ChoiceField(
        label=_("Show"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("all")),
            ("czekaja", _("waiting for an answer")),
            ("przekazane", _("passed on")),
            ("na-spotkaniu", _("to be raised at a meeting")),
            ("z-odpowiedzia", pgettext_lazy("question", "answered")),
            ("obiecane", pgettext_lazy("question", "promised")),
        ],
    )
    instytucja = forms.ModelChoiceField(
        Institution.objects.public().by_name(),
        label=_("Institution"),
        required=False,
        to_field_name="slug",
        empty_label=_("Every institution"),
    )
    kolejnosc = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[("najnowsze", _("Newest")), ("najdluzej", _("Waiting longest"))],
    )


class NumberForm(PublicForm):
    """The way to a question whose number somebody was given. `question` is set when the form is valid."""

    numer = forms.CharField(
        label=_("Number of the question"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Write the number of the question"),
            "max_length": _("Write the number alone, for example 12"),
            "null_characters_not_allowed": _("Write the number alone, for example 12"),
        },
    )
    question: Question

    def clean_numer(self) -> str:
        """One query."""
        written = NUMBER.fullmatch(self.cleaned_data["numer"])
        if written is None:
            raise ValidationError(_("Write the number alone, for example 12"))
        found = Question.objects.visible_to(None).filter(pk=written[1]).first()
        if found is None:
            raise ValidationError(_("There is no question with this number"))
        self.question = found
        return written[1]
