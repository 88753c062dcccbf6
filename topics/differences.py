"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: `act` is "ins", "del", or "" for what stayed."""

    text: str
    act: str = ""


def differences(before: str, after: str) -> list[Piece]:
    """Taken out stands before put in. Joined without what was taken out, the pieces are the text after.

    difflib passes over the most frequent words of a long text, which bounds its time for hostile ones.
    """
    old, new = WORD.findall(before), WORD.findall(after)
    pieces = []
    for act, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if act == "equal":
            pieces.append(Piece("".join(new[k:m])))
            continue
        pieces += [Piece("".join(old[i:j]), "del")] if i < j else []
        pieces += [Piece("".join(new[k:m]), "ins")] if k < m else []
    return pieces
