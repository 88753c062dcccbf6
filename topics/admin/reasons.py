"""What moderators are asked when they decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from topics.decisions import NOTE_LIMIT
from topics.hints import find_hints
from topics.models import WHOLE_LIMIT, Comment, Reason
from topics.moderation import HANDED_TO_LIMIT, REFERENCE_LIMIT
from topics.standing import HOURS

WORDS_OF_HOURS = {24: _("a day"), 72: _("3 days"), 168: _("a week"), 720: _("30 days")}


class SeenForm(forms.Form):
    """For an act that only has to be meant. Holds which text the moderator has read."""

    seen_revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def about(self, comment: Comment) -> None:
        """Look at the comment as it stands now."""
        self.fields["seen_revision"].initial = comment.revision


class ReasonForm(SeenForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("choose")), *Reason.choices],
        error_messages={"required": _("Choose a reason from the list.")},
    )
    note = forms.CharField(
        label=_("Note to the author"),
        max_length=NOTE_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author gets it in the letter, together with the reason."),
    )


class SuspendForm(ReasonForm):
    hours = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        choices=[("", _("choose")), *((hours, WORDS_OF_HOURS[hours]) for hours in HOURS)],
        error_messages={"required": _("Choose for how long.")},
    )
    field_order = ["hours", "reason", "note"]


class CutOutForm(ReasonForm):
    passages = forms.CharField(
        label=_("Passages to cut out"),
        max_length=2 * WHOLE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Each on a line of its own, written exactly as in the text. It is cut out wherever it stands."),
        error_messages={"required": _("Give the passage to cut out.")},
    )
    field_order = ["passages", "reason", "note"]

    def about(self, comment: Comment) -> None:
        super().about(comment)
        self.fields["reason"].initial = Reason.PRIVATE_DATA
        found = [comment.text[hint.start : hint.end] for hint in find_hints(comment.text)]
        self.fields["passages"].initial = "\n".join(dict.fromkeys(passage for passage in found if "\n" not in passage))

    def clean_passages(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["passages"].splitlines() if line.strip()]


class HandOverForm(ReasonForm):
    to = forms.CharField(
        label=_("To whom"),
        max_length=HANDED_TO_LIMIT,
        help_text=_("For example the duty officer of the police station. Only those who open originals see it."),
        error_messages={"required": _("Write to whom the comment was handed.")},
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=REFERENCE_LIMIT,
        error_messages={"required": _("Write the reference under which it was taken.")},
    )
    field_order = ["to", "reference", "reason", "note"]


class AppealForm(forms.Form):
    note = forms.CharField(
        label=_("Note to the author"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Why you decide so. The author gets it in the letter."),
        error_messages={"required": _("Write why you decide so.")},
    )
