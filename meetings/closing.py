"""Closing a meeting: what its report still lacks, its publication, and who is reminded of it.

The report goes out whole or not at all. Everything that is written before is kept, and only the editors see it.
Locks: the meeting, then what settling its questions and its commitments locks.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from meetings import agenda_questions, commitments
from meetings.models import AgendaItem, AgendaQuestion, Carried, Meeting, MeetingStep, Presence
from meetings.presences import freeze_all
from participants.batches import one_by_one
from participants.letters import queue_letter
from participants.models import Resident
from participants.roles import Role

PERMISSION = "meetings.change_meeting"
NOTED = [AgendaItem.Part.TALK, AgendaItem.Part.EVALUATION]  # nobody minutes a welcome or a break
REMINDERS = (3, 7)  # days after the meeting
TITLE_LENGTH = 80
State = Meeting.State


class ClosingRefused(Exception):
    """The report cannot go out, or what is written for it cannot be changed; `str()` says why, for people."""


class Step(models.TextChoices):
    """In the order in which they are done; the value stands in the address of the panel's page."""

    PRESENCES = "obecnosci", _("Who came")
    NOTES = "notatki", _("What was said")
    QUESTIONS = "pytania", _("What became of the questions")
    VERDICTS = "ustalenia", _("What the room said of earlier commitments")
    CONCLUSIONS = "wnioski", _("Conclusions")
    COMMITMENTS = "zobowiazania", _("What was promised")
    FILES = "pliki", _("Photos and documents")


@dataclass(frozen=True)
class Task:
    """`missing` says what is open, in sentences; the report waits only for what is needed."""

    step: Step
    missing: str = ""
    is_needed: bool = True

    @property
    def is_done(self) -> bool:
        return not self.missing


def tasks(meeting: Meeting) -> list[Task]:
    """What is done and what is open. Eight queries at most, whatever the size of the meeting.

    A meeting whose report stands at another one keeps its own presences and questions, and leaves the rest to it.
    """
    carried = _verdicts(meeting)
    own = [Task(Step.PRESENCES, _presences(meeting)), Task(Step.QUESTIONS, _questions(meeting))]
    if meeting.reported_in_id:
        return own
    presences, questions = own
    return [
        presences,
        Task(Step.NOTES, _notes(meeting)),
        questions,
        *([Task(Step.VERDICTS, carried, is_needed=False)] if carried is not None else []),
        Task(Step.CONCLUSIONS, _conclusions(meeting)),
        Task(Step.COMMITMENTS, _commitments(meeting)),
        Task(Step.FILES, _files(meeting), is_needed=False),
    ]


def _presences(meeting: Meeting) -> str:
    waiting = meeting.presences.filter(attendance__in=[Presence.Attendance.INVITED, Presence.Attendance.CONFIRMED])
    count = waiting.count()
    sentences = []
    if count:
        sentence = ngettext(
            "Of %(count)d guest it is not said whether they came.",
            "Of %(count)d guests it is not said whether they came.",
            count,
        )
        sentences.append(sentence % {"count": count})
    if meeting.head_count is None and not meeting.not_counted:
        sentences.append(gettext("Say how many people came, or that nobody counted."))
    return " ".join(sentences)


def _notes(meeting: Meeting) -> str:
    items = list(meeting.agenda_items.filter(part__in=NOTED).select_related("topic"))
    if not items:
        return "" if meeting.report else gettext("The meeting has no agenda: write the report as one text.")
    empty = [item.heading for item in items if not item.note and not item.is_skipped]
    return gettext("Without a note: %(items)s.") % {"items": _listed(empty)} if empty else ""


def _questions(meeting: Meeting) -> str:
    places = meeting.agenda_questions.without_end().in_order()
    named = [_named(place) for place in places.select_related("question__comment", "question__topic")]
    return gettext("Without an end: %(questions)s.") % {"questions": "; ".join(named)} if named else ""


def _named(place: AgendaQuestion) -> str:
    """The number, and the text unless a moderator has hidden it: this goes out in letters."""
    number = gettext("no. %(number)s") % {"number": place.question_id}
    if not place.question.is_public:
        return number
    text = Truncator(" ".join(place.question.comment.text.split())).chars(TITLE_LENGTH)
    return f"{number} „{text}”"


def _verdicts(meeting: Meeting) -> str | None:
    """None where nothing was carried over."""
    carried = Carried.objects.filter(agenda_item__meeting=meeting)
    found = carried.aggregate(all=Count("pk"), open=Count("pk", filter=Q(verdict="")))
    if not found["all"]:
        return None
    if not found["open"]:
        return ""
    sentence = ngettext(
        "Of %(count)d earlier commitment it is not written what the room said.",
        "Of %(count)d earlier commitments it is not written what the room said.",
        found["open"],
    )
    return sentence % {"count": found["open"]}


def _conclusions(meeting: Meeting) -> str:
    if meeting.no_conclusions or meeting.findings.exists():
        return ""
    return gettext("Write down the conclusions, or tick that nobody submitted any.")


def _commitments(meeting: Meeting) -> str:
    if meeting.no_commitments or meeting.commitments.exists():
        return ""
    return gettext("Write down what was promised, or tick that nothing was.")


def _files(meeting: Meeting) -> str:
    if meeting.no_files or meeting.photos.exists() or meeting.documents.exists():
        return ""
    return gettext("Add photos or documents, or tick that there are none.")


def _listed(names: list[str]) -> str:
    return ", ".join(f"„{name}”" for name in names)


@transaction.atomic
def publish_report(meeting: Meeting, *, by: Any, now: datetime.datetime | None = None) -> Meeting:
    """Let the report out. In this order, and all or nothing: the meeting is held and closed, its guests are frozen,
    its commitments are public, each question on its agenda gets its end, and what the room said of earlier
    commitments becomes an entry of each.

    Raises ClosingRefused with all that is open, where something needed is.
    """
    now = now or timezone.now()
    meeting = for_writing(meeting, by=by, now=now)
    if unfinished := [task for task in tasks(meeting) if task.is_needed and task.missing]:
        raise ClosingRefused(" ".join([gettext("The report cannot go out yet."), *(t.missing for t in unfinished)]))
    meeting.state, meeting.held_at, meeting.closed_at = State.HELD, meeting.held_at or now, now
    meeting.revision += 1  # whoever has the form open is told
    meeting.save(update_fields=["state", "held_at", "closed_at", "revision", "changed_at", "last_day"])
    meeting.steps.create(kind=MeetingStep.Kind.REPORT, at=now)
    freeze_all(meeting, now)
    commitments.publish_all(meeting, now=now)
    agenda_questions.settle(meeting, by=by, now=now)
    for carried in Carried.objects.filter(agenda_item__meeting=meeting).exclude(verdict="").order_by("commitment"):
        commitments.judge(carried, meeting=meeting, by=by, now=now)
    return meeting


def for_writing(meeting: Meeting, *, by: Any, now: datetime.datetime) -> Meeting:
    """The meeting as it is now, locked, if its report may be written. Raises ClosingRefused. One query."""
    if not by.has_perm(PERMISSION):
        raise ClosingRefused(_("Only the editors may decide this."))
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.is_closed:
        raise ClosingRefused(_("The report is out already: somebody has published it. Mend it in the form."))
    if meeting.state not in {State.ANNOUNCED, State.HELD}:
        raise ClosingRefused(_("The meeting is “%(state)s” already.") % {"state": meeting.get_state_display()})
    if not meeting.is_to_close(timezone.localdate(now)):
        raise ClosingRefused(_("The meeting has not taken place yet."))
    return meeting


def remind_to_close(now: datetime.datetime | None = None) -> int:
    """Write to the editors on the third and the seventh day after a meeting whose report is not out.

    Returns how many meetings they were reminded of. Each meeting in a transaction of its own; run late, only the
    latest letter goes. What was published after its day is an archive that somebody enters, and nobody is pressed.
    PartlyDone where some failed.
    """
    now = now or timezone.now()
    return one_by_one(list(_to_remind(now).values_list("pk", flat=True)), lambda pk: _remind(pk, now))


def _to_remind(now: datetime.datetime) -> models.QuerySet[Meeting]:
    today = timezone.localdate(now)
    late = Meeting.objects.to_close(today).filter(
        last_day__lte=today - datetime.timedelta(days=REMINDERS[0]), closing_reminders__lt=REMINDERS[-1]
    )
    return late.filter(published_at__date__lte=F("last_day"), is_example=False).order_by("pk")


@transaction.atomic
def _remind(pk: int, now: datetime.datetime) -> int:
    """One meeting, if it still waits. 1 when letters were queued."""
    meeting = _to_remind(now).select_for_update(of=("self",)).filter(pk=pk).first()
    if meeting is None:
        return 0
    over = (timezone.localdate(now) - meeting.last_day).days
    reached = max(day for day in REMINDERS if day <= over)
    if reached <= meeting.closing_reminders:
        return 0
    meeting.closing_reminders = reached
    meeting.save(update_fields=["closing_reminders", "last_day"])
    context = {
        "meeting": meeting,
        "open_tasks": [task for task in tasks(meeting) if task.is_needed and task.missing],
        "url": reverse("admin:meetings_meeting_closing", args=[meeting.pk]),
    }
    for email in _editors():
        queue_letter(to=email, template="meetings/email/close_the_meeting", context=context)
    return 1


def _editors() -> list[str]:
    editors = Resident.objects.filter(groups__name=Role.EDITOR, is_staff=True, is_active=True)
    return list(editors.exclude(email="").order_by("pk").values_list("email", flat=True).distinct())
