"""Questions of residents in the panel of meetings: asked for a meeting, taken on an agenda, given an end there."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from meetings import agenda_questions
from meetings.admin import entering
from meetings.agenda_questions import AgendaRefused
from meetings.models import AgendaItem, AgendaQuestion, AskedFor, Commitment, Meeting
from participants.admin.acts import Act, ActsAdmin, ActsOnly
from participants.admin.frame import PanelAdmin, ReadOnly
from participants.models import Institution
from topics.admin.questions import ACTS as QUESTION_ACTS
from topics.admin.questions import QuestionAdmin
from topics.models import Question
from topics.questions import OPEN, QuestionRefused

End = AgendaQuestion.End
LISTED = 60  # meetings in a filter
TAKING = [Meeting.State.DRAFT, Meeting.State.SCHEDULED, Meeting.State.ANNOUNCED, Meeting.State.POSTPONED]
TAKING += [Meeting.State.HELD]


class ItemField(forms.ModelChoiceField):
    def label_from_instance(self, item: AgendaItem) -> str:
        return f"{item.meeting} – {item.heading}"


class TakeForm(forms.Form):
    item = ItemField(
        AgendaItem.objects.none(),
        label=_("On the agenda of"),
        empty_label=_("choose"),
        error_messages={"required": _("Choose an item of the agenda from the list.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = AgendaItem.objects.filter(meeting__state__in=TAKING, meeting__closed_at__isnull=True)
        items = items.exclude(part=AgendaItem.Part.BREAK).select_related("meeting", "topic")
        self.fields["item"].queryset = items.order_by("meeting__date", "meeting", "position", "pk")


TAKE = Act(
    name="agenda",
    label=_("Take on the agenda"),
    explanation=_("Everybody sees at which meeting the question will be raised. Until then its days are not counted."),
    done=_("The question is on the agenda."),
    run=agenda_questions.take,
    states=OPEN,
    form=TakeForm,
    permission=agenda_questions.PERMISSION,
    fits=lambda question: not question.agenda_places.unsettled().exclude(meeting__cancelled_at__isnull=False).exists(),
)

admin.site.unregister(Question)


@admin.register(Question)
class QuestionOfMeetingAdmin(QuestionAdmin):
    """That of the talk, with the act that only meetings know of."""

    acts = (*QUESTION_ACTS, TAKE)
    refusal = (QuestionRefused, AgendaRefused)


class MeetingFilter(admin.SimpleListFilter):
    """The meetings that some row of the list belongs to, the latest first. One query."""

    title = _("meeting")
    parameter_name = "meeting"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        meetings = Meeting.objects.filter(pk__in=model_admin.model.objects.values("meeting")).without_texts()
        return [(str(meeting.pk), str(meeting)) for meeting in meetings.latest_first()[:LISTED]]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value() or ""
        return queryset.filter(meeting=value) if value.isdecimal() else queryset


class UntakenFilter(admin.SimpleListFilter):
    """The same sets that the first page of the panel and the guided list count."""

    title = _("what waits")
    parameter_name = "need"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("coming", _("for a coming meeting, on no agenda")), ("untaken", _("on no agenda"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "coming":
            return queryset.untaken().coming(timezone.localdate())
        return queryset.untaken() if self.value() == "untaken" else queryset


class EndForm(forms.Form):
    """What became of the question at the meeting; it can be changed until the report is out."""

    end = forms.ChoiceField(label=_("End"), choices=End.choices, required=False)
    answer = forms.CharField(
        label=_("What was answered"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    answered_by = forms.CharField(
        label=_("Who answered"),
        required=False,
        max_length=250,
        help_text=_("Post and institution, as in the minutes."),
    )
    institution = forms.ModelChoiceField(
        Institution.objects.public().by_name(),
        label=_("Institution"),
        required=False,
        empty_label=_("choose"),
        help_text=_("Whose answer it was, or to whom the question is passed on."),
    )
    commitment = forms.ModelChoiceField(
        Commitment.objects.none(), label=_("Commitment"), required=False, empty_label=_("choose")
    )


END = Act(
    name="end",
    label=_("Write down the end"),
    explanation=_("What became of the question at the meeting. Everybody sees it when the report is out."),
    done=_("The end is written down."),
    run=agenda_questions.end,
    states=frozenset({"open"}),
    form=EndForm,
    initial=lambda place: {
        name: getattr(place, name) for name in ("end", "answer", "answered_by", "institution", "commitment")
    },
)
TAKE_OFF = Act(
    name="take-off",
    label=_("Take off the agenda"),
    explanation=_("The question waits for an answer again, with whoever has it."),
    done=_("The question is off the agenda."),
    run=agenda_questions.take_off,
    states=frozenset({"open"}),
    is_grave=True,
)


@admin.register(AgendaQuestion)
class AgendaQuestionAdmin(ActsOnly, ActsAdmin):
    """What stands on an agenda; a question whose text nobody may read now has its number here, and no more."""

    acts = (END, TAKE_OFF)
    refusal = (AgendaRefused, QuestionRefused)
    list_display = ["question", "text", "meeting", "agenda_item", "end"]
    list_filter = [MeetingFilter, "end"]
    list_select_related = ["question__comment", "question__topic", "meeting", "agenda_item__topic"]
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-meeting__date", "-meeting", "agenda_item__position", "pk"]
    fieldsets = [
        (None, {"fields": ["question_link", "whole_text", "meeting", "agenda_item", "taken_at"]}),
        (
            _("At the meeting"),
            {"fields": ["end", "answer", "answered_by", "institution", "commitment", "ended_at", "settled_at"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgendaQuestion]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def state_of(self, obj: AgendaQuestion) -> str:
        return "settled" if obj.settled_at else "open"

    def _form(self, request: HttpRequest, act: Act, obj: AgendaQuestion) -> forms.Form:
        form = super()._form(request, act, obj)
        if isinstance(form, EndForm):
            form.fields["commitment"].queryset = Commitment.objects.filter(meeting=obj.meeting_id).order_by("pk")
        return form

    def after_act(self, request: HttpRequest, obj: AgendaQuestion) -> str:
        """Back among the questions of the meeting: the next one waits there."""
        return f"{reverse('admin:meetings_agendaquestion_changelist')}?meeting={obj.meeting_id}"

    def quote_from(self, obj: AgendaQuestion) -> str:
        return self.whole_text(obj)

    def view_on_site(self, obj: AgendaQuestion) -> str:
        return obj.question.get_absolute_url()

    @admin.display(description=_("text"))
    def text(self, obj: AgendaQuestion) -> str:
        return Truncator(self.whole_text(obj)).chars(120)

    @admin.display(description=_("text"))
    def whole_text(self, obj: AgendaQuestion) -> str:
        return obj.question.comment.text if obj.question.is_public else _("Nobody can read this question now.")

    @admin.display(description=_("question"))
    def question_link(self, obj: AgendaQuestion) -> str:
        url = reverse("admin:topics_question_change", args=[obj.question_id])
        return format_html('<a href="{}">{}</a>', url, obj.question)


@admin.register(AskedFor)
class AskedForAdmin(ReadOnly, PanelAdmin):
    """Questions asked for meetings that everybody can read; from here they are taken on the agenda."""

    list_display = ["number", "text", "topic", "meeting", "state"]
    list_display_links = None
    list_filter = [UntakenFilter, MeetingFilter]
    list_select_related = ["comment__question", "comment__topic", "meeting"]
    search_fields = ["comment__text"]
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-pk"]
    fields = readonly_fields = ["number", "text", "topic", "meeting", "state"]

    def get_urls(self) -> list[URLPattern]:
        enter, slip = self.admin_site.admin_view(self.enter), self.admin_site.admin_view(entering.slip_page)
        return [
            path("wpisz/", enter, name="meetings_askedfor_enter"),
            path("kartka/<int:number>/", slip, name="meetings_askedfor_slip"),
            *super().get_urls(),
        ]

    def enter(self, request: HttpRequest) -> HttpResponse:
        return entering.enter_page(request, self.admin_site.each_context(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[AskedFor]:
        found = super().get_queryset(request).filter(comment__question__isnull=False).public()
        return found.select_related(*self.list_select_related)

    @admin.display(description=_("question"))
    def number(self, obj: AskedFor) -> str:
        question = obj.comment.question
        url = reverse("admin:topics_question_change", args=[question.pk])
        return format_html('<a href="{}">{}</a>', url, question)

    @admin.display(description=_("text"))
    def text(self, obj: AskedFor) -> str:
        return Truncator(obj.comment.text).chars(240)

    @admin.display(description=_("topic"))
    def topic(self, obj: AskedFor) -> str:
        return str(obj.comment.topic)

    @admin.display(description=_("state"))
    def state(self, obj: AskedFor) -> str:
        return obj.comment.question.get_state_display()
