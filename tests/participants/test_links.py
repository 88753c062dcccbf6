"""Keys in the addresses of letters: what goes in comes out, on its own page alone."""

from hypothesis import example, given
from hypothesis import strategies as st

from participants.links import key_of, opened_by


def test_key_opens_its_own_page_alone():
    key = key_of("topics.telling", 7, 12)
    assert opened_by("topics.telling", key) == ["7", "12"]
    assert opened_by("meetings.registration", key) is None
    assert ":" not in key


@given(st.text())
@example("")
@example("1.")
@example("\x00.ą")
def test_whatever_else_is_typed_opens_nothing(typed: str):
    assert opened_by("meetings.registration", typed) is None
