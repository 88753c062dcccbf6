"""How a letter of news reads: what is one line, what stands out, and what it does not say aloud."""

import re

import pytest
from django.conf import settings as site
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from meetings import publication
from meetings.bulletin import compose
from meetings.commitments import record
from meetings.digests import send_news
from meetings.following import unsubscribe_url
from meetings.models import Meeting, News
from meetings.news import note_news
from participants.letters import queue_letter
from participants.models import Resident
from participants.roles import SYSTEM
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.meetings.news import at, bring, make_follow, make_reader, say
from tests.meetings.test_follow_ups import make_asked
from tests.topics.test_questions import make_question
from topics.models import Comment, Topic
from topics.questions import pass_on
from topics.support import support

pytestmark = pytest.mark.django_db
Pace = Resident.Pace


@pytest.fixture
def topic(db) -> Topic:
    return factories.make_topic("Patrole na osiedlach")


@pytest.fixture
def police(db):
    return factories.make_institution("Komenda Miejska Policji")


def bulletin_for(reader: Resident, language: str = "en"):
    with translation.override(language):
        return compose(reader, News.objects.waiting().filter(account=reader).still_public().for_letter())


def test_comments_merge_into_one_line_and_answers_stand_out(topic, police):
    reader, post = make_reader(), factories.make_appointment(institution=police)
    mine = say(topic, at(1), author=reader)
    for _ in range(3):
        bring(topic, reader, at(10))
    official = bring(topic, reader, at(10), "Rowery " * 60, appointment=post, voice=f"Kierownik, {police}")
    reply = bring(topic, reader, at(10), "Też to widzę.", parent=mine, author_estate="Wyzwolenia", author_name="Jan")
    bulletin = bulletin_for(reader)
    [group] = bulletin.groups
    assert (group.title, group.path) == ("Patrole na osiedlach", topic.get_absolute_url())
    first, second, counted = group.lines
    assert first.text.endswith(f"Kierownik, {police}")
    assert len(first.quote) == 160
    assert first.path == official.get_absolute_url()
    assert second.text.endswith("Jan, Wyzwolenia")
    assert (second.quote, second.path) == ("Też to widzę.", reply.get_absolute_url())
    assert counted.text == "3 new comments"
    assert len(counted.events) == 3
    assert len(bulletin.events) == len(set(bulletin.events)) == 5


@pytest.mark.parametrize(("replies", "lines"), [(3, 3), (4, 1)])
def test_many_replies_are_one_line(topic, replies: int, lines: int):
    reader = make_reader()
    mine = say(topic, at(1), author=reader)
    for _ in range(replies):
        say(topic, at(9), parent=mine)
    note_news(at(10))
    bulletin = bulletin_for(reader)
    assert len(bulletin.groups[0].lines) == lines
    assert len(set(bulletin.events)) == replies
    if lines == 1:
        assert bulletin.groups[0].lines[0].text == "4 replies to your comments"


def test_changes_of_a_meeting_are_one_line_which_says_how_it_stands(editor):
    meeting = factories.make_meeting("Zima", date=at(9, day=20).date(), state=Meeting.State.DRAFT)
    reader = make_reader(Pace.WEEK)
    make_follow(reader, meeting.forum)
    meeting = publication.announce(meeting, by=editor, now=at(9))
    note_news(at(10))
    for day, place in ((1, "Szkoła nr 1"), (2, "Szkoła nr 2")):
        publication.move(meeting, by=editor, place=place, now=at(9, day=day))
        note_news(at(10, day=day))
    [line] = bulletin_for(reader).groups[0].lines
    assert line.text.startswith("A meeting is announced")
    assert "Szkoła nr 2" in line.text
    assert len(line.events) == 3
    publication.cancel(meeting, by=editor, reason="Awaria prądu.", now=at(9, day=3))
    note_news(at(10, day=3))
    [line] = bulletin_for(reader).groups[0].lines
    assert (line.text, line.quote) == ("The meeting does not take place.", "Awaria prądu.")
    assert len(line.events) == 4
    assert send_news(at(8, day=7)) == 1
    assert set(News.objects.values_list("told_at", flat=True)) == {at(8, day=7)}


def test_a_withheld_name_is_not_in_the_letter(topic, police):
    reader = make_reader()
    post = factories.make_appointment(institution=police)
    bring(topic, reader, at(10), appointment=post, voice=f"Kierownik, {police}", author_name="Marta Wolska")
    post.official.name_withheld = True
    post.official.save()
    [line] = bulletin_for(reader).groups[0].lines
    assert "Wolska" not in line.text
    assert "Kierownik" in line.text


def test_who_has_left_is_called_so(topic):
    reader = make_reader()
    reply = bring(topic, reader, at(10), parent=say(topic, at(1), author=reader))
    Comment.objects.filter(pk=reply.pk).update(author=None, author_name="")
    [line] = bulletin_for(reader, "pl").groups[0].lines
    assert line.text.endswith(": były uczestnik")


def test_subject_names_the_page_unless_the_topic_is_sensitive(topic):
    reader = make_reader()
    bring(topic, reader, at(10))
    assert topic.title in bulletin_for(reader).subject
    assert topic.title in bulletin_for(reader).preheader
    Topic.objects.update(is_sensitive=True)
    quiet = bulletin_for(reader)
    assert topic.title not in quiet.subject + quiet.preheader
    assert quiet.groups[0].title == topic.title


def test_subject_of_several_pages_names_none(topic):
    reader, other = make_reader(), factories.make_topic("Hałas", is_sensitive=True)
    bring(topic, reader, at(10))
    bring(other, reader, at(10))
    bulletin = bulletin_for(reader)
    assert not {topic.title, other.title} & {bulletin.subject}
    assert "Hałas" not in bulletin.subject + bulletin.preheader


def test_a_promise_of_a_sensitive_topic_is_not_in_the_subject():
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=at(9).date(), closed_at=at(9))
    item = factories.make_agenda_item(meeting, factories.make_topic(is_sensitive=True))
    promise = factories.make_commitment("Lampy", meeting=meeting, agenda_item=item, now=at(9))
    reader = make_reader()
    make_follow(reader, promise)
    record(promise, by=SYSTEM, text="Wiszą.", state="done", now=at(10))
    note_news(at(11))
    bulletin = bulletin_for(reader)
    assert bulletin.groups[0].lines[0].quote == "Wiszą."
    assert "Lampy" not in bulletin.subject + bulletin.preheader


def test_a_promise_to_a_question_on_a_sensitive_topic_is_not_in_the_subject():
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=at(9).date(), closed_at=at(9))
    promise = factories.make_commitment("Lampy", meeting=meeting, now=at(9))
    make_asked(promise)
    Topic.objects.update(is_sensitive=True)
    reader = make_reader()
    make_follow(reader, promise)
    record(promise, by=SYSTEM, text="Wiszą.", state="done", now=at(10))
    note_news(at(11))
    bulletin = bulletin_for(reader)
    assert "Lampy" not in bulletin.subject + bulletin.preheader


def test_preview_of_a_letter_stops_before_a_sensitive_topic(topic):
    """Programs show the first hundred characters or so of a letter beside its subject, on locked screens too."""
    reader = make_reader()
    Topic.objects.update(is_sensitive=True)
    topic.refresh_from_db()
    bring(topic, reader, at(10))
    send_news(at(11))
    words = " ".join(strip_tags(last_letter(reader.email).html.partition('role="main"')[2]).split())
    assert words.index(topic.title) > 140


def test_letter_speaks_the_language_of_its_reader(topic, editor):
    town = factories.make_institution("Urząd Miasta")
    reader = make_reader(language="uk")
    question = make_question(topic, created_at=at(6))
    support(question.comment, by=reader)
    pass_on(question, to=town, by=editor, note="To ich lampy.", now=at(9))
    note_news(at(10))
    assert send_news(at(10)) == 1
    body = last_letter(reader.email).body
    with translation.override("uk"):
        assert translation.gettext("The question is passed on.") in body
    assert "„To ich lampy.”" in body
    assert f"/pytania/{question.number}/" in body


def test_letter_has_the_ways_out_and_the_headers_of_a_mailing(topic):
    reader = make_reader()
    bring(topic, reader, at(10))
    send_news(at(10))
    letter = last_letter(reader.email)
    away = f"{site.SITE_URL}{unsubscribe_url(reader)}"
    assert letter.headers["List-Unsubscribe"] == f"<{away}>"
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.headers["Auto-Submitted"] == "auto-generated"
    assert letter.headers["List-Id"].startswith("<news.")
    assert away in letter.body
    assert link_in(letter, "/konto/obserwowane/")
    assert link_in(letter, "/konto/powiadomienia/") == "/konto/powiadomienia/"
    assert "112" in letter.body


def test_a_promise_from_two_questions_offers_a_way_out_of_each():
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=at(9).date(), closed_at=at(9))
    promise = factories.make_commitment("Lampy", meeting=meeting, now=at(9))
    reader = make_reader()
    for _ in range(2):
        support(make_asked(promise).comment, by=reader)
    record(promise, by=SYSTEM, text="Wiszą.", state="done", now=at(10))
    note_news(at(11))
    send_news(at(11))
    assert last_letter(reader.email).body.count("/cisza/") == 2


def test_reason_of_a_cancelled_meeting_is_in_the_letter(editor):
    meeting = factories.make_meeting("Zima", date=at(9, day=20).date())
    reader = make_reader()
    make_follow(reader, meeting)
    publication.cancel(meeting, by=editor, reason="Awaria prądu.", now=at(9))
    note_news(at(10))
    send_news(at(10))
    assert "„Awaria prądu.”" in last_letter(reader.email).body


HOSTILE = '<b>Pogrubione</b> & "cudzysłów" <script>alert(1)</script>'


def test_html_of_the_letter_escapes_what_people_write(topic):
    reader = make_reader()
    Topic.objects.update(title=HOSTILE)
    topic.refresh_from_db()
    bring(topic, reader, at(10), HOSTILE, appointment=factories.make_appointment(), voice=HOSTILE)
    bulletin = bulletin_for(reader)
    context = {"bulletin": bulletin, "pace": "day", "settings_url": "https://a/", "unsubscribe_url": "https://b/"}
    html = render_to_string("meetings/email/news_message.html", {**context, "forum": site.FORUM, "site_url": "x"})
    assert "<b>Pogrubione" not in html
    assert "<script" not in html
    assert "&lt;b&gt;Pogrubione" in html
    assert bulletin.groups[0].lines[0].url in html
    assert 'href="https://b/"' in html
    assert not re.search(r"(src|background)=", html)
    queue_letter(to=reader.email, template="meetings/email/news", context=context)
    letter = last_letter(reader.email)
    assert HOSTILE[:20] in letter.body
    assert "\n" not in letter.subject
