"""Two people at one form: the second is told who saved before, and sees the difference, field by field.

A form carries the `revision` it was opened at. Its save locks the row and compares: when somebody has saved since,
nothing is written, the form keeps what was typed, and carries the new revision, so that saving once more is meant.
"""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.admin.differences import Difference, of_form, of_formset
from participants.admin.frame import PanelAdmin, PanelForm
from participants.admin.vanished import put_vanished_rows_last

SEEN = "seen_revision"


class RevisedForm(PanelForm):
    seen_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    is_overtaken = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial[SEEN] = self.instance.revision

    def clean(self) -> dict[str, Any] | None:
        """The instance was read under a lock (RevisedAdmin.get_object), so nobody saves between this and our save."""
        cleaned = super().clean()
        if self.instance.pk and self.cleaned_data.get(SEEN) != self.instance.revision:
            self.is_overtaken = True
            self.data = self.data.copy()
            self.data[self.add_prefix(SEEN)] = str(self.instance.revision)
            self.add_error(None, ValidationError(_("Somebody has saved this page since you opened it."), "overtaken"))
        return cleaned


@dataclass
class Overtaken:
    """What the page says about it. `who` is empty when it was not a person but the clock."""

    who: str
    at: Any
    differences: list[Difference] = field(default_factory=list)


class RevisedAdmin(PanelAdmin):
    """For models with an address and a revision. Starts from what the user may see, in every list and form."""

    form = RevisedForm

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    def view_on_site(self, obj: Model) -> str:
        return obj.get_absolute_url()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        obj = super().get_object(request, object_id, from_field)
        if obj is None or request.method != "POST" or not connection.in_atomic_block:
            return obj
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=obj.pk).first()

    def get_formset_kwargs(self, request: HttpRequest, obj: Model, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "POST":
            data, files = put_vanished_rows_last(request.POST, request.FILES, prefix, kwargs["queryset"], obj)
            kwargs |= {"data": data, "files": files}
        return kwargs

    def save_model(self, request: HttpRequest, obj: Any, form: RevisedForm, change: bool) -> None:
        obj.revision += change
        super().save_model(request, obj, form, change)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        form, obj = context["adminform"].form, context.get("original")
        if form.is_overtaken:
            context["overtaken"] = self._overtaken(request, form, context["inline_admin_formsets"], obj)
        return super().render_change_form(request, context, *args, **kw)

    def _overtaken(self, request: HttpRequest, form: RevisedForm, inlines: list[Any], obj: Any) -> Overtaken:
        stored = type(obj)._base_manager.get(pk=obj.pk)
        entry = last_entry(stored)
        found = Overtaken(
            who=entry.user.get_short_name() if entry else "",
            at=entry.action_time if entry else stored.changed_at,
        )
        found.differences += of_form(form, skip={SEEN})
        found.differences += self._frozen_since(request, obj, stored)
        for inline in inlines:
            found.differences += of_formset(inline.formset, inline.opts.verbose_name)
        return found

    def _frozen_since(self, request: HttpRequest, obj: Any, stored: Any) -> list[Difference]:
        """What was typed in fields that can be changed here no more, because the state is another now."""
        names = [name for name in self.get_readonly_fields(request, obj) if name in request.POST]
        if not names:
            return []
        as_typed = forms.modelform_factory(type(obj), fields=names)(request.POST, instance=stored)
        note = gettext("It cannot be changed here any more.")
        return [difference.noted(note) for difference in of_form(as_typed)]


def last_entry(obj: Any) -> LogEntry | None:
    """Who saved the row last, if it was a person in the panel: the journal is written after the save."""
    kind = ContentType.objects.get_for_model(obj)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(obj.pk)).select_related("user")
    entry = entries.order_by("-action_time", "-pk").first()
    return entry if entry and entry.action_time >= obj.changed_at else None
