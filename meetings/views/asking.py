"""Asking a question for a meeting, with or without an account, and confirming it by a link."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings import asking
from meetings.models import GuestQuestion, Meeting
from meetings.question_forms import AskForm, GuestAskForm
from participants.consent import ask_first
from participants.limits import LimitReached, visitor
from participants.rules import has_accepted
from topics import drafts
from topics.models import Comment
from topics.refusals import CommentRefused, RulesChanged
from topics.threads import place_of


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """The page with the form, and where it is sent. `temat` in the address chooses a topic."""
    meeting = _meeting_at(request, year, slug)
    if request.method == "POST":
        return _send(request, meeting)
    if request.user.is_authenticated and not has_accepted(request.user):
        return ask_first(request.get_full_path())
    initial = {"submission": uuid.uuid4(), "text": drafts.kept(request.session, _draft_of(meeting))}
    if "temat" in request.GET:
        initial["topic"] = request.GET["temat"]
    return _page(request, meeting, _form(request, meeting, initial=initial))


def _meeting_at(request: HttpRequest, year: int, slug: str) -> Meeting:
    return get_object_or_404(Meeting.objects.public().without_texts(), date__year=year, slug=slug)


def _draft_of(meeting: Meeting) -> str:
    return f"s{meeting.pk}"


def _form(request: HttpRequest, meeting: Meeting, *data: QueryDict, **kwargs: Any) -> AskForm:
    make = AskForm if request.user.is_authenticated else GuestAskForm
    return make(*data, author=request.user, topics=asking.topics_of(meeting, timezone.now()), **kwargs)


def _send(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form = _form(request, meeting, request.POST)
    if form.is_emergency:
        return _emergency(request, meeting, form)
    status = 422
    if form.is_valid():
        try:
            return _asked(request, meeting, form)
        except RulesChanged:
            drafts.keep(request.session, _draft_of(meeting), form.typed)
            return ask_first(request.path)
        except (CommentRefused, LimitReached) as refusal:
            status = form.refuse(refusal)
    form.renew()
    return _page(request, meeting, form, status)


def _emergency(request: HttpRequest, meeting: Meeting, form: AskForm) -> HttpResponse:
    """Nothing is sent: 112 comes first. The text waits in the form."""
    drafts.keep(request.session, _draft_of(meeting), form.typed)
    return render(request, "topics/emergency.html", {"back": request.path})


def _asked(request: HttpRequest, meeting: Meeting, form: AskForm) -> HttpResponse:
    """What refuses it is raised for `_send`. A guest reads the same, whoever has the address."""
    if isinstance(form, GuestAskForm):
        language = get_language() or "pl"
        asking.ask_as_guest(meeting=meeting, visitor=visitor(request), language=language, **form.asked())
        drafts.forget(request.session, _draft_of(meeting))
        return redirect("meetings:question_sent", meeting.date.year, meeting.slug)
    comment = asking.ask(meeting=meeting, author=request.user, visitor=visitor(request), **form.asked())
    drafts.forget(request.session, _draft_of(meeting))
    if comment.state == Comment.State.PUBLISHED:
        messages.success(request, _("Your question is on the forum now."))
    else:
        messages.success(
            request, _("Thank you. A moderator will read the question and we will let you know by e-mail.")
        )
    return redirect(place_of(comment) if comment.is_visible_to(request.user) else meeting)


def _page(request: HttpRequest, meeting: Meeting, form: AskForm, status: int = 200) -> HttpResponse:
    """Where nothing can be asked any more, what was typed is still there to be copied."""
    now = timezone.now()
    context = {
        "meeting": meeting,
        "form": form,
        "is_open": asking.takes_questions(meeting, now) and bool(form.fields["topic"].choices),
        "until": asking.deadline(meeting),
    }
    return render(request, "meetings/question_form.html", context, status=status)


@require_safe
def sent(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """The same page for an address with an account and for one without."""
    context = {"meeting": _meeting_at(request, year, slug), "days": asking.KEPT.days}
    return render(request, "meetings/question_sent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_question(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link of the letter: a button, or what became of the question. Reading it changes nothing."""
    submission = asking.submission_in(token)
    if submission is None:
        raise Http404
    refusal, status = "", 200
    if request.method == "POST":
        try:
            if asking.confirm(submission, visitor=visitor(request)):
                return redirect(request.path)
        except LimitReached as limit:
            refusal, status = str(limit), 429
        except CommentRefused as error:
            refusal, status = str(error), 409
    guest = GuestQuestion.objects.select_related("meeting", "topic").filter(submission=submission).first()
    written = None if guest else asking.written_as(submission)
    context = {"guest": guest, "comment": written, "refusal": refusal, "days": asking.KEPT.days}
    if not guest and not written:
        status = 404
    response = render(request, "meetings/question_confirm.html", context, status=status)
    add_never_cache_headers(response)
    return response
