"""The course of a question: asked, passed on, raised at a meeting, answered.

| state    | official word             | passed on        | raised at a meeting | answer taken from view |
|----------|---------------------------|------------------|---------------------|------------------------|
| WAITS    | ANSWERED                  | PASSED           | MEETING             | –                      |
| PASSED   | ANSWERED                  | PASSED           | MEETING             | –                      |
| MEETING  | ANSWERED                  | PASSED           | refused             | –                      |
| ANSWERED | the word of another       | refused          | refused             | WAITS, with who had it |
|          | institution is noted      |                  |                     | (no other answer left) |

Every change adds a QuestionStep and changes none. An official word is a published reply written in the name of a post,
of whatever institution. Who may pass on and raise: editors and moderators every question, an account that answers for
an institution those that its institution has. Only while everybody can read the question.

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


class QuestionRefused(Exception):
    """The act does not fit the state of the question, or the role of who asks; `str()` says it in a sentence."""


def ask(comment: Comment, *, topic: Topic, now: datetime.datetime) -> Question:
    """Give a question its public number, at the first publication of its comment; the topic says who has it first.

    Two queries. The caller holds the lock of the topic.
    """
    question = Question.objects.create(
        comment=comment, topic=topic, institution=topic.institution, asked_at=now, since=now
    )
    QuestionStep.objects.create(question=question, state=question.state, institution=question.institution, at=now)
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
    spoke_before = any(step.state == State.ANSWERED and step.institution_id == who for step in steps)
    if question.state == State.ANSWERED and spoke_before:
        return
    waited = None if spoke_before else time_with(who, steps, max(now, question.since))
    question.answered_at = question.answered_at or comment.published_at
    _step(question, State.ANSWERED, now=now, institution=who, by_id=comment.author_id, waited=waited)


def unanswered(comment: Comment, *, now: datetime.datetime) -> None:
    """An official reply is taken from view: without another answer the question waits again, with who had it.

    One query where the reply is not to a question. The caller holds the lock of the topic.
    """
    question = Question.objects.select_for_update(of=("self",)).filter(comment=comment.parent_id).first()
    if question is None or question.state != State.ANSWERED:
        return
    if Comment.objects.published().official().filter(parent=comment.parent_id).exclude(pk=comment.pk).exists():
        return
    had_it = question.steps.exclude(state=State.ANSWERED).order_by("at", "pk").last()
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
    """Tell each topic of a list how many of its public questions wait and are answered. One query."""
    rows = list(topics)
    answered = Q(state=State.ANSWERED)
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


def _step(question: Question, state: str, *, now: datetime.datetime, institution: int | None, **how: Any) -> None:
    """Change the question, and write down that it changed. Two queries.

    Steps follow one another, also where the clocks of two machines differ.
    """
    question.state, question.institution_id, question.since = state, institution, max(now, question.since)
    question.save(update_fields=["state", "institution", "since", "answered_at"])
    QuestionStep.objects.create(question=question, state=state, institution_id=institution, at=question.since, **how)


def _fitting(note: str) -> str:
    note = tidy_plain(note).strip()
    if len(note) > NOTE_LIMIT:
        raise QuestionRefused(_("Shorten the note: at most %(limit)d characters.") % {"limit": NOTE_LIMIT})
    return note
