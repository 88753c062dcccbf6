"""The trap for programs and the time of opening: what a person and what a robot sends."""

import datetime
from pathlib import Path

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings as site
from django.core.signing import Signer
from django.utils import timezone

from participants.robots import HumanForm, opened_token, seconds_since

NOON = datetime.datetime(2026, 11, 23, 11, 0, tzinfo=datetime.UTC)


class NoteForm(HumanForm):
    text = forms.CharField(required=False)


def after(seconds: float) -> datetime.datetime:
    return NOON + datetime.timedelta(seconds=seconds)


# -- The trap -------------------------------------------------------------------------------------------------


def test_empty_form_of_a_person_is_valid_and_says_how_long_it_was_open():
    opened = opened_token(timezone.now() - datetime.timedelta(seconds=40))
    form = NoteForm({"text": "Dzień dobry", "subject": "", "opened": opened})
    assert form.is_valid()
    assert not form.is_trapped
    assert 40 <= form.seconds < 60


def test_form_without_the_two_fields_is_a_person_of_unknown_speed():
    form = NoteForm({"text": "Dzień dobry"})
    assert form.is_valid()
    assert (form.is_trapped, form.seconds) == (False, None)


@pytest.mark.parametrize("filled", ["x", "https://sklep.example", "\x00", "x" * 100_000])
def test_whoever_fills_the_trap_is_refused_with_their_text_kept(filled: str):
    form = NoteForm({"text": "Dzień dobry", "subject": filled, "opened": opened_token()})
    assert form.is_trapped
    assert not form.is_valid()
    assert list(form.errors) == ["__all__"]
    page = render_crispy_form(form)
    assert 'value="Dzień dobry"' in page
    assert filled[:20] + '"' not in page.partition('name="subject"')[2]
    assert "value=" not in page.partition('name="subject"')[2]


def test_trap_of_blanks_is_none():
    assert not NoteForm({"subject": " \t"}).is_trapped


def test_trap_is_out_of_sight_and_out_of_the_way_but_named():
    page = render_crispy_form(NoteForm())
    before, _name, rest = page.partition('name="subject"')
    box = before.rpartition("<div id=")[2]
    assert "fk-away" in box
    assert "Leave this field empty" in box or "Zostaw to pole puste" in box
    assert 'for="id_subject"' in box
    tag = rest.partition(">")[0]
    assert 'autocomplete="off"' in tag
    assert 'tabindex="-1"' in tag
    assert page.index('name="text"') < page.index('name="subject"')
    style = (Path(site.BASE_DIR) / "static/css/portal.css").read_text()
    assert "clip-path" in style.partition(".fk-away")[2].partition("}")[0]


# -- The time ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 0.5, 2.99, 3, 600, 86_400])
def test_time_is_told_to_a_fraction_of_a_second(seconds: float):
    assert seconds_since(opened_token(NOON), after(seconds)) == pytest.approx(seconds, abs=0.02)


@pytest.mark.parametrize("seconds", [-5, 86_401, 10**8])
def test_time_that_cannot_be_is_unknown(seconds: float):
    assert seconds_since(opened_token(NOON), after(seconds)) is None


@pytest.mark.parametrize(
    "token",
    ["", "x", ":", "1795431600000", "1795431600000:AAAA", "\x00", "ą:ą", Signer().sign("1795431600000")],
)
def test_token_that_is_not_ours_is_unknown(token: str):
    assert seconds_since(token, after(10)) is None
    form = NoteForm({"text": "a", "opened": token})
    assert form.is_valid()
    assert form.seconds is None


def test_token_with_another_time_is_unknown():
    moment, _colon, signature = opened_token(NOON).partition(":")
    assert seconds_since(f"{int(moment) - 60_000}:{signature}", after(10)) is None


def test_time_goes_on_when_the_form_is_shown_again():
    opened = opened_token(timezone.now() - datetime.timedelta(seconds=20))
    assert f'value="{opened}"' in render_crispy_form(NoteForm({"text": "", "opened": opened}))


@pytest.mark.parametrize("token", ["", "broken:token"])
def test_form_shown_again_without_a_time_begins_anew(token: str):
    shown = NoteForm({"text": "", "opened": token})["opened"].value()
    assert 0 <= seconds_since(shown) < 60


def test_each_form_has_its_own_time():
    token = NoteForm()["opened"].value()
    assert 0 <= seconds_since(token) < 60
