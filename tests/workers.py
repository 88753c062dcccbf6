"""Processes that deliver letters, forked from one that has the site loaded: each starts at once, and can be killed."""

import multiprocessing
from multiprocessing.process import BaseProcess
from typing import Any

import django
from django.conf import settings
from django.db import connection

django.setup()

from participants.letters import deliver_due  # noqa: E402 - the process that all are forked from is no Django yet

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.workers"])


def start_deliverer(port: int) -> BaseProcess:
    """Delivers to that port of this machine, from the database of the test, until nothing is due."""
    worker = _forks.Process(target=_deliver, args=(connection.settings_dict["NAME"], port), daemon=True)
    worker.start()
    return worker


def _deliver(database: Any, port: int) -> None:
    connection.settings_dict["NAME"] = database
    settings.DELIVERY_BACKEND = "participants.mail_server.MailServerBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    while deliver_due():
        pass
