"""A body that is too big, sent to a real server: whoever sends it gets to read the answer."""

import io
import itertools
import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.site.server import Site


class Zeros(io.RawIOBase):
    """As many bytes as asked for, without holding them."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = min(self.left, size if size >= 0 else self.left)
        self.left -= size
        return bytes(size)


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    site = Site(os.environ | {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"})
    try:
        site.wait()
        yield site
    finally:
        site.stop()


@pytest.mark.parametrize("megabytes", [26, 300])
def test_file_over_the_limit_is_read_to_its_end_and_answered(site: Site, megabytes: int):
    size = megabytes * 1024 * 1024
    assert size > settings.MAX_REQUEST_BYTES
    body = Zeros(size)
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(size), "Accept-Language": "en"}
    answer, html = site.send("POST", "/wyglad/", body, headers)
    assert answer.status == 413
    assert "The file or the form is too big" in html
    assert body.left == 0
    assert site.status("/zdrowie/zyje/") == 200


MANY_FIELDS = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 3100


@pytest.mark.parametrize(
    ("kind", "head", "status"),
    [
        ("application/x-www-form-urlencoded", b"text=", 413),
        ("multipart/form-data; boundary=x", MANY_FIELDS, 400),
    ],
)
def test_form_refused_while_it_is_being_sent_is_answered(site: Site, kind: str, head: bytes, status: int):
    size = len(head) + 20 * 1024 * 1024
    assert size < settings.MAX_REQUEST_BYTES
    body = Zeros(size - len(head))
    answer, html = site.send(
        "POST",
        "/wyglad/",
        itertools.chain([head], iter(lambda: body.read(65536), b"")),
        {"Content-Type": kind, "Content-Length": str(size)},
    )
    assert answer.status == status
    assert 'class="fk-lost"' in html
    assert body.left == 0
