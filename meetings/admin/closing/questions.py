"""An end for each question on the agenda; the ends count once the report is out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings import agenda_questions
from meetings.admin.closing.choices import commitments, institutions
from meetings.admin.closing.rows import TouchedForm, rows_of
from meetings.agenda_questions import AgendaRefused
from meetings.commitments import CommitmentRefused, promise
from meetings.models import AgendaQuestion, Commitment, Meeting
from participants.models import Institution

End = AgendaQuestion.End


class EndForm(TouchedForm):
    places = {
        "agenda_question_answer_has_words": "answer",
        "agenda_question_passed_to_somebody": "institution",
    }
    judged_elsewhere = frozenset({"agenda_question_promise_is_known"})  # a new commitment is made by the save
    promised_text = forms.CharField(label=_("Or a new commitment: what was promised"), max_length=300, required=False)
    promised_by = forms.ModelChoiceField(Institution.objects.all(), label=_("Who promised"), required=False)
    promised_post = forms.CharField(label=_("Post that answers for it"), max_length=200, required=False)
    promised_due = forms.DateField(
        label=_("Until when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    class Meta:
        model = AgendaQuestion
        fields = ["end", "answer", "answered_by", "institution", "commitment"]
        widgets = {"end": forms.RadioSelect, "answer": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, known: list[Any], promised: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end"].choices = End.choices
        self.fields["end"].required = False
        for name in ("institution", "promised_by"):
            self.fields[name].widget.choices = known
        self.fields["commitment"].widget.choices = promised

    @property
    def makes_promise(self) -> bool:
        return self.cleaned_data.get("end") == End.PROMISED and bool(self.cleaned_data.get("promised_text"))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("end") != End.PROMISED:
            return cleaned
        if not cleaned.get("commitment") and not cleaned.get("promised_text"):
            self.add_error("commitment", ValidationError(_("Choose the commitment, or write a new one.")))
        if self.makes_promise and cleaned.get("commitment"):
            self.add_error("promised_text", ValidationError(_("Choose a commitment or write a new one, not both.")))
        if self.makes_promise and not cleaned.get("promised_by"):
            self.add_error("promised_by", ValidationError(_("Choose who promised.")))
        return cleaned

    def write(self, by: Any) -> None:
        if not self.touched and not self.makes_promise:
            return
        said = {name: self.cleaned_data[name] for name in self.own}
        place = AgendaQuestion.objects.get(pk=self.instance.pk)  # ours holds already what the form says
        try:
            if self.makes_promise:
                said["commitment"] = self._promise(by)
            agenda_questions.end(place, by=by, **said)
        except (AgendaRefused, CommitmentRefused) as refusal:
            self.add_error(None, ValidationError(str(refusal)))

    def _promise(self, by: Any) -> Commitment:
        said = self.cleaned_data
        return promise(
            meeting=self.instance.meeting,
            agenda_item=self.instance.agenda_item,
            text=said["promised_text"],
            institution=said["promised_by"],
            post=said["promised_post"],
            due=said["promised_due"],
            by=by,
        )


class QuestionsPage:
    template = "admin/closing/questions.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any) -> None:
        stored = meeting.agenda_questions.in_order().select_related(
            "question__comment", "question__topic", "agenda_item__topic", "meeting", "institution", "commitment"
        )
        self.rows = rows_of(EndForm, stored, data, known=institutions(), promised=commitments(meeting))
        self.forms = self.rows
        self.untaken = meeting.asked_questions.untaken()

    def is_valid(self) -> bool:
        return forms.all_valid(self.forms)

    def save(self, *, by: Any) -> None:
        for form in self.rows:
            form.write(by)

    def context(self) -> dict[str, Any]:
        return {"rows": self.rows, "untaken": self.untaken.count()}
