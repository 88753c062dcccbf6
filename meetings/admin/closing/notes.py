"""What was said, item by item. A note is written by meetings.minutes, which keeps every version of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from meetings.admin.closing.rows import TouchedForm
from meetings.closing import NOTED
from meetings.minutes import Overtaken, write_note
from meetings.models import AgendaItem, Meeting
from participants.admin.rich_text import RichTextWidget
from participants.prose import RICH_LIMIT, clean_rich


class NoteForm(TouchedForm):
    note = forms.CharField(label=_("What was said"), required=False, max_length=RICH_LIMIT, widget=RichTextWidget)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    stored_note = ""

    class Meta:
        model = AgendaItem
        fields = ["outcome", "is_skipped"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"note": self.instance.note, "seen": self.instance.note_version}
        self.order_fields(["note", "outcome", "is_skipped", "seen"])

    def write(self, by: Any) -> None:
        """The note, if it says something else now. Where somebody was faster, both texts are shown."""
        note = clean_rich(self.cleaned_data["note"])
        if note == self.instance.note:
            return
        try:
            write_note(self.instance, text=note, by=by, seen=self.cleaned_data["seen"])
        except Overtaken as overtaken:
            self.stored_note = overtaken.stored
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = str(self.instance.note_version)
            self.add_error("note", ValidationError(_("Somebody has changed this note since you opened the page.")))


class ReportForm(TouchedForm):
    class Meta:
        model = Meeting
        fields = ["report"]
        widgets = {"report": RichTextWidget}


class NotesPage:
    """All items, with what is still open, and the report as one text, which a meeting without an agenda needs."""

    template = "admin/closing/notes.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any) -> None:
        self.form = ReportForm(data, instance=meeting, prefix="meeting")
        self.forms = [self.form]
        self.items = list(meeting.agenda_items.select_related("topic"))

    def is_valid(self) -> bool:
        return self.form.is_valid()

    def save(self, *, by: Any) -> None:
        self.form.save_touched()

    def context(self) -> dict[str, Any]:
        return {"form": self.form, "items": self.items, "noted": NOTED}


class NotePage:
    template = "admin/closing/note.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any, item: int) -> None:
        items = list(meeting.agenda_items.select_related("topic"))
        places = [place for place, row in enumerate(items) if row.pk == item]
        if not places:
            raise Http404
        [place] = places
        self.number, self.count = place + 1, len(items)
        self.item = items[place]
        self.previous = items[place - 1] if place else None
        self.following = items[place + 1] if place + 1 < len(items) else None
        self.form = NoteForm(data, instance=self.item, prefix="item")
        self.forms = [self.form]

    def is_valid(self) -> bool:
        return self.form.is_valid()

    def save(self, *, by: Any) -> None:
        self.form.write(by)
        self.form.save_touched()

    def context(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("form", "item", "number", "count", "previous", "following")}
