"""Dates as exact as the source gives them: a day, a month, a year, or "at the beginning of 2017"."""

import calendar
import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

SMALL_MONTHS = {"pl", "uk"}  # languages that write months small; Django's lists begin them with a capital


class Precision(models.TextChoices):
    DAY = "day", _("a day")
    MONTH = "month", _("a month")
    YEAR = "year", _("a year")
    EARLY_YEAR = "early", _("the beginning of a year")
    LATE_YEAR = "late", _("the end of a year")


def first_day(date: datetime.date, precision: str) -> datetime.date:
    """The day that stands in the database for the whole period: its first."""
    if precision == Precision.DAY:
        return date
    return date.replace(day=1) if precision == Precision.MONTH else date.replace(month=1, day=1)


def last_day(date: datetime.date, precision: str) -> datetime.date:
    """The last day that the period may still mean: a meeting "in May" is not over on the second."""
    if precision == Precision.DAY:
        return date
    if precision == Precision.MONTH:
        return (date.replace(day=1) + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)
    return date.replace(month=12, day=31)


def in_words(date: datetime.date, precision: str) -> str:
    """ "29 maja 2017 r.", "maj 2017 r.", "2017 r.", "początek 2017 r." """
    if precision == Precision.DAY:
        return formats.date_format(date, "DATE_FORMAT")
    if precision == Precision.MONTH:
        words = formats.date_format(date, "YEAR_MONTH_FORMAT")
        return words.lower() if get_language() in SMALL_MONTHS else words
    words = {
        Precision.YEAR: gettext("year %(year)s"),
        Precision.EARLY_YEAR: gettext("beginning of %(year)s"),
        Precision.LATE_YEAR: gettext("end of %(year)s"),
    }
    return words[Precision(precision)] % {"year": date.year}


def machine(date: datetime.date, precision: str) -> str:
    """What `<time datetime>` may hold (HTML, 4.5.14): a date, a month, or a year."""
    if precision == Precision.DAY:
        return date.isoformat()
    return f"{date:%Y-%m}" if precision == Precision.MONTH else f"{date:%Y}"


def precision_field(verbose_name: Any) -> models.CharField:
    return models.CharField(verbose_name, max_length=5, choices=Precision.choices, default=Precision.DAY)


def first_day_constraint(date: str, precision: str, name: str) -> models.CheckConstraint:
    """A month is kept as its first day and a year as its 1 January, so that equal periods compare equal."""
    return models.CheckConstraint(
        condition=(
            Q(**{f"{date}__isnull": True})
            | Q(**{precision: Precision.DAY})
            | Q(**{precision: Precision.MONTH, f"{date}__day": 1})
            | Q(**{f"{precision}__in": [Precision.YEAR, Precision.EARLY_YEAR, Precision.LATE_YEAR]})
            & Q(**{f"{date}__day": 1, f"{date}__month": 1})
        ),
        name=name,
        violation_error_message=_("Give the first day of the month or of the year that you mean."),
    )


def validate_sensible_year(date: datetime.date) -> None:
    """Refuses slips of the keyboard such as 0207 or 20017."""
    if not 1900 <= date.year <= 2100:
        raise ValidationError(_("Check the year: it lies between 1900 and 2100."))


def months_before(moment: datetime.datetime, months: int) -> datetime.datetime:
    """The same hour so many months ago, or ahead where they are negative; a month before 31 October is 30 September."""
    local = timezone.localtime(moment)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)
