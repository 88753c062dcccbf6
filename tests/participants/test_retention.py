"""Rules of retention: applied in batches, by several at once, rehearsed, and written down."""

import datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from participants import batches
from participants.batches import PartlyDone
from participants.letters import KEPT, forget_old
from participants.models import JobRun, Letter
from participants.retention import LOG_KEPT, RUNS_KEPT, Rule, forget_panel_log, forget_runs, in_words, run_rule
from tests import factories
from tests.refusing import refusing
from tests.topics.parallel import at_once

NOW = timezone.now()
SECOND = datetime.timedelta(seconds=1)
LETTERS = Rule("letters", "letters", in_words(KEPT), forget_old)


def make_old_letters(count: int) -> None:
    sent = NOW - KEPT - SECOND
    Letter.objects.bulk_create(
        Letter(
            to="jan@poczta.example",
            subject="Sprawa",
            body="Treść",
            sender="f@b.example",
            message_id=f"<{next(factories.count)}@old>",
            state=Letter.State.SENT,
            try_at=sent,
            sent_at=sent,
        )
        for _ in range(count)
    )


def noted() -> list[tuple[str, int, bool]]:
    return list(JobRun.objects.order_by("pk").values_list("rule", "removed", "has_failed"))


def breaking(now: datetime.datetime) -> int:
    make_old_letters(1)
    raise ValueError("hanna@poczta.example")


def partly(now: datetime.datetime) -> int:
    raise PartlyDone(3, 1)


@pytest.mark.django_db
def test_what_went_is_counted_and_written_down(caplog):
    caplog.set_level("INFO")
    make_old_letters(3)
    assert run_rule(LETTERS, NOW).removed == 3
    assert Letter.objects.count() == 0
    assert noted() == [("letters", 3, False)]
    assert "letters: removed 3" in caplog.text


@pytest.mark.django_db
def test_runs_without_work_leave_one_row():
    make_old_letters(1)
    for _ in range(4):
        run_rule(LETTERS, NOW)
    assert noted() == [("letters", 1, False), ("letters", 0, False)]
    first = JobRun.objects.get(removed=0).ended_at
    run_rule(LETTERS, NOW)
    assert JobRun.objects.get(removed=0).ended_at > first


@pytest.mark.django_db
def test_a_rehearsal_tells_the_same_number_and_changes_nothing():
    make_old_letters(2)
    assert run_rule(LETTERS, NOW, is_dry=True).removed == 2
    assert Letter.objects.count() == 2
    assert noted() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("forget", "removed"), [(breaking, 0), (partly, 3)])
def test_failure_is_written_down_and_names_nobody(forget, removed, caplog):
    outcome = run_rule(Rule("broken", "broken", "", forget), NOW)
    assert (outcome.removed, outcome.has_failed) == (removed, True)
    assert noted() == [("broken", removed, True)]
    assert "hanna" not in caplog.text


@pytest.mark.django_db
def test_a_failed_rehearsal_is_undone_and_writes_nothing():
    assert run_rule(Rule("broken", "broken", "", breaking), NOW, is_dry=True).has_failed
    assert (Letter.objects.count(), noted()) == (0, [])


@pytest.mark.django_db
def test_a_batch_costs_the_same_whatever_its_size(monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 10)

    def cost(rows: int) -> int:
        make_old_letters(rows)
        with CaptureQueriesContext(connection) as found:
            assert forget_old(NOW) == rows
        return len(found)

    few, one_batch, three = cost(3), cost(9), cost(29)
    assert few == one_batch
    assert three == 3 * few


@pytest.mark.django_db
def test_what_was_done_before_a_failure_stays_done_and_the_next_run_ends_it(monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 2)
    make_old_letters(5)
    last = Letter.objects.earliest("pk").pk + 4
    with refusing(Letter, pk=last):
        assert run_rule(LETTERS, NOW).has_failed
    assert list(Letter.objects.values_list("pk", flat=True)) == [last]
    assert run_rule(LETTERS, NOW).removed == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_share_the_rows_out(monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 7)
    make_old_letters(100)
    done = at_once(*[lambda: run_rule(LETTERS, NOW)] * 3)
    assert [outcome.has_failed for outcome in done] == [False] * 3
    left = run_rule(LETTERS, NOW).removed
    assert (sum(outcome.removed for outcome in done) + left, left) == (100, 0)
    assert sum(JobRun.objects.values_list("removed", flat=True)) == 100


@pytest.mark.django_db
def test_runs_are_forgotten_after_a_year():
    old = NOW - RUNS_KEPT - SECOND
    JobRun.objects.create(rule="letters", started_at=old, ended_at=old, removed=1)
    JobRun.objects.create(rule="letters", started_at=NOW, ended_at=NOW, removed=2)
    assert [forget_runs(NOW), forget_runs(NOW)] == [1, 0]
    assert JobRun.objects.get().removed == 2


def test_the_log_of_the_panel_is_forgotten_after_five_years(moderator):
    for age in (LOG_KEPT + SECOND, LOG_KEPT - SECOND):
        LogEntry.objects.create(user=moderator, object_repr="Sprawa", action_flag=CHANGE, action_time=NOW - age)
    assert [forget_panel_log(NOW), forget_panel_log(NOW)] == [1, 0]
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 day"), (90, "90 days"), (365, "1 year"), (730, "2 years"), (366, "366 days")]
)
def test_times_in_words(days: int, words: str):
    shown = in_words(datetime.timedelta(days=days))
    with translation.override("en"):
        assert str(shown) == words
