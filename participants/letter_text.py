"""The text of a letter as its HTML shows it: paragraphs of lines, with links to our own site only.

A letter quotes what people wrote. An address of another site stays words: nobody sends links
through our letters.
"""

import re
from dataclasses import dataclass

from django.conf import settings

SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)  # what follows says who writes; in HTML the frame says it


@dataclass(frozen=True)
class Piece:
    words: str = ""
    url: str = ""


def paragraphs(body: str) -> list[list[list[Piece]]]:
    """Paragraphs → lines → pieces."""
    found = [block for block in re.split(r"\n\s*\n", _without_signature(body)) if block.strip()]
    return [[_pieces(line) for line in block.strip().splitlines()] for block in found]


def _without_signature(body: str) -> str:
    """A quotation may hold such a line too: the last one counts. Without one, a last paragraph that begins with
    the name of the forum is the signature."""
    marks = list(SIGNATURE.finditer(body))
    if marks:
        return body[: marks[-1].start()]
    before, _gap, last = body.strip().rpartition("\n\n")
    return before if last.startswith(f"{settings.FORUM['name']}\n") else body


def _pieces(line: str) -> list[Piece]:
    """Split at every address of ours; it ends at a space, and a dot after it is the sentence's."""
    ours = re.compile(rf"({re.escape(settings.SITE_URL)}(?=[/?#\s]|$)[^\s<>\"„”]*[^\s<>\"„”.,;:)])")
    parts = ours.split(line)
    return [Piece(url=part) if odd % 2 else Piece(words=part) for odd, part in enumerate(parts) if part]
