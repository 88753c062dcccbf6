import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forum_portal import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh_process(monkeypatch):
    """As if no answer had been given yet."""
    monkeypatch.setitem(health._migrations, "applied", False)


def test_alive_asks_no_database(client: Client):
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/zdrowie/zyje/")
    assert (response.status_code, response.content) == (200, b"ok")
    assert len(queries) == 0


def test_ready_looks_at_the_migrations_once_and_at_the_database_always(client: Client, fresh_process):
    assert client.get("/zdrowie/gotowe/").content == b"ok"
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/zdrowie/gotowe/")
    assert (response.status_code, response.content) == (200, b"ok")
    assert queries[0]["sql"] == "SELECT 1"
    assert len(queries) == 2  # whether sending is stopped


def test_ready_says_which_release_the_tables_lack(client: Client, fresh_process):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'meetings'")
    response = client.get("/zdrowie/gotowe/")
    assert (response.status_code, response.content) == (503, b"migrations are missing")


@pytest.mark.parametrize("path", ["/zdrowie/zyje/", "/zdrowie/gotowe/"])
def test_health_is_never_cached_and_leaves_nothing(client: Client, path: str):
    response = client.get(path)
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert not response.cookies
    assert client.post(path).status_code == 405


def test_health_answers_a_supervisor_that_speaks_plain_http(client: Client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/zdrowie/zyje/").status_code == 200
    assert Client().get("/zasady/").status_code == 301
