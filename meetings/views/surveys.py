"""The survey of a meeting: its sheet, the thanks, and the results."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from meetings import surveys
from meetings.models import ENOUGH, Survey
from meetings.survey_forms import SurveyForm
from participants.limits import LimitReached, visitor


def _survey_at(request: HttpRequest, year: int, slug: str) -> Survey:
    """One query; two more for staff."""
    found = Survey.objects.visible_to(request.user).select_related("meeting")
    return get_object_or_404(found, meeting__date__year=year, meeting__slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """The sheet while the survey is open. Two queries."""
    found = _survey_at(request, year, slug)
    questions = list(found.questions.all())
    if request.method == "POST":
        return _send(request, found, SurveyForm(request.POST, questions=questions))
    return _page(request, found, SurveyForm(questions=questions))


@require_safe
def sent(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    return render(request, "meetings/survey_sent.html", {"survey": _survey_at(request, year, slug), "enough": ENOUGH})


@require_safe
def results(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """Charts that are tables; nothing but a sentence while there are too few sheets. Seven queries at most."""
    found = _survey_at(request, year, slug)
    today = timezone.localdate()
    context = {
        "survey": found,
        "meeting": found.meeting,
        "results": surveys.results(found, today),
        "enough": ENOUGH,
        "is_open": found.is_open(today),
        "canonical": request.build_absolute_uri(reverse("meetings:survey_results", args=[year, slug])),
    }
    return render(request, "meetings/survey_results.html", context)


def _send(request: HttpRequest, found: Survey, form: SurveyForm) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            surveys.answer(
                found, given=form.given, submission=form.cleaned_data["submission"], visitor=visitor(request)
            )
        except LimitReached as limit:
            status = 429
            form.add_error(None, str(limit))
        except surveys.SurveyRefused as refusal:
            status = 409 if isinstance(refusal, surveys.SurveyClosed) else 422
            form.add_error(None, str(refusal))
        else:
            return redirect("meetings:survey_sent", found.meeting.date.year, found.meeting.slug)
    form.renew()
    return _page(request, found, form, status)


def _page(request: HttpRequest, found: Survey, form: SurveyForm, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "survey": found,
        "meeting": found.meeting,
        "form": form,
        "is_open": found.is_open(today) and found.meeting.is_public,
        "is_early": today < found.opens_on,
        "enough": ENOUGH,
    }
    return render(request, "meetings/survey_form.html", context, status=status)
