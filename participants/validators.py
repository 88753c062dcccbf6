"""What people may write in short fields that everybody sees."""

import re
import unicodedata
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# A resident may not sound like the office (participants of the talk must know who answers them). Starts of words;
# a full stop ends one that is a word of its own. Not "Police" (a town) nor the surnames Komender and Strażacki.
OFFICE_WORDS = """
    policj policyj komenda. komendy. komendzie. komendant komisari komisarz sierżant aspirant inspektor posterun
    prewenc drogówk straż. straży. strażnik dzielnicow moderac moderat administr admin. redakc redaktor urząd urzędu
    urzędnik ratusz. prezydent burmistrz starosta wojewod prokurat oficjaln official support
    поліц полиц комендант комісар модерат адмін админ редакц мерія
"""
ADDRESS_LIKE = re.compile(
    r"@|://|\bwww\b|\w\.(pl|com|eu|net|org|info|biz|io|me|ly|gg|app|xyz|site|online|shop|link|click|top|ru|ua|de|uk)\b",
    re.IGNORECASE,
)
PUNCTUATION = set(" .,-–'’()/&+")
PHONE_DIGITS = 7
# The field refuses it for its length. Reading a megabyte would cost the server seconds, and the sender nothing.
ABSURD_LENGTH = 400
# Letters and digits drawn like Latin letters (after Unicode's confusables.txt, those that the words above are made
# of). I, l, 1 and | are one letter here.
LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕӏԁһвкмнт" + "αεικνορτυχ" + "łl1|" + "034578$",
    "aeopcyxijsidhbkmht" + "aeiknoptux" + "iiii" + "oeastbs",
)
FOLDED_AWAY = {"Mn", "Me", "Cf"}  # marks above and around a letter, and what has no look of its own


def has_invisible(text: str) -> bool:
    """Control, format (zero-width, right-to-left override), private or unassigned characters (Unicode C*)."""
    return any(unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs"} for char in text)


def validate_signature(value: str) -> None:
    """Letters of one alphabet, digits and plain punctuation: nothing that hides, imitates a badge or advertises."""
    if len(value) > ABSURD_LENGTH:
        return
    if has_invisible(value) or not any(char.isalpha() for char in value):
        raise ValidationError(_("Write a signature with letters, for example: Hanna, os. Słowackiego."))
    if ADDRESS_LIKE.search(unicodedata.normalize("NFKC", value)):
        raise ValidationError(_("Do not put an address or a link in the signature."))
    if sum(char.isdigit() for char in value) >= PHONE_DIGITS:
        raise ValidationError(_("Do not put a telephone number in the signature."))
    if not all(_is_plain(char) for char in unicodedata.normalize("NFC", value)):
        raise ValidationError(_("Use letters, digits, spaces and . , - ' ( ) / & + in the signature."))
    if len(_alphabets(value)) > 1:
        raise ValidationError(_("Write the signature in one alphabet."))


def validate_private_signature(value: str) -> None:
    """For residents, not for the staff."""
    if len(value) > ABSURD_LENGTH:
        return
    read = folded(value)
    if _office().search(read) or _office().search(without_gaps(read)):
        raise ValidationError(_("Choose another signature: this one sounds like an office or its staff."))


@cache
def _office() -> re.Pattern[str]:
    starts = (re.escape(folded(word.rstrip("."))) + r"\b" * word.endswith(".") for word in OFFICE_WORDS.split())
    return re.compile(rf"\b({'|'.join(starts)})")


def _is_plain(char: str) -> bool:
    """Not circled, full-width or otherwise dressed letters (they have another form under NFKC), no emoji."""
    if char in PUNCTUATION:
        return True
    return (char.isalpha() or char in "0123456789") and unicodedata.normalize("NFKC", char) == char


def _alphabets(text: str) -> set[str]:
    """The scripts of the letters, read from their names ("LATIN SMALL LETTER A"): Python knows no other way."""
    return {unicodedata.name(char, "?").split()[0] for char in text if char.isalpha()}


@lru_cache(maxsize=8)
def folded(text: str) -> str:
    """Small letters without marks, and each look-alike as the Latin letter that it imitates.

    The last few are kept: several rules ask about the text of one comment.
    """
    decomposed = unicodedata.normalize("NFKD", text.lower())
    if not decomposed.isascii():
        decomposed = "".join(c for c in decomposed if unicodedata.category(c) not in FOLDED_AWAY)
    return decomposed.translate(LOOK_ALIKE)


def without_gaps(text: str) -> str:
    """ "p.o.l.i.c.j.a" and "p o l i c j a" become one word; words of more letters stay apart."""
    return re.sub(r"(?<=\b\w)[\W_]+(?=\w\b)", "", text)
