import pytest
from django.test import Client


@pytest.fixture
def visitor(db: None) -> Client:
    """Somebody who reads English, so that tests see the texts as they stand in the code."""
    return Client(headers={"accept-language": "en"})
