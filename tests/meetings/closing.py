"""A meeting whose report is to be written, and its two questions."""

import datetime
from typing import Any

from django.utils import timezone

from meetings.agenda_questions import take
from meetings.models import AgendaQuestion, Commitment, Finding, Meeting, Presence
from participants.models import Resident
from tests import factories
from topics.models import Question, Topic

YESTERDAY = datetime.timedelta(days=1)


def make_past(title: str = "Bezpieczna zima", *, state: str = Meeting.State.HELD, **fields: Any) -> Meeting:
    """Announced before its day, which was yesterday. Nothing is written of it."""
    now = timezone.now()
    fields.setdefault("date", timezone.localdate(now) - YESTERDAY)
    fields.setdefault("published_at", now - 20 * YESTERDAY)
    held_at = now if state == Meeting.State.HELD else None
    return factories.make_meeting(title, state=state, **{"held_at": held_at, "closed_at": None, **fields})


def make_placed(meeting: Meeting, by: Resident, text: str = "", topic: Topic | None = None) -> AgendaQuestion:
    """A question of a resident on the agenda."""
    topic = topic or factories.make_topic(institution=factories.make_institution())
    comment = factories.make_published(topic, text, kind="question")
    question = Question.objects.get(comment=comment)
    return take(question, item=factories.make_agenda_item(meeting, topic, note="<p>Była rozmowa.</p>"), by=by)


def write_up(meeting: Meeting) -> Meeting:
    """Everything that a report needs, but for its questions."""
    meeting.presences.update(attendance=Presence.Attendance.PRESENT)
    meeting.agenda_items.filter(note="").update(is_skipped=True)
    if not meeting.agenda_items.exists():
        meeting.report = "<p>Przyszło wielu mieszkańców.</p>"
    meeting.not_counted = meeting.no_conclusions = meeting.no_commitments = True
    meeting.save()
    return meeting


def make_draft(meeting: Meeting, text: str = "Lampy do piątku") -> Commitment:
    """A promise that waits for the report."""
    return factories.make_bare_commitment(meeting, text, public=False)


def make_finding(meeting: Meeting, text: str = "Ciemno na skwerze.", **fields: Any) -> Finding:
    fields.setdefault("position", next(factories.count))
    return Finding.objects.create(meeting=meeting, text=text, **fields)
