"""What belongs to a meeting, row by row. The order is the `position`: typed, or set by buttons (inline-order.js)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from PIL import Image

from meetings.minutes import is_open
from meetings.models import AgendaItem, Change, Document, Finding, Meeting, Organiser, Photo, Presence
from meetings.uploads import clean_photo, validate_photo
from participants.admin.frame import PanelForm, PanelInline, ReadOnly
from participants.prose import rich_to_plain


class RowForm(PanelForm):
    """A new row that has nothing but its number (scripts number every row) is no row."""

    def has_changed(self) -> bool:
        ignored = {"position"} if self.instance._state.adding else set()
        return bool(set(self.changed_data) - ignored)


class OrderedFormSet(forms.BaseInlineFormSet):
    """A new row without a place of its own goes to the end."""

    def save_new(self, form: forms.ModelForm, commit: bool = True) -> Any:
        if not form.instance.position:
            form.instance.position = 1 + max((f.cleaned_data.get("position") or 0 for f in self._kept()), default=0)
            form.cleaned_data["position"] = form.instance.position
        return super().save_new(form, commit)

    def _kept(self) -> list[forms.ModelForm]:
        return [f for f in self.forms if hasattr(f, "cleaned_data") and not self._should_delete_form(f)]


class OrderedInline(PanelInline):
    form = RowForm
    formset = OrderedFormSet
    template = "admin/edit_inline/ordered.html"

    class Media:
        js = [Script("js/inline-order.js", defer=True)]


def is_archived(meeting: Meeting | None) -> bool:
    return meeting is not None and meeting.state == Meeting.State.ARCHIVED


def is_settled(meeting: Meeting | None) -> bool:
    """Its minutes are approved, or it is in the archive: what the page says is a record."""
    return meeting is not None and not is_open(meeting)


class SettledInline(OrderedInline):
    """Of the record: rows are only read once `is_settled`, or what a subclass says."""

    settles = staticmethod(is_settled)

    def has_add_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return not self.settles(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return not self.settles(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return not self.settles(obj) and super().has_delete_permission(request, obj)


class RemovableInline(SettledInline):
    """In the archive a row can still be taken away: somebody no longer consents to a photo, a document was wrong."""

    settles = staticmethod(is_archived)

    def has_delete_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return OrderedInline.has_delete_permission(self, request, obj)


class OrganiserForm(RowForm):
    places = {"organiser_once": "institution"}


class OrganiserInline(SettledInline):
    model = Organiser
    form = OrganiserForm
    autocomplete_fields = ["institution"]
    fields = [("institution", "role"), "position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("institution")


class AgendaItemForm(RowForm):
    places = {"agenda_item_has_name": "title"}
    judged_elsewhere = frozenset({"agenda_one_main_topic"})  # over all rows at once: AgendaFormSet


class AgendaFormSet(OrderedFormSet):
    def clean(self) -> None:
        super().clean()
        main = [form for form in self._kept() if form.cleaned_data.get("is_main")]
        for form in main[1:]:
            form.add_error("is_main", ValidationError(_("A meeting has one main topic.")))

    def save(self, commit: bool = True) -> Any:
        """The old main topic steps down first: the table never holds two."""
        if commit:
            main = [form.instance.pk for form in self._kept() if form.cleaned_data.get("is_main")]
            AgendaItem.objects.filter(meeting=self.instance, is_main=True).exclude(pk__in=main).update(is_main=False)
        return super().save(commit)


class AgendaInline(SettledInline):
    model = AgendaItem
    form = AgendaItemForm
    formset = AgendaFormSet
    autocomplete_fields = ["topic", "institution"]
    readonly_fields = ["written"]
    shown = ["topic", "title", ("part", "is_main"), ("starts", "minutes"), "introduced_by", "institution", "position"]
    fieldsets = [
        (None, {"fields": shown}),
        (_("After the meeting"), {"fields": ["written", "is_skipped", "outcome"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("topic", "institution")

    @admin.display(description=_("what was said"))
    def written(self, obj: AgendaItem) -> str:
        """Read here, written on the page of the minutes, which keeps every version."""
        if not obj.pk:
            return "–"
        said = Truncator(rich_to_plain(obj.note)).chars(300) or "–"
        url = f"{reverse('admin:meetings_meeting_minutes', args=[obj.meeting_id])}#item-{obj.pk}"
        return format_html('{} (<a href="{}">{}</a>)', said, url, _("Minutes"))


class PresenceForm(RowForm):
    places = {
        "presence_official_has_name": "appointment",
        "presence_post_has_post": "post_text",
        "presence_group_has_label": "group",
        "presence_delegation_has_institution": "institution",
        "presence_count_known": "count",
        "presence_private_is_number": "count",
    }


class PresenceInline(SettledInline):
    model = Presence
    form = PresenceForm
    autocomplete_fields = ["appointment", "institution"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("kind", "role"),
                    ("appointment", "institution"),
                    ("group", "count", "counted"),
                    ("attendance", "deputy"),
                    "position",
                ]
            },
        ),
        (
            _("As printed"),
            {
                "fields": [("rank_text", "name_text"), "post_text", "institution_text", ("frozen_at", "corrected_at")],
                "classes": ["collapse"],
                "description": _(
                    "Left empty, it is taken from the official when the meeting is published, and stays from then on. "
                    "A later correction is shown with its date."
                ),
            },
        ),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        """A mistake is mended at any time; the page says when."""
        return OrderedInline.has_change_permission(self, request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Meeting | None = None) -> list[str]:
        return ["frozen_at", "corrected_at", *(["position"] if is_settled(obj) else [])]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        related = ["appointment__official", "appointment__institution", "appointment__rank", "institution"]
        return super().get_queryset(request).select_related(*related)


class FindingForm(RowForm):
    places = {"finding_conclusion_is_for_somebody": "institution"}


class FindingInline(SettledInline):
    model = Finding
    form = FindingForm
    classes = ["collapse"]
    autocomplete_fields = ["institution"]
    fields = ["part", "text", ("institution", "addressee"), "answered_by", "position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("institution")


class DocumentInline(RemovableInline):
    model = Document
    classes = ["collapse"]
    fields = ["title", "stored", "file", "position"]
    readonly_fields = ["stored"]

    def stored(self, obj: Document) -> str:
        return format_html('<a href="{}">{}</a>', obj.get_absolute_url(), obj.download_name) if obj.pk else "–"

    stored.short_description = _("stored file")


class PhotoForm(RowForm):
    def clean_image(self) -> Any:
        """Made ready here and not in the save, so that a damaged file is an error of its field."""
        image = self.cleaned_data["image"]
        if "image" not in self.changed_data:
            return image
        validate_photo(image)
        try:
            return clean_photo(image)[0]
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise ValidationError(_("This is not a photo that we can read. Use JPEG, PNG or WebP.")) from error


class PhotoInline(RemovableInline):
    model = Photo
    form = PhotoForm
    classes = ["collapse"]
    fields = ["image", "alt", "caption", ("source", "ground"), "position"]


class ChangeInline(ReadOnly, PanelInline):
    model = Change
    classes = ["collapse"]
    fields = ["date", ("starts", "ends"), "place", "changed_at"]
    readonly_fields = ["date", "starts", "ends", "place", "changed_at"]
