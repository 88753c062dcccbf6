"""How many people stand behind a comment."""

import functools

from django import template
from django.utils.translation import get_language, ngettext

register = template.Library()


@register.simple_tag
def voices(count: int) -> str:
    """The words for a number that is printed already, for who listens. Kept, as a page prints them eighty times."""
    return _voices(count, get_language()) if count else ""


@functools.lru_cache(maxsize=1000)
def _voices(count: int, language: str) -> str:
    return " " + ngettext("voice of support", "voices of support", count)
