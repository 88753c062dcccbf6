"""What looks like somebody's data, and what does not."""

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.hints import PESEL_WEIGHTS, Kind, find_hints, pieces

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
FOUND = {
    Kind.PESEL: ["44051401359", "440514-01359", "02070803628", "440514 01359"],
    Kind.EMAIL: ["jan@poczta.pl", "jan.k+forum@moja-poczta.com.pl", "JAN@POCZTA.PL", "żółw@poczta.pl"],
    Kind.CARD: [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "5500 0000 0000 0004",
        "3782 822463 10005",
        "378282246310005",
        "3056 930902 5904",
        "4222222222222",
        "6011 0009 9013 9424 12/26",
    ],
    Kind.ACCOUNT: [
        "61 1090 1014 0000 0712 1981 2874",
        "61109010140000071219812874",
        "PL61 1090 1014 0000 0712 1981 2874",
        "PL61109010140000071219812874",
        "pl 61 1090 1014 0000 0712 1981 2874",
        "61-1090-1014-0000-0712-1981-2874",
    ],
    Kind.PERSON: [
        "Pan Kowalski",
        "pana Kowalskiego",
        "Panu Kowalskiemu",
        "panem Nowakiem",
        "Pani Nowak-Lis",
        "panią Anną Nowak",
        "Panie Kowalski",
        "pan Sołtysiak",
        "pan Wójcik",
        "Pan O'Neill",
        "Pani Łucja Żak",
    ],
    Kind.FLAT: [
        "ul. Szkolna 30 m. 5",
        "ul. Szkolna 30 m 5",
        "ul.Szkolna 30/5",
        "ulicy Szkolnej 30a/5",
        "ul. szkolnej 30/5",
        "Słowackiego 12/4",
        "Słowackiego 24/7",
        "Słowackiego 12 / 4",
        "Wojska Polskiego 5 lok. 3",
        "Wojska Polskiego 5, lok. 3",
        "Jana Pawła II 5/12",
        "3 Maja 5/7",
        "al. Armii Krajowej 12 mieszkania 4",
        "os. Wyzwolenia 5/12",
        "ul. gen. Andersa 3 m. 7",
        "Reymonta 45/13",
        "Skłodowskiej-Curie 8/2",
    ],
}
NOTHING = [
    "44051401358",  # checksum
    "44051301359",
    "44131401354",  # the thirteenth month
    "44023001356",  # the thirtieth of February
    "4111 1111 1111 1112",
    "0000 0000 0000 0000",
    "13 1020 1234 0000 5679 9012 3457",
    "Pan Komendant",
    "Panie Komendancie",
    "Pan Komendant Kowalski",
    "Pani Prezydent",
    "pana wiceprezydenta",
    "Panią Dyrektor",
    "Pan Dzielnicowy",
    "Panu Dzielnicowemu",
    "Pani Policjantka",
    "pani Radna",
    "Panie Przewodniczący",
    "Pani Kierowniczko",
    "Panie Władzo",
    "Pan Bóg",
    "Panie i Panowie",
    "pan K. z parteru",
    "pani z kiosku",
    "ten pan. Policja przyjechała",
    "Panorama Kielc",
    "Szpan Wielki",
    "ul. Szkolna 30",
    "Słowackiego 12",
    "Słowackiego 12, 4 osoby",
    "12/4",
    "dnia 12/4",
    "Sobota 12/4",
    "Spotkanie 12/4 o 17",
    "KMZB 24/7",
    "Policja 24/7",
    "Czynne 24/7",
    "Uchwała 45/19",
    "Działka 120/14",
    "Sprawa 45/19/2017",
    "Około 30 m. 5 osób stało",
    "Zrobiono 30 m 5 osób",
    "@poczta",
    "jan@",
    "a@b",
]


def kinds_in(text: str) -> list[tuple[str, str]]:
    return [(hint.kind, text[hint.start : hint.end]) for hint in find_hints(text)]


@pytest.mark.parametrize("text", PHONES)
def test_phone_number_is_found(text: str):
    assert {kind for kind, _part in kinds_in(f"Proszę o kontakt {text} wieczorem")} == {Kind.PHONE}


@pytest.mark.parametrize("text", PLATES)
def test_number_plate_is_found(text: str):
    assert {kind for kind, _part in kinds_in(f"Stoi tam auto {text} co noc")} == {Kind.PLATE}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FOUND.items() for text in texts])
def test_data_is_marked_from_its_first_sign_to_its_last(kind: str, text: str):
    found = kinds_in(f"Chodzi o to: {text}, jak co dzień")
    assert [one for one, _part in found] == [kind]
    assert found[0][1] == text.removesuffix(" 12/26")
    assert [one for one, _part in kinds_in(text)] == [kind]  # also where nothing stands around it


NOT_NUMBERS = [text for text in NOT_PHONES if not text.startswith(("PL61", "ul.", "blok"))]


@pytest.mark.parametrize("text", [*NOT_NUMBERS, *NOT_PLATES, *NOTHING])
def test_ordinary_text_has_no_hint(text: str):
    assert kinds_in(f"Tak było: {text} na osiedlu") == []
    assert kinds_in(text) == []


def test_every_kind_in_one_text_is_marked_in_order():
    text = "Pan Nowak, ul. Szkolna 3/5, tel. 600 100 200, PESEL 44051401359, auto EP 12345, pisz: jan@poczta.pl."
    assert [kind for kind, _part in kinds_in(text)] == ["person", "flat", "phone", "pesel", "plate", "email"]


def test_card_is_found_behind_other_digits():
    assert kinds_in("1234 4111 1111 1111 1111") == [(Kind.CARD, "4111 1111 1111 1111")]


def test_pieces_make_the_text_again_and_name_what_is_marked():
    text = "Dzwońcie: 600 100 200"
    assert pieces(text, find_hints(text)) == [("Dzwońcie: ", ""), ("600 100 200", "phone")]
    assert pieces("Dzień dobry", []) == [("Dzień dobry", "")]
    assert pieces("", []) == []


# -- Any text --------------------------------------------------------------------------------------------------

PARTS = [text for texts in [PHONES, NOT_PHONES, PLATES, NOTHING, *FOUND.values()] for text in texts]
any_text = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=8), st.sampled_from(" -./\n@"))).map("".join)


@given(any_text)
def test_hints_lie_in_the_text_in_order_and_apart(text: str):
    end = 0
    for hint in find_hints(text):
        assert end <= hint.start < hint.end <= len(text)
        end = hint.end


@given(any_text)
def test_pieces_lose_nothing(text: str):
    hints = find_hints(text)
    assert "".join(part for part, _kind in pieces(text, hints)) == text
    assert [kind for _part, kind in pieces(text, hints) if kind] == [hint.kind for hint in hints]


def pesel_of(born: datetime.date, serial: int) -> str:
    month = born.month + {18: 80, 19: 0, 20: 20}[born.year // 100]
    digits = f"{born.year % 100:02}{month:02}{born.day:02}{serial:04}"
    total = sum(weight * int(digit) for weight, digit in zip(PESEL_WEIGHTS, digits, strict=False))
    return f"{digits}{-total % 10}"


births = st.dates(datetime.date(1870, 1, 1), datetime.date(2080, 12, 31))


@given(births, st.integers(0, 9999))
def test_every_valid_pesel_is_found(born: datetime.date, serial: int):
    number = pesel_of(born, serial)
    assert kinds_in(f"Numer {number}.") == [(Kind.PESEL, number)]


@given(births, st.integers(0, 9999), st.integers(1, 9))
def test_pesel_with_a_wrong_last_digit_is_none(born: datetime.date, serial: int, off: int):
    number = pesel_of(born, serial)
    wrong = number[:-1] + str((int(number[-1]) + off) % 10)
    # One that begins with 48 may be read as a telephone number with the country's code.
    assert Kind.PESEL not in dict(kinds_in(f"Numer {wrong}."))


@pytest.mark.parametrize(
    "part",
    [
        *(
            "1",
            "1 ",
            "1-",
            "1234 ",
            "0000-",
            " ",
            "a",
            "Aa",
            "Aaa ",
            "Pan Aaa ",
            "Pan ",
            "ul. Aaa ",
            "ul.",
            "a@",
            "@a.",
        ),
        *(
            "a.",
            "a-",
            "+1()",
            "AB1",
            "ABC 12",
            "Aaa 1/",
            "Aaa 1 ",
            "Aaa-Aaa",
            "PL ",
            "12 ",
            "12.",
            "II ",
            "(44) ",
            "\n",
        ),
    ],
)
def test_hostile_text_takes_no_time(part: str):
    text = (part * 20_000)[:20_000]
    began = time.process_time()
    find_hints(text)
    assert time.process_time() - began < 1  # a hundredth of it or so; a careless pattern needs minutes
