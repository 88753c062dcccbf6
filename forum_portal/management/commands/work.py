"""The background worker: delivers letters, and does what the clock does to meetings and talks."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from forum_portal.leaving import erase_leavers
from forum_portal.my_data import make_exports
from forum_portal.retention import forget_due
from meetings.closing import remind_to_close
from meetings.digests import send_news
from meetings.follow_ups import ask_if_better
from meetings.minutes_letters import remind_of_minutes
from meetings.news import note_fresh_news, note_news
from meetings.notices import tell_changes
from meetings.publication import move_on
from meetings.reminders import remind
from participants.batches import words_of
from participants.inactivity import warn_inactive
from participants.leaving import warn_leavers
from participants.letters import deliver_due
from topics.publication import close_quiet

log = logging.getLogger(__name__)
HOUR = 3600
# The first says whether there is more to do.
ALWAYS = (deliver_due, move_on, tell_changes, note_fresh_news, send_news, make_exports)
HOURLY = (close_quiet, remind, note_news, ask_if_better, remind_to_close, remind_of_minutes)
HOURLY += (warn_leavers, warn_inactive, erase_leavers, forget_due)


def run(job: Callable[[], Any]) -> Any:
    """One job; what stops it is logged, without its words (they may name people), and stops no other job."""
    try:
        return job()
    except (OperationalError, InterfaceError) as error:
        # It comes back by itself, and so does the worker.
        log.warning("%s: the database does not answer (%s)", job.__name__, type(error).__name__)
    except Exception as error:
        log.error("%s failed: %s", job.__name__, words_of(error))
    return None


def _work_hourly(stop: threading.Event) -> None:
    """Some of these take long: letters that somebody waits for go out in between, and whoever says stop is heard."""
    for job in HOURLY:
        if stop.is_set():
            return
        run(job)
        run(deliver_due)


class Command(BaseCommand):
    help = "Delivers letters, publishes meetings and closes quiet talks, until it is told to stop. Any number may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due and stop.")
        parser.add_argument("--pause", type=float, default=5.0, help="Seconds between two looks (default 5).")

    def handle(self, *args: Any, once: bool, pause: float, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        hourly_at = 0.0
        while not stop.is_set():
            close_old_connections()
            busy, *_rest = [run(job) for job in ALWAYS]
            if time.monotonic() >= hourly_at:
                _work_hourly(stop)
                hourly_at = time.monotonic() + HOUR
            if once:
                return
            if not busy:
                stop.wait(pause)
