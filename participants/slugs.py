"""Words in addresses: Polish letters folded, nothing lost that a reader would miss."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.text import slugify

# Letters that Unicode does not decompose (NFKD leaves them whole), so Django's slugify would drop them;
# the Ukrainian ones after the resolution no. 55 of 27 January 2010, where the soft sign has no letter.
LETTERS = "łđøßæœ" + "абвгґдеєжзиіїйклмнопрстуфхцчшщюяё"
LATIN = "l d o ss ae oe " + "a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch iu ia e"
WHOLE_LETTERS = str.maketrans({"ь": "", **dict(zip(LETTERS, LATIN.split(), strict=True))})
MAX_LENGTH = 80


def polish_slug(text: str) -> str:
    """ASCII words joined by hyphens, at most 80 characters, cut at a word's end; "" when nothing is left."""
    slug = slugify(text.lower().translate(WHOLE_LETTERS))
    if len(slug) <= MAX_LENGTH:
        return slug.strip("-_")
    head, cut, _rest = slug[: MAX_LENGTH + 1].rpartition("-")
    return (head if cut else slug[:MAX_LENGTH]).strip("-_")


def free_slug(text: str, taken: models.QuerySet[Any], fallback: str, reserved: Collection[str] = ()) -> str:
    """A slug that no row of `taken` has and nobody reserved: the plain one, or with -2, -3 … One query."""
    base = polish_slug(text) or fallback
    used = {*taken.filter(slug__startswith=base).values_list("slug", flat=True), *reserved}
    if base not in used:
        return base
    return next(candidate for n in range(2, len(used) + 3) if (candidate := f"{base}-{n}") not in used)
