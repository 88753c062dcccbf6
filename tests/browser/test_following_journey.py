"""From the button "Follow" to a digest, what it leads to, and out of it: for a resident with a phone."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings import publication
from meetings.digests import send_news
from meetings.following import no_replies_url, stop_url, unsubscribe_url
from meetings.news import PAUSE, note_news
from meetings.paces import next_morning
from participants.models import Estate, Letter, Resident
from participants.roles import Role
from tests import factories
from tests.browser.conftest import (
    COLOURS,
    WIDTHS,
    accessibility_faults,
    faults_of,
    faults_of_look,
    letter_to,
    overflows,
)
from tests.mailbox import link_in
from tests.meetings.news import make_follow
from topics.models import Topic

HOUR = datetime.timedelta(hours=1)
QUIET = {"quiet_from": 0, "quiet_until": 0}


@pytest.fixture
def topic(transactional_db) -> Topic:
    return factories.make_topic("Patrole na osiedlach")


def happen(topic: Topic, words: str, when: datetime.datetime) -> None:
    """An official says something, and it is noted as news."""
    post = factories.make_appointment()
    signed = {"author_name": "asp. Marta Wolska", "appointment": post, "voice": f"{post.post}, {post.institution}"}
    factories.make_published(topic, words, created_at=when, **signed)
    note_news(when + PAUSE)


@pytest.mark.parametrize("width", ["phone"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_follow_a_topic_and_a_meeting_read_the_digest_and_unsubscribe(topic, visit: Callable[..., Page], scripts: bool):
    editor, meeting = factories.make_resident(roles=[Role.EDITOR]), factories.make_meeting()
    reader = factories.make_resident("Hanna", **QUIET)
    page = visit(scripts=scripts, user=reader)
    for target in (topic, meeting):
        page.goto(target.get_absolute_url())
        page.get_by_role("button", name="Obserwuj").click()
        expect(page.get_by_text("Obserwujesz. Piszemy, gdy coś się dzieje.")).to_be_visible()
        expect(page.get_by_role("button", name="Przestań obserwować")).to_be_visible()
        assert not overflows(page)

    now = timezone.now()
    happen(topic, "Patrole rowerowe jeżdżą od listopada.", now)
    publication.move(meeting, by=editor, place="Szkoła nr 2", now=now)
    note_news(now + PAUSE)
    assert send_news(now + PAUSE) == 0
    morning = next_morning(now + PAUSE)
    assert send_news(morning) == 1
    letter = letter_to(reader.email)
    for words in ("Patrole rowerowe jeżdżą od listopada.", "Szkoła nr 2"):
        assert words in letter.body

    page = visit(scripts=scripts)
    page.goto(link_in(letter, f"/tematy/{topic.slug}/k/"))
    expect(page.get_by_text("Patrole rowerowe jeżdżą od listopada.").last).to_be_visible()
    page.goto(link_in(letter, "/konto/wypisz/"))
    assert Resident.objects.get(pk=reader.pk).pace == "day"
    assert not overflows(page)
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("button", name="Wysyłaj mi znowu powiadomienia")).to_be_visible()

    happen(topic, "Od grudnia patrole są co wieczór.", morning + HOUR)
    for days in range(1, 9):
        assert send_news(morning + days * 24 * HOUR) == 0
    assert Letter.objects.filter(to=reader.email).count() == 1


@pytest.mark.parametrize("width", ["phone"], indirect=True)
def test_pages_of_following_have_no_fault(topic, visit: Callable[..., Page]):
    reader, meeting = factories.make_resident("Hanna", **QUIET), factories.make_meeting()
    promise, institution = factories.make_commitment("Lampy"), factories.make_institution()
    estate: Estate = factories.make_estate("Wyzwolenia")
    factories.make_estate("Zachodnie")
    pages = [topic, meeting, institution, promise]
    addresses = [*(page.get_absolute_url() for page in pages), "/spotkania/", "/konto/powiadomienia/"]
    assert faults_of(page := visit(), addresses[:-1]) == {}
    page = visit(user=reader)
    assert faults_of(page, addresses) == {}
    rows = [make_follow(reader, target) for target in (*pages, meeting.forum, estate)]
    ways_out = [stop_url(rows[0]), unsubscribe_url(reader), no_replies_url(reader)]
    assert faults_of(page, [*addresses, *ways_out]) == {}
    for address in ways_out:
        page.goto(address)
        page.locator("main form .btn-primary").click()
        assert faults_of_look(page) == [], address


@pytest.mark.parametrize("width", ["phone"], indirect=True)
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_digest_has_no_fault_as_a_mail_program_shows_it(topic, visit: Callable[..., Page], language: str):
    reader = factories.make_resident("Hanna", language=language, **QUIET)
    now = timezone.now()
    mine = factories.make_published(topic, author=reader, created_at=now - HOUR)
    factories.make_published(topic, "Też to widzę.", parent=mine, created_at=now)
    for target in (topic, meeting := factories.make_meeting()):
        make_follow(reader, target)
    publication.move(meeting, by=factories.make_resident(roles=[Role.EDITOR]), place="Szkoła nr 2", now=now)
    happen(topic, "Patrole rowerowe jeżdżą od listopada. " * 4, now)
    factories.make_published(topic, created_at=now)
    note_news(now + PAUSE)
    assert send_news(next_morning(now + PAUSE)) == 1
    page, found = visit(), []
    page.set_content(letter_to(reader.email).html)
    for size in WIDTHS.values():
        page.set_viewport_size(size)
        found += accessibility_faults(page) + (["has to be moved sideways"] if overflows(page) else [])
        page.emulate_media(color_scheme="dark")
        found += accessibility_faults(page, COLOURS)
        page.emulate_media(color_scheme="light")
    assert found == []
    assert page.locator("html").get_attribute("lang") == language
