"""Questions on the agenda of a meeting."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import AgendaItem, AgendaQuestion, Meeting
from topics.models import Question


class AgendaRefused(Exception):
    """`str()` says it in a sentence."""


class WithoutEnd(AgendaRefused):
    pass


def take(question: Question, *, item: AgendaItem, by: Any, now: datetime.datetime | None = None) -> AgendaQuestion:
    return AgendaQuestion.objects.create(
        meeting=item.meeting, agenda_item=item, question=question, taken_at=now or timezone.now(), taken_by=by
    )


def end(
    place: AgendaQuestion,
    *,
    end: str,
    by: Any,
    answer: str = "",
    answered_by: str = "",
    institution: Any = None,
    commitment: Any = None,
    now: datetime.datetime | None = None,
) -> AgendaQuestion:
    place.end, place.answer, place.answered_by = end, answer, answered_by
    place.institution, place.commitment, place.ended_at = institution, commitment, now or timezone.now()
    place.save()
    return place


def settle(meeting: Meeting, *, by: Any, now: datetime.datetime) -> None:
    if meeting.agenda_questions.without_end().exists():
        raise WithoutEnd(_("A question has no end."))
    meeting.agenda_questions.unsettled().update(settled_at=now)
