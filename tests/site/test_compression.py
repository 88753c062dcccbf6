"""Pages travel compressed, and small."""

import gzip


def test_page_is_compressed_for_who_can_read_it(client, db):
    response = client.get("/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert "<h1>" in gzip.decompress(response.content).decode()
    assert len(response.content) < 10_000


def test_page_is_plain_for_who_cannot(client, db):
    assert "Content-Encoding" not in client.get("/")
