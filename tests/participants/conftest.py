import pytest
from django.test import Client

from tests.smtp import mail_server


@pytest.fixture
def visitor(db: None) -> Client:
    """Somebody who reads English, so that tests see the texts as they stand in the code."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def server(settings):
    """The mail server that letters are delivered to."""
    with mail_server() as server:
        settings.DELIVERY_BACKEND = "participants.mail_server.MailServerBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
