"""The public figures: each number, the quarters, the cache, and that nothing sealed shows."""

import datetime
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from participants.roles import Role
from tests import factories
from tests.topics.test_reporters import make_reporter
from topics import appeals, moderation
from topics.figures import Quarter, figures_of, quarters
from topics.models import Appeal, Case, Comment, Decision, Reason, Report
from topics.reports import report

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
AUTUMN = Quarter(2026, 4)
pytestmark = pytest.mark.django_db


def make(published: bool = True, *, at: datetime.datetime = NOW, **fields) -> Comment:
    maker = factories.make_published if published else factories.make_comment
    fields.setdefault("hold", Comment.Hold.NONE)
    return maker(factories.make_topic(), "Tajny tekst", created_at=at, **fields)


def count() -> dict:
    cache.clear()
    return figures_of(AUTUMN, now=NOW)


# -- Quarters -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (datetime.date(2026, 1, 1), Quarter(2026, 1)),
        (datetime.date(2026, 3, 31), Quarter(2026, 1)),
        (datetime.date(2026, 4, 1), Quarter(2026, 2)),
        (datetime.date(2026, 9, 30), Quarter(2026, 3)),
        (datetime.date(2026, 12, 31), Quarter(2026, 4)),
    ],
)
def test_day_lies_in_its_quarter(day: datetime.date, quarter: Quarter):
    assert Quarter.of(day) == quarter
    assert quarter.start.date() <= day < quarter.end.date()
    assert quarter.start == quarter.before(1).end


def test_quarter_begins_at_midnight_of_the_town():
    before = datetime.datetime(2026, 9, 30, 21, 59, 59, tzinfo=datetime.UTC)
    make(at=before)
    make(at=before + datetime.timedelta(seconds=1))
    make(at=datetime.datetime(2026, 12, 31, 22, 59, 59, tzinfo=datetime.UTC))
    make(at=datetime.datetime(2026, 12, 31, 23, 0, tzinfo=datetime.UTC))
    assert count()["written"] == 2


def test_quarters_go_back_to_the_first_comment():
    today = datetime.date(2026, 11, 22)
    assert quarters(today) == [AUTUMN]
    cache.clear()
    make(at=datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC))
    assert [quarter.slug for quarter in quarters(today)] == ["2026-4", "2026-3", "2026-2", "2026-1"]


# -- Numbers --------------------------------------------------------------------------------------------------


def test_comments_are_counted_with_what_held_them(moderator):
    waiting = [make(published=False, hold=hold) for hold in ("first", "first", "phone", "word")]
    make()
    make(hold=Comment.Hold.REPORTS)  # set aside later, not held when it was written
    moderation.publish(waiting[0], by=moderator, now=NOW)
    found = count()
    assert (found["written"], found["held_count"], found["published"]) == (6, 4, 1)
    assert found["held"] == {"first": 2, "phone": 1, "word": 1}


def test_decisions_are_counted_by_act_and_reason(moderator):
    moderation.hide(make(published=False), by=moderator, reason=Reason.ADVERT, now=NOW)
    moderation.hide(make(), by=moderator, reason=Reason.ADVERT, now=NOW)
    moderation.hide(make(), by=moderator, reason=Reason.INSULT, now=NOW)
    moderation.hide(make(), by=moderator, reason=Reason.INSULT, now=NOW - datetime.timedelta(days=100))
    moderation.cut_out(make(), ["Tajny"], by=moderator, reason=Reason.PRIVATE_DATA, now=NOW)
    moderation.hand_over(make(), "Dyżurny", "RSD 1", by=moderator, reason=Reason.THREAT, now=NOW)
    moderation.suspend(make(), 24, by=moderator, reason=Reason.HATE, now=NOW)
    moderation.close_account(make(), by=moderator, reason=Reason.HATE, now=NOW)
    found = count()
    assert (found["refused"], found["hidden"]) == (1, 2)
    assert sorted(found["reasons"]) == [("advert", 1, 1), ("insult", 0, 1)]
    others = ("set_aside", "cut_out", "handed_over", "suspended", "closed")
    assert [found[name] for name in others] == [0, 1, 1, 1, 1]


def test_comment_set_aside_and_shown_again_was_not_published_after_waiting(moderator):
    comment = make()
    for _ in range(4):
        report(comment, why=Report.Why.INSULT, resident=make_reporter(), language="pl", now=NOW)
    moderation.publish(comment, by=moderator, now=NOW)
    found = count()
    assert (found["set_aside"], found["published"]) == (1, 0)
    assert found["reports"] == {"received": 4, "open": 0, "upheld": 0, "rejected": 4}


def test_appeals_are_counted_with_their_ends(moderator):
    judge = factories.make_resident("Jan", roles=[Role.APPEALS])
    for outcome in (Appeal.Outcome.UPHELD, Appeal.Outcome.REVERSED, Appeal.Outcome.REVERSED, ""):
        comment = make()
        moderation.hide(comment, by=moderator, reason=Reason.HATE, now=NOW)
        made = appeals.appeal(Decision.objects.get(comment=comment), text="Nie", now=NOW)
        if outcome:
            appeals.decide(made, by=judge, outcome=outcome, note="Bo tak", now=NOW)
    assert count()["appeals"] == {"received": 4, "waiting": 1, "upheld": 1, "reversed": 2}


@pytest.mark.parametrize(
    ("hours", "median"), [([], None), ([5], 5.0), ([1, 9], 5.0), ([1, 2, 30], 2.0), ([1, 2, 4, 99], 3.0)]
)
def test_median_is_the_middle(hours: list[int], median: float | None):
    for number in hours:
        opened = NOW - datetime.timedelta(hours=number)
        Case.objects.create(comment=make(), kind=Case.Kind.HELD, opened_at=opened, closed_at=NOW)
    Case.objects.create(comment=make(), kind=Case.Kind.HELD, opened_at=NOW - datetime.timedelta(days=50))  # open
    assert count()["median_hours"] == median


def test_days_to_the_first_official_word_are_told_by_institution(official):
    institution = official.appointment.institution
    topic = factories.make_topic(institution=institution)
    asked = timezone.now() - datetime.timedelta(days=3)
    question = factories.make_published(topic, kind=Comment.Kind.QUESTION, created_at=asked)
    answer = {"appointment": official.appointment, "voice": "Kierownik, Komenda"}
    factories.make_published(topic, author=official, parent=question, created_at=timezone.now(), **answer)
    cache.clear()
    assert row(page_of(), institution.name) == ["1", "0", "3.0"]


def test_numbers_cost_the_same_for_any_size(moderator, django_assert_num_queries):
    for size in (1, 5):
        for _ in range(size):
            moderation.hide(make(), by=moderator, reason=Reason.HATE, now=NOW)
            Case.objects.create(comment=make(), kind=Case.Kind.HELD, opened_at=NOW, closed_at=NOW)
        cache.clear()
        with django_assert_num_queries(8):
            figures_of(AUTUMN, now=NOW)
        with django_assert_num_queries(0):
            figures_of(AUTUMN, now=NOW)


# -- The page -------------------------------------------------------------------------------------------------


def page_of(url: str = "/moderacja/", language: str = "en") -> str:
    client = Client()
    client.cookies["jezyk"] = language
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def row(page: str, heading: str) -> list[str]:
    cells = re.search(rf'<th scope="row"[^>]*>{re.escape(heading)}</th>((?:<td>.*?</td>)+)', page).group(1)
    return re.findall(r"<td>(.*?)</td>", cells)


def test_page_says_the_numbers_and_when_they_were_counted(moderator):
    for _ in range(2):
        moderation.hide(make(at=timezone.now()), by=moderator, reason=Reason.ADVERT)
    page = page_of()
    assert row(page, "Comments written") == ["2"]
    assert row(page, "advertised") == ["0", "2"]
    assert row(page, "All reasons") == ["0", "2"]
    assert "As of" in page
    assert page.count("<caption>") == page.count("<table")


@pytest.mark.parametrize(("accounts", "shown"), [(0, "0"), (1, "fewer than 3"), (2, "fewer than 3"), (3, "3")])
def test_few_people_are_not_counted_out(moderator, accounts: int, shown: str):
    for _ in range(accounts):
        moderation.close_account(make(), by=moderator, reason=Reason.HATE)
        moderation.hand_over(make(), "Dyżurny", "RSD 1", by=moderator, reason=Reason.THREAT)
    page = page_of()
    assert row(page, "Accounts closed") == [shown]
    assert row(page, "Comments passed on to be checked") == [shown]


def test_what_was_handed_over_shows_no_reason_and_no_text(moderator):
    moderation.hand_over(make(), "Dyżurny KMP", "RSD 77/26", by=moderator, reason=Reason.THREAT, note="Notatka")
    page = page_of()
    secrets = ["threatened somebody", "Dyżurny KMP", "RSD 77/26", "Notatka", "Tajny", moderator.signature]
    assert [word for word in secrets if word in page] == []


def test_earlier_quarter_is_chosen_by_its_address():
    earlier = Quarter.of(timezone.localdate()).before(2)
    make(at=earlier.start)
    page = page_of(f"/moderacja/?kwartal={earlier.slug}")
    assert row(page, "Comments written") == ["1"]
    assert f'href="?kwartal={earlier.slug}" aria-current="page"' in page
    assert row(page_of(), "Comments written") == ["0"]


@pytest.mark.parametrize("asked", ["2019-1", "2099-4", "x", "2026-9", "-", "2026-04"])
def test_quarter_that_has_no_figures_is_not_found(client, asked: str):
    assert client.get("/moderacja/", {"kwartal": asked}).status_code == 404


def test_page_is_read_by_everybody_and_written_by_nobody(client, resident, as_user):
    assert client.post("/moderacja/").status_code == 405
    assert as_user(resident).get("/moderacja/").status_code == 200
    for url in ("/", "/zasady/"):
        assert 'href="/moderacja/"' in client.get(url).content.decode()


def test_second_reader_within_an_hour_costs_no_query(client, django_assert_num_queries):
    make()
    with django_assert_num_queries(8):
        client.get("/moderacja/")
    with django_assert_num_queries(0):
        client.get("/moderacja/")


def test_reasons_are_said_of_the_comment_in_polish(moderator):
    moderation.hide(make(), by=moderator, reason=Reason.ADVERT, now=NOW)
    page = page_of(language="pl")
    head = re.search(r"<thead>(?:(?!</thead>).)*Powód(?:(?!</thead>).)*</thead>", page, re.DOTALL).group()
    assert re.findall(r'<th scope="col">([^<]*)</th>', head) == ["Powód: komentarz", "Nieopublikowane", "Ukryte"]
    assert "był reklamą" in page
