"""What residents may type to break a page: posted by the form, and shown as the text that it is."""

import uuid
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.topics.payloads import LONG_LINE, PAYLOADS, TROUBLE
from tests.topics.talks import pages_of, talk_of
from topics.models import Comment, Topic

IN_TEXT = {("p", ()), ("br", ()), ("a", ("href", "rel"))}
HARMLESS = "Wieczorem przydałby się patrol przy sklepie."


class Reader(HTMLParser):
    """Takes a page apart: the texts of the comments by their ids, the elements within them, and those around."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: dict[int, str] = {}
        self.within: set[tuple[str, tuple[str, ...]]] = set()
        self.around: list[tuple[str, tuple[str, ...]]] = []
        self.chunks: list[str] = []
        self.comment = 0
        self.reading = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names, values = tuple(name for name, _value in attrs), dict(attrs)
        if self.reading:
            self.within.add((tag, names))
            self.texts[self.comment] += "\n" if tag == "br" else ""
            return
        self.around.append((tag, names))
        if tag == "article":
            self.comment = int(values["id"].rpartition("-")[2])
        elif values.get("class") == "fk-comment__body":
            self.reading, self.texts[self.comment] = True, ""

    def handle_endtag(self, tag: str) -> None:
        if self.reading and tag == "p":
            self.texts[self.comment] += "\n\n"
        elif self.reading and tag == "div":
            self.reading, self.texts[self.comment] = False, self.texts[self.comment].removesuffix("\n\n")

    def handle_data(self, data: str) -> None:
        if self.reading:
            self.texts[self.comment] += data
        self.chunks.append(data.strip())

    def handle_comment(self, data: str) -> None:
        (self.around.append, self.within.add)[self.reading](("<!--", ()))

    def unknown_decl(self, data: str) -> None:
        (self.around.append, self.within.add)[self.reading](("<![", ()))


def read(client: Client, url: str) -> Reader:
    response = client.get(url)
    assert response.status_code == 200
    return Reader(response.content.decode())


def thread_of(topic: Topic, pk: int) -> str:
    return reverse("topics:thread", args=[topic.slug, pk])


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(4))
def test_payload_is_text_on_every_page(moderator, as_user, part: int):
    payloads = PAYLOADS[part::4]
    topic, texts = talk_of(payloads, moderator)
    likeness, harmless = talk_of([f"{HARMLESS} {n}" for n in range(len(payloads))], moderator)
    reader, desk = as_user(None), as_user(moderator)
    for page, like in zip(pages_of(topic, len(texts)), pages_of(likeness, len(texts)), strict=True):
        found, usual = read(reader, page), read(reader, like)
        assert found.texts == {pk: texts[pk] for pk in found.texts}
        assert len(found.texts) == len(usual.texts) > 0
        assert found.around == usual.around
        assert found.within <= IN_TEXT
    usual = read(reader, thread_of(likeness, min(harmless))).around
    usual_desk = set(read(desk, reverse("admin:topics_comment_change", args=[min(harmless)])).around)
    for pk, text in texts.items():
        found = read(reader, thread_of(topic, pk))
        assert found.texts == {pk: text}
        assert found.around == usual
        found = read(desk, reverse("admin:topics_comment_change", args=[pk]))
        assert any(text in chunk for chunk in found.chunks), text
        assert set(found.around) <= usual_desk


def test_there_are_two_hundred_payloads_that_differ():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 200


@pytest.mark.django_db
def test_trouble_is_text_on_every_page(moderator, as_user):
    topic, texts = talk_of(list(TROUBLE.values()), moderator)
    reader, desk = as_user(None), as_user(moderator)
    for page in pages_of(topic, len(texts)):
        found = read(reader, page)
        assert found.texts == {pk: texts[pk] for pk in found.texts}
        assert found.within <= IN_TEXT
    for pk, text in texts.items():
        assert read(reader, thread_of(topic, pk)).texts == {pk: text}
        chunks = "".join(read(desk, reverse("admin:topics_comment_change", args=[pk])).chunks)
        assert text.replace("\n", "") in chunks


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["right to left", "a name turned round", "open direction", "zero width"])
def test_signs_that_nobody_sees_are_gone(moderator, name: str):
    _topic, texts = talk_of([TROUBLE[name]], moderator)
    (text,) = texts.values()
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u200c")


@pytest.mark.django_db
def test_ten_thousand_marks_leave_four(moderator):
    _topic, texts = talk_of([TROUBLE["combining marks"]], moderator)
    (text,) = texts.values()
    assert len(text) == len("Z") + 4 + len("algo")


@pytest.mark.django_db
def test_endless_line_is_refused_with_its_text_kept(resident, as_user):
    topic = factories.make_topic()
    form = {"text": LONG_LINE, "submission": str(uuid.uuid4()), "danger": "no"}
    response = as_user(resident).post(reverse("topics:comment", args=[topic.slug]), form)
    assert response.status_code == 422
    assert LONG_LINE in response.content.decode()
    assert not Comment.objects.exists()
