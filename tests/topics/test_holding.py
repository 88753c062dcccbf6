"""What waits for a moderator: by the author's record, and by what the text holds."""

import pytest

from tests import factories
from topics.holding import TRUSTED_AFTER, reason_in_text, reason_to_hold
from topics.models import Comment, Topic

PHONES = [
    "600100200",
    "600 100 200",
    "600-100-200",
    "600.100.200",
    "600 - 100 - 200",
    "600–100–200",
    "600\u00a0100\u00a0200",
    "600 10 02 00",
    "+48 600 100 200",
    "+48600100200",
    "+48 600-100-200",
    "0048 600 100 200",
    "48 600 100 200",
    "48600100200",
    "(44) 647 93 00",
    "(044) 647 93 00",
    "44 647 93 00",
    "44 647-93-00",
    "44-6479300",
    "(44)6479300",
    "0 44 647 93 00",
    "647-93-00",
    "6 0 0 1 0 0 2 0 0",
    "+380 67 123 45 67",
    "+49 30 901820",
    "tel.600100200",
    "blok 14 600 100 200",
    "600 100 200 600 100 201",
    "Dzwońcie:600100200!",
]
NOT_PHONES = [
    "112",
    "997 i 998",
    "w 2017 i 2018 roku",
    "2017 2018 2019",
    "29.05.2017",
    "29.05.2017 5 osób",
    "2017-05-29",
    "29 maja 2017 r., godz. 17:00",
    "14:00–16:00",
    "od 16.00-18.00",
    "1 200 000 zł",
    "120 000 000 zł",
    "1 000 000 000 zł",
    "1200,50 zł",
    "ul. Szkolna 30/38, 97-300",
    "bloki 12, 14, 16 i 18",
    "blok 120 m. 15",
    "PL61 1090 1014 0000 0712 1981 2874",
    "85 procent z 320 osób",
]
PLATES = [
    "EP 12345",
    "EP12345",
    "EP-12345",
    "EP 1234A",
    "EP 123AC",
    "EP 1A234",
    "EP 1AC23",
    "EP 1234",
    "EPI 5K77",
    "EPI5K77",
    "EPI 12AC",
    "EPI 1AC2",
    "EPI A123",
    "EPI AC12",
    "EPI 12345",
    "WX1234A",
    "(EL 1234A)",
]
NOT_PLATES = [
    "KMZB 2017",
    "KMP 2017",
    "RP 2017",
    "UE 2016/679",
    "ISO 9001",
    "PKP 12",
    "KMP",
    "ul. XX",
    "DK 12",
    "DW 473",
    "XXI LO",
    "S8 i A1",
    "SP 10",
    "EURO 2012",
    "COVID 19",
    "od 2010r.",
    "SM „Nad Strawą”",
    "HALO 1234 5",
]
LINKS = [
    "https://policja.pl/x",
    "HTTP://PRZYKLAD.EXAMPLE",
    "www.onet.pl",
    "policja.gov.pl",
    "bit.ly/abc",
    "t.me/kanal",
    "jan@poczta.pl",
    "jan@poczta.example",
]
NOT_LINKS = [
    "Było dobrze.Teraz jest gorzej",
    "godz. 17.30",
    "m.in. przy szkole",
    "np. w piątek",
    "i/lub",
    "ul. Szkolna 30/38",
    "tak... nie",
    "sp. z o.o.",
]


@pytest.mark.parametrize("text", PHONES)
def test_phone_number_is_found(text: str):
    assert reason_in_text(f"Proszę o kontakt {text} wieczorem") == Comment.Hold.PHONE


@pytest.mark.parametrize("text", PLATES)
def test_number_plate_is_found(text: str):
    assert reason_in_text(f"Stoi tam auto {text} co noc") == Comment.Hold.PLATE


@pytest.mark.parametrize("text", LINKS)
def test_link_is_found(text: str):
    assert reason_in_text(f"Zobaczcie {text} koniecznie") == Comment.Hold.LINK


@pytest.mark.parametrize("text", [*NOT_PHONES, *NOT_PLATES, *NOT_LINKS])
def test_ordinary_text_is_not_held(text: str):
    assert reason_in_text(f"Tak było {text} na osiedlu") == Comment.Hold.NONE


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic()


@pytest.mark.parametrize("published", range(TRUSTED_AFTER + 1))
def test_first_two_comments_of_a_person_are_held(topic, resident, published: int):
    for _ in range(published):
        factories.make_published(topic, author=resident)
    factories.make_comment(topic, author=resident)  # one that waits earns no trust
    held = reason_to_hold(Comment(author=resident, text="Dzień dobry"))
    assert held == (Comment.Hold.FIRST if published < TRUSTED_AFTER else Comment.Hold.NONE)


def test_trusted_author_is_held_for_what_the_text_says(topic, resident):
    for _ in range(TRUSTED_AFTER):
        factories.make_published(topic, author=resident)
    assert reason_to_hold(Comment(author=resident, text="tel. 600 100 200")) == Comment.Hold.PHONE


def test_official_answer_with_a_phone_number_is_not_held(official, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Comment(author=official, voice="Kierownik, Komenda", text="Dyżurny: 44 647 93 00")
        assert reason_to_hold(answer) == Comment.Hold.NONE
