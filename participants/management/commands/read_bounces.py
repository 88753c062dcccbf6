"""`manage.py read_bounces`: what came back, from a pipe of the mail server or from the mailbox of the sender."""

import contextlib
import mailbox
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from participants.delivery_reports import MOST, read_report, take_report


class Command(BaseCommand):
    help = "Reads delivery reports and pauses the addresses that do not exist. May be repeated. Without options: stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--maildir", metavar="PATH", default="")
        where.add_argument("--mbox", metavar="PATH", default="")
        parser.add_argument("--delete", action="store_true", help="delete the reports that were read from the mailbox")

    def handle(self, *args: Any, maildir: str, mbox: str, delete: bool, **options: Any) -> None:
        """Says how many, and never whom: what cron prints is mailed."""
        try:
            if maildir:
                paused = _read_all(mailbox.Maildir(maildir, create=False), delete=delete)
            elif mbox:
                paused = _read_all(mailbox.mbox(mbox, create=False), delete=delete)
            else:
                report = read_report(sys.stdin.buffer.read(MOST))
                paused = int(report is not None and take_report(report))
        except (mailbox.Error, OSError) as error:
            raise CommandError(f"The mailbox cannot be read: {error}") from error
        self.stdout.write(f"Letters that came back for good: {paused}.")


def _read_all(box: mailbox.Mailbox, *, delete: bool) -> int:
    paused = 0
    try:
        box.lock()
        for key in list(box.iterkeys()):
            with contextlib.closing(box.get_file(key)) as file:
                report = read_report(file.read(MOST))
            if report is None:
                continue  # somebody's answer, for people to read
            paused += take_report(report)
            if delete:
                box.discard(key)
    finally:
        box.close()  # writes down what was deleted, and unlocks
    return paused
