"""What in a text looks like somebody's data. A hint to its author: a program cannot know, so it only asks."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    PESEL = "pesel", _("PESEL number")
    PHONE = "phone", _("telephone number")
    EMAIL = "email", _("e-mail address")
    PLATE = "plate", _("number plate")
    CARD = "card", _("card number")
    ACCOUNT = "account", _("bank account number")
    PERSON = "person", _("somebody's name")
    FLAT = "flat", _("address with a flat number")


@dataclass(frozen=True)
class Hint:
    kind: Kind
    start: int
    end: int


# Every repetition below has an upper bound, so that no text is slow to read.
GAP = r"[ \u00a0–-]"
ACCOUNT = re.compile(rf"(?<![A-Za-z\d])(?:PL[ \u00a0]?)?\d{{2}}(?:{GAP}?\d{{4}}){{6}}(?!\d)", re.IGNORECASE)
# In one piece, or as printed on cards: by fours, or 4-6-5 and 4-6-4.
CARD = re.compile(
    rf"""
    (?<!\d)
    (?:\d{{13,19}}|\d{{4}}{GAP}\d{{6}}{GAP}\d{{4,5}}|\d{{4}}(?:{GAP}\d{{4}}){{2}}(?:{GAP}\d{{4}}{GAP}\d{{1,3}}|{GAP}\d{{1,4}}))
    (?!\d)
    """,
    re.VERBOSE,
)
CARD_BY_FOURS = re.compile(rf"(?<!\d)\d{{4}}(?:{GAP}\d{{4}}){{3}}(?!\d)")
PESEL = re.compile(r"(?<!\d)\d(?:[ \u00a0-]?\d){10}(?!\d)")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Polish numbers have nine digits, written 600 100 200, 600-10-02-00, (44) 647 93 00 or in one piece, with or
# without +48 or 0048; abroad whatever follows a plus. Longer numbers and sums of money are none.
PHONE = re.compile(
    r"""
    (?<!\d)
    (?:
        \+\d(?:[\s().-]{0,2}\d){8,13}
      | (?:(?:00)?48[\s.–-]{0,3})?
        (?:
            \d{3}[\s.–-]{0,3}\d{3}[\s.–-]{0,3}\d{3}
          | \d{3}[\s.–-]{0,3}\d{2}[\s.–-]{0,3}\d{2}[\s.–-]{0,3}\d{2}
          | \(?0?[\s-]?\d{2}\)?[\s.–-]{0,3}(?:\d{3}[\s.–-]{0,3}\d{2}[\s.–-]{0,3}\d{2}|\d{7})
        )
      | \d{3}-\d{2}-\d{2}
      | \d(?:[\s.-]\d){8}
    )
    (?!\d|\s?(?:zł|PLN|EUR|euro)\b)
    """,
    re.VERBOSE,
)
# Polish plates: two or three letters of the district, then four or five signs in one of these patterns.
# Two letters with a year are an abbreviation, not a motorcycle.
PLATE = re.compile(
    r"""
    \b(?:
        [A-Z]{2}[\s-]?(?:\d{5}|\d{4}[A-Z]|\d{3}[A-Z]{1,2}|\d[A-Z]\d{3}|\d[A-Z]{2}\d{2}|(?!19\d\d|20\d\d)\d{4})
      | [A-Z]{3}[\s-]?(?:\d{5}|\d{4}[A-Z]|\d{3}[A-Z]{2}|\d{2}[A-Z]{2}|\d{2}[A-Z]\d|\d[A-Z]\d{2}|\d[A-Z]{2}\d)
      | [A-Z]{3}[\s-](?:[A-Z]\d{3}|[A-Z]{2}\d{2})
    )\b
    """,
    re.VERBOSE,
)
UPPER, LOWER = "A-ZĄĆĘŁŃÓŚŹŻ", "a-ząćęłńóśźż"
# "Pan Kowalski", "z panią Anną Nowak-Lis". One capital letter is no name: "pan K." has said enough.
PERSON = re.compile(
    rf"""
    \b[Pp]an(?:a|u|em|ie|i|ią)?[ \u00a0]{{1,3}}
    (?P<name>[{UPPER}][\w’'-]{{1,40}})(?:[ \u00a0][{UPPER}][\w’'-]{{1,40}}){{0,2}}
    """,
    re.VERBOSE,
)
# Whoever is called by an office is spoken of as an officer; to speak of officers is what the forum is for.
OFFICE = re.compile(
    r"""
    (?:wice|nad|pod)?
    (?:administrator(?:k)?|aspiran[tc]|aspirantk|boż|b[óo]g|burmistrz|doktor(?:k)?|dozorc|dyrektor(?:[kc])?|dyżurn
      |dzielnicow|inspektor(?:[kc])?|komend(?:an[tc](?:[kc])?)?|komisarz|kierowni[kc](?:z|zk|zc)?|ksi[ąę]dz|księż
      |lekar(?:z|k)|marszał(?:ek|k)|mecenas|minist(?:er|r|erk)|młodsz|moderator(?:k)?|naczelni[kc](?:z|zk)?|oficer
      |policj(?:an[tc](?:[kc])?)?|pose?ł|posłan[kc]|posterunkow|premier|prezes(?:k)?|prezyden[tc](?:k)?|proboszcz
      |profesor(?:k)?|prokurator(?:k)?|przewodnicząc|radn|redaktor(?:[kc])?|rzeczni[kc](?:z|zk|zc)?|sekretar(?:z|k)
      |senator(?:k)?|sędzi(?:n)?|sierżan[tc]|skarbni[kc](?:z|zk)?|sołtys(?:k)?|staros[tc]|staroś[cś]|starsz
      |straża[kc]|strażni[kc](?:z|zk|zc)?|władz|wojewod(?:z)?|wój[tc]|zarządc)
    (?:|a|u|o|y|i|e|ę|ą|ie|em|iem|owi|owie|ów|om|ami|ach|ego|emu|ym|ej|ze)
    """,
    re.VERBOSE | re.IGNORECASE,
)
PREFIX = r"\b(?:(?:ul|al|os|pl)\b\.?|ulic\w{1,3}|alej\w{0,2}|osiedl\w{1,2}|plac\w{0,2})[ \u00a0]{0,2}"
WORD = rf"[{UPPER}][{LOWER}]{{2,29}}(?:-[{UPPER}][{LOWER}]{{2,29}})?"
MORE = rf"(?:[ \u00a0](?:{WORD}|[{LOWER}]{{2,5}}\.|[IVX]{{1,4}}))"
ORDINAL = r"(?:\b\d{1,2}[ \u00a0])?"
NUMBERS = r"""
    [ \u00a0]{1,2}(?:nr[ \u00a0])?(?P<house>\d{1,3})[ \u00a0]?[A-Za-z]?
    (?:
        [ \u00a0]?/[ \u00a0]?(?:m\.?[ \u00a0]?)?(?P<flat>\d{1,3})[A-Za-z]?(?![\d/])
      | [ \u00a0]?,?[ \u00a0]?(?P<word>\b(?:m|lok|lokal\w{0,2}|mieszk|mieszkani\w{1,2})\b\.?)
        [ \u00a0]{0,2}(?:nr[ \u00a0])?\d{1,3}(?!\d)
    )
    """
FLAT_ON_STREET = re.compile(rf"{PREFIX}{ORDINAL}[^\W\d][\w.-]{{1,30}}{MORE}{{0,3}}{NUMBERS}", re.VERBOSE)
FLAT = re.compile(rf"(?P<name>{ORDINAL}(?<!\w){WORD}{MORE}{{0,2}}){NUMBERS}", re.VERBOSE)
# Without "ul." a name and two numbers may be a date, opening hours or the sign of a paper.
STREET_NAME = re.compile(
    r"(?:ego|[eo]j|owa|[sc]ka|dzka|[lśs]na|icza|nika|szki|ów|[iy]ch|[Mm]aja|[LlSs]t\w+a|[IVX]|Curie)$"
)
NO_STREETS = """
    dnia numer nr około jakieś ponad prawie tylko umowa uchwała ustawa sprawa sesja działka paragraf punkt rozdział
    artykuł droga trasa linia autobus pokój sala klasa etap wynik poniedziałek wtorek środa czwartek piątek sobota
    niedziela policja monitoring ochrona czynne
"""
PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
PESEL_CENTURIES = {0: 1900, 1: 2000, 4: 1800}  # by twenties added to the month
MASK = "\x00"


def find_hints(text: str) -> list[Hint]:
    """Places that look like somebody's data, in order, none over another. What is found first hides its signs."""
    found: list[Hint] = []
    for kind, pattern, is_one in FINDERS:
        here = [Hint(kind, *span) for span in _spans(pattern, is_one, text)]
        if here:
            text = "".join(MASK * len(part) if hidden else part for part, hidden in pieces(text, here))
            found += here
    return sorted(found, key=lambda hint: hint.start)


def pieces(text: str, hints: list[Hint]) -> list[tuple[str, str]]:
    """The text in parts, each with the kind of the hint that it is, or "". For hints in order."""
    parts, end = [], 0
    for hint in hints:
        parts += [(text[end : hint.start], ""), (text[hint.start : hint.end], hint.kind)]
        end = hint.end
    return [(part, kind) for part, kind in [*parts, (text[end:], "")] if part]


def _spans(pattern: re.Pattern[str], is_one: Callable[[re.Match[str]], bool], text: str) -> Iterator[tuple[int, int]]:
    """A number that is none may hide the beginning of one that is; so the next is sought from its second sign on."""
    position = 0
    while match := pattern.search(text, position):
        if is_one(match):
            yield match.span()
            position = match.end()
        else:
            position = match.start() + 1


def _digits(match: re.Match[str]) -> str:
    return "".join(char for char in match.group() if char.isdecimal())


def _is_account(match: re.Match[str]) -> bool:
    """ISO 7064 (mod 97-10), with PL in figures: P is 25 and L is 21."""
    digits = _digits(match)
    return int(f"{digits[2:]}2521{digits[:2]}") % 97 == 1


def _is_card(match: re.Match[str]) -> bool:
    """The formula of Luhn (ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in reversed(_digits(match))]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[1::2]]
    return any(digits) and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_pesel(match: re.Match[str]) -> bool:
    digits = [int(digit) for digit in _digits(match)]
    if sum(weight * digit for weight, digit in zip(PESEL_WEIGHTS, digits, strict=True)) % 10:
        return False
    twenties, month = divmod(10 * digits[2] + digits[3], 20)
    try:
        datetime.date(PESEL_CENTURIES[twenties] + 10 * digits[0] + digits[1], month, 10 * digits[4] + digits[5])
    except (KeyError, ValueError):
        return False
    return True


def _is_person(match: re.Match[str]) -> bool:
    return not OFFICE.fullmatch(match["name"])


def _is_flat(match: re.Match[str]) -> bool:
    name = match["name"]
    if name.split()[0].lower() in NO_STREETS.split():
        return False
    if STREET_NAME.search(name):
        return True
    if match["flat"] is None:
        return match["word"] != "m"  # metres
    house, flat = int(match["house"]), int(match["flat"])
    may_be_a_date = house <= 31 and flat <= 12  # or round the clock, 24/7
    return not may_be_a_date


def _is_any(match: re.Match[str]) -> bool:
    return True


# The longest numbers come first: within them there is always something that looks like a shorter one.
FINDERS = (
    (Kind.EMAIL, EMAIL, _is_any),
    (Kind.ACCOUNT, ACCOUNT, _is_account),
    (Kind.CARD, CARD_BY_FOURS, _is_card),
    (Kind.CARD, CARD, _is_card),
    (Kind.PESEL, PESEL, _is_pesel),
    (Kind.PHONE, PHONE, _is_any),
    (Kind.PLATE, PLATE, _is_any),
    (Kind.FLAT, FLAT_ON_STREET, _is_any),
    (Kind.FLAT, FLAT, _is_flat),
    (Kind.PERSON, PERSON, _is_person),
)
