"""Commitments. Drafts are forms; what is public changes by acts alone, and its entries by nobody."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.admin.commitment_acts import ACTS, DRAFT, WITHDRAW
from meetings.admin.commitment_filters import NeedFilter, OwnerFilter
from meetings.commitments import EVERY, TAKES_PROMISES, CommitmentRefused, Overtaken, promise
from meetings.follow_ups import complaints
from meetings.models import AgendaItem, Commitment, CommitmentEntry, EntryPhoto, FollowUp
from participants.admin.acts import Act, ActsAdmin
from participants.admin.frame import PanelAdmin, PanelForm, PanelInline, ReadOnly
from topics.questions import institution_of

SHOWN_COMPLAINTS = 20
FIRST = ["text", "institution", "post", "helpers", "due", "estates", "meeting"]


class PromiseForm(PanelForm):
    """A promise of a meeting that takes place; the item of its agenda can be chosen once the meeting is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "agenda_item" in self.fields:
            items = AgendaItem.objects.filter(meeting=self.instance.meeting_id).select_related("topic")
            self.fields["agenda_item"].queryset = items

    def clean_meeting(self) -> Any:
        meeting = self.cleaned_data["meeting"]
        if meeting.state not in TAKES_PROMISES:
            state = meeting.get_state_display()
            raise ValidationError(
                _("The meeting is “%(state)s”: nothing was promised there yet."), params={"state": state}
            )
        return meeting


class EntryInline(ReadOnly, PanelInline):
    model = CommitmentEntry
    fields = readonly_fields = ["what", "text", "signed", "at"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees a commitment sees its entries: the site shows them too."""
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        related = ["passed_to", "meeting", "by", "commitment"]
        return super().get_queryset(request).select_related(*related).prefetch_related("photos")

    @admin.display(description=_("what happened"))
    def what(self, obj: CommitmentEntry) -> str:
        """In a line: the change, and what came with it."""
        said = [obj.in_words, obj.passed_to, obj.meeting]
        if obj.moves_due:
            said.append(" → ".join(day.strftime("%d.%m.%Y") if day else "–" for day in (obj.due_before, obj.due)))
        said += [f"{photo.get_when_display()}: {photo.alt}" for photo in obj.photos.all()]
        return "; ".join(str(part) for part in said if part)

    @admin.display(description=_("by"))
    def signed(self, obj: CommitmentEntry) -> str:
        return obj.by.get_short_name() if obj.by else "–"


@admin.register(Commitment)
class CommitmentAdmin(ActsAdmin):
    form = PromiseForm
    acts = ACTS
    refusal = CommitmentRefused
    inlines = [EntryInline]
    list_display = ["text", "stands", "institution"]
    list_filter = [NeedFilter, "state", OwnerFilter]
    list_select_related = ["institution"]
    search_fields = ["text", "institution__name"]
    autocomplete_fields = ["institution", "helpers", "estates", "meeting"]
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        """Every one for the editors; for others the public ones of their own institution. One query more for those."""
        found = super().get_queryset(request).visible_to(request.user).select_related("institution", "meeting")
        if request.user.has_perm(EVERY):
            return found
        own = institution_of(request.user, timezone.now())
        return found.public().of_institution(own) if own else found.none()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Commitment | None:
        """Locked for a save: a report published meanwhile closes the form."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None or request.method != "POST" or not connection.in_atomic_block:
            return obj
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=obj.pk).first()

    def state_of(self, obj: Commitment) -> str:
        return obj.state if obj.is_public else DRAFT

    def view_on_site(self, obj: Commitment) -> str:
        return obj.get_absolute_url()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _is_draft_of(self, request: HttpRequest, obj: Commitment | None) -> bool:
        """Whether the person may mend the words: the editors may, until the report is out."""
        return request.user.has_perm(EVERY) and (obj is None or not obj.is_public)

    def get_fieldsets(self, request: HttpRequest, obj: Commitment | None = None) -> list[Any]:
        if obj is None:
            return [(None, {"fields": FIRST})]
        return [(None, {"fields": ["stands", *self._heard(request, obj), *FIRST, "agenda_item"]})]

    def _heard(self, request: HttpRequest, obj: Commitment) -> list[str]:
        """What residents say is for the editors, once somebody complains. One query where it is done."""
        return ["heard"] if request.user.has_perm(EVERY) and obj.is_done and complaints(obj).exists() else []

    def get_readonly_fields(self, request: HttpRequest, obj: Commitment | None = None) -> list[str]:
        if obj is None:
            return []
        return ["stands", "heard", "meeting", *([] if self._is_draft_of(request, obj) else [*FIRST, "agenda_item"])]

    def get_inlines(self, request: HttpRequest, obj: Commitment | None) -> list[Any]:
        return self.inlines if obj and obj.is_public else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?meeting=` chooses one, for the pages that lead here."""
        asked = super().get_changeform_initial_data(request).get("meeting", "")
        return {"meeting": asked} if asked.isascii() and asked.isdigit() and len(asked) <= 18 else {}

    def save_model(self, request: HttpRequest, obj: Commitment, form: forms.ModelForm, change: bool) -> None:
        if change and self._is_draft_of(request, obj):
            super().save_model(request, obj, form, change)
        elif not change:
            names = [name for name in FIRST if name not in {"helpers", "estates"}]
            made = promise(by=request.user, **{name: form.cleaned_data[name] for name in names})
            obj.__dict__.update(made.__dict__)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except CommitmentRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:meetings_commitment_changelist"))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        if not self._is_draft_of(request, context.get("original")):
            context |= {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kw)

    # -- Acts

    def run_act(self, request: HttpRequest, act: Act, obj: Commitment, form: forms.Form) -> None:
        """Who was slower keeps what they typed, and the form knows the newest entry, which stands above it now."""
        try:
            act.run(obj, by=request.user, form=form)
        except Overtaken:
            form.data = form.data.copy()
            form.data["seen"] = str(obj.entries.order_by("at", "pk").values_list("pk", flat=True).last())
            raise

    def after_act(self, request: HttpRequest, obj: Commitment) -> str:
        if WITHDRAW in request.path.split("/"):
            return reverse("admin:meetings_commitment_changelist")
        return super().after_act(request, obj)

    def quote_from(self, obj: Commitment) -> str:
        """How it stands, and the newest entry."""
        if not obj.is_public:
            return obj.text
        latest = obj.entries.order_by("at", "pk").last()
        said = {"when": timezone.localtime(latest.at).strftime("%d.%m.%Y, %H:%M"), "what": latest.in_words}
        return "\n".join(filter(None, [gettext("Newest entry, %(when)s: %(what)s") % said, latest.text]))

    @admin.display(description=_("residents say it is not better"))
    def heard(self, obj: Commitment) -> str:
        said = [row.words or "–" for row in complaints(obj)[:SHOWN_COMPLAINTS]]
        return format_html_join("", "<p>{}</p>", [(words,) for words in said])

    @admin.display(description=_("how it stands"))
    def stands(self, obj: Commitment) -> str:
        if not obj.is_public:
            return gettext("not public yet")
        state = obj.get_state_display()
        if not obj.is_open or obj.due is None:
            return state
        said = {"state": state, "due": obj.due.strftime("%d.%m.%Y")}
        if obj.is_overdue(timezone.localdate()):
            return gettext("overdue since %(due)s") % said
        return gettext("%(state)s, due %(due)s") % said


@admin.register(EntryPhoto)
class EntryPhotoAdmin(ReadOnly, PanelAdmin):
    """An entry stays; a likeness that somebody objects to can be taken off it."""

    list_display = ["alt", "when", "commitment"]
    list_filter = ["when"]
    list_select_related = ["entry__commitment"]
    search_fields = ["alt"]
    actions = None
    fields = readonly_fields = ["shown", "alt", "when", "commitment"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("meetings.delete_entryphoto")

    @admin.display(description=_("commitment"))
    def commitment(self, obj: EntryPhoto) -> str:
        return format_html('<a href="{}">{}</a>', obj.entry.get_absolute_url(), obj.entry.commitment.text)

    @admin.display(description=_("photo"))
    def shown(self, obj: EntryPhoto) -> str:
        return format_html('<a href="{}">{}</a>', obj.get_absolute_url(), obj.alt)


class SaidFilter(admin.SimpleListFilter):
    """By commitment from its list of disputed ones; nobody has to know who said what."""

    title = _("is it better")
    parameter_name = "better"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("no", _("no")), ("yes", _("yes")), ("silent", _("no answer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        answers = {"no": False, "yes": True, "silent": None}
        return queryset.filter(is_better=answers[self.value()]) if self.value() in answers else queryset


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly, PanelAdmin):
    list_display = ["commitment", "is_better", "words", "answered_at"]
    list_filter = [SaidFilter]
    list_select_related = ["entry__commitment"]
    search_fields = ["entry__commitment__text", "words"]
    fields = readonly_fields = ["commitment", "is_better", "words", "asked_at", "answered_at"]

    @admin.display(description=_("commitment"))
    def commitment(self, obj: FollowUp) -> str:
        return obj.entry.commitment.text
