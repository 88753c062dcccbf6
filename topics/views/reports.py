"""Reporting a comment; works signed out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from participants.consent import ask_first
from participants.limits import LimitReached, visitor
from topics import drafts
from topics.models import Comment, Report
from topics.report_forms import ReportForm
from topics.reports import AlreadyReported, CommentGone, ReportRefused, RulesFirst, report

URGENT = "pilne"


@require_http_methods(["GET", "HEAD", "POST"])
def report_comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What nobody has ever seen is not found; what is gone since is said to be gone (409), with the text kept."""
    comment = get_object_or_404(Comment.objects.public().for_reading().select_related("topic"), pk=pk)
    is_stranger = not request.user.is_authenticated
    if request.method == "POST":
        return _send(request, comment, ReportForm(request.POST, is_stranger=is_stranger))
    if comment.topic.slug != slug:
        return redirect("topics:report", comment.topic.slug, pk, permanent=True)
    status = 200 if comment.state == Comment.State.PUBLISHED else 409
    initial = {"text": drafts.kept(request.session, drafts.of_report(pk))}
    return _page(request, comment, ReportForm(is_stranger=is_stranger, initial=initial), status)


@require_safe
def reported(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The confirmation; it says the same to everybody, whatever became of the comment."""
    comment = get_object_or_404(Comment.objects.public().select_related("topic"), pk=pk)
    context = {"topic": comment.topic, "comment": comment, "is_urgent": URGENT in request.GET}
    return render(request, "topics/reported.html", context)


def _send(request: HttpRequest, comment: Comment, form: ReportForm) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            report(comment, **form.report, **_sender(request))
        except AlreadyReported as known:
            return _thanks(request, comment, form, known)
        except RulesFirst:
            drafts.keep(request.session, drafts.of_report(comment.pk), form.data.get("text", ""))
            return ask_first(request.path)
        except LimitReached as limit:
            status = 429
            form.add_error(None, str(limit))
        except ReportRefused as refusal:
            status = 409 if isinstance(refusal, CommentGone) else 422
            form.add_error(None, str(refusal))
        else:
            drafts.forget(request.session, drafts.of_report(comment.pk))
            return _thanks(request, comment, form)
    comment.refresh_from_db(fields=["state"])
    form.renew()
    return _page(request, comment, form, status)


def _sender(request: HttpRequest) -> dict[str, Any]:
    resident = request.user if request.user.is_authenticated else None
    return {"resident": resident, "language": get_language(), "visitor": "" if resident else visitor(request)}


def _thanks(
    request: HttpRequest, comment: Comment, form: ReportForm, known: AlreadyReported | None = None
) -> HttpResponse:
    """A stranger is not told whether an address has reported before: it may be somebody else's."""
    if known and request.user.is_authenticated:
        messages.info(request, str(known))
    query = f"?{URGENT}=1" if form.cleaned_data["why"] in Report.URGENT else ""
    return redirect(reverse("topics:reported", args=[comment.topic.slug, comment.pk]) + query)


def _page(request: HttpRequest, comment: Comment, form: ReportForm, status: int) -> HttpResponse:
    is_shown = comment.state == Comment.State.PUBLISHED
    context = {"comment": comment, "topic": comment.topic, "is_shown": is_shown, "form": form}
    return render(request, "topics/report_form.html", context, status=status)
