"""Scratch databases, and the site served from them as in production: gunicorn with threads."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
WORKERS, THREADS = 2, 4
TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """On the disk of the site, not in memory; deleted afterwards."""
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def find_postgresql() -> str:
    """The address of a PostgreSQL where databases may be made; "" without one, and the reason is printed."""
    answer = subprocess.run(
        [sys.executable, "deploy/find_postgresql.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        print(f"PostgreSQL is left out: {answer.stderr.strip()} (TEST_DATABASE_URL names a server)")
        return ""
    return answer.stdout.split()[0]


@contextlib.contextmanager
def scratch_postgresql(url: str) -> Iterator[str]:
    """A new database beside the one of `url`, dropped afterwards."""
    name = f"bench_{secrets.token_hex(4)}"
    _on_postgresql(url, f"CREATE DATABASE {name}")
    try:
        yield f"{url.rpartition('/')[0]}/{name}"
    finally:
        _on_postgresql(url, f"DROP DATABASE {name} WITH (FORCE)")


def _on_postgresql(url: str, statement: str) -> None:
    server = environ.Env.db_url_config(url)
    connection = psycopg2.connect(
        host=server["HOST"],
        port=server["PORT"] or 5432,
        user=server["USER"],
        password=server["PASSWORD"] or None,
        dbname="postgres",
    )
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def environment(folder: Path, database: str) -> dict[str, str]:
    """As in production, but for TLS: what .env or the shell say of the site itself does not reach the measurement."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEBUG": "no",
        "HTTPS": "no",
        "ALLOWED_HOSTS": HOST,
        "VAR_DIR": str(folder),
        "DATABASE_URL": database,
        "CACHE_URL": "dbcache://forum_cache",
        "TRUSTED_PROXY_COUNT": "0",
        "LOG_LEVEL": "ERROR",
    }
    return {**os.environ, **ours}


def manage(env: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


class Site:
    """A running gunicorn. `with Site(env) as site:` waits until it answers, and ends it in any case."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.port = int(os.environ.get("BENCH_PORT") or _free_port())

    def __enter__(self) -> "Site":
        options = f"-k gthread --no-control-socket --workers {WORKERS} --threads {THREADS} --log-level error"
        command = ["gunicorn", "forum_portal.wsgi", *options.split(), "--bind", f"{HOST}:{self.port}"]
        self.process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=self.env)
        deadline = time.monotonic() + 60
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise SystemExit("The site did not start; its reason is above.")
            time.sleep(0.1)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def cpu_seconds(self) -> float:
        """What the workers have used until now, in user and kernel mode (proc(5): fields 14 and 15 of stat)."""
        return sum(int(fields[11]) + int(fields[12]) for fields in self._workers()) / TICKS

    def _workers(self) -> Iterator[list[str]]:
        """The fields of each worker's stat from the third on: the second, a name in brackets, may hold spaces."""
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = file.read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.process.pid:
                    yield fields


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
