"""The one place where text becomes HTML: staff's rich text by an allow-list, residents' plain text by escaping."""

import re
import unicodedata
from html import unescape
from typing import Any

import nh3
from django.core.validators import URLValidator
from django.db import models
from django.utils.html import escape

RICH = nh3.Cleaner(
    tags={"p", "br", "h2", "h3", "strong", "em", "ul", "ol", "li", "a", "blockquote"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)
RICH_LIMIT = 100_000  # characters, with the tags
RICH_TAG = re.compile(r"<[^>]+>")
# In a resident's text only what looks like a whole web address becomes a link.
LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
TRAILING = ".,;:!?)]}'\"”’…"
# "w mieście", "29 maja", "2017 r.": what a line must not end with in Polish.
SHORT_WORD = re.compile(r"(?<![\w<])([aiouwz]|\d+) (?=\w)", re.IGNORECASE)
# What Unicode (23.7) calls noncharacters; a feed with U+FFFE in it is no XML.
NO_CHARACTERS = [*range(0xFDD0, 0xFDF0), *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF))]
BREAKS = {"\r": "\n", "\u2028": "\n", "\u2029": "\n\n", "\t": " "}
REPLACED = str.maketrans(BREAKS | dict.fromkeys(NO_CHARACTERS))
KEPT_FORMAT = {"\u200d"}  # zero-width joiner: families and flags of emoji are made with it
STACKED = {"Mn", "Me"}  # marks above, below and around a letter, which take no room of their own
# As many as the fullest writing has on one letter (Hebrew with points and accents) once NFC has joined what it can.
# Unicode's own bound (UAX 15, stream-safe text) is 30: enough to climb over the lines around.
MARKS_ON_A_LETTER = 4
STREAM_SAFE = 30  # Python sorts the marks of a letter one by one: a million of them would take it hours


class RichTextField(models.TextField):
    """HTML that is cleaned whenever it is saved, so that templates may print it (`|prose`)."""

    def formfield(self, **kwargs: Any) -> Any:
        """Not without an end: a megabyte of lists within lists takes minutes to clean."""
        return super().formfield(**{"max_length": RICH_LIMIT, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = clean_rich(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, value)
        return value


def clean_rich(html: str) -> str:
    """Allowed tags and schemes only. An editor's empty paragraph counts as nothing."""
    cleaned = RICH.clean(html.replace("\x00", "")).strip()
    return "" if not RICH_TAG.sub("", cleaned).replace("\xa0", " ").strip() else cleaned


def rich_to_plain(html: str) -> str:
    """The words of rich text, a paragraph or an entry of a list on lines of its own."""
    for tag, words in ((r"</(?:p|h2|h3|blockquote)>", "\n\n"), (r"</(?:li|ul|ol)>|<br>", "\n"), (r"<li>", "– ")):
        html = re.sub(tag, words, html)
    return tidy_plain(unescape(RICH_TAG.sub("", html)))


def tidy_plain(text: str) -> str:
    """Unix line ends, NFC, no control or direction-changing characters, at most one empty line in a row.

    Towers of accents lose what stands above the fourth. Tidying what is tidy changes nothing; a tab becomes a
    space, so that the words around it stay apart.
    """
    text = text.replace("\r\n", "\n").translate(REPLACED)
    text = "".join(
        c for c in text if c == "\n" or c in KEPT_FORMAT or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}
    )
    text = unicodedata.normalize("NFC", _without_towers(text, STREAM_SAFE))
    lines = [line.rstrip() for line in _without_towers(text, MARKS_ON_A_LETTER).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_towers(text: str, most: int) -> str:
    """A letter ends where nothing can join it or change places with its marks, so that NFC leaves the result alone."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for c in text:
        if unicodedata.combining(c) or unicodedata.category(c) in STACKED:
            marks += 1
        elif c not in KEPT_FORMAT:
            marks = 0
        if marks <= most or c in KEPT_FORMAT:
            kept.append(c)
    return "".join(kept)


def plain_to_html(text: str) -> str:
    """Escaped text with paragraphs, line breaks, and links to whole web addresses (rel="nofollow ugc noopener")."""
    paragraphs = re.split(r"\n{2,}", tidy_plain(text))
    return "".join(f"<p>{_with_links(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def _with_links(text: str) -> str:
    pieces, end = [], 0
    for match in LINK.finditer(text):
        address = match.group().rstrip(TRAILING)
        pieces.append(escape(text[end : match.start()]))
        pieces.append(_link(address))
        end = match.start() + len(address)
    return "".join([*pieces, escape(text[end:])])


def _link(address: str) -> str:
    if not URLValidator.regex.search(address):
        return escape(address)
    return f'<a href="{escape(address)}" rel="nofollow ugc noopener">{escape(address)}</a>'


def bind_short_words(text: str) -> str:
    """A no-break space after one-letter words and numbers, for texts that we write ourselves."""
    return SHORT_WORD.sub("\\1\xa0", text)
