"""What was promised, until the report is out; and what the room said of earlier commitments."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.admin.closing.choices import agenda_items, institutions
from meetings.admin.closing.conclusions import VANISHED
from meetings.admin.closing.rows import TouchedForm, new_rows, rows_of, with_vanished
from meetings.commitments import promise, withdraw
from meetings.models import Carried, Commitment, Meeting
from participants.models import Estate, Institution

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DraftForm(TouchedForm):
    """A commitment that only the editors see: its words may still be mended, and it may go."""

    remove = forms.BooleanField(label=_("Delete"), required=False)

    class Meta:
        model = Commitment
        fields = ["text", "institution", "post", "due", "agenda_item"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2}), "due": DAY}

    def __init__(self, *args: Any, known: list[Any], items: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].widget.choices = known
        self.fields["agenda_item"].widget.choices = items

    def clean_agenda_item(self) -> Any:
        item = self.cleaned_data["agenda_item"]
        if item and item.meeting_id != self.instance.meeting_id:
            raise ValidationError(_("Choose an item of this meeting."))
        return item


class PromiseForm(DraftForm):
    remove = None
    helpers = forms.MultipleChoiceField(label=_("Who helps"), required=False, widget=forms.CheckboxSelectMultiple)
    estates = forms.MultipleChoiceField(label=_("Estates"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, estates: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["helpers"].choices = self.fields["institution"].widget.choices[1:]
        self.fields["estates"].choices = estates

    def write(self, by: Any) -> None:
        said = {name: self.cleaned_data[name] for name in self.own}
        helpers = Institution.objects.filter(pk__in=self.cleaned_data["helpers"])
        estates = Estate.objects.filter(pk__in=self.cleaned_data["estates"])
        promise(meeting=self.instance.meeting, by=by, helpers=helpers, estates=estates, **said)


class NoCommitmentsForm(TouchedForm):
    class Meta:
        model = Meeting
        fields = ["no_commitments"]


class CommitmentsPage:
    template = "admin/closing/commitments.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any) -> None:
        self.meeting = meeting
        stored = list(meeting.commitments.filter(published_at__isnull=True).order_by("pk"))
        data, self.has_vanished = with_vanished(data, stored) if data else (data, False)
        choices = {"known": institutions(), "items": agenda_items(meeting)}
        estates = list(Estate.objects.values_list("pk", "name"))
        self.none = NoCommitmentsForm(data, instance=meeting, prefix="meeting")
        self.rows = rows_of(DraftForm, stored, data, **choices)
        self.new = new_rows(PromiseForm, self._blank, data, estates=estates, **choices)
        self.forms = [self.none, *self.rows, *self.new]

    def _blank(self) -> Commitment:
        return Commitment(meeting=self.meeting)

    def is_valid(self) -> bool:
        if not forms.all_valid(self.forms):
            return False
        if self.has_vanished:
            self.none.add_error(None, ValidationError(VANISHED))
        elif self.none.cleaned_data["no_commitments"] and self._left():
            self.none.add_error("no_commitments", ValidationError(_("There are commitments below: delete them first.")))
        return not self.none.errors

    def _left(self) -> bool:
        kept = any(not form.cleaned_data["remove"] for form in self.rows)
        return kept or any(form.has_changed() for form in self.new)

    def save(self, *, by: Any) -> None:
        self.none.save_touched()
        for form in self.rows:
            if form.cleaned_data["remove"]:
                withdraw(form.instance, by=by)
            else:
                form.save_touched()
        for form in self.new:
            if form.has_changed():
                form.write(by)

    def context(self) -> dict[str, Any]:
        return {"none": self.none, "rows": self.rows, "new": self.new}


class VerdictForm(TouchedForm):
    class Meta:
        model = Carried
        fields = ["verdict", "words"]
        widgets = {"verdict": forms.RadioSelect, "words": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = Carried._meta.get_field("verdict").choices


class VerdictsPage:
    template = "admin/closing/verdicts.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any) -> None:
        carried = Carried.objects.filter(agenda_item__meeting=meeting).order_by("agenda_item__position", "pk")
        self.rows = rows_of(VerdictForm, carried.select_related("commitment__institution"), data)
        self.forms = self.rows

    def is_valid(self) -> bool:
        return forms.all_valid(self.forms)

    def save(self, *, by: Any) -> None:
        for form in self.rows:
            form.save_touched()

    def context(self) -> dict[str, Any]:
        return {"rows": self.rows}
