"""The headers that every answer carries, and the id that ties it to the log."""

import logging
import re

import pytest
from django.test import Client

from forum_portal.logging import RequestIdFilter

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.site.failing_urls")]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
ANSWERS = {
    "/zasady/": 200,
    "/panel/": 302,
    "/awaria/400/": 400,
    "/awaria/403/": 403,
    "/nie-ma/": 404,
    "/wyglad/": 405,
    "/awaria/500/": 500,
    "/awaria/gone/": 503,
    "/zdrowie/zyje/": 200,
    "/zdrowie/gotowe/": 200,
    "/?q=%00": 400,
    "/static/img/favicon.svg": 200,
}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("path", "status"), ANSWERS.items())
def test_every_answer_is_protected(client: Client, path: str, status: int):
    response = client.get(path)
    response.close()
    assert response.status_code == status
    assert response["Content-Security-Policy"] == POLICY
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "geolocation=()" in response["Permissions-Policy"]
    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-ID"])


@pytest.mark.parametrize("path", ["/zasady/", "/nie-ma/", "/awaria/500/", "/awaria/gone/"])
def test_pages_are_not_sniffed_framed_or_followed(client: Client, path: str):
    response = client.get(path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_view_may_set_a_policy_of_its_own(client: Client):
    assert client.get("/piaskownica/")["Content-Security-Policy"] == "sandbox"


def test_request_id_is_ours_and_new_each_time(client: Client):
    first = client.get("/zasady/", headers={"x-request-id": "from-outside"})["X-Request-ID"]
    assert first not in ("from-outside", client.get("/zasady/")["X-Request-ID"])


@pytest.mark.parametrize("path", ["/awaria/500/", "/nie-ma/", "/?q=%00"])
def test_request_id_stands_in_the_log_line(client: Client, caplog, path: str):
    caplog.handler.addFilter(RequestIdFilter())
    with caplog.at_level(logging.WARNING, logger="django.request"):
        response = client.get(path)
    assert [record.request_id for record in caplog.records] == [response["X-Request-ID"]]
