"""A notice waits in the session, and leaves nobody a session who had none."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from participants.leaving import ask
from tests import factories
from tests.mailbox import last_letter, link_in

pytestmark = pytest.mark.django_db


def come_back(client: Client) -> None:
    """By the link of a letter, signed out."""
    resident = factories.make_resident()
    ask(resident, erases_texts=False)
    assert client.post(link_in(last_letter(resident.email), "/konto/zostaje/")).status_code == 302


def test_a_strangers_session_ends_with_the_notice(client: Client):
    come_back(client)
    assert set(client.cookies) <= {"sesja", "csrftoken"}
    assert Session.objects.count() == 1
    shown = client.get("/zasady/")
    assert len(shown.context["messages"]) == 1
    assert shown.cookies["sesja"].value == ""
    assert not Session.objects.exists()
    assert len(client.get("/zasady/").context["messages"]) == 0


def test_a_page_with_a_notice_is_kept_by_no_cache(client: Client):
    come_back(client)
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
