"""Photos and documents, or that there are none."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.admin.closing.rows import TouchedForm, new_rows
from meetings.admin.inlines import PhotoForm
from meetings.models import Document, Meeting, Photo
from participants.admin.frame import PanelForm

NEW_PHOTOS, NEW_DOCUMENTS = 2, 1
PICTURE = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})


class NewPhotoForm(PhotoForm):
    class Meta:
        model = Photo
        fields = ["image", "alt", "caption", "source", "ground"]
        # Not forms.ImageField: our own check sees the file first (participants.admin.frame.FIELDS).
        field_classes = {"image": forms.FileField}
        widgets = {"image": PICTURE}


class NewDocumentForm(PanelForm):
    class Meta:
        model = Document
        fields = ["title", "file"]
        widgets = {"file": forms.FileInput(attrs={"accept": "application/pdf"})}


class NoFilesForm(TouchedForm):
    class Meta:
        model = Meeting
        fields = ["no_files"]


class FilesPage:
    template = "admin/closing/files.html"

    def __init__(self, meeting: Meeting, data: Any, files: Any) -> None:
        self.meeting = meeting
        self.photos, self.documents = list(meeting.photos.all()), list(meeting.documents.all())
        self.none = NoFilesForm(data, instance=meeting, prefix="meeting")
        photo = {"count": NEW_PHOTOS, "prefix": "photo"}
        how = {"meeting": meeting, "with_report": True}
        self.new_photos = new_rows(NewPhotoForm, lambda: Photo(**how), data, files, **photo)
        document = {"count": NEW_DOCUMENTS, "prefix": "document"}
        self.new_documents = new_rows(NewDocumentForm, lambda: Document(**how), data, files, **document)
        self.forms = [self.none, *self.new_photos, *self.new_documents]

    def is_valid(self) -> bool:
        if not forms.all_valid(self.forms):
            return False
        there = self.photos or self.documents or any(form.has_changed() for form in self.forms[1:])
        if self.none.cleaned_data["no_files"] and there:
            self.none.add_error("no_files", ValidationError(_("There are photos or documents here.")))
        return not self.none.errors

    def save(self, *, by: Any) -> None:
        self.none.save_touched()
        for stored, rows in ((self.photos, self.new_photos), (self.documents, self.new_documents)):
            last = max((row.position for row in stored), default=0)
            for place, form in enumerate([form for form in rows if form.has_changed()], start=last + 1):
                form.instance.position = place
                form.save()

    def context(self) -> dict[str, Any]:
        names = ("none", "photos", "documents", "new_photos", "new_documents")
        return {name: getattr(self, name) for name in names}
