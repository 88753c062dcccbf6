"""The course of a question: asked, passed on, raised at a meeting, answered there or in the talk, promised.

| state    | official word                       | passed on | raised  | answer taken from view |
|----------|-------------------------------------|-----------|---------|------------------------|
| WAITS    | ANSWERED                            | PASSED    | MEETING | –                      |
| PASSED   | ANSWERED                            | PASSED    | MEETING | –                      |
| MEETING  | ANSWERED                            | PASSED    | refused | –                      |
| ANSWERED | that of another institution: noted  | refused   | refused | WAITS, with who had it |
|          |                                     |           |         | (no other answer left) |
| PROMISED | that of another institution: noted, | refused   | refused | –                      |
|          | and the promise stays               |           |         |                        |

What a meeting decided, written down when its report comes out:

| state    | answered there | promised there | passed on there | moved to the next | taken off the agenda |
|----------|----------------|----------------|-----------------|-------------------|----------------------|
| WAITS    | ANSWERED       | PROMISED       | PASSED          | MEETING           | –                    |
| PASSED   | ANSWERED       | PROMISED       | PASSED          | MEETING           | –                    |
| MEETING  | ANSWERED       | PROMISED       | PASSED          | MEETING           | WAITS                |
| ANSWERED | noted          | PROMISED       | –               | –                 | –                    |
| PROMISED | noted, stays   | noted          | –               | –                 | –                    |

A dash means that nothing changes. Every change adds a QuestionStep and changes none. An official word is a published
reply written in the name of a post, of whatever institution. A promise says more than an answer: no later word takes
its place. What was said in a hall was said (`at_meeting`): no reply that vanishes later makes that question wait again.

Who may pass on and raise: editors and moderators every question, an account that answers for an institution those that
its institution has; only while everybody can read the question. What a meeting decided is written down by whoever looks
after the whole talk, also where the text was hidden since.

Locks: the topic, then its comments, then the question.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models import Appointment, Institution
from participants.prose import tidy_plain
from topics.models import Comment, Question, QuestionStep, Topic

PERMISSION = "topics.change_question"
EVERY = "topics.view_comment"  # whoever looks after the whole talk; others speak for their own institution
NOTE_LIMIT = QuestionStep._meta.get_field("note").max_length
State = Question.State
OPEN = frozenset(State) - frozenset(Question.ENDS)
SAID_AT_MEETING = Q(state__in=Question.ENDS, at_meeting=True)


class QuestionRefused(Exception):
    """The act does not fit the state of the question, or the role of who asks; `str()` says it in a sentence."""


def ask(
    comment: Comment, *, topic: Topic, now: datetime.datetime, source: str = Question.Source.SITE, by: Any = None
) -> Question:
    """Give a question its public number, at the first publication of its comment; the topic says who has it first.

    `by` entered it for somebody who asked in another way (`source`). Two queries. The caller holds the lock of the
    topic.
    """
    question = Question.objects.create(
        comment=comment, topic=topic, institution=topic.institution, source=source, asked_at=now, since=now
    )
    first = {"state": question.state, "institution": question.institution, "by": by}
    QuestionStep.objects.create(question=question, at=now, **first)
    return question


def official_word(comment: Comment, *, now: datetime.datetime) -> None:
    """An official reply is published: where it stands under a question, that is answered.

    The step of an institution's first word says how long the institution had had the question; there is none where it
    was never asked. One query where the reply is not to a question, five where it is. The caller holds the lock of
    the topic.
    """
    question = Question.objects.select_for_update(of=("self",)).filter(comment=comment.parent_id).first()
    if question is None:
        return
    who = comment.appointment.institution_id if comment.appointment else None
    steps = list(question.steps.all())
    spoke_before = any(step.state in Question.ENDS and step.institution_id == who for step in steps)
    if question.state in Question.ENDS and spoke_before:
        return
    waited = _waited(question, who, steps, now)
    question.answered_at = question.answered_at or comment.published_at
    _step(question, State.ANSWERED, now=now, institution=who, by_id=comment.author_id, waited=waited)


def unanswered(comment: Comment, *, now: datetime.datetime) -> None:
    """An official reply is taken from view: without another answer the question waits again, with who had it.

    One query where the reply is not to a question. The caller holds the lock of the topic.
    """
    question = Question.objects.select_for_update(of=("self",)).filter(comment=comment.parent_id).first()
    if question is None or question.state != State.ANSWERED or question.steps.filter(SAID_AT_MEETING).exists():
        return
    if Comment.objects.published().official().filter(parent=comment.parent_id).exclude(pk=comment.pk).exists():
        return
    had_it = question.steps.exclude(state__in=Question.ENDS).order_by("at", "pk").last()
    question.answered_at = None
    _step(question, State.WAITS, now=now, institution=had_it.institution_id)


def pass_on(
    question: Question,
    *,
    to: Institution,
    by: Any,
    note: str = "",
    seen: int | None = None,
    now: datetime.datetime | None = None,
) -> Question:
    """Give an open question to another institution, with a note for everybody. One transaction.

    `seen` is the last step that the person saw (`last_step`); a question that has moved on since is refused.
    """
    note, now = _fitting(note), now or timezone.now()
    with transaction.atomic():
        question = locked(question, seen=seen, expected=OPEN)
        _theirs(question, by, now)
        if not to.is_public:
            raise QuestionRefused(_("Choose an institution whose page is open."))
        if question.institution_id == to.pk:
            raise QuestionRefused(_("This institution has the question already."))
        _step(question, State.PASSED, now=now, institution=to.pk, by=by, note=note)
    return question


def raise_at_meeting(
    question: Question, *, by: Any, note: str = "", seen: int | None = None, now: datetime.datetime | None = None
) -> Question:
    """Say that a waiting question will be raised at a meeting; whoever has it keeps it. One transaction.

    `seen` as in `pass_on`.
    """
    note, now = _fitting(note), now or timezone.now()
    with transaction.atomic():
        question = locked(question, seen=seen, expected=OPEN - {State.MEETING})
        _theirs(question, by, now)
        _step(question, State.MEETING, now=now, institution=question.institution_id, by=by, note=note)
    return question


def answered_at_meeting(
    question: Question, *, institution: Institution | None, note: str, by: Any, now: datetime.datetime
) -> Question:
    """An institution answered at a meeting, whose report comes out. In the caller's transaction. Five queries."""
    return _said(question, State.ANSWERED, institution=institution, note=note, by=by, now=now)


def promised(
    question: Question, *, institution: Institution | None, note: str, by: Any, now: datetime.datetime
) -> Question:
    """The question became a commitment of an institution at a meeting. As `answered_at_meeting`."""
    return _said(question, State.PROMISED, institution=institution, note=note, by=by, now=now)


def passed_at_meeting(question: Question, *, to: Institution, note: str, by: Any, now: datetime.datetime) -> Question:
    """The meeting passed an open question on. In the caller's transaction; an answer given meanwhile is more."""
    question = _after_meeting(question, by)
    if question.state in OPEN:
        _step(question, State.PASSED, now=now, institution=to.pk, by=by, note=_fitting(note), at_meeting=True)
    return question


def moved(question: Question, *, note: str, by: Any, now: datetime.datetime) -> Question:
    """There was no time for an open question: the next meeting will raise it. As `passed_at_meeting`."""
    question = _after_meeting(question, by)
    if question.state in OPEN:
        had_it = question.institution_id
        _step(question, State.MEETING, now=now, institution=had_it, by=by, note=_fitting(note), at_meeting=True)
    return question


def off_agenda(question: Question, *, by: Any, now: datetime.datetime) -> Question:
    """It will not be raised after all, and waits again with whoever has it. In the caller's transaction."""
    question = _after_meeting(question, by)
    if question.state == State.MEETING:
        _step(question, State.WAITS, now=now, institution=question.institution_id, by=by)
    return question


def may_decide(question: Question, by: Any, now: datetime.datetime) -> bool:
    """Whether the person's role lets them pass the question on, or have it raised. One query, and permissions."""
    if not by.has_perm(PERMISSION):
        return False
    if by.has_perm(EVERY):
        return True
    own = institution_of(by, now)
    return own is not None and own == question.institution_id


def institution_of(account: Any, now: datetime.datetime) -> int | None:
    """The key of the institution in whose name the account answers today. One query, none for residents."""
    if account.appointment_id is None:
        return None
    held = Appointment.objects.current(timezone.localdate(now)).filter(pk=account.appointment_id)
    return held.values_list("institution", flat=True).first()


def last_step(question: Question) -> int:
    """The key of the newest step. One query."""
    return question.steps.order_by("at", "pk").values_list("pk", flat=True).last()


def time_with(
    institution: int | None, steps: list[QuestionStep], until: datetime.datetime
) -> datetime.timedelta | None:
    """How long the institution had the question on its table; None where it never had. No query.

    Time in which somebody else had it, in which it waited for a meeting, or stood answered, does not count.
    """
    ends = [step.at for step in steps[1:]] + [until]
    spans = [
        end - step.at
        for step, end in zip(steps, ends, strict=True)
        if step.institution_id == institution and step.state in {State.WAITS, State.PASSED}
    ]
    return sum(spans, datetime.timedelta()) if institution and spans else None


def count_in(topics: Iterable[Topic]) -> None:
    """Tell each topic of a list how many of its public questions wait, and have an answer or a promise. One query."""
    rows = list(topics)
    answered = Q(state__in=Question.ENDS)
    found = Question.objects.public().filter(topic__in=rows).order_by().values_list("topic")
    counts = found.annotate(waiting=Count("pk", filter=~answered), answered=Count("pk", filter=answered))
    by_topic = {topic: (waiting, answered) for topic, waiting, answered in counts}
    for topic in rows:
        topic.questions_waiting, topic.questions_answered = by_topic.get(topic.pk, (0, 0))


def locked(question: Question, *, seen: int | None, expected: set[str]) -> Question:
    """The question as it is now, locked after its topic, if it is in one of the states. Two queries, three with `seen`.

    Raises QuestionRefused where it has moved on since `seen`, is in another state, or nobody can read it now.
    """
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=question.topic_id)
    question = Question.objects.select_for_update(of=("self",)).select_related("comment").get(pk=question.pk)
    question.topic = topic
    if not question.is_public:
        raise QuestionRefused(_("Nobody can read this question now."))
    state = question.get_state_display()
    if seen is not None and seen != last_step(question):
        raise QuestionRefused(_("Somebody was faster: the question is “%(state)s” now.") % {"state": state})
    if question.state not in expected:
        raise QuestionRefused(_("The question is “%(state)s” already.") % {"state": state})
    return question


def _theirs(question: Question, by: Any, now: datetime.datetime) -> None:
    if not may_decide(question, by, now):
        raise QuestionRefused(_("Only the institution that has the question, the editors and moderators may do this."))


def _said(
    question: Question, state: str, *, institution: Institution | None, note: str, by: Any, now: datetime.datetime
) -> Question:
    """An official word in the hall. It says how long the institution had had the question, where it is its first."""
    question = _after_meeting(question, by)
    who = institution.pk if institution else question.institution_id
    waited = _waited(question, who, list(question.steps.all()), now)
    question.answered_at = question.answered_at or now
    _step(question, state, now=now, institution=who, by=by, note=_fitting(note), waited=waited, at_meeting=True)
    return question


def _after_meeting(question: Question, by: Any) -> Question:
    """The question as it is now, locked after its topic, whoever can read it. Two queries."""
    if not (by.has_perm(PERMISSION) and by.has_perm(EVERY)):
        raise QuestionRefused(_("Only the editors may decide this."))
    Topic.objects.select_for_update(of=("self",)).get(pk=question.topic_id)
    return Question.objects.select_for_update(of=("self",)).get(pk=question.pk)


def _waited(
    question: Question, who: int | None, steps: list[QuestionStep], now: datetime.datetime
) -> datetime.timedelta | None:
    """For how long the institution had had the question at its first word; None at a later one."""
    if any(step.state in Question.ENDS and step.institution_id == who for step in steps):
        return None
    return time_with(who, steps, max(now, question.since))


def _step(question: Question, state: str, *, now: datetime.datetime, institution: int | None, **how: Any) -> None:
    """Change the question, and write down that it changed. Two queries. A promise stays one, whatever is said later.

    Steps follow one another, also where the clocks of two machines differ.
    """
    question.since = max(now, question.since)
    if question.state != State.PROMISED:
        question.state, question.institution_id = state, institution
    question.save(update_fields=["state", "institution", "since", "answered_at"])
    QuestionStep.objects.create(question=question, state=state, institution_id=institution, at=question.since, **how)


def _fitting(note: str) -> str:
    note = tidy_plain(note).strip()
    if len(note) > NOTE_LIMIT:
        raise QuestionRefused(_("Shorten the note: at most %(limit)d characters.") % {"limit": NOTE_LIMIT})
    return note
