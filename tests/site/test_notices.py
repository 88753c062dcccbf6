"""A notice waits in the session, and leaves nobody a session who had none."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def ask_for_a_link(client: Client) -> None:
    assert client.post("/konto/nowy-link/", {"email": "ktos@poczta.example"}).status_code == 302


def test_a_strangers_session_ends_with_the_notice(client: Client):
    ask_for_a_link(client)
    assert set(client.cookies) <= {"sesja", "csrftoken"}
    assert Session.objects.count() == 1
    shown = client.get("/zasady/")
    assert len(shown.context["messages"]) == 1
    assert shown.cookies["sesja"].value == ""
    assert not Session.objects.exists()
    assert len(client.get("/zasady/").context["messages"]) == 0


def test_a_page_with_a_notice_is_kept_by_no_cache(client: Client):
    ask_for_a_link(client)
    assert client.get("/zasady/")["Cache-Control"] == "private, no-cache"


def test_a_reader_gets_no_session(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not client.get("/zasady/").cookies


def test_who_is_signed_in_stays_so(client: Client):
    client.force_login(factories.make_resident(confirmed=False))
    client.post("/konto/wyloguj/")
    client.force_login(factories.make_resident())
    client.get("/zasady/")
    assert client.get("/zasady/").wsgi_request.user.is_authenticated
