"""The worker: what does not stop it, and what does."""

import subprocess
import sys
import threading

import pytest
from django.db import OperationalError

from forum_portal.management.commands import work
from forum_portal.management.commands.work import ALWAYS, HOURLY, run
from participants.letters import queue_letter
from participants.models import Letter
from tests.site.test_settings import ROOT, manage


def broken() -> None:
    raise ValueError("hanna@poczta.example")


def out_of_reach() -> None:
    raise OperationalError("hanna@poczta.example")


def test_failed_job_stops_no_other_and_names_nobody(caplog):
    assert run(broken) is None
    assert run(out_of_reach) is None
    assert run(lambda: 3) == 3
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "broken failed: ValueError at" in caplog.text
    assert "hanna" not in caplog.text


@pytest.mark.django_db
def test_letters_go_out_between_long_jobs_and_whoever_says_stop_is_heard(monkeypatch):
    seen, stop = [], threading.Event()

    def signs_in() -> None:
        queue_letter(to="hanna@poczta.example", template="account/email/locked", context={}, asked_for=True)

    def looks() -> None:
        seen.append(Letter.objects.get().state)
        stop.set()

    monkeypatch.setattr(work, "HOURLY", (signs_in, looks, looks))
    work._work_hourly(stop)
    assert seen == [Letter.State.SENT]


def test_worker_without_a_database_waits_for_it(tmp_path):
    """`--once` ends in order; the log says what is missing."""
    (tmp_path / "folder").mkdir()
    where = {"DATABASE_URL": f"sqlite:///{tmp_path / 'folder'}", "SECRET_KEY": "x", "HTTPS": "no"}
    worked = manage("work", "--once", **where)
    assert worked.returncode == 0, worked.stderr
    for job in [*ALWAYS, *HOURLY]:
        assert f"{job.__name__}: the database does not answer" in worked.stderr


def test_worker_ends_when_it_is_told(tmp_path):
    env = {"SECRET_KEY": "x", "HTTPS": "no", "DATABASE_URL": f"sqlite:///{tmp_path}", "PATH": "/usr/bin:/bin"}
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "work", "--pause", "60"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    next(line for line in worker.stderr if "does not answer" in line)
    worker.terminate()
    worker.communicate(timeout=20)
    assert worker.returncode == 0
