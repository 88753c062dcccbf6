"""Questions that came on paper, by telephone or from the hall: written down, with a slip that has the number."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.asking import enter_for
from meetings.models import Meeting
from topics.discussion import OFFICIALS_MAY_ANSWER
from topics.entering import ENTERED
from topics.forms import SubmissionField
from topics.hints import pieces
from topics.models import TEXT_LIMIT, Question, Topic
from topics.questions import EVERY, PERMISSION
from topics.refusals import CommentRefused, DataFound


class EnterForm(forms.Form):
    source = forms.ChoiceField(
        label=_("How it was asked"),
        choices=[(source.value, source.label) for source in ENTERED],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose from the list how it was asked.")},
    )
    topic = forms.ModelChoiceField(
        Topic.objects.public().filter(state__in=OFFICIALS_MAY_ANSWER).without_texts().order_by("title", "pk"),
        label=_("Topic"),
        empty_label=_("choose"),
        error_messages={"required": _("Choose a topic from the list.")},
    )
    meeting = forms.ModelChoiceField(
        Meeting.objects.public()
        .filter(closed_at__isnull=True, cancelled_at__isnull=True)
        .without_texts()
        .order_by("date", "pk"),
        label=_("For the meeting"),
        required=False,
        empty_label=_("for none"),
    )
    text = forms.CharField(
        label=_("Question"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Everybody sees it at once. No personal data."),
        error_messages={"required": _("Write the question.")},
    )
    signature = forms.CharField(
        label=_("Signature"),
        max_length=40,
        required=False,
        help_text=_("For example a first name and an estate, if the person wants it. Empty: “Question on paper”."),
    )
    insists = forms.BooleanField(label=_("I have checked it: these are nobody's private data."), required=False)
    submission = SubmissionField(initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "insists" not in self.data:
            self.found: list[tuple[str, Any]] = []
            self.fields["insists"].widget = forms.HiddenInput()

    def ask_about(self, data: DataFound) -> None:
        """Show what looks like somebody's data, and the tick for who has checked it."""
        self.found = [piece for piece in pieces(data.text, data.hints) if piece[1]]
        self.fields["insists"].widget = forms.CheckboxInput()
        what = ", ".join(text for text, _kind in self.found)
        self.add_error("text", _("This looks like somebody's data: %(what)s.") % {"what": what})


def enter_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """For editors and moderators. Sent, it leads to the slip."""
    _check(request)
    form = EnterForm(request.POST if request.method == "POST" else None, initial=_chosen(request))
    if request.method == "POST" and form.is_valid():
        try:
            question = enter_for(by=request.user, **form.cleaned_data)
            return HttpResponseRedirect(reverse("admin:meetings_askedfor_slip", args=[question.pk]))
        except DataFound as found:
            form.ask_about(found)
        except CommentRefused as refusal:
            form.add_error(None, str(refusal))
    context |= {"title": _("Write a question down for somebody"), "form": form, "subtitle": None}
    return TemplateResponse(request, "admin/meetings/enter_question.html", context, status=422 if form.errors else 200)


def slip_page(request: HttpRequest, number: int) -> HttpResponse:
    """To print and to give to whoever asked."""
    _check(request)
    question = get_object_or_404(Question.objects.public().select_related("topic", "comment__asked_for"), pk=number)
    asked_for = getattr(question.comment, "asked_for", None)  # the reverse side of a one-to-one may be missing
    address = f"{settings.SITE_URL}{question.get_absolute_url()}"
    context = {"question": question, "address": address, "asked_for": asked_for}
    return TemplateResponse(request, "meetings/question_slip.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("meeting", "topic", "source") if name in request.GET}


def _check(request: HttpRequest) -> None:
    if not (request.user.has_perm(PERMISSION) and request.user.has_perm(EVERY)):
        raise PermissionDenied
