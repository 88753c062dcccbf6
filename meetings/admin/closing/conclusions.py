"""What was raised and what was concluded, each with whom it is for; or that nobody submitted conclusions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.admin.closing.choices import agenda_items, institutions
from meetings.admin.closing.rows import TouchedForm, new_rows, rows_of, with_vanished
from meetings.models import Finding, Meeting

VANISHED = _("Somebody has deleted a row that you changed. It stands below as a new one: save once more to keep it.")


class FindingForm(TouchedForm):
    places = {"finding_conclusion_is_for_somebody": "institution"}
    remove = forms.BooleanField(label=_("Delete"), required=False)

    class Meta:
        model = Finding
        fields = ["part", "text", "institution", "addressee", "answered_by", "agenda_item"]
        widgets = {"part": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, known: list[Any], items: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].widget.choices = known
        self.fields["agenda_item"].widget.choices = items
        if self.is_new:
            del self.fields["remove"]

    def clean_agenda_item(self) -> Any:
        item = self.cleaned_data["agenda_item"]
        if item and item.meeting_id != self.instance.meeting_id:
            raise ValidationError(_("Choose an item of this meeting."))
        return item

    @property
    def is_removed(self) -> bool:
        return bool(self.cleaned_data.get("remove"))


class NoConclusionsForm(TouchedForm):
    class Meta:
        model = Meeting
        fields = ["no_conclusions"]


class ConclusionsPage:
    template = "admin/closing/conclusions.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any) -> None:
        self.meeting = meeting
        stored = list(meeting.findings.select_related("institution"))
        data, self.has_vanished = with_vanished(data, stored) if data else (data, False)
        choices = {"known": institutions(), "items": agenda_items(meeting)}
        self.none = NoConclusionsForm(data, instance=meeting, prefix="meeting")
        self.rows = rows_of(FindingForm, stored, data, **choices)
        self.new = new_rows(FindingForm, self._blank, data, **choices)
        self.last = max((row.position for row in stored), default=0)
        self.forms = [self.none, *self.rows, *self.new]

    def _blank(self) -> Finding:
        return Finding(meeting=self.meeting)

    def is_valid(self) -> bool:
        fine = forms.all_valid(self.forms)
        if not fine:
            return False
        if self.has_vanished:
            self.none.add_error(None, ValidationError(VANISHED))
        elif self.none.cleaned_data["no_conclusions"] and self._left():
            self.none.add_error("no_conclusions", ValidationError(_("There are conclusions below: delete them first.")))
        return not self.none.errors

    def _left(self) -> bool:
        return any(form.has_changed() for form in self.new) or any(not form.is_removed for form in self.rows)

    def save(self, *, by: Any) -> None:
        self.none.save_touched()
        for form in self.rows:
            if form.is_removed:
                form.instance.delete()
            else:
                form.save_touched()
        for place, form in enumerate([form for form in self.new if form.has_changed()], start=self.last + 1):
            form.instance.position = place
            form.save_touched()

    def context(self) -> dict[str, Any]:
        return {"none": self.none, "rows": self.rows, "new": self.new}
