"""Days of the week in Polish texts, and other things that an editor should look at twice."""

import datetime

import pytest

from meetings.doubts import days_named, doubts
from meetings.models import Meeting
from participants.dates import Precision

MONDAY = datetime.date(2030, 12, 9)


def meeting(**fields) -> Meeting:
    fields = {"title": "Bezpieczna zima", "date": MONDAY, "last_day": MONDAY, "starts": datetime.time(17), **fields}
    return Meeting(**fields)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("w poniedziałek", 0), ("przed poniedziałkiem", 0), ("poniedziałkowe spotkanie", 0), ("PONIEDZIAŁEK", 0),
        ("we wtorek", 1), ("do wtorku", 1), ("wtorkowa debata", 1),
        ("w środę", 2), ("o środzie", 2), ("środa", 2), ("przed środą", 2), ("srode", 2),
        ("w czwartek", 3), ("od czwartku", 3), ("w czwartki", 3), ("czwartkowy", 3),
        ("w piątek", 4), ("przed piątkiem", 4), ("piątkowego", 4),
        ("w sobotę", 5), ("w sobocie", 5), ("sobotnie", 5), ("wolnych sobót", 5),
        ("w niedzielę", 6), ("niedziel", 6), ("niedzielny", 6),
    ],
)  # fmt: skip
def test_days_are_known_in_all_cases(text, day):
    assert list(days_named(text)) == [day]


@pytest.mark.parametrize("text", ["środki", "ochrona środowiska", "w środku", "po czwarte", "piąty raz", "wtórny"])
def test_words_that_only_look_like_days_are_none(text):
    assert days_named(text) == {}


def test_a_day_that_contradicts_the_date_is_quoted_as_written():
    found = doubts(meeting(announcement="<p>Zapraszamy w <strong>Czwartek</strong>.</p>"), MONDAY)
    assert len(found) == 1
    assert "Czwartek" in found[0]


@pytest.mark.parametrize("text", ["w poniedziałek", "zapisy do piątku, spotkanie w poniedziałek", "bez dnia"])
def test_a_text_that_names_the_right_day_raises_no_doubt(text):
    assert doubts(meeting(lead=text), MONDAY) == []


def test_a_month_has_no_day_of_the_week():
    december = meeting(lead="w czwartek", date_precision=Precision.MONTH, starts=None)
    assert len(doubts(december, MONDAY)) == 1  # the missing hour


def test_a_missing_hour_and_a_past_date_are_said():
    assert len(doubts(meeting(starts=None), MONDAY + datetime.timedelta(days=1))) == 2


@pytest.mark.parametrize("state", [Meeting.State.HELD, Meeting.State.ARCHIVED, Meeting.State.CANCELLED])
def test_what_is_over_raises_no_doubt(state):
    assert doubts(meeting(state=state, starts=None, lead="w piątek"), MONDAY) == []
