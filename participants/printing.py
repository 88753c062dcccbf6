"""Printed matter: a template becomes a tagged PDF, where the machine has what WeasyPrint needs.

    print_page("meetings/print/poster.html", {"meeting": meeting}) -> bytes

Templates extend "print/base.html" and are dressed by static/css/print.css alone. Nothing is fetched but our own static
files and the pictures written out in the page itself (docs/adr/0020).
"""

import functools
import hashlib
import importlib
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

STYLES = "css/print.css"
STANDARD = "pdf/ua-1"  # ISO 14289: tags, title and language, so that a screen reader can read it
PRINTED_FOLDERS = ("css/", "fonts/", "img/")
WRITTEN_OUT = ("data:image/svg+xml", "data:image/png")
LANGUAGES = {"pl": "pl-PL", "en": "en", "uk": "uk-UA"}
KEPT_SECONDS = 86_400
# Fontconfig and pango under WeasyPrint are not made for threads; and printing may not take all threads of a process.
one_at_a_time = threading.Lock()


class CannotPrint(Exception):
    """This machine makes no PDF; `str()` says it in a sentence."""

    def __str__(self) -> str:
        return _("This server cannot make PDF files. Print the page itself: it is made for paper as well.")


@functools.cache
def weasyprint() -> ModuleType:
    """Imported when the first page is printed, and not at the start: it takes half a second, and needs a library of the
    system (pango) that a small site may lack; everything but printing works without it."""
    try:
        return importlib.import_module("weasyprint")
    except OSError as missing:
        raise CannotPrint from missing


@functools.cache
def _tools() -> tuple[Any, Any, Any]:
    """What fetches, the fonts, and the parsed style sheet: made once for all pages of a process."""
    library = weasyprint()
    urls = importlib.import_module("weasyprint.urls")  # as above
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()

    class OwnFiles(urls.URLFetcher):
        """Serves our static files and what the page itself spells out, whatever a text asks for. No network."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(WRITTEN_OUT):
                return super().fetch(url)
            return urls.URLFetcherResponse(url, static_file(url))

    fetcher = OwnFiles(allowed_protocols={"data"}, allow_redirects=False)
    styles = library.CSS(url=f"{_static_root()}{STYLES}", url_fetcher=fetcher, font_config=fonts)
    return fetcher, fonts, styles


def _static_root() -> str:
    return f"{settings.SITE_URL}{settings.STATIC_URL}"


def static_file(url: str) -> bytes:
    """The bytes of one of our static files, by the name that it has in the source. ValueError for everything else."""
    name = unquote(urlsplit(url).path.removeprefix(settings.STATIC_URL))
    if not url.startswith(_static_root()) or not name.startswith(PRINTED_FOLDERS):
        raise ValueError(f"not printed: {url[:100]}")
    path = finders.find(name)
    if path is None:
        raise ValueError(f"no such file: {name}")
    with open(path, "rb") as file:  # noqa: PTH123 - the finder gives a string
        return file.read()


class Printout:
    """A page to print. Its HTML is made at once, and costs what a page costs; the PDF when it is asked for.

    `shorter` are changes of the context, tried one after the other until the whole fits on one page.
    """

    def __init__(
        self,
        template: str,
        context: dict[str, Any],
        *,
        language: str = settings.LANGUAGE_CODE,
        shorter: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.template, self.context, self.language, self.shorter = template, context, language, shorter
        self.html = self._html({})

    def _html(self, changes: dict[str, Any]) -> str:
        frame = {"forum": settings.FORUM, "site_url": settings.SITE_URL, "language": LANGUAGES[self.language]}
        with translation.override(self.language):
            return render_to_string(self.template, {**frame, **self.context, **changes})

    @cached_property
    def digest(self) -> str:
        """Tells what is printed: the same digest is the same sheet, and any change makes another."""
        styles = static_file(f"{_static_root()}{STYLES}")
        return hashlib.sha256(b"\x00".join([self.html.encode(), styles])).hexdigest()[:32]

    def pdf(self) -> bytes:
        """A tenth of a second of CPU a page and more. One at a time in a process: the others wait for their turn."""
        with one_at_a_time:
            document = self._document(self.html)
            for changes in self.shorter:
                if len(document.pages) == 1:
                    break
                document = self._document(self._html(changes))
            return document.write_pdf(pdf_variant=STANDARD)

    def _document(self, html: str) -> Any:
        fetcher, fonts, styles = _tools()
        page = weasyprint().HTML(string=html, base_url=f"{settings.SITE_URL}/", url_fetcher=fetcher)
        return page.render(stylesheets=[styles], font_config=fonts, pdf_variant=STANDARD)

    @property
    def key(self) -> str:
        return f"print:{self.digest}"

    def kept(self) -> bytes | None:
        """The PDF as somebody had it made before. One look into the cache."""
        return cache.get(self.key)

    def keep(self, pdf: bytes) -> bytes:
        """For what everybody may read; never for lists of people."""
        cache.set(self.key, pdf, KEPT_SECONDS)
        return pdf


def print_page(
    template: str,
    context: dict[str, Any],
    *,
    language: str = settings.LANGUAGE_CODE,
    shorter: Sequence[dict[str, Any]] = (),
) -> bytes:
    """The PDF of a template that extends "print/base.html". Raises CannotPrint."""
    return Printout(template, context, language=language, shorter=shorter).pdf()
