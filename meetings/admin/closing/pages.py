"""The guided list of what a report needs, and a page for each step, which can be saved half done.

A page is built twice: to be looked at, and to be saved, then from rows that were read under the lock of the meeting.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings import closing, series
from meetings.admin.closing.commitments import CommitmentsPage, VerdictsPage
from meetings.admin.closing.conclusions import ConclusionsPage
from meetings.admin.closing.files import FilesPage
from meetings.admin.closing.notes import NotePage, NotesPage
from meetings.admin.closing.presences import PresencesPage
from meetings.admin.closing.questions import QuestionsPage
from meetings.agenda_questions import AgendaRefused
from meetings.closing import ClosingRefused, Step
from meetings.commitments import CommitmentRefused
from meetings.minutes import MinutesRefused
from meetings.models import Meeting
from participants.admin.acts import Act

REFUSALS = (ClosingRefused, AgendaRefused, CommitmentRefused, MinutesRefused)


class Page(Protocol):
    """What a step is made of."""

    template: str
    forms: list[forms.Form]

    def is_valid(self) -> bool: ...
    def save(self, *, by: Any) -> None: ...
    def context(self) -> dict[str, Any]: ...


PAGES: dict[str, Callable[..., Page]] = {
    Step.PRESENCES: PresencesPage,
    Step.NOTES: NotesPage,
    Step.QUESTIONS: QuestionsPage,
    Step.VERDICTS: VerdictsPage,
    Step.CONCLUSIONS: ConclusionsPage,
    Step.COMMITMENTS: CommitmentsPage,
    Step.FILES: FilesPage,
}
CLOSING = Act(
    "zamkniecie",
    _("Close the meeting with a report"),
    _("A list of what the report needs, step by step."),
    _("The report is published."),
    closing.publish_report,
    frozenset({Meeting.State.ANNOUNCED, Meeting.State.HELD}),
    fits=lambda meeting: meeting.is_to_close(timezone.localdate()),
)


class ClosingPages:
    """Mixed into the admin of meetings."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        notes = partial(self.step_view, step=Step.NOTES)
        steps = [
            path(
                f"<int:pk>/zamkniecie/{step}/",
                wrap(partial(self.step_view, step=step)),
                name=f"meetings_meeting_{step}",
            )
            for step in PAGES
        ]
        own = [
            path("<int:pk>/zamkniecie/", wrap(self.tasks_view), name="meetings_meeting_closing"),
            path("<int:pk>/zamkniecie/notatki/<int:item>/", wrap(notes), name="meetings_meeting_notatka"),
            path("<int:pk>/zamkniecie/sprawdzenie/", wrap(self.check_view), name="meetings_meeting_check"),
        ]
        return [*own, *steps, *super().get_urls()]

    def offered(self, request: HttpRequest, obj: Meeting | None) -> list[dict[str, Any]]:
        """The guided list stands first, once the day has come."""
        offers = super().offered(request, obj)
        if obj is None or not CLOSING.fits(obj) or not self.may_do(request, CLOSING, obj):
            return offers
        return [{"act": CLOSING, "url": reverse("admin:meetings_meeting_closing", args=[obj.pk])}, *offers]

    def tasks_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Twelve queries at most, whatever the size of the meeting."""
        meeting = self.row_to_change(request, pk)
        found = [(task, _address(meeting, task.step)) for task in closing.tasks(meeting)]
        context = {"tasks": found, "is_open": CLOSING.fits(meeting)}
        return self._show(request, meeting, "admin/closing/tasks.html", CLOSING.label, context)

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting = self.row_to_change(request, pk)
        if request.method == "POST":
            try:
                closing.publish_report(meeting, by=request.user)
            except REFUSALS as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                return HttpResponseRedirect(_address(meeting, "closing"))
            self.log_change(request, meeting, str(CLOSING.label))
            self.message_user(request, CLOSING.done, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:meetings_meeting_change", args=[meeting.pk]))
        found = [(task, _address(meeting, task.step)) for task in closing.tasks(meeting) if task.missing]
        is_ready = CLOSING.fits(meeting) and not any(task.is_needed for task, _url in found)
        context = {"open_tasks": found, "is_ready": is_ready, "is_open": CLOSING.fits(meeting)}
        return self._show(request, meeting, "admin/closing/check.html", _("Check and publish"), context)

    def step_view(self, request: HttpRequest, pk: int, step: str, item: int | None = None) -> HttpResponse:
        """The first save begins the closing: what was promised since the meeting was planned joins its list."""
        meeting = self.row_to_change(request, pk)
        if not CLOSING.fits(meeting):
            return HttpResponseRedirect(_address(meeting, "closing"))
        make = PAGES[step] if item is None else partial(NotePage, item=item)
        if request.method != "POST":
            return self._step(request, meeting, step, make(meeting, None, None))
        try:
            with transaction.atomic():
                meeting = closing.for_writing(meeting, by=request.user, now=timezone.now())
                page = make(meeting, request.POST, request.FILES)
                saved = page.is_valid() and _saved(page, request.user)
                if saved:
                    series.carry_over(meeting)
                    _note_change(meeting)
                else:
                    transaction.set_rollback(True)
        except ClosingRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(_address(meeting, "closing"))
        if not saved:
            return self._step(request, meeting, step, page, status=422)
        self.log_change(request, meeting, str(Step(step).label))
        self.message_user(request, _("Your changes are saved."), messages.SUCCESS)
        return HttpResponseRedirect(self._after(request, meeting, step, page))

    def _after(self, request: HttpRequest, meeting: Meeting, step: str, page: Page) -> str:
        if "_list" in request.POST:
            return _address(meeting, "closing")
        if isinstance(page, NotePage) and page.following:
            return _address(meeting, "notatka", page.following.pk)
        steps = [task.step for task in closing.tasks(meeting)]
        following = steps[steps.index(step) + 1 :] if step in steps else []
        return _address(meeting, following[0] if following else "check")

    def _step(self, request: HttpRequest, meeting: Meeting, step: str, page: Page, status: int = 200) -> HttpResponse:
        media = sum((form.media for form in page.forms), forms.Media())
        bound = [form for form in page.forms if form.is_bound]
        faults = [(field, text) for form in bound for field in form for text in field.errors]
        context = {"page": page, "has_errors": any(form.errors for form in bound), "faults": faults}
        context |= {"media": self.media + media, **page.context()}
        return self._show(request, meeting, page.template, Step(step).label, context, status)

    def _show(
        self, request: HttpRequest, meeting: Meeting, template: str, title: Any, own: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        about = {"title": title, "subtitle": str(meeting), "original": meeting}
        return self.panel_page(request, template, {**about, **own}, status)


def _saved(page: Page, by: Any) -> bool:
    """False when the page is to be shown again, with what a rule of the domain has refused."""
    try:
        with transaction.atomic():
            page.save(by=by)
    except REFUSALS as refusal:
        page.forms[0].add_error(None, ValidationError(str(refusal)))
        return False
    return all(not form.errors for form in page.forms)


def _note_change(meeting: Meeting) -> None:
    """Whoever has the whole form of the meeting open is told (participants.admin.conflicts)."""
    Meeting.objects.filter(pk=meeting.pk).update(revision=F("revision") + 1)


def _address(meeting: Meeting, page: str, *more: int) -> str:
    return reverse(f"admin:meetings_meeting_{page}", args=[meeting.pk, *more])
