"""The list of topics."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from topics.models import Topic

URL = "/tematy/"
YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.cookies["jezyk"] = "en"
    return client


def titles(client: Client, query: str = "") -> list[str]:
    response = client.get(URL + query)
    assert response.status_code == 200
    return [topic.title for topic, _closed in response.context["rows"]]


def test_list_shows_title_lead_state_and_estates(client):
    topic = factories.make_topic("Patrole rowerowe", lead="Gdzie i kiedy?", official_count=1, comment_count=4)
    topic.estates.add(factories.make_estate("os. Wyzwolenia"))
    page = client.get(URL).content.decode()
    for text in ("Patrole rowerowe", "Gdzie i kiedy?", "There is an official answer", "4 comments", "os. Wyzwolenia"):
        assert text in page
    assert f'href="/tematy/{topic.slug}/"' in page


def test_draft_is_on_no_list_not_even_for_the_editor(as_user, editor, client):
    factories.make_topic("Widoczny")
    factories.make_topic("Szkic", state=Topic.State.DRAFT)
    for reader in (client, as_user(editor)):
        for query in ("", "?stan=otwarte", "?kolejnosc=nowe", "?kolejnosc=bez-odpowiedzi"):
            assert titles(reader, query) == ["Widoczny"]


def test_open_topics_come_first_then_the_liveliest(client):
    now = timezone.now()
    for title, days, how in [
        ("zamknięty", 0, {"state": "closed"}),
        ("po terminie", 1, {"closes_on": YESTERDAY}),
        ("stary", 9, {}),
        ("żywy", 2, {}),
        ("w archiwum", 3, {"state": "archived"}),
    ]:
        factories.make_topic(title, active_at=now - datetime.timedelta(days=days), **how)
    assert titles(client) == ["żywy", "stary", "zamknięty", "po terminie", "w archiwum"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("najzywsze", ["dawny żywy", "nowy", "bez odpowiedzi"]),
        ("nowe", ["nowy", "bez odpowiedzi", "dawny żywy"]),
        ("bez-odpowiedzi", ["bez odpowiedzi", "dawny żywy", "nowy"]),
    ],
)
def test_orders(client, order: str, expected: list[str]):
    now, day = timezone.now(), datetime.timedelta(days=1)
    factories.make_topic("dawny żywy", published_at=now - 30 * day, active_at=now, official_count=1)
    factories.make_topic("nowy", published_at=now, active_at=now - day, official_count=2)
    factories.make_topic("bez odpowiedzi", published_at=now - 2 * day, active_at=now - 9 * day)
    assert titles(client, f"?kolejnosc={order}") == expected


def test_filters_by_state_estate_and_category(client):
    estate, category = factories.make_estate("Wierzeje"), factories.make_category("Ruch drogowy")
    here = factories.make_topic("tu")
    here.estates.add(estate)
    factories.make_topic("ruch", category=category, official_count=1)
    factories.make_topic("zamknięty", state="closed")
    factories.make_topic("po terminie", closes_on=YESTERDAY)
    assert titles(client, f"?osiedle={estate.slug}") == ["tu"]
    assert titles(client, f"?kategoria={category.slug}") == ["ruch"]
    assert titles(client, "?stan=z-odpowiedzia") == ["ruch"]
    assert set(titles(client, "?stan=otwarte")) == {"tu", "ruch"}
    assert set(titles(client, "?stan=zamkniete")) == {"zamknięty", "po terminie"}
    assert titles(client, f"?osiedle={estate.slug}&kategoria={category.slug}&stan=&kolejnosc=") == []


def test_chips_keep_the_filters_and_leave_the_page(client):
    factories.make_topic()
    page = client.get(f"{URL}?stan=otwarte&strona=1").content.decode()
    assert "?stan=otwarte&amp;kolejnosc=nowe#lista" in page


def test_nothing_found_offers_a_way_on(client):
    page = client.get(f"{URL}?stan=zamkniete").content.decode()
    assert "There is no such topic yet." in page
    assert 'href="/tematy/">Show all topics' in page


@pytest.mark.parametrize(
    "query",
    ["stan=x", "osiedle=nie-ma", "kategoria=nie-ma", "kolejnosc=x", "osiedle=%F0%9F%98%80", "osiedle=' OR 1=1"],
)
def test_choices_that_do_not_exist_are_not_found(client, query: str):
    factories.make_topic()
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 404
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "999999", "1" * 30, "1.5"])
def test_pages_that_do_not_exist_are_not_found(client, number: str):
    factories.make_topic()
    assert client.get(URL, {"strona": number}).status_code == 404


def test_pages_of_twenty(client):
    for n in range(21):
        factories.make_topic(f"t{n:02}", active_at=timezone.now() - datetime.timedelta(minutes=n))
    assert titles(client) == [f"t{n:02}" for n in range(20)]
    assert titles(client, "?strona=2") == ["t20"]


@pytest.mark.parametrize("topics", [1, 3])
def test_list_costs_the_same_for_any_number(client, as_user, resident, django_assert_num_queries, topics: int):
    estate = factories.make_estate()
    for _ in range(topics):
        factories.make_topic().estates.add(estate)
    with django_assert_num_queries(6):  # count, topics, their estates and questions; the two choices
        client.get(URL)
    with django_assert_num_queries(7):
        client.get(f"{URL}?osiedle={estate.slug}")
    reader = as_user(resident)
    with django_assert_num_queries(8):  # and the session and the account
        reader.get(URL)


def test_list_is_read_only(client):
    response = client.post(URL)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
