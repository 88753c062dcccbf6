"""The background worker: delivers letters and moves meetings on when their hour has come."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import close_old_connections

from meetings.publication import move_on
from participants.letters import deliver_due, forget_old

log = logging.getLogger(__name__)
HOUR = 3600


class Command(BaseCommand):
    help = "Delivers queued letters and publishes scheduled meetings, until it is told to stop. Any number may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due and stop.")
        parser.add_argument("--pause", type=float, default=5.0, help="Seconds between two looks (default 5).")

    def handle(self, *args: Any, once: bool, pause: float, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        cleaning_at = 0.0
        while not stop.is_set():
            close_old_connections()
            try:
                busy = deliver_due()
                move_on()
                if time.monotonic() >= cleaning_at:
                    forget_old()
                    cleaning_at = time.monotonic() + HOUR
            except DatabaseError as error:
                # The database comes back by itself, and so does the worker.
                log.warning("the database does not answer: %s", type(error).__name__)
                busy = 0
            if once:
                return
            if not busy:
                stop.wait(pause)
