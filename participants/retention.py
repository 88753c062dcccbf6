"""How long the forum keeps what: rules that the worker applies every hour, and what they did.

A rule may run at any time, any number of times, in several workers: it removes what is due, and again nothing. The
list of all rules stands in forum_portal.retention.
"""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import ngettext

from participants.batches import PartlyDone, delete, in_batches, words_of
from participants.models import JobRun

log = logging.getLogger(__name__)
RUNS_KEPT = datetime.timedelta(days=365)
LOG_KEPT = datetime.timedelta(days=5 * 365)


@dataclass(frozen=True)
class Rule:
    """`forget(now)` removes what is due and returns how much it was. `after` says in words when it is due."""

    key: str
    title: Any
    after: Any
    forget: Callable[[datetime.datetime], int]


@dataclass(frozen=True)
class Outcome:
    removed: int
    has_failed: bool = False


def run_rule(rule: Rule, now: datetime.datetime, *, is_dry: bool = False) -> Outcome:
    """Apply one rule and write down what it did. What stops it is logged without its words, and stops no other rule.

    Dry, everything is undone and nothing written: the database stays locked for writing until the rule has ended
    (SQLite), and files are left alone, since rules delete them on commit.
    """
    started = timezone.now()
    try:
        outcome = Outcome(_rehearsed(rule, now) if is_dry else rule.forget(now))
    except PartlyDone as error:
        outcome = Outcome(error.done, has_failed=True)
    except Exception as error:
        log.error("%s failed: %s", rule.key, words_of(error))
        outcome = Outcome(0, has_failed=True)
    if not is_dry:
        _note(rule, outcome, started)
    return outcome


def _rehearsed(rule: Rule, now: datetime.datetime) -> int:
    with transaction.atomic():
        removed = rule.forget(now)
        transaction.set_rollback(True)
    return removed


def _note(rule: Rule, outcome: Outcome, started: datetime.datetime) -> None:
    times = {"started_at": started, "ended_at": timezone.now()}
    if outcome.removed or outcome.has_failed:
        log.info("%s: removed %s", rule.key, outcome.removed)
        JobRun.objects.create(rule=rule.key, removed=outcome.removed, has_failed=outcome.has_failed, **times)
    else:
        JobRun.objects.update_or_create(rule=rule.key, removed=0, has_failed=False, defaults=times)


def forget_runs(now: datetime.datetime) -> int:
    return in_batches(JobRun.objects.filter(ended_at__lt=now - RUNS_KEPT), delete)


def forget_panel_log(now: datetime.datetime) -> int:
    """Who of the staff did what in the panel. The office has to be able to show it (GDPR, art. 5(2)) for as long as
    ordinary papers are kept, and not longer."""
    return in_batches(LogEntry.objects.filter(action_time__lt=now - LOG_KEPT), delete)


# -- Times in words ---------------------------------------------------------------------------------------


def _in_words(kept: datetime.timedelta) -> str:
    """Whole years as years."""
    years, rest = divmod(kept.days, 365)
    if years and not rest:
        return ngettext("%(years)s year", "%(years)s years", years) % {"years": years}
    return ngettext("%(days)s day", "%(days)s days", kept.days) % {"days": kept.days}


def _in_months(count: int) -> str:
    return ngettext("%(months)s month", "%(months)s months", count) % {"months": count}


in_words, in_months = lazy(_in_words, str), lazy(_in_months, str)
