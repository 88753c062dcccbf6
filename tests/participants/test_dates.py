"""Dates as exact as the source gives them."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from meetings.models import Forum
from participants.dates import Precision, first_day, in_words, last_day, machine, validate_sensible_year
from tests import factories

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
PRECISIONS = st.sampled_from(Precision.values)
MAY_29 = datetime.date(2017, 5, 29)


@pytest.mark.parametrize(
    ("precision", "polish", "english", "for_machines"),
    [
        ("day", "29 maja 2017\xa0r.", "29 May 2017", "2017-05-29"),
        ("month", "maj 2017\xa0r.", "May 2017", "2017-05"),
        ("year", None, "year 2017", "2017"),
        ("early", None, "beginning of 2017", "2017"),
        ("late", None, "end of 2017", "2017"),
    ],
)
def test_date_is_as_exact_as_it_is_known(precision, polish, english, for_machines):
    with translation.override("en"):
        assert in_words(MAY_29, precision) == english
    with translation.override("pl"):
        assert in_words(MAY_29, precision) == (polish or in_words(MAY_29, precision))
    assert machine(MAY_29, precision) == for_machines


@given(DAYS, PRECISIONS)
def test_a_day_lies_within_its_period(day: datetime.date, precision: str):
    assert first_day(day, precision) <= day <= last_day(day, precision)


@given(DAYS, PRECISIONS)
def test_every_day_of_a_period_stands_for_the_same_period(day: datetime.date, precision: str):
    first, last = first_day(day, precision), last_day(day, precision)
    for other in (first, last):
        assert (first_day(other, precision), last_day(other, precision)) == (first, last)
        assert machine(other, precision) == machine(day, precision)


@given(DAYS, PRECISIONS)
def test_the_day_after_a_period_is_in_another_one(day: datetime.date, precision: str):
    after = last_day(day, precision) + datetime.timedelta(days=1)
    assert first_day(after, precision) == after


@given(DAYS, PRECISIONS, st.sampled_from(["pl", "en", "uk"]))
def test_words_name_the_year_and_never_more_than_is_known(day: datetime.date, precision: str, language: str):
    with translation.override(language):
        words = in_words(day, precision)
    assert str(day.year) in words
    numbers = [part for part in words.replace("\xa0", " ").split() if part.isdigit()]
    assert len(numbers) == (2 if precision == Precision.DAY else 1)


@given(DAYS, PRECISIONS)
def test_machine_form_begins_the_day(day: datetime.date, precision: str):
    assert day.isoformat().startswith(machine(day, precision))


@pytest.mark.parametrize(("year", "fits"), [(207, False), (1899, False), (1900, True), (2100, True), (2101, False)])
def test_slips_of_the_keyboard_are_refused(year: int, fits: bool):
    day = datetime.date(year, 5, 29)
    if fits:
        validate_sensible_year(day)
        return
    with pytest.raises(ValidationError, match=r"1900.*2100"):
        validate_sensible_year(day)


@pytest.mark.django_db
@pytest.mark.parametrize("precision", ["month", "year", "early", "late"])
def test_a_period_is_kept_as_its_first_day(precision: str):
    factories.make_forum("Pierwsze", founded_on=first_day(MAY_29, precision), founded_precision=precision)
    with pytest.raises(IntegrityError):
        Forum.objects.create(name="Drugie", founded_on=MAY_29, founded_precision=precision)


@pytest.mark.django_db
@pytest.mark.parametrize("precision", ["month", "year", "early", "late"])
def test_any_day_of_a_period_may_be_given_in_a_form(precision: str):
    forum = Forum(name="Forum", founded_on=MAY_29, founded_precision=precision)
    forum.full_clean()
    assert forum.founded_on == first_day(MAY_29, precision)
