"""Printing of cleaned HTML: the only `mark_safe` of the portal."""

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def prose(html: str) -> SafeString:
    """For fields that participants.prose cleaned when they were saved, and for nothing else."""
    return mark_safe(html)  # noqa: S308 - cleaned on save by RichTextField or made by plain_to_html


@register.filter
def lines(text: str) -> list[str]:
    """The entries of a plain field in which each line is one."""
    return [line.strip() for line in text.splitlines() if line.strip()]
