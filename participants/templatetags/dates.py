"""Dates in words, inside `<time>`."""

import datetime
import functools

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from participants.dates import Precision, in_words, machine

register = template.Library()


@register.simple_tag
def day(date: datetime.date, precision: str = Precision.DAY) -> SafeString:
    """`<time>` with "29 maja 2017 r.", "maj 2017 r." or "początek 2017 r."."""
    return format_html('<time datetime="{}">{}</time>', machine(date, precision), in_words(date, precision))


@register.simple_tag
def weekday(date: datetime.date, precision: str = Precision.DAY) -> SafeString:
    """Like `day`, with the day of the week in front where the day is known."""
    if precision != Precision.DAY:
        return day(date, precision)
    words = formats.date_format(date, "WEEKDAY_DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', date.isoformat(), words[:1].upper() + words[1:])


@register.simple_tag
def moment(value: datetime.datetime) -> SafeString:
    """`<time>` with "18 listopada 2026 r., godz. 10:40", in the forum's time zone."""
    return _moment(value, get_language())


@functools.lru_cache(maxsize=10_000)
def _moment(value: datetime.datetime, language: str) -> SafeString:
    """Kept, as a page prints eighty of them and a popular one prints the same again."""
    local = timezone.localtime(value)
    words = formats.date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)


@register.simple_tag
def date_of(value: datetime.datetime) -> SafeString:
    """`<time>` with the date of a moment, in the forum's time zone."""
    return day(timezone.localtime(value).date())
