"""Where the tests of talks take place, and who comes there besides the personas of the whole site."""

import pytest
from django.test import Client

from participants.models import Institution, Resident
from participants.roles import Role
from tests import factories
from topics.models import Topic


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic("Patrole rowerowe")


@pytest.fixture
def stranger(as_user) -> Client:
    return as_user(None)


@pytest.fixture
def english(as_user):
    """`english(resident)` is a client that reads English; without anybody, a stranger."""

    def client_of(user: Resident | None = None) -> Client:
        client = as_user(user)
        client.cookies["jezyk"] = "en"
        return client

    return client_of


@pytest.fixture
def judge(db: None) -> Resident:
    return factories.make_resident("Olga", roles=[Role.APPEALS])


@pytest.fixture
def police(db: None) -> Institution:
    return factories.make_institution("Komenda Miejska Policji")


@pytest.fixture
def town(db: None) -> Institution:
    return factories.make_institution("Urząd Miasta")
