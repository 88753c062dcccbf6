"""The Polish, English and Ukrainian catalogues: complete, compiled, and written as our readers write."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache, partial
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.utils.translation import gettext, ngettext, override

from forum_portal import panel_words
from meetings.models import Meeting
from tests import factories

LANGUAGES = [code for code, _ in settings.LANGUAGES]
FOLDER = Path(settings.LOCALE_PATHS[0])
SOURCES = ["manage.py", "forum_portal", "meetings", "topics", "participants", "templates"]
# What must not change in translation: named and positional placeholders, a percent sign, tags with their attributes.
FIXED_PARTS = re.compile(r"%\(\w+\)[a-z]|%%|%[a-z](?![a-z])|\{\w*\}|<[^>]+>")
TAG = re.compile(r"<[^>]+>")
POLISH_LETTERS = re.compile(r"\w*[ąćęłńśźżĄĆĘŁŃŚŹŻ]\w*")
# Proper names that stand in Ukrainian sentences as the reader meets them in Poland.
POLISH_NAMES = {"Zagrożeń", "Bezpieczeństwa"}
ONE_LETTER_WORD = re.compile(r"(?<![\w'’-])[aiouwz] (?=\S)", re.IGNORECASE)
YEAR = re.compile(r"(\d|\)s) r\.")
PAST_OF_YOU = re.compile(r"\w(łeś|łaś)\b")


@cache
def messages(language: str) -> list[Message]:
    return read_messages(FOLDER / language / "LC_MESSAGES" / "django.po")


def read_messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def key(message: Message) -> tuple[str | None, str | tuple[str, ...]]:
    return message.context, message.id


def forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if message.pluralizable else (message.string,)


def words(language: str) -> Iterator[tuple[str, str]]:
    """Every translated form without its tags, beside the msgid for the report of a failure."""
    for message in messages(language):
        for form in forms(message):
            yield str(message.id), TAG.sub("", form)


def breaking(language: str, rule: re.Pattern[str]) -> list[str]:
    return [form for _, form in words(language) if rule.search(form)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_every_form_of_every_message(language: str):
    plurals = {"pl": 4, "uk": 4, "en": 2}[language]
    assert messages(language)
    for message in messages(language):
        assert not message.fuzzy, message.id
        assert len(forms(message)) == (plurals if message.pluralizable else 1), message.id
        assert all(form.strip() for form in forms(message)), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_keeps_placeholders_and_tags(language: str):
    for message in messages(language):
        originals = message.id if message.pluralizable else (message.id,)
        allowed = [sorted(FIXED_PARTS.findall(original)) for original in originals]
        for number, form in enumerate(forms(message)):
            # Only the form for exactly one may leave the number out, as English does.
            expected = allowed if number == 0 else allowed[-1:]
            assert sorted(FIXED_PARTS.findall(form)) in expected, message.id
            assert form.startswith("\n") == originals[0].startswith("\n"), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_says_what_the_source_says(language: str):
    with (FOLDER / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in messages(language):
        if message.pluralizable:
            # The fourth form of Polish and Ukrainian is for fractions, which we never count.
            said = partial(compiled.npgettext, message.context) if message.context else compiled.ngettext
            spoken = [said(*message.id, number) for number in (1, 2, 5)]
            assert spoken == [*forms(message), forms(message)[-1]][:3]
        elif message.context:
            assert compiled.pgettext(message.context, message.id) == message.string
        else:
            assert compiled.gettext(message.id) == message.string


def test_english_catalogue_repeats_its_messages():
    for message in messages("en"):
        assert forms(message) == (message.id if message.pluralizable else (message.id,))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set:
    """What makemessages finds in the sources as they are now, in a copy of them."""
    if not shutil.which("xgettext"):
        reason = "xgettext is missing: install gettext to compare the catalogues with the sources."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        source = Path(settings.BASE_DIR) / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "locale"))
        else:
            shutil.copy(source, copy)
    (copy / "forum_portal" / "locale").mkdir()
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "en"],
        cwd=copy,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "forum_portal.settings", "DEBUG": "yes"},
        check=True,
        capture_output=True,
    )
    return {key(message) for message in read_messages(copy / "forum_portal/locale/en/LC_MESSAGES/django.po")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_exactly_what_the_sources_say(extracted: set, language: str):
    held = {key(message) for message in messages(language)}
    assert extracted - held == set(), "Run `make messages` and translate what is new."
    assert held - extracted == set(), "Run `make messages`: these are not used any more."


@pytest.mark.parametrize(
    ("number", "polish", "ukrainian"),
    [
        (1, "1 komentarz", "1 коментар"),
        (2, "2 komentarze", "2 коментарі"),
        (5, "5 komentarzy", "5 коментарів"),
        (12, "12 komentarzy", "12 коментарів"),
        (21, "21 komentarzy", "21 коментар"),
        (22, "22 komentarze", "22 коментарі"),
        (0, "0 komentarzy", "0 коментарів"),
    ],
)
def test_counts_take_the_right_form(number: int, polish: str, ukrainian: str):
    def comments() -> str:
        return ngettext("%(number)s comment", "%(number)s comments", number) % {"number": number}

    with override("pl"):
        assert comments() == polish
    with override("uk"):
        assert comments() == ukrainian


def test_reworded_sentences_of_the_panel_are_still_django_s():
    path = Path(admin.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"
    assert set(panel_words.WORDS) - {message.id for message in read_messages(path)} == set()
    with override("pl"):
        assert gettext("Add %s") == "Dodaj: %s"
        assert panel_words.ERRORS % 2 == "Popraw błędy poniżej."


def test_polish_text_follows_polish_typography():
    assert breaking("pl", re.compile('"')) == [], "Quotes are „…”."
    assert breaking("pl", re.compile(r"\w - \w|--|—")) == [], "A dash is the half dash."
    assert breaking("pl", re.compile(r"[^\S\n]{2,}")) == [], "One space is enough."
    assert breaking("pl", ONE_LETTER_WORD) == [], "After a one-letter word stands a no-break space."
    assert breaking("pl", YEAR) == [], "Before „r.” stands a no-break space."


def test_polish_text_speaks_plainly_to_everyone():
    assert breaking("pl", PAST_OF_YOU) == [], "Say it in a form that suits everyone: „Masz zapisane”."
    assert breaking("pl", re.compile(r"[Pp]rosimy o|!")) == []


def test_ukrainian_text_is_ukrainian():
    for original, form in words("uk"):
        foreign = set(POLISH_LETTERS.findall(form)) - POLISH_NAMES - set(POLISH_LETTERS.findall(original))
        assert foreign == set(), form
    assert breaking("uk", re.compile("[ыэёъЫЭЁЪ]")) == []
    assert breaking("uk", re.compile(r'["„”]|\w - \w|--')) == [], "Quotes are «…», a dash is the half dash."


class TextOutsideOf(HTMLParser):
    """The visible text and labels of a page, except inside elements marked as being in another language."""

    VOID = {"meta", "link", "input", "img", "br", "hr", "use", "path"}

    def __init__(self, html: str, language: str) -> None:
        super().__init__()
        self.language, self.open, self.texts = language, [], []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        language = attributes.get("lang") or (self.open[-1][1] if self.open else self.language)
        if language == self.language:
            self.texts += [attributes[name] for name in ("aria-label", "title", "alt") if attributes.get(name)]
        if tag not in self.VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1][1] == self.language and self.open[-1][0] != "title":
            self.texts.append(data.strip())


@pytest.fixture
def full_site(db: None) -> list[str]:
    """One of everything that strangers see, in Polish; the addresses of its pages."""
    institution = factories.make_institution("Straż Miejska")
    appointment = factories.make_appointment(institution=institution)
    topic = factories.make_topic("Oświetlenie przejść")
    factories.make_published(topic, "Na przejściu jest ciemno.")
    meeting = factories.make_meeting("Bezpieczna zima", state=Meeting.State.HELD)
    factories.make_agenda_item(meeting, topic)
    factories.make_presence(meeting, appointment)
    pages = ["/", "/spotkania/", "/tematy/", "/obietnice/", "/instytucje/", "/o-forum/", "/zasady/", "/prywatnosc/"]
    accounts = ["/konto/zaloguj/", "/konto/zaloz/", "/konto/haslo/reset/"]
    return [*pages, "/deklaracja-dostepnosci/", *accounts, meeting.get_absolute_url(), topic.get_absolute_url()]


def test_ukrainian_pages_mark_every_foreign_word(client: Client, full_site: list[str]):
    with override("uk"):  # a request leaves its language active: not to the next test
        for address in full_site:
            response = client.get(address, headers={"accept-language": "uk"})
            assert response["Content-Language"] == "uk", address
            text = " ".join(TextOutsideOf(response.content.decode(), "uk").texts)
            assert set(POLISH_LETTERS.findall(text)) <= POLISH_NAMES, address
            assert re.findall(r"\b(?:the|and|of|is|your|you|or|to)\b", text) == [], address
