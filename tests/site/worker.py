"""A worker in a process of its own, on the database of the test, that can be stopped before a statement and killed.

python -m tests.site.worker forum_portal.leaving.erase_leavers 2026-12-24T12:00+00:00 'DELETE FROM "topics_support"'
"""

import datetime
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

REACHED = "reached"


def start(
    job: str, now: datetime.datetime, *, stop_before: str = "", after: int = 0, var: Path
) -> "subprocess.Popen[str]":
    """The site's own settings, with its files under `var`. Lets the statement pass `after` times."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    site = {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY, "HTTPS": "no", "VAR_DIR": str(var)}
    return subprocess.Popen(  # noqa: S603 - our own worker
        [sys.executable, "-m", "tests.site.worker", job, now.isoformat(), stop_before, str(after)],
        cwd=settings.BASE_DIR,
        env=os.environ | site | {"DJANGO_SETTINGS_MODULE": "forum_portal.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(worker: "subprocess.Popen[str]") -> int:
    """What the job returned."""
    said, _errors = worker.communicate(timeout=60)
    assert worker.returncode == 0
    return int(said)


def kill(worker: "subprocess.Popen[str]") -> None:
    """Once it stands before its statement."""
    assert worker.stdout
    assert worker.stdout.readline().strip() == REACHED
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()


def main(job: str, now: str, stop_before: str, after: str) -> None:
    django.setup()
    passes = iter(range(int(after)))

    def stop(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if stop_before and sql.startswith(stop_before) and next(passes, None) is None:
            print(REACHED, flush=True)
            signal.pause()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(stop):
        print(import_string(job)(datetime.datetime.fromisoformat(now)))


if __name__ == "__main__":
    main(*sys.argv[1:])
