import pytest


@pytest.fixture
def stored_under(settings, tmp_path):
    """Uploads of a test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
