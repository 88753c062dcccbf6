"""The form of a meeting, with everything that belongs to it."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from meetings import publication
from meetings.admin import inlines
from meetings.admin import minutes as minutes_pages
from meetings.admin.acts import ACTS, DATED
from meetings.admin.attendance import WithAttendanceSheet
from meetings.admin.closing import CLOSING, ClosingPages
from meetings.admin.series import MEETING_ACTS, StartsMeetings
from meetings.agenda_questions import counts
from meetings.doubts import doubts
from meetings.minutes import MinutesRefused, is_open
from meetings.models import Meeting, Presence
from meetings.models.approved import OF_MEETING
from meetings.notices import note_change
from meetings.presences import PRINTED, SAID, freeze_all, note_correction
from meetings.registration import move_up
from meetings.series import SeriesRefused
from participants.admin.acts import ActsAdmin
from participants.admin.conflicts import RevisedAdmin, RevisedForm

State = Meeting.State
# Here a new date or place goes through "Move", which keeps the former one.
MOVED_BY_ACT = {State.ANNOUNCED, State.POSTPONED, State.CANCELLED}


class MeetingForm(RevisedForm):
    places = {
        "meeting_slug_unique_in_year": "slug",
        "meeting_number_unique_in_forum": "number",
        "meeting_date_first_day": "date",
        "meeting_ends_after_start": "ends",
        "meeting_hour_needs_day": "starts",
        "meeting_head_count_known": "head_count",
        "meeting_map_point_whole": "latitude",
        "meeting_seats_each_positive": "seats_each",
    }

    def clean(self) -> dict[str, Any] | None:
        """A check of the database does not see this one: half of a point is "unknown" to SQL, and passes."""
        cleaned = super().clean() or {}
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("latitude", _("Give both latitude and longitude, or neither."))
        return cleaned


class StageFilter(admin.SimpleListFilter):
    """The same sets that the first page of the panel counts."""

    title = _("what waits")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("coming", _("coming meetings")),
            ("unpublished", _("drafts and scheduled")),
            ("no-report", _("to close with a report")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "coming":
            return queryset.upcoming(timezone.localdate())
        if self.value() == "unpublished":
            return queryset.unpublished()
        return queryset.to_close(timezone.localdate()) if self.value() == "no-report" else queryset


WHEN_AND_WHERE = [("date", "date_precision"), ("starts", "ends"), "place", "address", "room"]
STATE_LINES = ["state_line", "questions_line", "minutes_line"]
FIELDSETS = [
    (
        None,
        {
            "fields": [
                "state_line",
                "questions_line",
                "minutes_line",
                "title",
                "subtitle",
                ("forum", "number"),
                "kind",
                "lead",
            ]
        },
    ),
    (_("When and where"), {"fields": [*WHEN_AND_WHERE, "online_url"]}),
    (_("For whom, who invites"), {"fields": ["audience", "invites", "campaign"]}),
    (_("Announcement"), {"fields": ["announcement"]}),
    (
        _("Access for everybody"),
        {
            "fields": [
                ("step_free", "induction_loop"),
                ("sign_language", "sign_language_until"),
                ("latitude", "longitude"),
            ],
            "classes": ["collapse"],
        },
    ),
    (
        _("Sign-ups and questions"),
        {
            "fields": [
                "questions_until",
                ("takes_registrations", "capacity"),
                ("reserved_seats", "seats_each"),
                ("registration_opens_at", "registration_closes_at"),
                ("first_reminder", "second_reminder"),
            ],
            "classes": ["collapse"],
        },
    ),
    (
        _("After the meeting"),
        {
            "fields": [
                "report",
                ("head_count", "head_counted", "not_counted"),
                ("no_conclusions", "no_commitments"),
                "reported_in",
            ],
            "classes": ["collapse"],
        },
    ),
    (_("Address of the page and source"), {"fields": ["slug", "author", "source_url"], "classes": ["collapse"]}),
]
OF_APPROVED = [name for name in OF_MEETING if name in flatten_fieldsets(FIELDSETS)]


@admin.register(Meeting)
class MeetingAdmin(
    ClosingPages, minutes_pages.MinutesPages, StartsMeetings, WithAttendanceSheet, ActsAdmin, RevisedAdmin
):
    form = MeetingForm
    acts = (*ACTS, *minutes_pages.ACTS, *MEETING_ACTS)
    refusal = (publication.ChangeRefused, MinutesRefused, SeriesRefused)
    inlines = [
        inlines.AgendaInline,
        inlines.PresenceInline,
        inlines.FindingInline,
        inlines.OrganiserInline,
        inlines.DocumentInline,
        inlines.PhotoInline,
        inlines.ChangeInline,
    ]
    list_display = ["title", "when", "starts", "place", "forum", "state"]
    list_filter = [StageFilter, "state", "kind", "forum"]
    list_select_related = ["forum"]
    search_fields = ["title", "subtitle", "place", "forum__name", "agenda_items__title", "agenda_items__topic__title"]
    autocomplete_fields = ["forum", "reported_in"]
    date_hierarchy = "date"
    fieldsets = FIELDSETS

    def doubts_about(self, obj: Meeting) -> list[str]:
        return doubts(obj, timezone.localdate())

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Beside each meeting that waits for its report, the way to it."""
        waits = request.GET.get(StageFilter.parameter_name) == "no-report"
        return [*self.list_display, *(["way_to_report"] if waits else [])]

    @admin.display(description=_("report"))
    def way_to_report(self, obj: Meeting) -> str:
        if not obj.is_to_close(timezone.localdate()):
            return "–"
        url = reverse("admin:meetings_meeting_closing", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, CLOSING.label)

    def get_readonly_fields(self, request: HttpRequest, obj: Meeting | None = None) -> list[str]:
        """In the archive everything; after the approval of the minutes what they say."""
        lines = STATE_LINES
        if obj and obj.state == State.ARCHIVED:
            return [*lines, *(name for name in flatten_fieldsets(self.fieldsets) if name not in lines)]
        if obj and not is_open(obj):
            return [*lines, *OF_APPROVED]
        return [*lines, *(DATED if obj and obj.state in MOVED_BY_ACT else [])]

    def get_fieldsets(self, request: HttpRequest, obj: Meeting | None = None) -> list[Any]:
        if obj and not is_open(obj):
            note = _("The text stays. Mistakes are corrected with a date: in the minutes, and in the list of guests.")
            (title, options), *others = self.fieldsets
            return [(title, {**options, "description": note}), *others]
        if obj is None or obj.state not in MOVED_BY_ACT:
            return self.fieldsets
        note = _("The meeting is public. To change the date, the hour or the place use the button “Move” above.")
        first, (title, options), *others = self.fieldsets
        return [first, (title, {**options, "description": note}), *others]

    def has_delete_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        """What was public stays: it is cancelled or postponed."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def save_model(self, request: HttpRequest, obj: Meeting, form: MeetingForm, change: bool) -> None:
        """More seats go to whoever waits for them; the row is locked since the form was read."""
        now = timezone.now()
        if change and obj.is_public and _lost_by(form):
            publication.keep_former(obj, now)
            note_change(obj, now=now)
        super().save_model(request, obj, form, change)
        if change:
            move_up(obj, now=now)

    def save_formset(self, request: HttpRequest, form: MeetingForm, formset: Any, change: bool) -> None:
        if formset.model is Presence:
            _note_corrections(formset, PRINTED if is_open(form.instance) else SAID)
        formset.save()

    def save_related(self, request: HttpRequest, form: MeetingForm, formsets: list[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.instance.is_public:
            freeze_all(form.instance, timezone.now())
        if "_continue" not in request.POST:  # else the form says it
            for doubt in self.doubts_about(form.instance):
                self.message_user(request, doubt, messages.WARNING)

    @admin.display(description=_("when"), ordering="date")
    def when(self, obj: Meeting) -> str:
        return obj.when

    @admin.display(description=_("state"))
    def state_line(self, obj: Meeting) -> str:
        if obj.pk is None:
            return Meeting.State.DRAFT.label
        due = [timezone.localtime(obj.publish_at).strftime("%d.%m.%Y, %H:%M")] if obj.publish_at else []
        return ", ".join([obj.get_state_display(), *due, *filter(None, [obj.state_reason])])

    @admin.display(description=_("questions of residents"))
    def questions_line(self, obj: Meeting) -> str:
        """Each number leads to the list that it counts."""
        if obj.pk is None:
            return "–"
        found = counts(obj)
        lists = [reverse(f"admin:meetings_{name}_changelist") for name in ("askedfor", "agendaquestion")]
        rows = [
            (lists[0], f"meeting={obj.pk}", _("asked for it: %(number)d") % {"number": found["asked"]}),
            (lists[1], f"meeting={obj.pk}", _("on the agenda: %(number)d") % {"number": found["agenda"]}),
            (lists[1], f"meeting={obj.pk}&end__exact=", _("without an end: %(number)d") % {"number": found["open"]}),
        ]
        return format_html_join(", ", '<a href="{}?{}">{}</a>', rows)


def _lost_by(form: MeetingForm) -> list[str]:
    """Fields of date and place whose printed value this save would overwrite; filling in an empty one loses nothing."""
    return [name for name in form.changed_data if name in DATED and form.initial.get(name) not in (None, "")]


def _note_corrections(formset: Any, names: tuple[str, ...]) -> None:
    """Mended texts get a date. A line whose official was mistaken is printed anew from the right one."""
    changed = [form.instance for form in formset.initial_forms if form.has_changed()]
    stored = Presence.objects.in_bulk([presence.pk for presence in changed])
    for form in formset.initial_forms:
        before = stored.get(form.instance.pk)
        if before is None or before.frozen_at is None:
            continue
        if "appointment" in form.changed_data and not set(PRINTED) & set(form.changed_data):
            for name in PRINTED:
                setattr(form.instance, name, "")
            form.instance.frozen_at = None
        note_correction(before, form.instance, timezone.now(), names)
