"""What people may write in short fields that everybody sees."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# A resident may not sound like the office (participants of the talk must know who answers them).
OFFICE_WORDS = re.compile(
    r"\b(policj\w*|policjant\w*|komend\w*|komisariat\w*|straż\w*|dzielnicow\w*|moderator\w*|administrator\w*|admin|redakcj\w*|urząd\w*|prezydent\w*)",
    re.IGNORECASE,
)
ADDRESS_LIKE = re.compile(r"@|https?:|www\.|\w\.(pl|com|eu|net|org|info)\b", re.IGNORECASE)


def has_invisible(text: str) -> bool:
    """Control, format (zero-width, right-to-left override), private or unassigned characters (Unicode C*)."""
    return any(unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs"} for char in text)


def validate_signature(value: str) -> None:
    if has_invisible(value) or not any(char.isalpha() for char in value):
        raise ValidationError(_("Write a signature with letters, for example: Hanna, os. Słowackiego."))
    if ADDRESS_LIKE.search(value):
        raise ValidationError(_("Do not put an address or a link in the signature."))
    if OFFICE_WORDS.search(value):
        raise ValidationError(_("Choose another signature: this one sounds like an office or its staff."))
