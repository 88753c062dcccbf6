"""Surveys: their questions, sheets that came on paper, and what people wrote in their own words."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from meetings import surveys
from meetings.admin.inlines import OrderedFormSet, OrderedInline, RowForm
from meetings.models import Survey, SurveyAnswer, SurveyQuestion, SurveySheet
from meetings.survey_forms import PaperForm
from participants.admin.acts import Act, ActsAdmin
from participants.admin.frame import PanelAdmin, PanelForm, ReadOnly

Kind = SurveyQuestion.Kind
# What residents are usually asked after a meeting. Content of the forum: it can be changed before anybody answers.
USUAL = [
    {
        "kind": Kind.SCALE,
        "text": "Jak bezpiecznie czujesz się w swojej okolicy?",
        "lowest": "wcale nie czuję się bezpiecznie",
        "highest": "czuję się w pełni bezpiecznie",
    },
    {
        "kind": Kind.SCALE,
        "text": "Jak oceniasz pracę Policji w swojej okolicy?",
        "lowest": "bardzo źle",
        "highest": "bardzo dobrze",
    },
    {
        "kind": Kind.CHOICES,
        "text": "Co najbardziej zagraża Ci w pobliżu domu?",
        "answers": "Kradzieże i włamania\nNiszczenie mienia\nAwantury i zakłócanie spokoju\nPijani lub odurzeni ludzie"
        "\nNiebezpieczna jazda i parkowanie\nNarkotyki\nBrak oświetlenia\nNic z tych rzeczy",
    },
]


class SurveyForm(PanelForm):
    places = {"survey_ends_after_start": "closes_on"}


class QuestionForm(RowForm):
    class Meta:
        widgets = {"answers": forms.Textarea(attrs={"rows": 4})}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        lines = [line.strip() for line in cleaned.get("answers", "").splitlines() if line.strip()]
        if cleaned.get("kind") in {Kind.CHOICE, Kind.CHOICES}:
            if len(lines) < 2:
                self.add_error("answers", _("Write at least two answers, one in a line."))
            elif len(set(lines)) < len(lines):
                self.add_error("answers", _("One answer stands there twice."))
        return cleaned


class QuestionFormSet(OrderedFormSet):
    def clean(self) -> None:
        super().clean()
        if not any(form.has_changed() or form.instance.pk for form in self._kept()):
            raise ValidationError(_("A survey needs a question."))


class QuestionInline(OrderedInline):
    model = SurveyQuestion
    form = QuestionForm
    formset = QuestionFormSet
    fields = ["text", "kind", ("lowest", "highest"), "answers", "position"]

    def get_extra(self, request: HttpRequest, obj: Survey | None = None, **kwargs: Any) -> int:
        return 1 if obj else len(USUAL)

    def has_add_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        return super().has_add_permission(request, obj) and not _is_answered(obj)

    def has_change_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_answered(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_answered(obj)


KEY_IN = Act(
    "key-in",
    _("Key in sheets"),
    _("Type one sheet that came on paper as it is. What was left empty stays empty."),
    _("The sheet is saved. Type the next one."),
    surveys.answer,
    frozenset([""]),
    permission=surveys.KEYS_IN,
)


@admin.register(Survey)
class SurveyAdmin(ActsAdmin):
    form = SurveyForm
    acts = (KEY_IN,)
    refusal = surveys.SurveyRefused
    inlines = [QuestionInline]
    list_display = ["meeting", "opens_on", "closes_on", "sheet_count"]
    list_select_related = ["meeting"]
    search_fields = ["meeting__title"]
    autocomplete_fields = ["meeting"]
    date_hierarchy = "opens_on"
    NOTE = _("Somebody has answered already, so the questions stay as they are.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        found = super().get_queryset(request).visible_to(request.user).select_related("meeting")
        return found.annotate(sheet_count=Count("sheets"))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Survey | None:
        """Locked while its form is saved, as while a sheet comes in: no question changes in between."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST" and connection.in_atomic_block:
            Survey.objects.select_for_update(of=("self",)).get(pk=found.pk)
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Survey | None = None) -> list[Any]:
        fields = ["meeting", "introduction", ("opens_on", "closes_on")]
        note = {"description": self.NOTE} if _is_answered(obj) else {}
        return [(None, {"fields": [*fields, *(["pages"] if obj else [])], **note})]

    def get_readonly_fields(self, request: HttpRequest, obj: Survey | None = None) -> list[str]:
        return ["pages", *(["meeting"] if _is_answered(obj) else [])]

    def get_formset_kwargs(self, request: HttpRequest, obj: Survey, inline: Any, prefix: str) -> dict[str, Any]:
        """A new survey begins with the usual questions. Sent, each is typed text like any other, and is saved."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        return {**kwargs, "initial": USUAL} if request.method != "POST" and obj.pk is None else kwargs

    def state_of(self, obj: Survey) -> str:
        """The days say when it is open; sheets on paper come at any time."""
        return ""

    def subtitle_of(self, obj: Survey) -> str:
        keyed = obj.sheets.filter(on_paper=True).count()
        return _("%(meeting)s – sheets keyed in: %(count)d") % {"meeting": obj.meeting, "count": keyed}

    def _form(self, request: HttpRequest, act: Act, obj: Survey) -> forms.Form:
        data = request.POST if request.method == "POST" else None
        return PaperForm(data, questions=list(obj.questions.all()))

    def run_act(self, request: HttpRequest, act: Act, obj: Survey, form: PaperForm) -> SurveySheet:
        name = form.cleaned_data["submission"]
        return act.run(obj, given=form.given, submission=name, on_paper=True, keyed_by=request.user)

    def _page(self, request: HttpRequest, act: Act, obj: Survey, form: forms.Form) -> HttpResponse:
        page = super()._page(request, replace(act, label=_("Save and next sheet")), obj, form)
        page.context_data["title"] = act.label
        return page

    def after_act(self, request: HttpRequest, obj: Survey) -> str:
        return reverse("admin:meetings_survey_key-in", args=[obj.pk])

    def get_urls(self) -> list[URLPattern]:
        pages = [("words", self.words_view), ("print", self.print_view)]
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=self._url_name(name))
            for name, view in pages
        ]
        return [*own, *super().get_urls()]

    def words_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was written, question by question, in no order that would tell whose it is."""
        survey = self._visible(request, pk)
        written = SurveyAnswer.objects.filter(sheet__survey=survey, question__kind=Kind.TEXT).select_related("question")
        context = {
            "title": _("Own words"),
            "subtitle": str(survey.meeting),
            "original": survey,
            "written": written.order_by("question__position", "question", "words", "pk"),
        }
        return self.panel_page(request, "admin/meetings/survey/words.html", context)

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self._visible(request, pk)
        asked = [(question, surveys.labels_of(question)) for question in survey.questions.all()]
        context = {"survey": survey, "meeting": survey.meeting, "asked": asked}
        return TemplateResponse(request, "meetings/survey_sheet.html", context)

    def _visible(self, request: HttpRequest, pk: int) -> Survey:
        survey = self.get_object(request, str(pk))
        if survey is None or not self.has_view_permission(request, survey):
            raise Http404
        return survey

    @admin.display(description=_("sheets"), ordering="sheet_count")
    def sheet_count(self, obj: Survey) -> int:
        return obj.sheet_count

    @admin.display(description=_("pages"))
    def pages(self, obj: Survey) -> str:
        address = [obj.meeting.date.year, obj.meeting.slug]
        found = [
            (obj.get_absolute_url(), _("The page of the survey")),
            (reverse("meetings:survey_results", args=address), _("Results")),
            (reverse("admin:meetings_survey_print", args=[obj.pk]), _("A sheet to print")),
            (reverse("admin:meetings_survey_words", args=[obj.pk]), _("Own words")),
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', found)


def _is_answered(survey: Survey | None) -> bool:
    """Every row of this admin counts its sheets, but the one that Django has just made. One query at most."""
    return survey is not None and survey.pk is not None and survey.sheets.exists()


@admin.register(SurveySheet)
class SurveySheetAdmin(ReadOnly, PanelAdmin):
    """Which sheets there are, without their answers. One that was keyed in wrongly is deleted, and keyed in anew."""

    list_display = ["pk", "survey", "on_paper", "keyed_by", "day"]
    list_filter = ["on_paper"]
    list_select_related = ["survey__meeting", "keyed_by"]
    date_hierarchy = "day"
    fields = ["survey", "on_paper", "keyed_by", "day"]
    ordering = ["-pk"]

    def has_delete_permission(self, request: HttpRequest, obj: SurveySheet | None = None) -> bool:
        return obj is not None and obj.on_paper and request.user.has_perm("meetings.change_surveysheet")
