"""A survey as a form: for residents on the page, and for staff who key in what was written on paper."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import SurveyQuestion
from meetings.surveys import SCORES, WORDS_LIMIT, Given, labels_of
from participants.robots import HumanForm
from topics.forms import BROKEN, SubmissionField
from topics.report_forms import Radios, without_nul

Kind = SurveyQuestion.Kind
NOT_LISTED = {"invalid_choice": _("Choose from the answers on the list.")}
TICK = {"class": "form-check-input"}


class Ticks(forms.CheckboxSelectMultiple):
    """The summary of errors leads to the first of them; Django names none."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


def field_of(question: SurveyQuestion) -> forms.Field:
    """Nobody has to answer anything: without a choice, "no opinion" is chosen."""
    if question.kind == Kind.TEXT:
        return forms.CharField(
            label=question.text,
            required=False,
            max_length=WORDS_LIMIT,
            help_text=_("Do not write anybody's name, address or telephone number."),
            widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
            error_messages={
                "null_characters_not_allowed": BROKEN,
                "max_length": _("Shorten the text: at most %(limit_value)d characters."),
            },
        )
    first = SCORES[0] if question.kind == Kind.SCALE else 0
    choices = [(str(value), label) for value, label in enumerate(labels_of(question), start=first)]
    common = {"label": question.text, "required": False, "coerce": int, "error_messages": NOT_LISTED}
    if question.kind == Kind.CHOICES:
        return forms.TypedMultipleChoiceField(choices=choices, widget=Ticks(attrs=TICK), **common)
    choices = [*choices, ("", _("no opinion"))]
    return forms.TypedChoiceField(choices=choices, empty_value=None, initial="", widget=Radios(attrs=TICK), **common)


class Asking(forms.Form):
    """Mixed into a form: one field for each question."""

    submission = SubmissionField(initial=uuid.uuid4)

    def __init__(self, *args: Any, questions: Sequence[SurveyQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"q{question.pk}"] = field_of(question)

    @property
    def asked(self) -> list[tuple[SurveyQuestion, forms.BoundField]]:
        return [(question, self[f"q{question.pk}"]) for question in self.questions]

    @property
    def given(self) -> dict[int, Given]:
        """What meetings.surveys.answer takes."""
        return {question.pk: self.cleaned_data.get(f"q{question.pk}") for question in self.questions}


class SurveyForm(Asking, HumanForm):
    def renew(self) -> None:
        """After an error: what was typed, without what no page may show."""
        self.data = without_nul(self.data)


class PaperForm(Asking):
    """The same sheet, typed by staff."""
