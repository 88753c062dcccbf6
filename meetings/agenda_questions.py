"""Questions of residents on the agenda of a meeting: taken, taken off, given an end, and settled with the report.

| the place      | take_off             | end                 | settle (the report comes out)                   |
|----------------|----------------------|---------------------|-------------------------------------------------|
| without an end | gone, it waits again | written, can change | refused: WithoutEnd says which                  |
| with an end    | gone, it waits again | written, can change | the question becomes what topics.questions says |
| settled        | refused              | refused             | left as it is                                   |

A question that was waiting for a meeting before it was taken goes on waiting for one when it is taken off.

Locks: the meeting, then topics in the order of their keys, then the questions.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from meetings.models import AgendaItem, AgendaQuestion, Commitment, Forum, Meeting
from participants.models import Institution
from participants.prose import tidy_plain
from topics import questions
from topics.models import Question

PERMISSION = "meetings.change_meeting"
End, State = AgendaQuestion.End, Question.State


class AgendaRefused(Exception):
    """The act does not fit the state of the meeting or the question, or the role of who asks; `str()` says why."""


class WithoutEnd(AgendaRefused):
    """The report cannot come out while the `places` of these questions have no end."""

    def __init__(self, places: list[AgendaQuestion]) -> None:
        self.places = places
        numbers = ", ".join(str(place.question_id) for place in places)
        text = ngettext(
            "Question no. %(numbers)s has no end yet.", "These questions have no end yet: %(numbers)s.", len(places)
        )
        super().__init__(text % {"numbers": numbers})


@transaction.atomic
def take(question: Question, *, item: AgendaItem, by: Any, now: datetime.datetime | None = None) -> AgendaQuestion:
    """Put an open question on the agenda of a meeting whose report is not out.

    It leaves the agenda of a meeting that was called off. Raises AgendaRefused, or QuestionRefused of topics.questions.
    """
    now = now or timezone.now()
    meeting = _locked(item.meeting_id, by)
    if meeting.state in {Meeting.State.CANCELLED, Meeting.State.ARCHIVED}:
        raise AgendaRefused(_("The meeting is “%(state)s”.") % {"state": meeting.get_state_display()})
    question = questions.locked(question, seen=None, expected=questions.OPEN)
    before = AgendaQuestion.objects.unsettled().filter(question=question).select_related("meeting").first()
    if before and not before.meeting.is_cancelled:
        text = _("The question is on the agenda of this meeting already: %(meeting)s.")
        raise AgendaRefused(text % {"meeting": before.meeting})
    if AgendaQuestion.objects.settled().filter(question=question, meeting=meeting).exists():
        raise AgendaRefused(_("This meeting has talked about the question already."))
    if before:
        before.delete()
    if question.state != State.MEETING:
        questions.raise_at_meeting(question, by=by, now=now)
    return AgendaQuestion.objects.create(
        meeting=meeting, agenda_item=item, question=question, taken_at=now, taken_by=by
    )


@transaction.atomic
def take_off(place: AgendaQuestion, *, by: Any, now: datetime.datetime | None = None) -> None:
    """Take a question off the agenda. It waits for an answer again, if the agenda was why it waited for a meeting."""
    now = now or timezone.now()
    place = _open(place, by)
    before = place.question.steps.filter(at__lt=place.taken_at).order_by("at", "pk").last()
    if before is None or before.state != State.MEETING:
        questions.off_agenda(place.question, by=by, now=now)
    place.delete()


@transaction.atomic
def end(
    place: AgendaQuestion,
    *,
    end: str,
    by: Any,
    answer: str = "",
    answered_by: str = "",
    institution: Institution | None = None,
    commitment: Commitment | None = None,
    now: datetime.datetime | None = None,
) -> AgendaQuestion:
    """Write down what became of a question at the meeting; "" takes that back. It counts once the report is out.

    Raises AgendaRefused, or ValidationError where words, the commitment or the institution are missing.
    """
    place = _open(place, by)
    if commitment and commitment.meeting_id != place.meeting_id:
        raise AgendaRefused(_("Choose a commitment of this meeting."))
    if end == End.PASSED and institution and not institution.is_public:
        raise AgendaRefused(_("Choose an institution whose page is open."))
    place.end, place.answer, place.answered_by = end, tidy_plain(answer), tidy_plain(answered_by)
    place.institution = institution
    place.commitment = commitment if end == End.PROMISED else None
    place.ended_at = (now or timezone.now()) if end else None
    place.full_clean(exclude=["meeting", "agenda_item", "question"])
    place.save()
    return place


def settle(meeting: Meeting, *, by: Any, now: datetime.datetime) -> int:
    """Apply every end of a meeting to its question; returns how many. For the holder of the meeting's lock.

    Raises WithoutEnd while some question has none. Settled again, it changes nothing. Six queries a question.
    """
    waiting = meeting.agenda_questions.unsettled().select_for_update(of=("self",))
    told = ["question__topic", "institution", "commitment__institution"]
    places = list(waiting.select_related(*told).order_by("question__topic", "question"))
    open_ones = [place for place in places if not place.end]
    if open_ones:
        raise WithoutEnd(open_ones)
    for place in places:
        _apply(place, by, now)
        place.settled_at = now
        place.save(update_fields=["settled_at"])
    return len(places)


def _apply(place: AgendaQuestion, by: Any, now: datetime.datetime) -> None:
    question, how = place.question, {"by": by, "now": now}
    note = Truncator(" ".join(place.answer.split())).chars(questions.NOTE_LIMIT)
    if place.end == End.ANSWERED:
        questions.answered_at_meeting(question, institution=place.institution, note=note, **how)
    elif place.end == End.PROMISED:
        promise = place.commitment
        questions.promised(question, institution=promise.institution, note=promise.text, **how)
    elif place.end == End.PASSED:
        questions.passed_at_meeting(question, to=place.institution, note=note, **how)
    else:
        questions.moved(question, note=note, **how)


def waiting_for_next(forum: Forum) -> QuerySet[Question]:
    """Open questions that the last meeting of the forum moved to the next, and that no agenda has yet. One query."""
    last = AgendaQuestion.objects.settled().filter(question=OuterRef("pk")).order_by("-settled_at", "-pk")
    found = Question.objects.public().filter(state=State.MEETING, agenda_places__end=End.MOVED)
    found = found.annotate(
        last_end=Subquery(last.values("end")[:1]), last_in=Subquery(last.values("meeting__forum")[:1])
    )
    on_agenda = AgendaQuestion.objects.unsettled().values("question")
    return found.filter(last_end=End.MOVED, last_in=forum.pk).exclude(pk__in=on_agenda).order_by("number").distinct()


def place_questions(meeting: Meeting, agenda: Iterable[AgendaItem]) -> None:
    """Tell each item of an agenda which questions stand at it (`item.questions`). One query."""
    found: dict[int, list[AgendaQuestion]] = {}
    for place in meeting.agenda_questions.for_agenda():
        found.setdefault(place.agenda_item_id, []).append(place)
    for item in agenda:
        item.questions = found.get(item.pk, [])


def counts(meeting: Meeting) -> dict[str, int]:
    """How many questions were asked for it, stand on its agenda, and have no end yet. Two queries."""
    on_agenda = meeting.agenda_questions.aggregate(all=Count("pk"), open=Count("pk", filter=Q(end=End.OPEN)))
    return {"asked": meeting.asked_questions.public().count(), "agenda": on_agenda["all"], "open": on_agenda["open"]}


def _locked(meeting: int, by: Any) -> Meeting:
    if not by.has_perm(PERMISSION):
        raise AgendaRefused(_("Only the editors may decide this."))
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting)
    if meeting.is_closed:
        raise AgendaRefused(_("The report of this meeting is out, and its agenda does not change any more."))
    return meeting


def _open(place: AgendaQuestion, by: Any) -> AgendaQuestion:
    """The place as it is now, under the lock of its meeting."""
    _locked(place.meeting_id, by)
    place = AgendaQuestion.objects.select_for_update(of=("self",)).filter(pk=place.pk).first()
    if place is None:
        raise AgendaRefused(_("The question is not on this agenda any more."))
    if place.settled_at:
        raise AgendaRefused(_("What became of this question counts already."))
    return place
