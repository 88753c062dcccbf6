"""The office's list of words that hold a comment, or keep it from being sent."""

import re
from functools import lru_cache

from participants.validators import folded, without_gaps
from topics.models import WatchedWord

WORD = re.compile(r"[^\W_]+")


def watched_in(text: str) -> WatchedWord | None:
    """The word of the list that the text holds, one that refuses before one that holds. One query."""
    seen = folded(text)
    searched = (_spaced(seen), _spaced(without_gaps(seen)))
    rows = WatchedWord.objects.order_by().values_list("word", "act")
    watched = [WatchedWord(word=word, act=act) for word, act in rows if _is_in(word, searched)]
    refused = [word for word in watched if word.act == WatchedWord.Act.REFUSE]
    return next(iter(refused or watched), None)


@lru_cache(maxsize=4096)
def sought(word: str) -> str:
    """A word of the list as it stands in a spaced text: " zly " for "zły", " zly" where a star ends it, or ""."""
    spaced = _spaced(folded(word))
    return spaced.rstrip(" ") if word.rstrip().endswith("*") else spaced.replace("  ", "")


def _is_in(word: str, searched: tuple[str, ...]) -> bool:
    needle = sought(word)
    return bool(needle) and any(needle in text for text in searched)


def _spaced(text: str) -> str:
    """The words, with one space before, between and after: what is sought begins and ends with one."""
    return f" {' '.join(WORD.findall(text))} "
