"""What waits for a moderator: each rule just under and just over its line, and whom it is about."""

import datetime
import time
import uuid
from typing import Any

import pytest
from django.utils import translation

from participants.models import Resident
from participants.roles import Role
from tests import factories
from topics import floods
from topics.discussion import add_comment
from topics.holding import LINK, TRUSTED_AFTER, YOUNG_PER_DAY, record_of
from topics.models import Comment, Topic, WatchedWord
from topics.models.comment import fingerprint
from topics.refusals import CommentRefused
from topics.words import watched_in

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
MINUTE, HOUR, DAY = (datetime.timedelta(minutes=amount) for amount in (1, 60, 1440))
Hold = Comment.Hold
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


@pytest.mark.parametrize("text", LINKS)
def test_link_is_found(text: str):
    assert LINK.search(f"Zobaczcie {text} koniecznie")


@pytest.mark.parametrize("text", NOT_LINKS)
def test_ordinary_text_has_no_link(text: str):
    assert not LINK.search(f"Tak było {text} na osiedlu")


@pytest.mark.parametrize("part", ["a", "a.", "-", "a-", "a. ", "_", "a_", "@", "a@", "www", "\u0336", "ﷺ"])
def test_hostile_text_takes_no_time(db, part: str):
    text = (part * 20_000)[:20_000]
    began = time.process_time()
    LINK.search(text)
    watched_in(text)
    fingerprint(text)
    assert time.process_time() - began < 1


def make_trusted(*, joined: datetime.datetime = NOW - 300 * DAY, **fields: Any) -> Resident:
    author = factories.make_resident(date_joined=joined, **fields)
    elsewhere = factories.make_topic()
    for _ in range(TRUSTED_AFTER):
        factories.make_published(elsewhere, author=author, created_at=NOW - 30 * DAY)
    return author


@pytest.fixture
def trusted(db: None) -> Resident:
    return make_trusted()


def send(topic: Topic, author: Resident, text: str | None = None, **how: Any) -> Comment:
    how = {"submission": uuid.uuid4(), "now": NOW} | how
    if text is None:
        text = f"Wieczorem przydałby się patrol. ({next(factories.count)})"
    return add_comment(topic=topic, author=author, text=text, **how)


def held(*args: Any, **how: Any) -> str:
    """The rule that holds it; what no rule holds is published, and the rest is not."""
    comment = send(*args, **how)
    assert comment.state == (Comment.State.WAITING if comment.hold else Comment.State.PUBLISHED)
    return comment.hold


# -- Role × rule -------------------------------------------------------------------------------------------------


def with_a_word() -> dict[str, Any]:
    WatchedWord.objects.create(word="kapuś*")
    return {"text": "To są kapusie i tyle."}


def with_a_refused_word() -> dict[str, Any]:
    WatchedWord.objects.create(word="kapuś*", act=WatchedWord.Act.REFUSE)
    return {"text": "To są kapusie i tyle."}


def in_a_held_talk() -> dict[str, Any]:
    Topic.objects.update(held_until=NOW + MINUTE)
    return {}


def said_before() -> dict[str, Any]:
    text = "Proponuję spowalniacze przy szkole."
    factories.make_comment(Topic.objects.first(), text, created_at=NOW - DAY)
    return {"text": text}


def in_a_flood() -> dict[str, Any]:
    for _ in range(floods.FLOOD_AT):
        factories.make_published(factories.make_topic(), hold="", created_at=NOW - MINUTE)
    return {}


RULES = {
    "nothing": (dict, Hold.NONE),
    "a link": (lambda: {"text": "Zobaczcie www.policja.pl"}, Hold.LINK),
    "a phone": (lambda: {"text": "Dzwońcie: 600 100 200", "insists": True}, Hold.PHONE),
    "a plate": (lambda: {"text": "Stoi tam EP 12345", "insists": True}, Hold.PLATE),
    "data": (lambda: {"text": "To pan Nowak", "insists": True}, Hold.DATA),
    "data and a phone": (lambda: {"text": "Pan Nowak, 600 100 200", "insists": True}, Hold.DATA),
    "a word": (with_a_word, Hold.WORD),
    "fast": (lambda: {"seconds": 2.9}, Hold.FAST),
    "the same again": (said_before, Hold.REPEAT),
    "a held talk": (in_a_held_talk, Hold.TOPIC),
    "a flood": (in_a_flood, Hold.FLOOD),
}
DATA = {"a phone", "a plate", "data", "data and a phone"}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("persona", ["trusted", "moderator", "editor", "newcomer", "official"])
def test_who_is_held_by_which_rule(topic, official, persona: str, rule: str):
    """Roles open no way round the rules; only who answers for an office is not read before."""
    roles = {"moderator": [Role.MODERATOR], "editor": [Role.EDITOR]}.get(persona)
    people = {"official": official, "newcomer": factories.make_resident()}
    author = people.get(persona) or make_trusted(roles=roles)
    prepare, hold = RULES[rule]
    if persona == "official":
        hold = Hold.NONE
    elif persona == "newcomer" and rule not in DATA:
        hold = Hold.FIRST
    assert held(topic, author, **prepare()) == hold


@pytest.mark.parametrize("persona", ["trusted", "newcomer"])
def test_refused_word_keeps_the_comment_from_being_sent(topic, persona: str):
    author = make_trusted() if persona == "trusted" else factories.make_resident()
    with translation.override("en"), pytest.raises(CommentRefused, match="“kapuś” cannot be written here"):
        send(topic, author, **with_a_refused_word())
    assert not topic.comments.exists()


def test_official_may_quote_a_refused_word(topic, official):
    assert held(topic, official, **with_a_refused_word()) == Hold.NONE


# -- Under the line and over it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("published", range(TRUSTED_AFTER + 1))
def test_first_two_comments_of_a_person_are_held(topic, resident, published: int):
    for _ in range(published):
        factories.make_published(topic, author=resident)
    factories.make_comment(topic, author=resident)  # one that waits earns no trust
    assert held(topic, resident) == (Hold.FIRST if published < TRUSTED_AFTER else Hold.NONE)


@pytest.mark.parametrize("newer", range(TRUSTED_AFTER + 1))
@pytest.mark.parametrize("was", ["hidden", "refused"])
def test_after_a_refused_comment_trust_is_earned_again(topic, trusted, was: str, newer: int):
    made = factories.make_published if was == "hidden" else factories.make_comment
    bad = made(topic, author=trusted, created_at=NOW - 20 * DAY)
    stamps = {"state": "hidden", "hidden_at": NOW - DAY, "hidden_reason": "insult"}
    Comment.objects.filter(pk=bad.pk).update(**stamps)
    for _ in range(newer):
        factories.make_published(topic, author=trusted, created_at=NOW - 10 * DAY)
    assert held(topic, trusted) == (Hold.FIRST if newer < TRUSTED_AFTER else Hold.NONE)


def test_withdrawn_comments_earn_no_trust(topic, resident):
    for _ in range(TRUSTED_AFTER):
        gone = factories.make_published(topic, author=resident)
        Comment.objects.filter(pk=gone.pk).update(state="withdrawn", withdrawn_at=NOW)
    assert held(topic, resident) == Hold.FIRST


@pytest.mark.parametrize(
    ("age", "written", "hold"),
    [
        (7 * DAY - MINUTE, YOUNG_PER_DAY - 1, Hold.NONE),
        (7 * DAY - MINUTE, YOUNG_PER_DAY, Hold.YOUNG),
        (7 * DAY, YOUNG_PER_DAY, Hold.NONE),
    ],
)
def test_young_account_writes_five_comments_a_day(topic, age, written: int, hold: str):
    author = make_trusted(joined=NOW - age)
    factories.make_published(topic, author=author, created_at=NOW - DAY)  # a day ago, no longer of today
    for _ in range(written):
        factories.make_published(topic, author=author, created_at=NOW - DAY + MINUTE)
    assert held(topic, author) == hold


@pytest.mark.parametrize(("seconds", "hold"), [(0, Hold.FAST), (2.99, Hold.FAST), (3, Hold.NONE), (None, Hold.NONE)])
def test_form_open_for_less_than_three_seconds(topic, trusted, seconds: float | None, hold: str):
    assert held(topic, trusted, seconds=seconds) == hold


SAID = "Zróbcie próg zwalniający przy szkole."


@pytest.mark.parametrize(
    ("again", "hold"),
    [
        (SAID, Hold.REPEAT),
        ("zrobcie PROG zwalniajacy  przy szkole", Hold.REPEAT),
        ("Zróbcie\n\npróg, zwalniający – przy szkole!!!", Hold.REPEAT),
        ("Zróbciе próg zwalniający przy szkоle.", Hold.REPEAT),  # two letters are Cyrillic
        ("Z̶r̶ó̶bcie próg zwalniający przy szkole.", Hold.REPEAT),
        ("Zróbcie dwa progi zwalniające przy szkole.", Hold.NONE),
    ],
)
@pytest.mark.parametrize("author", ["same", "another"])
def test_text_that_was_said_is_held_however_it_is_dressed(topic, trusted, author: str, again: str, hold: str):
    factories.make_published(topic, SAID, author=trusted if author == "same" else None, created_at=NOW - DAY)
    assert held(factories.make_topic(), trusted, again) == hold


@pytest.mark.parametrize(("ago", "hold"), [(7 * DAY - MINUTE, Hold.REPEAT), (7 * DAY, Hold.NONE)])
def test_text_of_a_week_ago_may_be_said_again(topic, trusted, ago, hold: str):
    factories.make_published(topic, SAID, created_at=NOW - ago)
    assert held(topic, trusted, SAID) == hold


@pytest.mark.parametrize(
    ("state", "hold"), [("waiting", Hold.REPEAT), ("hidden", Hold.REPEAT), ("withdrawn", Hold.NONE)]
)
def test_text_is_the_same_also_where_nobody_sees_it(topic, trusted, state: str, hold: str):
    """What its author took back may be said again, for example on the right topic."""
    stamps = {"hidden_at": NOW, "hidden_reason": "advert", "withdrawn_at": NOW}
    factories.make_comment(topic, SAID, created_at=NOW - DAY, state=state, **stamps)
    assert held(topic, trusted, SAID) == hold


@pytest.mark.parametrize(
    ("text", "hold"), [("Popieram w całej pełni.", Hold.NONE), ("Popieramy w całej pełni.", Hold.REPEAT)]
)
def test_short_texts_are_said_by_many(topic, trusted, text: str, hold: str):
    """Nineteen letters, and twenty."""
    factories.make_published(topic, text, created_at=NOW - DAY)
    assert held(topic, trusted, text) == hold


@pytest.mark.parametrize(("until", "hold"), [(NOW, Hold.NONE), (NOW + MINUTE, Hold.TOPIC)])
def test_talk_in_which_everything_is_read_first_until_its_hour(topic, trusted, until, hold: str):
    Topic.objects.filter(pk=topic.pk).update(held_until=until)
    assert held(topic, trusted) == hold


# -- Words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "text", "is_held"),
    [
        ("konfitura", "To KONFITURA jedna.", True),
        ("konfitura", "To konfitury jedne.", False),
        ("konfitura", "To superkonfitura.", False),
        ("konfitur*", "To konfitury jedne.", True),
        ("konfitur*", "To superkonfitura.", False),
        ("żółć", "zolc", True),
        ("zolc", "ŻÓŁĆ!", True),
        ("ŻÓŁĆ*", "żółcią", True),
        ("konfitura", "kоnfitura", True),  # one letter is Cyrillic
        ("konfitura", "k0nfitur4", True),
        ("konfitura", "k.o.n.f.i.t.u.r.a", True),
        ("konfitura", "k o n f i t u r a", True),
        ("konfitura", "ko\u0336nf\u0336itura", True),
        ("zły wilk", "Idzie zły, wilk!", True),
        ("zły wilk", "Zły jest ten wilk", False),
        ("zły wil*", "zły wilkołak", True),
        ("*", "Cokolwiek", False),
        ("…", "Cokolwiek… i już", False),
        ("a*", "Dobry wieczór", False),
    ],
)
def test_word_of_the_list_is_recognised(topic, trusted, word: str, text: str, is_held: bool):
    WatchedWord.objects.create(word=word)
    assert held(topic, trusted, text) == (Hold.WORD if is_held else Hold.NONE)


def test_word_that_refuses_goes_before_one_that_holds(topic, trusted):
    WatchedWord.objects.create(word="aronia")
    WatchedWord.objects.create(word="konfitura", act=WatchedWord.Act.REFUSE)
    with pytest.raises(CommentRefused, match="konfitura"):
        send(topic, trusted, "Aronia i konfitura")


# -- Floods ----------------------------------------------------------------------------------------------------------


def published(times: int, ago: datetime.timedelta = MINUTE, **fields: Any) -> None:
    for _ in range(times):
        factories.make_published(factories.make_topic(), created_at=NOW - ago, **({"hold": ""} | fields))


def test_flood_begins_with_the_thirteenth_comment_in_ten_minutes(topic, trusted):
    published(floods.FLOOD_AT - 1)
    assert held(topic, trusted) == Hold.NONE
    assert held(topic, trusted) == Hold.FLOOD


@pytest.mark.parametrize(
    "others",
    [
        {"ago": 10 * MINUTE},
        {"hold": Hold.FIRST},  # a moderator has read it
        {"voice": "Dzielnicowy, Komenda"},
    ],
)
def test_what_is_no_flood(topic, trusted, others: dict[str, Any]):
    published(floods.FLOOD_AT, **others)
    assert held(topic, trusted) == Hold.NONE


def test_flood_lasts_while_it_is_fed(topic, trusted):
    """Twelve that it held within ten minutes keep the next back, though nothing was shown meanwhile."""
    for _ in range(floods.FLOOD_AT):
        factories.make_comment(topic, hold=Hold.FLOOD, created_at=NOW - 9 * MINUTE)
    assert held(topic, trusted) == Hold.FLOOD
    assert held(topic, trusted, now=NOW + 11 * MINUTE) == Hold.NONE


@pytest.mark.parametrize(("before", "hold"), [(floods.MOST_AT_ONCE - 1, Hold.NONE), (floods.MOST_AT_ONCE, Hold.FLOOD)])
def test_work_lets_a_comment_through_a_flood_but_not_any_number(topic, trusted, before: int, hold: str):
    published(before)
    for _ in range(floods.FLOOD_AT):
        factories.make_comment(topic, hold=Hold.FLOOD, created_at=NOW)
    assert held(topic, trusted, solved=True) == hold


def test_flood_is_noticed_by_one_query_that_counts_no_further_than_it_must(topic, trusted, django_assert_num_queries):
    published(floods.FLOOD_AT + 3)
    comment = factories.make_comment(topic, author=trusted)
    with django_assert_num_queries(1) as queries:
        assert record_of(comment, NOW).shown == floods.FLOOD_AT + 3
    assert f"LIMIT {floods.MOST_AT_ONCE}" in queries[0]["sql"]
