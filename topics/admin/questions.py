"""Questions and their course. An institution's staff see those that it has or had, and nothing else; topics.questions
and topics.answers decide."""

import datetime
import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from participants.admin.acts import Act, ActsAdmin, ActsOnly
from participants.admin.frame import PanelInline, ReadOnly
from participants.models import Institution
from topics import questions
from topics.answers import answer
from topics.discussion import OFFICIALS_MAY_ANSWER
from topics.forms import SubmissionField
from topics.models import TEXT_LIMIT, Question, QuestionStep

State = Question.State


class SeenForm(forms.Form):
    """Carries the step that the person saw: who is slower than somebody else is told."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AnswerForm(SeenForm):
    text = forms.CharField(
        label=_("Answer"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write the answer.")},
    )
    submission = SubmissionField(initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = _("At most %(limit)d characters. Do not give other people's personal data.")
        self.fields["text"].help_text = rule % {"limit": TEXT_LIMIT}


class NoteForm(SeenForm):
    note = forms.CharField(
        label=_("Note for everybody"),
        max_length=questions.NOTE_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands on the page of the question. No personal data."),
    )


class PassOnForm(NoteForm):
    to = forms.ModelChoiceField(
        Institution.objects.public().by_name(),
        label=_("To whom"),
        empty_label=_("choose"),
        error_messages={"required": _("Choose an institution from the list.")},
    )
    field_order = ["seen", "to", "note"]


def _seen(question: Question) -> dict[str, Any]:
    return {"seen": questions.last_step(question)}


ANSWER = "answer"
OWN = "us"
ACTS = (
    Act(
        name=ANSWER,
        label=pgettext_lazy("verb", "Answer"),
        explanation=_("Everybody will see the answer in the talk, in the name of your post and institution."),
        done=_("The question is answered."),
        run=answer,
        states=questions.OPEN,
        form=AnswerForm,
        initial=_seen,
    ),
    Act(
        name="pass-on",
        label=pgettext_lazy("verb", "Pass on"),
        explanation=_("The question goes to another institution. Everybody sees to which one, and the note."),
        done=_("The question is passed on."),
        run=questions.pass_on,
        states=questions.OPEN,
        form=PassOnForm,
        initial=_seen,
    ),
    Act(
        name="meeting",
        label=_("To be raised at a meeting"),
        explanation=_("Everybody sees that the question waits for a meeting. Until then its days are not counted."),
        done=_("The question will be raised at a meeting."),
        run=questions.raise_at_meeting,
        states=questions.OPEN - {State.MEETING},
        form=NoteForm,
        initial=_seen,
    ),
)


class HolderFilter(admin.SimpleListFilter):
    """What the person's own institution has on its table; whose questions to show, for who looks after all of them."""

    title = _("who has it")
    parameter_name = "holder"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        own = [(OWN, _("waits for us"))] if questions.institution_of(request.user, timezone.now()) else []
        if not request.user.has_perm(questions.EVERY):
            return own
        holders = Institution.objects.filter(pk__in=Question.objects.public().values("institution"))
        named = [(str(pk), name) for pk, name in holders.by_name().values_list("pk", "name")]
        return [*own, ("nobody", _("nobody")), *named]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value()
        if chosen not in dict(self.lookup_choices):
            return queryset
        if chosen == OWN:
            return queryset.waiting().filter(institution=questions.institution_of(request.user, timezone.now()))
        return queryset.filter(institution=None if chosen == "nobody" else chosen)


class StepInline(ReadOnly, PanelInline):
    model = QuestionStep
    fields = readonly_fields = ["state", "institution", "note", "at", "waited"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees a question sees its course: the site shows it too."""
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("institution")


@admin.register(Question)
class QuestionAdmin(ActsOnly, ActsAdmin):
    """Only questions that everybody can read: no held or hidden text comes here, whoever looks."""

    acts = ACTS
    refusal = questions.QuestionRefused
    inlines = [StepInline]
    list_display = ["number", "text", "topic", "state", "institution", "days"]
    list_filter = ["state", HolderFilter]
    list_select_related = ["comment", "topic", "institution"]
    search_fields = ["=number", "comment__text"]
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-number"]
    fieldsets = [(None, {"fields": ["whole_text", "topic_link", "state", "institution", "asked_at", "days"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """One query more for an account that sees its institution's alone."""
        found = super().get_queryset(request).public().select_related("comment", "topic", "institution")
        if request.user.has_perm(questions.EVERY):
            return found
        own = questions.institution_of(request.user, timezone.now())
        return found.had_by(own) if own else found.none()

    def may_do(self, request: HttpRequest, act: Act, obj: Question) -> bool:
        """An answer is for whoever speaks for an institution; the rest as topics.questions says."""
        if not super().may_do(request, act, obj):
            return False
        now = timezone.now()
        if act.name == ANSWER:
            return questions.institution_of(request.user, now) is not None and obj.topic.state in OFFICIALS_MAY_ANSWER
        return questions.may_decide(obj, request.user, now)

    def quote_from(self, obj: Question) -> str:
        return obj.comment.text

    def view_on_site(self, obj: Question) -> str:
        return obj.get_absolute_url()

    @admin.display(description=_("text"))
    def text(self, obj: Question) -> str:
        return Truncator(obj.comment.text).chars(120)

    @admin.display(description=_("text"))
    def whole_text(self, obj: Question) -> str:
        return obj.comment.text

    @admin.display(description=_("topic"))
    def topic_link(self, obj: Question) -> str:
        return format_html('<a href="{}">{}</a>', obj.topic.get_absolute_url(), obj.topic.title)

    @admin.display(description=_("days waiting"))
    def days(self, obj: Question) -> int | str:
        """Since it was asked, whoever has it; nothing where it is answered."""
        waits: datetime.timedelta = timezone.now() - obj.asked_at
        return "–" if obj.answered_at else waits.days
