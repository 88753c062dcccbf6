"""Personas: the people who use the portal, each signed in with a client of their own."""

import importlib

import hypothesis
import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from participants import printing
from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import sign_in

# A busy machine is slow now and then; that is no fault of the text under test.
hypothesis.settings.register_profile("forum", deadline=None)
hypothesis.settings.load_profile("forum")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests with real commits empty every table; they begin with what the migrations put there (ranks, roles)."""
    marker = item.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", []))
    if commits or (marker and marker.kwargs.get("transaction")):
        item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """The limits of one test (sign-in, letters) do not reach the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def own_language() -> None:
    """A page asked for in another language leaves it active in this thread; the next test speaks Polish again."""
    translation.activate(site.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def letters_in_the_outbox(settings) -> None:
    """As on the site; Django's test runner puts a backend of its own in place."""
    settings.EMAIL_BACKEND = "participants.outbox.OutboxBackend"


@pytest.fixture
def resident(db: None) -> Resident:
    return factories.make_resident("Hanna, os. Słowackiego")


@pytest.fixture
def neighbour(db: None) -> Resident:
    return factories.make_resident("Tomasz")


@pytest.fixture
def moderator(db: None) -> Resident:
    return factories.make_resident("Ewa", roles=[Role.MODERATOR])


@pytest.fixture
def editor(db: None) -> Resident:
    return factories.make_resident("Anna", roles=[Role.EDITOR])


@pytest.fixture
def official(db: None) -> Resident:
    """An account that answers in the name of a post."""
    return factories.make_resident("Marta", appointment=factories.make_appointment(rank="asp. szt."))


@pytest.fixture
def as_user():
    """`as_user(resident)` is a client signed in as them; `as_user(None)` is a stranger."""

    def client_of(user: Resident | None) -> Client:
        client = Client()
        if user:
            sign_in(client, user)
        return client

    return client_of


@pytest.fixture
def without_pango(monkeypatch):
    """A machine without the library: importing WeasyPrint ends as it does there."""
    importing = importlib.import_module

    def refuse(name: str, package: str | None = None):
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return importing(name, package)

    printing.weasyprint.cache_clear()
    printing._tools.cache_clear()
    monkeypatch.setattr(importlib, "import_module", refuse)
    yield
    monkeypatch.undo()
    printing.weasyprint.cache_clear()
