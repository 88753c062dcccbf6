"""The pages of questions: the list, and the course of each."""

import datetime
import io
import itertools
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from participants.paging import page_of
from topics.models import INLINE_REPLIES, Comment, Question, QuestionStep
from topics.models.question import QuestionQuerySet
from topics.question_forms import NumberForm, QuestionFilterForm

PER_PAGE = 20
ANSWERS = 10  # official ones on the page of a question; the talk has them all


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    """Three queries for a stranger, one more for an institution chosen or a number that nobody has."""
    lookup = NumberForm(request.GET if "numer" in request.GET else None)
    if lookup.is_bound and lookup.is_valid():
        return redirect(lookup.question)
    filters = QuestionFilterForm(request.GET)
    if not filters.is_valid():
        raise Http404
    chosen, now = filters.cleaned_data, timezone.now()
    page = page_of(request, _in_order(_filtered(Question.objects.public(), chosen), chosen).for_list(), size=PER_PAGE)
    context = {
        "page": page,
        "rows": [(question, _days(question, now)) for question in page],
        "filters": filters,
        "lookup": lookup,
        "is_filtered": any(chosen.values()),
        "order": chosen["kolejnosc"] or "najnowsze",
    }
    return render(request, "topics/question_list.html", context, status=404 if lookup.errors else 200)


def _filtered(questions: QuestionQuerySet, chosen: dict[str, Any]) -> QuestionQuerySet:
    if chosen["instytucja"]:
        questions = questions.filter(institution=chosen["instytucja"])
    if chosen["stan"] == "czekaja":
        return questions.waiting()
    states = {
        "przekazane": Question.State.PASSED,
        "na-spotkaniu": Question.State.MEETING,
        "z-odpowiedzia": Question.State.ANSWERED,
        "obiecane": Question.State.PROMISED,
    }
    return questions.filter(state=states[chosen["stan"]]) if chosen["stan"] else questions


def _in_order(questions: QuestionQuerySet, chosen: dict[str, Any]) -> QuestionQuerySet:
    """What waits longest is asked of those that wait, unless the reader wants answered ones."""
    if chosen["kolejnosc"] != "najdluzej":
        return questions.newest_first()
    return (questions if chosen["stan"] else questions.open()).longest_waiting_first()


def _days(question: Question, now: datetime.datetime) -> int:
    """How long it waits, or waited, for the first official word."""
    return (question.first_word_took or now - question.asked_at).days


@require_safe
def question(request: HttpRequest, number: int) -> HttpResponse:
    """Seven queries for a stranger, one more where it was asked for a meeting; two where the text cannot be read now:
    the number and the address stay."""
    questions = Question.objects.visible_to(request.user).select_related("topic", "institution")
    found = get_object_or_404(questions, pk=number)
    found.comment = get_object_or_404(Comment.objects.public().for_reading(), pk=found.comment_id)
    found.comment.topic = found.topic
    context = {"question": found, "comment": found.comment, "topic": found.topic}
    if found.is_public:
        context |= _course(found)
    return render(request, "topics/question_detail.html", context)


def _course(question: Question) -> dict[str, Any]:
    replies = question.comment.replies.public().published().for_reading().in_order()
    return {
        "days": _days(question, timezone.now()),
        "steps": _steps(question),
        "answers": replies.official()[:ANSWERS],
        "replies": replies.filter(voice="")[:INLINE_REPLIES],
    }


@require_safe
def code(request: HttpRequest, number: int) -> HttpResponse:
    """The address of a question as a QR code, for the slip with its number. One query."""
    found = get_object_or_404(Question.objects.visible_to(request.user).only("pk"), pk=number)
    drawing = io.BytesIO()
    made = segno.make(f"{settings.SITE_URL}{found.get_absolute_url()}", error="q", micro=False)
    made.save(drawing, kind="svg", border=2, scale=4)
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")


def _steps(question: Question) -> list[QuestionStep]:
    """Each knows whether the question was to be raised at a meeting before it. One query."""
    steps = list(question.steps.select_related("institution"))
    for before, step in itertools.pairwise(steps):
        step.was_planned = before.state == Question.State.MEETING
    return steps
