"""Who came: one choice for each line of the list of guests, how many there were, and who came unannounced."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.admin.closing.choices import institutions
from meetings.admin.closing.rows import TouchedForm, new_rows, rows_of
from meetings.models import Meeting, Presence
from meetings.presences import SOURCES, fill

Attendance, Kind = Presence.Attendance, Presence.Kind
SAID = [Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT, Attendance.DEPUTISED]
COUNTED = {Kind.GROUP, Kind.LED, Kind.PRIVATE, Kind.DELEGATION}


class PresenceForm(TouchedForm):
    places = {"presence_count_known": "count", "presence_private_is_number": "count"}

    class Meta:
        model = Presence
        fields = ["attendance", "deputy", "count", "counted"]
        widgets = {"attendance": forms.RadioSelect, "count": forms.NumberInput(attrs={"inputmode": "numeric"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.instance.attendance
        open_now = [(now, _("not said yet"))] if now not in SAID else []
        self.fields["attendance"].choices = Attendance.choices  # also what the page was opened with
        self.fields["attendance"].widget.choices = open_now + [(value, value.label) for value in SAID]
        if self.instance.kind not in COUNTED:
            del self.fields["count"], self.fields["counted"]
        else:
            del self.fields["deputy"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        needs = cleaned.get("attendance") == Attendance.DEPUTISED and "deputy" in self.fields
        if needs and not cleaned.get("deputy"):
            self.add_error("deputy", ValidationError(_("Write who came instead.")))
        return cleaned


class HeadCountForm(TouchedForm):
    places = {"meeting_head_count_known": "head_count"}

    class Meta:
        model = Meeting
        fields = ["head_count", "head_counted", "not_counted"]
        widgets = {"head_count": forms.NumberInput(attrs={"inputmode": "numeric"})}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("not_counted") and cleaned.get("head_count") is not None:
            self.add_error("not_counted", ValidationError(_("Give the number, or tick that nobody counted.")))
        return cleaned


class LateGuestForm(TouchedForm):
    """A guest whom nobody had announced. What is filled in says what kind of line it is."""

    class Meta:
        model = Presence
        fields = ["name_text", "post_text", "institution", "group"]

    def __init__(self, *args: Any, known: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].widget.choices = known

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        self.instance.kind = _kind_of(cleaned)
        return cleaned


def _kind_of(said: dict[str, Any]) -> str:
    if said.get("group"):
        return Kind.LED if said.get("post_text") else Kind.GROUP
    if said.get("name_text"):
        return Kind.OFFICIAL
    return Kind.POST if said.get("post_text") else Kind.DELEGATION


class PresencesPage:
    template = "admin/closing/presences.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any) -> None:
        stored = list(meeting.presences.in_protocol_order().select_related(*SOURCES))
        self.head_count = HeadCountForm(data, instance=meeting, prefix="meeting")
        self.rows = rows_of(PresenceForm, stored, data)
        for row in stored:
            if row.frozen_at is None:
                fill(row)
        self.meeting, self.last = meeting, max((row.position for row in stored), default=0)
        self.late = new_rows(LateGuestForm, self._blank, data, known=institutions())
        self.forms = [self.head_count, *self.rows, *self.late]

    def _blank(self) -> Presence:
        return Presence(meeting=self.meeting, attendance=Attendance.PRESENT)

    def is_valid(self) -> bool:
        return forms.all_valid(self.forms)

    def save(self, *, by: Any) -> None:
        for form in [self.head_count, *self.rows]:
            form.save_touched()
        for place, form in enumerate([form for form in self.late if form.has_changed()], start=self.last + 1):
            form.instance.position = place
            form.save_touched()

    def context(self) -> dict[str, Any]:
        return {"head_count": self.head_count, "rows": self.rows, "late": self.late}
