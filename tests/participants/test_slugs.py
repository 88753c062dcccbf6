"""Words in addresses, for whatever somebody types into a title."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participants.models import Estate
from participants.slugs import MAX_LENGTH, free_slug, polish_slug
from tests import factories

ADDRESS = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)?")
POLISH_WORD = st.text("aąbcćdeęfghijklłmnńoóprsśtuwyzźżAĄBCĆDEĘFGHIJKLŁMNŃOÓPRSŚTUWYZŹŻ", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Bezpieczeństwo na osiedlach mieszkaniowych", "bezpieczenstwo-na-osiedlach-mieszkaniowych"),
        ("Zażółć gęślą jaźń", "zazolc-gesla-jazn"),
        ("ŁÓDŹ, ul. Łąkowa 5/7", "lodz-ul-lakowa-57"),
        ("Straße für Ærø", "strasse-fur-aero"),
        ("Безпека на вулицях", "bezpeka-na-vulytsiakh"),
        ("  „Senior” – w sieci?! ", "senior-w-sieci"),
        ("警察 🚓", ""),
        ("", ""),
    ],
)
def test_slug_keeps_what_a_reader_would_miss(title: str, slug: str):
    assert polish_slug(title) == slug


@given(st.text(max_size=400))
def test_slug_is_an_address_or_nothing(text: str):
    slug = polish_slug(text)
    assert ADDRESS.fullmatch(slug)
    assert len(slug) <= MAX_LENGTH


@given(st.text(max_size=400))
def test_slug_of_a_slug_is_itself(text: str):
    slug = polish_slug(text)
    assert polish_slug(slug) == slug


@given(st.lists(POLISH_WORD, min_size=1, max_size=5))
def test_no_polish_letter_is_lost(words: list[str]):
    assert [len(part) for part in polish_slug(" ".join(words)).split("-")] == [len(word) for word in words]


@given(st.lists(POLISH_WORD, min_size=6, max_size=40))
def test_long_title_is_cut_between_words(words: list[str]):
    whole = [polish_slug(word) for word in words]
    kept = polish_slug(" ".join(words)).split("-")
    assert kept == whole[: len(kept)]


@pytest.mark.django_db
def test_free_slug_counts_on_and_fills_gaps():
    for slug in ("lakowa", "lakowa-2", "lakowa-4"):
        Estate.objects.create(name=slug, slug=slug)
    assert free_slug("Łąkowa", Estate.objects.all(), fallback="osiedle") == "lakowa-3"
    assert free_slug("Łąka", Estate.objects.all(), fallback="osiedle") == "laka"
    assert free_slug("警察", Estate.objects.all(), fallback="osiedle") == "osiedle"


@pytest.mark.django_db
def test_titles_of_signs_only_get_addresses_all_the_same():
    meetings = [factories.make_meeting("警察 🚓") for _ in range(2)]
    assert [meeting.slug for meeting in meetings] == ["spotkanie", "spotkanie-2"]
