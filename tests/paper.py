"""Reading PDF files as a reader of the screen does."""

import io
import os
import re

import pytest
from pypdf import PdfReader

from participants.printing import CannotPrint, weasyprint


def can_print() -> bool:
    try:
        weasyprint()
    except CannotPrint:
        return False
    return True


needs_press = pytest.mark.skipif(
    not can_print() and not os.environ.get("REQUIRE_ALL"),
    reason="no pango here: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
)


def open_pdf(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All words, on one line: where lines break is for the eye."""
    return " ".join(" ".join(page.extract_text() for page in open_pdf(pdf).pages).split())


def size_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in millimetres."""
    return [(round(p.mediabox.width / 72 * 25.4), round(p.mediabox.height / 72 * 25.4)) for p in open_pdf(pdf).pages]


def tags_of(pdf: bytes) -> list[str]:
    """The kinds of all elements of the structure tree, in reading order."""

    def walk(node: object) -> list[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            return [tag for child in node for tag in walk(child)]
        if not isinstance(node, dict):
            return []
        own = [str(node["/S"])] if "/S" in node else []
        return own + (walk(node["/K"]) if "/K" in node else [])

    return walk(open_pdf(pdf).trailer["/Root"]["/StructTreeRoot"])


def fonts_of(pdf: bytes) -> set[str]:
    """Names of the embedded fonts, without the mark of their subset."""
    fonts = set()
    for page in open_pdf(pdf).pages:
        for font in page["/Resources"]["/Font"].values():
            fonts.add(re.sub(r"^/[A-Z]{6}\+", "", str(font.get_object()["/BaseFont"])))
    return fonts
