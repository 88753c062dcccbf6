"""Sign-ups: the list for the door, with what people need; by hand for who has phoned, and taking one off."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from meetings import registration
from meetings.models import Meeting, Registration
from meetings.seats import needs_of, seats_of
from participants.admin.acts import Act, ActsAdmin, ActsOnly
from participants.admin.frame import PanelForm

State = Registration.State
COMING_SHOWN = 50
TYPED = ["meeting", "name", "email", "seats", *Registration.NEEDS, "other_needs"]
ACTS = (
    Act(
        name="accept",
        label=_("Confirm"),
        explanation=_("For somebody who cannot open the letter. They get seats, or a place on the waiting list."),
        done=_("The sign-up is confirmed."),
        run=registration.accept,
        states=frozenset({State.PENDING}),
        fits=lambda obj: obj.erased_at is None,
    ),
    Act(
        name="take-off",
        label=_("Take off the list"),
        explanation=_("The seats go to whoever waits for them. The person gets a letter that says so."),
        done=_("The sign-up is off the list."),
        run=registration.take_off,
        states=frozenset({State.PENDING, State.SEATED, State.WAITING}),
        is_grave=True,
        fits=lambda obj: obj.erased_at is None,
    ),
)


class EntryForm(PanelForm):
    """A sign-up by telephone or on paper. The meeting is locked from here to the save."""

    places = {"registration_once_an_address": "email", "registration_has_seats": "seats"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"].required = True
            self.fields["email"].help_text = _("Leave it empty where there is none: then no letters go out.")

    def clean_meeting(self) -> Meeting:
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=self.cleaned_data["meeting"].pk)
        try:
            registration.check_entry(meeting)
        except registration.RegistrationRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return meeting

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class MeetingFilter(admin.SimpleListFilter):
    """Those that lie ahead, the soonest first; the list of an older one is reached from its page."""

    title = _("meeting")
    parameter_name = "meeting"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        coming = Meeting.objects.upcoming(timezone.localdate()).filter(takes_registrations=True).soonest_first()
        return [(str(meeting.pk), str(meeting)) for meeting in coming.without_texts()[:COMING_SHOWN]]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value() or ""
        if chosen.isdecimal() and len(chosen) < 19:
            return queryset.filter(meeting=int(chosen))
        return queryset


@admin.register(Registration)
class RegistrationAdmin(ActsOnly, ActsAdmin):
    acts = ACTS
    form = EntryForm
    refusal = registration.RegistrationRefused
    change_list_template = "admin/meetings/registration/change_list.html"
    list_display = ["who", "seats", "state", "needs_in_words", "meeting_title", "confirmed_at"]
    list_filter = [MeetingFilter, "state", *Registration.NEEDS]
    list_select_related = ["meeting"]
    search_fields = ["name", "email", "meeting__title"]
    autocomplete_fields = ["meeting"]
    ordering = ["-meeting__date", "confirmed_at", "pk"]
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [
        (None, {"fields": TYPED}),
        (_("Course"), {"fields": ["state", "created_at", "confirmed_at", "seated_at", "left_at", "erased_at"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return ActsAdmin.has_add_permission(self, request)

    def get_fieldsets(self, request: HttpRequest, obj: Registration | None = None) -> list[Any]:
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: Registration | None = None) -> list[str]:
        return super().get_readonly_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: Registration, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.language = get_language()
            registration.enter(obj, by=request.user)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        if context.get("original") is None:
            return ActsAdmin.render_change_form(self, request, context, *args, **kw)
        return super().render_change_form(request, context, *args, **kw)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the sums of the meeting that the list is filtered by. Three queries more."""
        chosen = request.GET.get(MeetingFilter.parameter_name, "")
        known = chosen.isdecimal() and len(chosen) < 19
        meeting = Meeting.objects.visible_to(request.user).filter(pk=chosen).first() if known else None
        return super().changelist_view(request, {**(extra_context or {}), "sums": _sums(meeting) if meeting else None})

    @admin.display(description=_("first and last name"), ordering="name")
    def who(self, obj: Registration) -> str:
        return obj.name or str(_("data erased"))

    @admin.display(description=_("needs"))
    def needs_in_words(self, obj: Registration) -> str:
        return ", ".join(str(need) for need in obj.needs)

    @admin.display(description=_("meeting"), ordering="meeting__date")
    def meeting_title(self, obj: Registration) -> str:
        return str(obj.meeting)


def _sums(meeting: Meeting) -> dict[str, Any]:
    counts = needs_of(meeting)
    names = {name: Registration._meta.get_field(name).verbose_name for name in counts}
    needs = [(names[name], count) for name, count in counts.items() if count]
    return {"meeting": meeting, "seats": seats_of(meeting), "needs": needs}
