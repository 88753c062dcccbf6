"""The database goes away under a running site, and comes back. Real processes, a real database."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from tests.site.server import Site

PAGES = ["/", "/zasady/", "/nie-ma/", "/panel/", "/konto/zaloguj/", "/spotkania/", "/tematy/"]


class SqliteFile:
    """A directory takes the place of the file: nothing can be opened there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "forum.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def take_away(self) -> None:
        for file in self.path.parent.glob(f"{self.path.name}*"):
            file.rename(file.with_name(f"kept-{file.name}"))
        self.path.mkdir()

    def bring_back(self) -> None:
        self.path.rmdir()
        for file in self.path.parent.glob("kept-*"):
            file.rename(file.with_name(file.name.removeprefix("kept-")))

    def remove(self) -> None:
        shutil.rmtree(self.path.parent)


class PostgresDatabase:
    """Every session is ended and the database has another name."""

    def __init__(self, server: dict) -> None:
        self.name = f"outage_{uuid.uuid4().hex}"
        self.server = {"host": server["HOST"], "port": server["PORT"] or 5432, "user": server["USER"]}
        self.password = server["PASSWORD"]
        self._run(f'CREATE DATABASE "{self.name}"')
        secret = f":{self.password}" if self.password else ""
        self.url = f"postgres://{server['USER']}{secret}@{server['HOST']}:{self.server['port']}/{self.name}"

    def take_away(self) -> None:
        self._end_sessions()
        self._run(f'ALTER DATABASE "{self.name}" RENAME TO "{self.name}_gone"')

    def bring_back(self) -> None:
        self._run(f'ALTER DATABASE "{self.name}_gone" RENAME TO "{self.name}"')

    def remove(self) -> None:
        for name in (self.name, f"{self.name}_gone"):
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _end_sessions(self) -> None:
        self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", self.name)

    def _run(self, sql: str, *values: str) -> None:
        session = psycopg2.connect(dbname="postgres", password=self.password, **self.server)
        try:
            session.autocommit = True
            with session.cursor() as cursor:
                cursor.execute(sql, values or None)
        finally:
            session.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteFile | PostgresDatabase]:
    postgres = connection.vendor == "postgresql"
    database = PostgresDatabase(connection.settings_dict) if postgres else SqliteFile(tmp_path)
    yield database
    database.remove()


@pytest.fixture
def env(database: SqliteFile | PostgresDatabase, tmp_path_factory) -> dict[str, str]:
    ours = {
        "DATABASE_URL": database.url,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "CONN_MAX_AGE": "60" if connection.vendor == "postgresql" else "0",
    }
    return os.environ | ours


@pytest.fixture
def site(env: dict[str, str]) -> Iterator[Site]:
    site = Site(env)
    try:
        site.wait()
        yield site
    finally:
        site.stop()


def migrate(env: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=True)  # noqa: S603 - our own command


def test_site_says_that_the_database_is_gone_and_comes_back_by_itself(site: Site, database, env: dict[str, str]):
    assert site.get("/zdrowie/gotowe/")[1] == "migrations are missing"
    migrate(env)
    assert site.get("/zdrowie/gotowe/")[1] == "ok"
    before = [site.status(path) for path in PAGES]
    assert before == [200, 200, 404, 302, 200, 200, 200]

    database.take_away()
    assert site.status("/zdrowie/zyje/") == 200
    answer, text = site.get("/zdrowie/gotowe/")
    assert (answer.status, text) == (503, "no database")
    for path in PAGES:
        # With a session that has to be looked up, so that pages without queries of their own fail too.
        answer, html = site.get(path, Cookie="sesja=0123456789abcdefghijklmnopqrstuv")
        assert answer.status == 503, path
        assert "Forum chwilowo nie działa" in html
        assert 'href="tel:112"' in html
        assert answer.headers["Retry-After"] == "30"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert site.status("/static/css/site.css") == 200

    database.bring_back()
    assert [site.status(path) for path in PAGES] == before
    assert site.get("/zdrowie/gotowe/")[1] == "ok"
