"""Any sequence of acts on promises: none without an owner, no entry lost, and the counts are those of the rows."""

import datetime

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from meetings.commitments import CommitmentRefused, publish_all, record, reopen, withdraw
from meetings.models import Commitment, CommitmentEntry, Meeting
from participants.roles import SYSTEM
from tests import factories
from tests.meetings.promises import START, faults_of

WORDS = st.text(max_size=40)
DATES = st.none() | st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31))
STEPS = st.timedeltas(datetime.timedelta(days=-2), datetime.timedelta(days=40))


class Promises(RuleBasedStateMachine):
    promises = Bundle("promises")

    def __init__(self) -> None:
        super().__init__()
        self.rows = transaction.atomic()
        self.rows.__enter__()
        self.begin()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rows.__exit__(None, None, None)

    def begin(self) -> None:
        self.now, self.written = START, 0
        self.night = factories.make_meeting(state=Meeting.State.HELD, date=START.date(), closed_at=None)
        self.town, self.guard = factories.make_institution(), factories.make_institution()

    @rule(target=promises, due=DATES)
    def promise(self, due: datetime.date | None) -> Commitment:
        made = factories.make_commitment(meeting=self.night, institution=self.town, due=due, now=self.now)
        self.written += made.is_public
        return made

    @rule()
    def close(self) -> None:
        Meeting.objects.filter(pk=self.night.pk).update(closed_at=self.now)
        self.written += len(publish_all(self.night, now=self.now))

    @rule(step=STEPS)
    def wait(self, step: datetime.timedelta) -> None:
        self.now += step

    @rule(one=promises, text=WORDS, state=st.none() | st.sampled_from(Commitment.State.values), passes=st.booleans())
    def record(self, one: Commitment, text: str, state: str | None, passes: bool) -> None:
        self.attempt(record, one, text=text, state=state, passed_to=self.guard if passes else None)

    @rule(one=promises, text=WORDS, due=DATES)
    def move(self, one: Commitment, text: str, due: datetime.date | None) -> None:
        self.attempt(record, one, text=text, due=due, changes_due=True)

    @rule(one=promises, text=WORDS)
    def reopen(self, one: Commitment, text: str) -> None:
        self.attempt(reopen, one, text=text)

    @rule(one=consumes(promises))
    def withdraw(self, one: Commitment) -> None:
        one.refresh_from_db()
        try:
            withdraw(one, by=SYSTEM)
        except CommitmentRefused:
            assert one.is_public
        else:
            assert not one.is_public

    def attempt(self, act, one: Commitment, **how) -> None:
        try:
            act(one, by=SYSTEM, now=self.now, **how)
        except CommitmentRefused:
            return
        self.written += 1

    @invariant()
    def courses_are_right(self) -> None:
        rows = list(Commitment.objects.all())
        assert [fault for row in rows for fault in faults_of(row)] == []
        assert all(row.institution_id for row in rows)

    @invariant()
    def no_entry_is_lost(self) -> None:
        assert CommitmentEntry.objects.count() == self.written

    @invariant()
    def counts_equal_rows(self) -> None:
        today = self.now.date()
        public = Commitment.objects.public()
        score = public.score(today)
        lists = (public.on_time(today), public.overdue(today), public.done(), public.dropped())
        rows = [set(found) for found in lists]
        assert [score.on_time, score.overdue, score.done, score.dropped] == [len(found) for found in rows]
        assert score.total == public.count() == len(set().union(*rows))


def test_any_course_of_promises_is_right(db):
    run_state_machine_as_test(
        Promises,
        settings=settings(max_examples=25, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )
