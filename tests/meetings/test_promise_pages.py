"""The board and the story of a promise: counts that equal the rows, what leaks to nobody, and what each page costs."""

import datetime
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings.commitments import record, reopen
from meetings.models import AgendaQuestion, Commitment, CommitmentEntry, Meeting
from participants.models import Institution
from participants.roles import SYSTEM
from tests import factories
from tests.meetings.promises import a_photo
from tests.site.inline import inline_code

pytestmark = pytest.mark.django_db
State = Commitment.State
BOARD = "/obietnice/"
DAY = datetime.timedelta(days=1)
SECRET = "Jeszcze tajna obietnica"


def today(days: int = 0) -> datetime.date:
    return timezone.localdate() + days * DAY


@pytest.fixture
def town() -> Institution:
    return factories.make_institution("Urząd Miasta")


@pytest.fixture
def night() -> Meeting:
    return factories.make_meeting("Majowe", state=Meeting.State.HELD, date=today(-60))


@pytest.fixture
def four(night, town) -> dict[str, Commitment]:
    """One of each kind."""
    long_ago = timezone.now() - 50 * DAY
    dues = {"on time": today(9), "overdue": today(-3), "done": today(9), "dropped": None}
    made = {
        name: factories.make_commitment(f"Sprawa {name}.", meeting=night, institution=town, due=due, now=long_ago)
        for name, due in dues.items()
    }
    record(made["done"], by=SYSTEM, text="Działa 14 lamp.", state=State.DONE, now=long_ago + DAY)
    record(made["dropped"], by=SYSTEM, text="Plac jest blisko komendy.", state=State.IMPOSSIBLE, now=long_ago + DAY)
    return made


def read(client: Client, url: str, language: str = "en") -> str:
    page = client.get(url, headers={"accept-language": language})
    assert page.status_code == 200
    assert inline_code(page.content.decode()) == []
    assert not page.cookies
    return page.content.decode()


def draft() -> Commitment:
    unwritten = factories.make_meeting("W pisaniu", state=Meeting.State.HELD, closed_at=None, date=today(-2))
    return factories.make_commitment(SECRET, meeting=unwritten)


def test_board_shows_late_and_refused_as_plainly_as_kept(client: Client, four):
    html = read(client, BOARD)
    assert "<b>1</b> of 4 promises done since" in html
    places = [html.find(f"Sprawa {name}.") for name in ("overdue", "on time", "done", "dropped")]
    assert places == sorted(places)
    assert min(places) > 0
    assert "Działa 14 lamp." in html
    assert "Plac jest blisko komendy." in html
    for look in ("--late", "--wait", "--ok"):
        assert html.count(f"fk-promise{look}") == 1


def test_board_of_an_empty_forum_says_so(client: Client):
    draft()
    html = read(client, BOARD)
    assert "There are no promises yet" in html
    assert SECRET not in html


LISTS = {"w-toku": "on time", "po-terminie": "overdue", "zrobione": "done", "nie": "dropped"}


@pytest.mark.parametrize("state", LISTS)
def test_each_count_is_that_of_its_list(client: Client, four, state):
    score = client.get(BOARD).context["score"]
    page = client.get(BOARD, {"stan": state})
    assert page.context["cards"] == [four[LISTS[state]]]
    counts = {"w-toku": score.on_time, "po-terminie": score.overdue, "zrobione": score.done, "nie": score.dropped}
    assert page.context["page"].paginator.count == counts[state] == 1


def test_filters_choose_and_count_alike(client: Client, four, town):
    other = factories.make_meeting("Dawne", state=Meeting.State.HELD, date=datetime.date(2017, 5, 29))
    guard, estate = factories.make_institution("Straż Miejska"), factories.make_estate()
    lone = factories.make_commitment("Patrole", meeting=other, institution=guard, estates=[estate])
    for query in (
        {"instytucja": guard.slug},
        {"osiedle": estate.slug},
        {"spotkanie": str(other.pk)},
        {"rok": "2017"},
    ):
        page = client.get(BOARD, query)
        assert page.context["opened"] == [lone]
        assert page.context["score"].total == 1
        assert "Sprawa" not in page.content.decode()
    assert client.get(BOARD, {"instytucja": town.slug, "rok": "2017"}).context["score"].total == 0


@pytest.mark.parametrize(
    "query", ["stan=x", "instytucja=x", "osiedle=x", "spotkanie=x", "spotkanie=999999", "rok=1", "stan=nie&strona=9"]
)
def test_choice_that_nobody_has_is_not_found(client: Client, four, query):
    assert client.get(f"{BOARD}?{query}").status_code == 404


def test_drafts_are_seen_by_editors_alone(client: Client, four, editor, moderator, as_user):
    secret = draft()
    pages = [BOARD, f"{BOARD}rss/", secret.meeting.get_absolute_url(), secret.institution.get_absolute_url(), "/"]
    pages.append("/sitemap-commitments.xml")
    for visitor in (client, as_user(moderator), as_user(editor)):
        for url in pages:
            html = visitor.get(url).content.decode()
            assert SECRET not in html
            assert secret.get_absolute_url() not in html
    assert client.get(secret.get_absolute_url()).status_code == 404
    assert as_user(moderator).get(secret.get_absolute_url()).status_code == 404
    page = as_user(editor).get(secret.get_absolute_url())
    assert SECRET in page.content.decode()
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("url", [BOARD, f"{BOARD}rss/"])
def test_pages_are_only_read(client: Client, url):
    assert client.post(url).status_code == 405


def test_missing_promise_and_photo_are_not_found(client: Client):
    assert client.get("/obietnice/9/").status_code == 404
    assert client.get("/obietnice/zdjecie/9/a.jpg").status_code == 404


def test_story_goes_from_the_question_to_the_verdict(client: Client, night, town, stored_under):
    topic = factories.make_topic("Oświetlenie")
    asker = factories.make_resident("Hanna, os. Lipowe")
    asked = factories.make_published(topic, "Kiedy zaświecą się lampy?", author=asker, kind="question").question
    item = factories.make_agenda_item(night, topic)
    start = timezone.now() - 40 * DAY
    lamps = factories.make_commitment(
        "Lampy", meeting=night, institution=town, agenda_item=item, due=today(-20), post="Wydział Inwestycji", now=start
    )
    place = {"question": asked, "taken_at": start, "ended_at": start, "settled_at": start}
    words = {"answer": "Wymienimy wszystkie.", "answered_by": "Naczelnik"}
    AgendaQuestion.objects.create(meeting=night, agenda_item=item, end="promised", commitment=lamps, **place, **words)
    record(lamps, by=SYSTEM, text="Nie ma wykonawcy.", due=today(-8), changes_due=True, now=start + DAY)
    record(lamps, by=SYSTEM, text="Świecą.", state=State.DONE, photos=[a_photo()], now=start + 2 * DAY)
    reopen(lamps, by=SYSTEM, text="Zgasły.", now=start + 3 * DAY)
    said = ["Hanna, os. Lipowe", "Kiedy zaświecą się lampy?", "Majowe", "Wymienimy wszystkie.", "Nie ma wykonawcy."]
    html = read(client, lamps.get_absolute_url()).split("<ol class", 1)[1]
    html = html[html.index("Hanna") :]
    places = [html.find(words) for words in [*said, "Świecą.", "Zgasły."]]
    assert places == sorted(places)
    assert min(places) >= 0
    assert asked.get_absolute_url() in html
    assert today(-20).isoformat() in html.split("<s>")[1]
    photo = lamps.entries.get(state=State.DONE).photos.get()
    assert f'alt="{photo.alt}"' in html
    image = client.get(photo.get_absolute_url())
    assert (image.status_code, image["Content-Type"]) == (200, "image/jpeg")
    image.close()


def test_story_leaves_out_what_is_not_there_or_cannot_be_read(client: Client, night, town):
    topic = factories.make_topic()
    hidden = factories.make_published(topic, "Ukryte pytanie", kind="question")
    lamps = factories.make_commitment("Lampy", meeting=night, institution=town)
    now = timezone.now()
    place = {"taken_at": now, "ended_at": now, "settled_at": now, "end": "promised", "commitment": lamps}
    item = factories.make_agenda_item(night, topic)
    AgendaQuestion.objects.create(meeting=night, agenda_item=item, question=hidden.question, **place)
    type(hidden).objects.filter(pk=hidden.pk).update(state="hidden", hidden_at=now, hidden_reason="insult")
    html = read(client, lamps.get_absolute_url())
    assert "Ukryte pytanie" not in html
    assert "Agenda item" not in html
    assert "Due:" not in html


def test_photo_of_a_promise_under_another_name_leads_to_its_own(client: Client, stored_under):
    entry = record(factories.make_commitment(), by=SYSTEM, text="", photos=[a_photo()])
    photo = entry.photos.get()
    moved = client.get(reverse("meetings:entry_photo", args=[photo.pk, "x.jpg"]))
    assert (moved.status_code, moved["Location"]) == (301, photo.get_absolute_url())


def test_meeting_shows_its_promises_once_the_report_is_out(client: Client, four, night):
    html = read(client, night.get_absolute_url())
    assert "What we promised" in html
    assert "1 of 4 done" in html
    Meeting.objects.filter(pk=night.pk).update(closed_at=None)
    assert "What we promised" not in read(client, night.get_absolute_url())


def test_meeting_without_promises_has_no_empty_part(client: Client, night):
    assert "What we promised" not in read(client, night.get_absolute_url())


def test_institution_says_how_it_keeps_its_word(client: Client, four, town, night):
    start = timezone.now() - 40 * DAY
    late = factories.make_commitment("Spóźnione", meeting=night, institution=town, due=today(-30), now=start)
    record(late, by=SYSTEM, text="Zima.", due=today(-10), changes_due=True, now=start + DAY)
    record(late, by=SYSTEM, text="Jest.", state=State.DONE, now=start + 20 * DAY)
    html = read(client, town.get_absolute_url())
    for words in (
        "2 done",
        "1 in progress",
        "1 overdue",
        "1 not to be done",
        "1 done in time",
        "1 done after the first due date",
        "1 with a moved due date",
    ):
        assert words in html
    assert "Promises</h2>" not in read(client, factories.make_institution().get_absolute_url())


def test_home_shows_promises_and_how_many_are_kept(client: Client, four):
    html = read(client, "/")
    assert re.search(r"1 of 4 promises done since \d{4}\.</p>", html)
    assert html.count('<article class="fk-promise') == 3


def test_feed_tells_the_newest_entries(client: Client, four):
    response = client.get(f"{BOARD}rss/", headers={"accept-language": "pl"})
    assert response["Content-Type"].startswith("application/rss+xml")
    rows = list(ElementTree.fromstring(response.content).iter("item"))  # noqa: S314 - our own answer
    assert len(rows) == CommitmentEntry.objects.count() == 6
    assert "Sprawa dropped." in rows[0].findtext("title")
    assert "Plac jest blisko komendy." in rows[0].findtext("description")
    assert rows[0].findtext("link").startswith("http://testserver/obietnice/")


def test_sitemap_has_every_public_promise(client: Client, four):
    html = client.get("/sitemap-commitments.xml").content.decode()
    assert all(made.get_absolute_url() in html for made in four.values())


def test_words_of_others_are_escaped(client: Client, night):
    nasty = factories.make_commitment(
        "<script>x</script>", meeting=night, institution=factories.make_institution("<b>y")
    )
    record(nasty, by=SYSTEM, text="<img src=x>", state=State.DONE)
    for url in (BOARD, nasty.get_absolute_url(), night.get_absolute_url(), "/"):
        html = read(client, url)
        assert "<img src=x" not in html
        assert "<b>y" not in html


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_costs_the_same_for_any_number_of_rows(rows: int, client: Client, django_assert_num_queries, night):
    for _ in range(rows):
        town = factories.make_institution()
        helpers, estates = [factories.make_institution()], [factories.make_estate(f"Osiedle {town.pk}")]
        made = factories.make_commitment(meeting=night, institution=town, helpers=helpers, estates=estates)
        for number in range(rows):
            record(made, by=SYSTEM, text=f"Wieści {number}")
    for url, queries in {
        BOARD: 8,
        f"{BOARD}?stan=w-toku": 8,
        made.get_absolute_url(): 7,
        f"{BOARD}rss/": 1,
    }.items():
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200


def test_board_of_five_thousand_costs_what_a_small_one_does(client: Client, four, night, town):
    now = timezone.now()
    states = [State.PLANNED, State.IN_PROGRESS, State.DONE, State.DONE]
    rows = [
        Commitment(
            meeting=night,
            institution=town,
            text=f"Sprawa {number}",
            state=states[number % 4],
            due=today(number % 500 - 200),
            since=now - number * DAY / 24,
            published_at=now,
        )
        for number in range(5000)
    ]
    Commitment.objects.bulk_create(rows)
    first = CommitmentEntry.objects.bulk_create(
        CommitmentEntry(commitment=row, state=row.state, text="Wieści", at=now) for row in rows
    )
    assert len(first) == 5000
    pages = {BOARD: 8, f"{BOARD}?stan=zrobione": 8, f"{BOARD}?stan=zrobione&strona=120": 8}
    for url, queries in pages.items():
        with CaptureQueriesContext(connection) as found:
            page = client.get(url)
        assert (page.status_code, len(found)) == (200, queries)
        assert page.content.decode().count("<article") <= 40
    score = client.get(BOARD).context["score"]
    assert score.total == 5004
    assert score.done == client.get(BOARD, {"stan": "zrobione"}).context["page"].paginator.count


def test_lists_of_states_are_read_from_an_index(four):
    done = Commitment.objects.public().done().latest_change_first().values_list("pk")[:20]
    if connection.vendor == "sqlite":
        assert "commitment_since" in done.explain()
