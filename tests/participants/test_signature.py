"""A signature may be a first name; it may not be a mask."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from participants.models import Resident
from participants.validators import validate_private_signature, validate_signature


@pytest.mark.parametrize(
    "signature",
    [
        "Hanna",
        "Hanna, os. Słowackiego",
        "os.Słowackiego",
        "Anna Ćwik-Łoś",
        "O’Hara",
        "Jan (blok 14/2)",
        "Zażółć gęślą",
        "Оксана",
        "Nguyễn",
        "Jan Komender",
        "ul. Strażacka 3",
        "Police",
    ],
)
def test_signature_of_a_person_is_taken(signature):
    validate_signature(signature)
    validate_private_signature(signature)


@pytest.mark.parametrize(
    "signature",
    [
        "123",
        "...",
        "Han\u200bna",  # zero-width space
        "\u202eannaH",  # right-to-left override
        "Jan\x00",
        "Jan\nKowalski",
        "www.sklep.pl",
        "bit.ly/abc",
        "jan@poczta.pl",
        "ｗｗｗ．sklep．pl",
        "Jan 600 100 200",
        "Hanna ✅",
        "👮 Jan",
        "Ⓙan",
        "N\u0303\u0303\u0303ina",  # marks piled up
        "Роlicja",  # Cyrillic Р and о
        "Hаnna",  # Cyrillic а
    ],
)
def test_signature_that_hides_imitates_or_advertises_is_refused(signature):
    with pytest.raises(ValidationError):
        validate_signature(signature)


@pytest.mark.parametrize(
    "signature",
    [
        "Policja",
        "POLICJA",
        "P0licja",
        "Po1icja",
        "PoIicja",  # a capital I
        "P.o.l.i.c.j.a",
        "p o l i c j a",
        "Роlicja",
        "Komendant Jan",
        "Komenda Miejska",
        "Straż Miejska",
        "straz miejska",
        "Dzielnicowy",
        "Moderator",
        "Admin",
        "Redakcja forum",
        "Urząd Miasta",
        "Поліція",
        "Адміністратор",
    ],
)
def test_signature_that_sounds_like_an_office_is_refused_to_residents(signature):
    with pytest.raises(ValidationError):
        validate_private_signature(signature)


@given(st.text(max_size=60))
def test_any_text_is_either_taken_or_refused(text):
    for validate in (validate_signature, validate_private_signature):
        with contextlib.suppress(ValidationError):
            validate(text)


@pytest.mark.django_db
def test_staff_may_sign_as_their_office(editor: Resident, resident: Resident):
    editor.signature = resident.signature = "Redakcja forum"
    editor.full_clean()
    with pytest.raises(ValidationError) as refusal:
        resident.full_clean()
    assert len(refusal.value.messages) == 1
