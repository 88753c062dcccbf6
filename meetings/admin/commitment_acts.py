"""The buttons of a commitment: every act of meetings.commitments, with what it asks."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings import commitments
from meetings.commitments import ALT_LIMIT, WORDS_LIMIT, NewPhoto
from meetings.models import Commitment, CommitmentEntry, EntryPhoto
from participants.admin.acts import Act
from participants.admin.frame import FIELDS
from participants.models import Institution

State = Commitment.State
DRAFT = "draft"  # stands for the state of a promise that is not public yet
ENDS = frozenset(State) - frozenset(Commitment.OPEN)
IMAGE = FIELDS[models.ImageField]["widget"]


class SeenForm(forms.Form):
    """Carries the entry that the person saw: who is slower than somebody else is told."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _words(label: Any, *, required: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=WORDS_LIMIT,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everybody reads it. No personal data."),
        error_messages={"required": required},
    )


class RecordForm(SeenForm):
    """Photos are taken with a phone: one of before and one of after in an entry; another entry takes more."""

    text = _words(_("What happened"))
    state = forms.ChoiceField(
        label=_("State now"),
        required=False,
        choices=[("", _("as before")), *((state.value, state.label) for state in State if state != State.PLANNED)],
    )
    passed_to = forms.ModelChoiceField(
        Institution.objects.public().by_name(),
        label=_("To whom it is passed on"),
        required=False,
        empty_label=_("to nobody"),
    )
    before = forms.FileField(label=_("Photo: before"), required=False, widget=IMAGE)
    before_alt = forms.CharField(label=_("What the photo of before shows"), required=False, max_length=ALT_LIMIT)
    after = forms.FileField(label=_("Photo: after"), required=False, widget=IMAGE)
    after_alt = forms.CharField(label=_("What the photo of after shows"), required=False, max_length=ALT_LIMIT)

    def photos(self) -> list[NewPhoto]:
        sent = self.cleaned_data
        return [NewPhoto(sent[when], sent[f"{when}_alt"], when) for when in EntryPhoto.When.values if sent[when]]


class MoveDueForm(SeenForm):
    due = forms.DateField(
        label=_("New due date"),
        required=False,
        widget=FIELDS[models.DateField]["widget"],
        help_text=_("Empty: without a due date. The former ones stay readable."),
    )
    text = _words(_("Why"))


class ReopenForm(SeenForm):
    text = _words(_("Why it is taken up again"), required=_("Write why it is taken up again."))


def _record(commitment: Commitment, *, by: Any, form: RecordForm) -> CommitmentEntry:
    sent = form.cleaned_data
    asked = {name: sent[name] for name in ("text", "state", "passed_to", "seen")}
    return commitments.record(commitment, by=by, photos=form.photos(), **asked)


def _move(commitment: Commitment, *, by: Any, form: MoveDueForm) -> CommitmentEntry:
    return commitments.record(commitment, by=by, changes_due=True, **form.cleaned_data)


def _reopen(commitment: Commitment, *, by: Any, form: ReopenForm) -> CommitmentEntry:
    return commitments.reopen(commitment, by=by, **form.cleaned_data)


def _withdraw(commitment: Commitment, *, by: Any, form: forms.Form) -> None:
    commitments.withdraw(commitment, by=by)


def _seen(commitment: Commitment) -> dict[str, Any]:
    return {"seen": commitments.last_entry(commitment)}


WITHDRAW = "take-back"
ACTS = (
    Act(
        name="record",
        label=_("Record what happened"),
        explanation=_("Everybody will see the entry. It cannot be changed or deleted later."),
        done=_("The entry is on the page of the promise."),
        run=_record,
        states=frozenset(State),
        form=RecordForm,
        initial=_seen,
    ),
    Act(
        name="move-due",
        label=_("Move the due date"),
        explanation=_("Everybody will see the new due date, the former ones and the reason."),
        done=_("The promise has another due date."),
        run=_move,
        states=frozenset(Commitment.OPEN),
        form=MoveDueForm,
        initial=lambda commitment: {**_seen(commitment), "due": commitment.due},
    ),
    Act(
        name="reopen",
        label=_("Take up again"),
        explanation=_("The promise is in progress again. Everybody will see why."),
        done=_("The promise is in progress again."),
        run=_reopen,
        states=ENDS,
        form=ReopenForm,
        initial=_seen,
    ),
    Act(
        name=WITHDRAW,
        label=_("Take back"),
        explanation=_("What was written down by mistake is deleted. Nobody but the editors has seen it."),
        done=_("The commitment is deleted."),
        run=_withdraw,
        states=frozenset({DRAFT}),
        is_grave=True,
    ),
)
