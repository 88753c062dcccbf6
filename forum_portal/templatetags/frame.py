"""Tags of the page frame; the settings make them built in, so templates need no {% load %}."""

import functools
from collections.abc import Iterator

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
@functools.cache
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite. Cached whole: a topic page prints a hundred of them."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
@functools.cache
def address(name: str) -> str:
    """`{% url %}` for the two dozen pages that every page links to: an address without arguments never changes."""
    return reverse(name)


@register.simple_tag
def content_lang() -> SafeString:
    """` lang="pl"` for Polish content on a page whose interface speaks another language."""
    return SafeString("" if get_language() == "pl" else ' lang="pl"')


@register.simple_block_tag
def breadcrumb(content: str) -> SafeString:
    """The way back: the tag prints the list and its first link, the page writes the other <li>."""
    return render_to_string("components/breadcrumb.html", {"steps": content})


@register.inclusion_tag("components/pagination.html")
def pagination(number: int, total: int, fragment: str = "") -> dict:
    """Links to the neighbours, the first and the last of `total` pages; keeps the other query parameters."""
    return {
        "number": number,
        "total": total,
        "pages": list(_pages_shown(number, total)),
        "fragment": f"#{fragment}" if fragment else "",
    }


def _pages_shown(number: int, total: int) -> Iterator[int | None]:
    """1 … 6 7 8 … 20; None stands for a gap."""
    shown = sorted({1, total} | {page for page in range(number - 1, number + 2) if 1 <= page <= total})
    previous = 0
    for page in shown:
        if page - previous > 1:
            yield None
        yield page
        previous = page
