"""The whole chain, in any order that staff may take: question → agenda → end → promise → entries → the next meeting.

Hypothesis chooses the acts. What does not fit is refused with a sentence; whatever was done, the invariants hold.
"""

import datetime
import itertools
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from meetings import agenda_questions, closing, commitments, series
from meetings.models import AgendaItem, AgendaQuestion, Carried, Commitment, CommitmentEntry, Meeting, Presence
from participants.roles import Role
from tests import factories
from topics.models import Question
from topics.questions import QuestionRefused

pytestmark = pytest.mark.django_db
REFUSALS = (
    agenda_questions.AgendaRefused,
    agenda_questions.WithoutEnd,
    closing.ClosingRefused,
    commitments.CommitmentRefused,
    series.SeriesRefused,
    QuestionRefused,
)
State, End = Commitment.State, AgendaQuestion.End
NOW = datetime.datetime(2026, 3, 2, 18, 0, tzinfo=datetime.UTC)
MONTH = datetime.timedelta(days=30)
some = st.integers(min_value=0, max_value=50)


class Chain(RuleBasedStateMachine):
    """One forum, whose meetings follow each other; `now` goes on with each act."""

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now, self.entries, self.questions, self.said = NOW, 0, 0, []
        self.editor = factories.make_resident("Anna", roles=[Role.EDITOR])
        self.institutions = [factories.make_institution() for _ in range(2)]
        self.topic = factories.make_topic(institution=self.institutions[0])
        self.meeting = self.hold(factories.make_meeting(date=NOW.date(), state=Meeting.State.ANNOUNCED))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def hold(self, meeting: Meeting) -> Meeting:
        self.item = factories.make_agenda_item(meeting, self.topic, note="<p>Rozmowa</p>")
        factories.make_presence(meeting, attendance=Presence.Attendance.PRESENT)
        return meeting

    def attempt(self, act: Any, *args: Any, **kwargs: Any) -> Any:
        """The result of an act, or None where it was refused; a refusal leaves nothing behind."""
        self.now += datetime.timedelta(minutes=1)
        try:
            with transaction.atomic():
                return act(*args, now=self.now, **kwargs)
        except REFUSALS as refusal:
            self.said.append(str(refusal))
            return None

    def one(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    @rule(taken=st.booleans(), end=st.sampled_from(End.values), whose=some)
    def ask(self, taken: bool, end: str, whose: int) -> None:
        """Often the whole way at once: a walk of single steps seldom gets far."""
        asked = factories.make_published(self.topic, kind="question", created_at=self.now)
        self.questions += 1
        place = self.attempt(agenda_questions.take, asked.question, item=self.item, by=self.editor) if taken else None
        if place and end:
            self.give_end(place, end, whose)

    @rule(number=some)
    def take(self, number: int) -> None:
        question = self.one(Question.objects.all(), number)
        if question:
            self.attempt(agenda_questions.take, question, item=self.item, by=self.editor)

    @rule(number=some, end=st.sampled_from([e for e in End.values if e]), whose=some)
    def end(self, number: int, end: str, whose: int) -> None:
        place = self.one(self.meeting.agenda_questions.all(), number)
        if place:
            self.give_end(place, end, whose)

    def give_end(self, place: AgendaQuestion, end: str, whose: int) -> None:
        institution = self.institutions[whose % 2]
        if end == End.PROMISED and not self.meeting.commitments.exists():
            self.promise(whose, 30)
        promise = self.one(self.meeting.commitments.all(), whose)
        with_it = {
            End.ANSWERED: {"answer": "Od marca.", "answered_by": "Kierownik", "institution": institution},
            End.PROMISED: {"commitment": promise},
            End.PASSED: {"institution": institution},
            End.MOVED: {},
        }
        self.attempt(agenda_questions.end, place, end=end, by=self.editor, **with_it[end])

    @rule(whose=some, days=st.none() | st.integers(min_value=1, max_value=90))
    def promise(self, whose: int, days: int | None) -> None:
        self.attempt(
            commitments.promise,
            meeting=self.meeting,
            institution=self.institutions[whose % 2],
            text="Naprawić lampę.",
            by=self.editor,
            due=days and self.now.date() + datetime.timedelta(days=days),
        )

    @rule(number=some, state=st.none() | st.sampled_from(State.values), text=st.sampled_from(["", "Zrobione."]))
    def record(self, number: int, state: str | None, text: str) -> None:
        commitment = self.one(Commitment.objects.all(), number)
        if commitment:
            to = self.institutions[1] if state == State.PASSED else None
            self.attempt(commitments.record, commitment, by=self.editor, text=text, state=state, passed_to=to)

    @rule(number=some, days=st.integers(min_value=1, max_value=90))
    def put_off(self, number: int, days: int) -> None:
        commitment = self.one(Commitment.objects.public(), number)
        if commitment:
            due = self.now.date() + datetime.timedelta(days=days)
            text = "Czekamy na części."
            self.attempt(commitments.record, commitment, by=self.editor, text=text, due=due, changes_due=True)

    @rule(number=some)
    def reopen(self, number: int) -> None:
        commitment = self.one(Commitment.objects.public(), number)
        if commitment:
            self.attempt(commitments.reopen, commitment, by=self.editor, text="Lampa znów nie świeci.")

    @rule(number=some, verdict=st.sampled_from(CommitmentEntry.Verdict.values))
    def judge(self, number: int, verdict: str) -> None:
        carried = self.one(Carried.objects.filter(agenda_item__meeting=self.meeting), number)
        if carried:
            Carried.objects.filter(pk=carried.pk).update(verdict=verdict)

    @rule(ends=st.none() | st.lists(st.sampled_from([e for e in End.values if e]), min_size=1, max_size=4))
    def close(self, ends: list[str] | None) -> None:
        """Refused exactly while something is missing; then the next meeting of the forum begins.

        `ends` are given to the questions that have none, in turn; without them the chair forgets.
        """
        for number, place in enumerate(self.meeting.agenda_questions.without_end() if ends else []):
            self.give_end(place, ends[number % len(ends)], number)
        before = self.meeting.agenda_questions.without_end().count()
        kept = {"no_conclusions": True, "no_commitments": not self.meeting.commitments.exists()}
        Meeting.objects.filter(pk=self.meeting.pk).update(head_count=20, head_counted="exact", **kept)
        self.meeting.agenda_items.filter(note="").update(note="<p>Przegląd</p>")
        closed = self.attempt(closing.publish_report, self.meeting, by=self.editor)
        assert (closed is None) == bool(before), self.said[-1:]
        if closed:
            self.now += MONTH
            fresh = series.next_of(closed, by=self.editor, date=self.now.date(), now=self.now)
            fresh.presences.all().delete()
            Meeting.objects.filter(pk=fresh.pk).update(
                state=Meeting.State.ANNOUNCED, published_at=self.now, starts=None, ends=None
            )
            self.meeting = self.hold(Meeting.objects.get(pk=fresh.pk))

    @invariant()
    def each_refusal_says_why(self) -> None:
        assert all(self.said)

    @invariant()
    def every_question_has_an_end_once_the_report_is_out(self) -> None:
        closed = AgendaQuestion.objects.filter(meeting__closed_at__isnull=False)
        assert not closed.filter(end="").exists()
        assert not closed.filter(settled_at=None).exists()
        promised = closed.filter(end=End.PROMISED)
        assert not promised.filter(commitment=None).exists()
        assert not promised.filter(commitment__published_at=None).exists()

    @invariant()
    def each_question_became_what_the_last_meeting_said(self) -> None:
        became = {
            End.ANSWERED: Question.State.ANSWERED,
            End.PROMISED: Question.State.PROMISED,
            End.PASSED: Question.State.PASSED,
            End.MOVED: Question.State.MEETING,
        }
        for question in Question.objects.exclude(agenda_places=None).exclude(agenda_places__settled_at=None):
            last = question.agenda_places.order_by("taken_at", "pk").last()
            assert question.state == became[last.end]

    @invariant()
    def no_question_is_lost(self) -> None:
        assert Question.objects.count() == self.questions
        twice = (
            AgendaQuestion.objects.filter(settled_at=None).values("question").annotate(n=Count("pk")).filter(n__gt=1)
        )
        assert not twice.exists()
        for question in Question.objects.all():
            assert question.steps.order_by("at", "pk").last().state == question.state

    @invariant()
    def no_commitment_is_without_an_owner(self) -> None:
        assert not Commitment.objects.filter(institution=None).exists()
        assert not Commitment.objects.public().filter(meeting__closed_at=None).exists()

    @invariant()
    def no_entry_is_lost_and_each_begins_where_the_last_one_ended(self) -> None:
        entries = CommitmentEntry.objects.count()
        assert entries >= self.entries
        self.entries = entries
        for commitment in Commitment.objects.public():
            told = list(commitment.entries.order_by("at", "pk"))
            assert (told[0].state_before, told[0].state) == ("", State.PLANNED)
            for earlier, later in itertools.pairwise(told):
                assert (later.state_before, later.due_before) == (earlier.state, earlier.due)
            assert (told[-1].state, told[-1].due) == (commitment.state, commitment.due)

    @invariant()
    def counts_equal_rows(self) -> None:
        public, today = Commitment.objects.public(), self.now.date()
        sets = [public.on_time(today), public.overdue(today), public.done(), public.dropped()]
        assert sum(rows.count() for rows in sets) == public.count()
        assert sum(rows.filter(state__in=Commitment.OPEN).count() for rows in sets) == public.open().count()

    @invariant()
    def what_is_open_is_carried_to_the_next_meeting(self) -> None:
        if self.meeting.agenda_items.filter(part=AgendaItem.Part.EVALUATION).exists():
            carried = set(
                Carried.objects.filter(agenda_item__meeting=self.meeting).values_list("commitment", flat=True)
            )
            earlier = Commitment.objects.public().open().exclude(meeting=self.meeting)
            at_start = earlier.filter(since__lt=self.meeting.published_at)
            assert set(at_start.values_list("pk", flat=True)) <= carried


def test_the_chain_holds_whatever_staff_do():
    settings = hypothesis.settings(deadline=None, max_examples=25, stateful_step_count=30)
    run_state_machine_as_test(Chain, settings=settings)
