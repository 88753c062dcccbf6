"""The lists of meetings: what comes, what passed, one year, and the filters."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting
from tests import factories
from topics.models import Topic

State = Meeting.State
pytestmark = pytest.mark.django_db


def read(client: Client, url: str = "/spotkania/", **query: object) -> str:
    response = client.get(url, query, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def section(html: str, anchor: str) -> str:
    """The <section> that the heading with this id names."""
    return html.partition(f'aria-labelledby="{anchor}"')[2].partition("</section>")[0]


def days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


def held(title: str, date: datetime.date, **fields: object) -> Meeting:
    return factories.make_meeting(title, state=State.HELD, date=date, **fields)


def in_order(html: str, *titles: str) -> bool:
    places = [html.find(title) for title in titles]
    return -1 not in places and places == sorted(places)


def test_list_without_meetings_says_so_in_both_halves(client: Client):
    html = read(client)
    assert "There is no date of the next meeting yet." in section(html, "nadchodzace")
    assert "No meeting has taken place yet." in section(html, "lista")


def test_coming_meetings_stand_soonest_first_and_the_postponed_last(client: Client):
    factories.make_meeting("Za miesiąc", date=days(30))
    factories.make_meeting("Bez terminu", state=State.POSTPONED, date=days(2))
    factories.make_meeting("Jutro wieczorem", date=days(1), starts=datetime.time(19))
    factories.make_meeting("Jutro rano", date=days(1), starts=datetime.time(9))
    factories.make_meeting("Odwołane", state=State.CANCELLED, date=days(3))
    coming = section(read(client), "nadchodzace")
    assert in_order(coming, "Jutro rano", "Jutro wieczorem", "Odwołane", "Za miesiąc", "Bez terminu")
    assert "Cancelled" in coming
    assert "Postponed, no new date yet" in coming
    assert "Former date:" in coming


def test_past_meetings_stand_by_year_latest_first(client: Client):
    held("Majowe", datetime.date(2017, 5, 29))
    held("Wrześniowe", datetime.date(2017, 9, 1))
    factories.make_meeting("Dawne", state=State.ARCHIVED, date=datetime.date(2016, 2, 3))
    past = section(read(client), "lista")
    assert in_order(past, 'id="rok-2017"', "Wrześniowe", "Majowe", 'id="rok-2016"', "Dawne")
    assert "3 meetings" in past


def test_meeting_of_today_is_still_coming(client: Client):
    factories.make_meeting("Dzisiejsze", date=days(0))
    html = read(client)
    assert "Dzisiejsze" in section(html, "nadchodzace")
    assert "Dzisiejsze" not in section(html, "lista")


def test_example_is_marked(client: Client):
    factories.make_meeting("Przykładowe", is_example=True)
    assert "Example</span>" in section(read(client), "nadchodzace")


def test_year_page_shows_all_meetings_of_that_year_alone(client: Client):
    held("Majowe", datetime.date(2017, 5, 29))
    held("Inne", datetime.date(2018, 5, 29))
    for html in (read(client, "/spotkania/2017/"), read(client, rok=2017)):
        assert "<h1>Meetings in 2017</h1>" in html
        assert "Majowe" in html
        assert "Inne" not in html
        assert '<link rel="canonical" href="http://testserver/spotkania/2017/">' in html


def test_year_page_holds_coming_meetings_too(client: Client):
    factories.make_meeting("Za miesiąc", date=days(30))
    assert "Za miesiąc" in read(client, f"/spotkania/{days(30).year}/")


def test_filters_find_meetings_by_year_category_and_estate(client: Client):
    topic = factories.make_topic(category=factories.make_category("Monitoring"))
    topic.estates.add(factories.make_estate("Wyzwolenia"))
    factories.make_agenda_item(held("O kamerach", datetime.date(2018, 3, 1)), topic)
    factories.make_agenda_item(held("O rowerach", datetime.date(2018, 4, 1)), factories.make_topic())
    factories.make_category("Zwierzęta")
    for query in ({"kategoria": "monitoring"}, {"osiedle": "wyzwolenia"}, {"rok": 2018, "kategoria": "monitoring"}):
        html = read(client, **query)
        assert "O kamerach" in html
        assert "O rowerach" not in html
        assert "1 meeting<" in html
    assert "No meeting fits these filters." in read(client, kategoria="zwierzeta")
    assert "O rowerach" in read(client, rok=2018)


def test_meeting_with_two_fitting_topics_is_found_once(client: Client):
    meeting = held("O kamerach", datetime.date(2018, 3, 1))
    for _ in range(2):
        factories.make_agenda_item(meeting, factories.make_topic(category=factories.make_category("Monitoring")))
    assert "1 meeting<" in read(client, kategoria="monitoring")


def test_filter_does_not_betray_the_category_of_a_draft_topic(client: Client):
    draft = factories.make_topic(state=Topic.State.DRAFT, category=factories.make_category("Monitoring"))
    draft.estates.add(factories.make_estate("Wyzwolenia"))
    factories.make_agenda_item(held("O czymś", datetime.date(2018, 3, 1)), draft)
    assert "O czymś" not in read(client, kategoria="monitoring")
    assert "O czymś" not in read(client, osiedle="wyzwolenia")


def test_twenty_first_meeting_stands_on_the_second_page(client: Client):
    for day in range(1, 22):
        held(f"Spotkanie nr {day:02}", datetime.date(2018, 3, day))
    first, second = read(client), read(client, strona=2)
    assert "Spotkanie nr 01" not in first
    assert "Spotkanie nr 01" in second
    assert 'aria-labelledby="nadchodzace"' not in second
    assert "?strona=2#lista" in first


@pytest.mark.parametrize("page", ["0", "-1", "abc", "2", "999999", "9" * 30, "9" * 5000, "1.5", "١x"])
def test_page_that_does_not_exist_is_not_found(page: str, client: Client):
    assert client.get("/spotkania/", {"strona": page}).status_code == 404


@pytest.mark.parametrize("name", ["rok", "kategoria", "osiedle"])
@pytest.mark.parametrize(
    "value", ["nie-ma", "0", "-1", "9" * 40, "'; --", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")]
)
def test_filter_value_that_does_not_exist_is_not_found(name: str, value: str, client: Client):
    assert client.get("/spotkania/", {name: value}).status_code == 404


@pytest.mark.parametrize("query", ["rok=", "kategoria=&osiedle=&rok=", "strona=", "strona=1", "obce=1"])
def test_empty_filter_is_no_filter(query: str, client: Client):
    held("Majowe", datetime.date(2017, 5, 29))
    assert "Majowe" in read(client, f"/spotkania/?{query}")


@pytest.mark.parametrize("year", ["2016", "0000", "9999", "99999", "17", "-2017", "MMXVII"])
def test_year_without_meetings_is_not_found(year: str, client: Client):
    held("Majowe", datetime.date(2017, 5, 29))
    assert client.get(f"/spotkania/{year}/").status_code == 404


@pytest.mark.parametrize("url", ["/spotkania/", "/spotkania/2017/", "/spotkania/rss/"])
def test_list_is_for_reading_only(url: str, client: Client):
    held("Majowe", datetime.date(2017, 5, 29))
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_six_queries(rows: int, client: Client, django_assert_num_queries):
    for number in range(rows):
        factories.make_estate(f"Osiedle {number}")
        factories.make_category(f"Kategoria {number}")
        factories.make_meeting(f"Przyszłe {number}", date=days(number + 1))
        topic = factories.make_topic(category=factories.make_category("Monitoring"))
        factories.make_agenda_item(held(f"Minione {number}", datetime.date(2017 + number, 5, 29)), topic)
    with django_assert_num_queries(6):
        assert f"Minione {rows - 1}" in read(client)
    with django_assert_num_queries(5):
        assert f"Minione {rows - 1}" in read(client, kategoria="monitoring")


def test_many_coming_meetings_end_with_a_sentence(client: Client):
    for number in range(21):
        factories.make_meeting(f"Spotkanie nr {number:02}", date=days(number))
    coming = section(read(client), "nadchodzace")
    assert "Spotkanie nr 19" in coming
    assert "Spotkanie nr 20" not in coming
    assert "These are the 20 soonest meetings." in coming


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "fields", "tag"),
    [
        ("cancelled", {}, "Cancelled"),
        ("postponed", {}, "Postponed, no new date yet"),
        ("announced", {"moved_at": timezone.now()}, "New date or place"),
        ("announced", {}, ""),
    ],
)
def test_every_place_that_names_a_meeting_says_the_same_of_it(client, state: str, fields: dict, tag: str):
    """One component: the lists, the home page, the pages of a topic and of an institution, the meeting itself."""
    day = timezone.localdate() + datetime.timedelta(days=9)
    meeting = factories.make_meeting("Bezpieczna zima", state=state, date=day, **fields)
    topic, institution = factories.make_topic(), factories.make_institution()
    factories.make_agenda_item(meeting, topic)
    factories.make_organiser(meeting, institution)
    factories.make_presence(meeting, institution=institution, kind="delegation")
    pages = ["/spotkania/", f"/spotkania/{day.year}/", topic, institution, meeting]
    pages += ["/"] if state == "announced" else []
    known = {"Cancelled", "Postponed, no new date yet", "New date or place"}
    for page in pages:
        url = page if isinstance(page, str) else page.get_absolute_url()
        html = client.get(url, headers={"accept-language": "en"}).content.decode()
        assert "Bezpieczna zima" in html
        assert {words for words in known if f"</svg>{words}</span>" in html} == ({tag} - {""})
