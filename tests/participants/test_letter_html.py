"""Every letter has HTML beside its text, with the same words."""

from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.template import engines
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from participants.letter_text import paragraphs
from participants.letters import queue_letter
from participants.models import Letter

HANNA = "hanna@poczta.example"
RESET = {"password_reset_url": f"{settings.SITE_URL}/konto/haslo/nowe/4-klucz/"}


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def queued(template: str = "account/email/password_reset_key", context=None, **how) -> Letter:
    queue_letter(to=HANNA, template=template, context=context or RESET, **how)
    return Letter.objects.latest("pk")


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_letter_says_the_same_in_html_in_the_language_of_its_reader(language):
    letter = queued(language=language)
    page = _Page(letter.html)
    assert page.of("html") == [{"lang": language}]
    assert [*page.of("h1")] != []
    assert f"<title>{letter.subject}</title>" in letter.html
    for paragraph in letter.body.partition("\n-- \n")[0].split("\n\n"):
        assert flat(paragraph) in flat(page.words)
    assert page.words.count(str(settings.FORUM["owner"])) == 1  # in the frame, not in the text once more


@pytest.mark.django_db
def test_links_of_the_letter_are_links_and_nothing_is_loaded_from_anywhere():
    page = _Page(queued().html)
    assert [a["href"] for a in page.of("a")] == [RESET["password_reset_url"], f"{settings.SITE_URL}/"]
    assert not {"img", "script", "link", "iframe", "form", "input"} & {tag for tag, _attrs in page.tags}
    assert {table["role"] for table in page.of("table")} == {"presentation"}


@pytest.mark.django_db
def test_message_on_its_way_has_text_first_and_html_second():
    letter = queued()
    assert letter.headers == {"Auto-Submitted": "auto-generated"}
    assert letter.body.startswith("Dzień dobry")
    assert "<" not in letter.body


@pytest.mark.django_db
def test_template_of_its_own_takes_the_place_of_the_html_made_from_text(tmp_path, settings):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "x_subject.txt").write_text("Temat")
    (folder / "x_message.txt").write_text("Treść")
    (folder / "x_message.html").write_text(
        '{% extends "email/base.html" %}{% block preheader %}Zapowiedź{% endblock %}'
        "{% block content %}<p>{{ name }}</p>{% endblock %}{% block footer %}Stopka{% endblock %}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    html = queued("own/x", {"name": "<b>Hanna</b>"}).html
    assert "<p>&lt;b&gt;Hanna&lt;/b&gt;</p>" in html
    assert "Zapowiedź" in html
    assert "Stopka" in html


def test_addresses_of_other_sites_stay_words():
    line = f"Zobacz {settings.SITE_URL}/tematy/a/. Albo https://zlo.example/ i {settings.SITE_URL}.zlo.example/"
    [[pieces]] = paragraphs(line)
    assert [piece.url for piece in pieces if piece.url] == [f"{settings.SITE_URL}/tematy/a/"]
    assert "".join(piece.words or piece.url for piece in pieces) == line


def test_only_the_last_signature_is_cut_off():
    text = "Dzień dobry,\n\nnapisano:\n-- \nTomasz\n\nKoniec.\n\n-- \nForum"
    assert [piece.words for lines in paragraphs(text) for [piece] in lines] == [
        "Dzień dobry,", "napisano:", "-- ", "Tomasz", "Koniec.",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'\n -"), max_size=200))
def test_whatever_is_quoted_brings_no_tag_into_the_letter(text):
    template = engines["django"].get_template("email/plain.html")
    with override_settings(LANGUAGE_CODE="pl"):
        without = _Page(template.render({"paragraphs": [], "subject": ""}))
        page = _Page(template.render({"paragraphs": paragraphs(text), "subject": text}))
    added = [tag for tag, _attrs in page.tags if tag not in {"p", "br"}]
    assert added == [tag for tag, _attrs in without.tags if tag not in {"p", "br"}]


@pytest.mark.django_db
def test_one_query_queues_a_letter(django_assert_num_queries):
    queued()  # templates are read
    with django_assert_num_queries(1):
        queue_letter(to=HANNA, template="account/email/password_reset_key", context=RESET)
