"""Reading the pages of topics in tests."""

import re

from django.test import Client


def get(client: Client, url: str) -> str:
    """The page in English, whose words do not change with the catalogue."""
    client.cookies["jezyk"] = "en"
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def ids_of(page: str) -> list[int]:
    """The comments on a page in their order, without the pinned one."""
    return [int(pk) for pk in re.findall(r'<article[^>]* id="k-(\d+)"', page)]
