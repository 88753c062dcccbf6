"""Which letters go before all others: those that somebody waits for at the screen, and no others."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from forum_portal.my_data import make_exports
from meetings.asking import ask_as_guest
from participants import address_changes, leaving
from participants.exports import ask_for_export
from participants.models import Letter, Resident
from tests import factories
from tests.meetings.signups import make_coming, sign_up


def ask_for_code(person: Resident) -> None:
    Client().post("/konto/zaloguj/kod/", {"email": person.email})


def forget_password(person: Resident) -> None:
    Client().post("/konto/haslo/reset/", {"email": person.email})


def move(person: Resident) -> None:
    address_changes.ask(person, email="nowy@poczta.example", now=timezone.now())


def leave(person: Resident) -> None:
    leaving.ask(person, erases_texts=False)


def export(person: Resident) -> None:
    ask_for_export(person)
    make_exports()


def sign_up_as_stranger(_person: Resident) -> None:
    sign_up(make_coming(), now=timezone.now())


def ask_as_stranger(_person: Resident) -> None:
    meeting, topic = make_coming(), factories.make_topic()
    factories.make_agenda_item(meeting, topic)
    words = {"email": "gosc@poczta.example", "signature": "Jan", "text": "Kiedy?", "submission": uuid.uuid4()}
    ask_as_guest(meeting=meeting, topic=topic, **words)


AWAITED = [ask_for_code, forget_password, move, leave, export, sign_up_as_stranger, ask_as_stranger]


@pytest.mark.parametrize("act", AWAITED, ids=[act.__name__ for act in AWAITED])
def test_letter_that_somebody_waits_for_goes_first(resident, act: Callable[[Resident], None]):
    act(resident)
    assert set(Letter.objects.values_list("is_asked_for", flat=True)) == {True}


def test_letters_by_the_clock_and_of_what_others_do_take_their_turn(resident):
    left = leaving.ask(resident, erases_texts=False)
    Letter.objects.all().delete()
    leaving.warn_leavers(left.erase_at - leaving.WARNING / 2)
    assert set(Letter.objects.values_list("is_asked_for", flat=True)) == {False}
