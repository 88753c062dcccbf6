"""When news is sent and how it reads: one letter at its hour, the same things at every pace, and nobody twice."""

import datetime
import itertools
import re
from types import SimpleNamespace

import pytest
from django.conf import settings as site
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings import digests, publication
from meetings.bulletin import compose
from meetings.commitments import record
from meetings.digests import BREATH, send_news
from meetings.following import no_replies_url, set_pace, set_replies, stop, unsubscribe_url
from meetings.models import Meeting, News
from meetings.news import PAUSE, note_news
from meetings.paces import next_hours
from participants.batches import PartlyDone
from participants.letters import queue_letter
from participants.models import Letter, Resident
from participants.roles import SYSTEM, Role
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.meetings.news import at, make_follow
from tests.meetings.test_follow_ups import make_asked
from tests.topics.parallel import at_once
from tests.topics.test_questions import make_question, speak
from topics import moderation, telling
from topics.models import Comment, Reason, Topic
from topics.questions import pass_on
from topics.support import support, take_back

pytestmark = pytest.mark.django_db
Pace = Resident.Pace
DAY = datetime.timedelta(days=1)


def make_reader(pace: str = Pace.NOW, *, quiet: tuple[int, int] = (0, 0), **fields) -> Resident:
    return factories.make_resident(pace=pace, quiet_from=quiet[0], quiet_until=quiet[1], **fields)


@pytest.fixture
def topic(db) -> Topic:
    return factories.make_topic("Patrole na osiedlach")


def say(topic: Topic, when: datetime.datetime, text: str = "", **fields) -> Comment:
    return factories.make_published(topic, text, created_at=when, **fields)


def bring(topic: Topic, reader: Resident, when: datetime.datetime, text: str = "", **fields) -> Comment:
    """A comment that the reader is to be told of, noted at `when`."""
    make_follow(reader, topic)
    comment = say(topic, when - PAUSE, text, **fields)
    assert note_news(when) >= 1
    return comment


def letters_to(reader: Resident) -> int:
    return Letter.objects.filter(to=reader.email).count()


# -- When


@pytest.mark.parametrize(
    ("pace", "noted", "early", "due"),
    [
        (Pace.NOW, at(10), None, at(10)),
        (Pace.DAY, at(10), at(7, day=1, minute=59), at(8, day=1)),
        (Pace.DAY, at(7), at(7, minute=59), at(8)),
        (Pace.DAY, at(8), at(23), at(8, day=1)),
        (Pace.WEEK, at(10), at(7, day=7, minute=59), at(8, day=7)),
        (Pace.WEEK, at(7), at(7, minute=59), at(8)),
        (Pace.WEEK, at(10, day=6), at(23, day=6), at(8, day=7)),
    ],
)
def test_each_pace_has_its_hour(topic, pace, noted, early, due):
    reader = make_reader(pace)
    bring(topic, reader, noted)
    if early:
        assert send_news(early) == 0
    assert send_news(due) == 1
    assert send_news(due + 8 * DAY) == 0
    assert News.objects.get().told_at == due


@pytest.mark.parametrize(
    ("quiet", "hours"),
    [
        ((21, 7), set(range(7, 21))),
        ((0, 0), set(range(24))),
        ((5, 5), set(range(24))),
        ((8, 16), {*range(8), *range(16, 24)}),
        ((23, 0), set(range(23))),
        ((0, 23), {23}),
    ],
)
def test_quiet_hours_go_over_midnight_or_not(topic, quiet, hours):
    reader = make_reader(quiet=quiet)
    bring(topic, reader, at(0))
    found = {hour for hour in range(24) if digests._due(at(hour, day=1)).exists()}
    assert found == hours


def test_what_waits_through_the_quiet_hours_is_one_letter(topic):
    reader = make_reader(quiet=(21, 7))
    bring(topic, reader, at(22))
    bring(topic, reader, at(23))
    assert send_news(at(23, minute=30)) == 0
    assert send_news(at(7, day=1)) == 1
    assert News.objects.filter(told_at=at(7, day=1)).count() == 2


def test_a_worker_that_comes_late_sends_what_was_due(topic):
    reader = make_reader(Pace.WEEK)
    bring(topic, reader, at(10))
    assert send_news(at(17, day=9)) == 1


def test_never_closes_it_without_a_letter(topic):
    reader = make_reader()
    bring(topic, reader, at(10))
    Resident.objects.filter(pk=reader.pk).update(pace=Pace.NEVER)
    assert send_news(at(10)) == 0
    row = News.objects.get()
    assert (row.told_at, row.closed_at) == (None, at(10))
    Resident.objects.update(pace=Pace.NOW)
    assert send_news(at(11)) == 0


def test_who_never_wants_news_has_none_noted(topic):
    make_follow(make_reader(Pace.NEVER), topic)
    say(topic, at(9))
    assert note_news(at(10)) == 0


@pytest.mark.parametrize(
    ("old", "new", "due"),
    [
        (Pace.WEEK, Pace.NOW, at(12, day=1)),
        (Pace.WEEK, Pace.DAY, at(8, day=2)),
        (Pace.DAY, Pace.WEEK, at(8, day=7)),
        (Pace.DAY, Pace.DAY, at(8, day=1)),
    ],
)
def test_what_waits_goes_at_the_next_hour_of_a_new_pace(topic, old, new, due):
    reader = make_reader(old)
    bring(topic, reader, at(10))
    set_pace(reader, new, now=at(12, day=1))
    assert send_news(due - datetime.timedelta(minutes=1)) == 0
    assert send_news(due) == 1


def test_a_flood_is_two_letters_also_at_once(topic):
    reader = make_reader()
    bring(topic, reader, at(10))
    assert send_news(at(10)) == 1
    for minute in range(1, 30):
        bring(topic, reader, at(10, minute=minute))
        assert send_news(at(10, minute=minute)) == 0
    assert send_news(at(10) + BREATH) == 1
    assert "29\N{NO-BREAK SPACE}nowych komentarzy" in last_letter(reader.email).body


@pytest.mark.parametrize("day", [datetime.date(2026, 3, 29), datetime.date(2026, 10, 25)])
def test_eight_is_eight_when_the_clocks_change(day):
    """They change in the night to a Sunday."""
    eve = timezone.make_aware(datetime.datetime.combine(day - DAY, datetime.time(12)))
    hours = {pace: timezone.localtime(moment) for pace, moment in next_hours(eve).items()}
    assert (hours[Pace.DAY].hour, hours[Pace.DAY].date()) == (8, day)
    assert (hours[Pace.WEEK].hour, hours[Pace.WEEK].date()) == (8, day + DAY)


@pytest.mark.parametrize(
    ("day", "quiet", "rest"),
    [
        (datetime.date(2026, 3, 29), (23, 2), [0, 1]),  # 2:00 does not come: the rest ends at 3:00
        (datetime.date(2026, 3, 29), (2, 3), []),
        (datetime.date(2026, 10, 25), (2, 3), [2, 3]),  # 2:00 comes twice, and so does the rest
    ],
)
def test_quiet_hours_when_the_clocks_change(topic, day, quiet, rest):
    """`rest` are hours as they pass, counted from midnight."""
    reader = make_reader(quiet=quiet)
    midnight = timezone.make_aware(datetime.datetime.combine(day, datetime.time(0)))
    bring(topic, reader, midnight - DAY)
    hours = [midnight.astimezone(datetime.UTC) + datetime.timedelta(hours=passed) for passed in range(5)]
    found = [passed for passed, moment in enumerate(hours) if not digests._due(moment).exists()]
    assert found == rest


# -- Once


def test_killed_after_the_letter_it_is_sent_once(topic, monkeypatch):
    readers = [make_reader() for _ in range(3)]
    for reader in readers:
        make_follow(reader, topic)
    say(topic, at(9))
    note_news(at(10))
    whole, calls = digests.queue_letter, []

    def dies(**how) -> None:
        whole(**how)
        calls.append(how)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(digests, "queue_letter", dies)
    with pytest.raises(KeyboardInterrupt):
        send_news(at(10))
    assert Letter.objects.count() == 1
    monkeypatch.setattr(digests, "queue_letter", whole)
    assert send_news(at(11)) == 2
    assert [letters_to(reader) for reader in readers] == [1, 1, 1]


def test_what_is_noted_while_the_letter_is_written_waits_for_the_next(topic, monkeypatch):
    reader = make_reader()
    bring(topic, reader, at(10))
    whole = digests.queue_letter

    def meanwhile(**how) -> None:
        whole(**how)
        bring(topic, reader, at(10, minute=1))

    monkeypatch.setattr(digests, "queue_letter", meanwhile)
    assert send_news(at(10, minute=2)) == 1
    monkeypatch.setattr(digests, "queue_letter", whole)
    assert send_news(at(12)) == 1
    assert News.objects.filter(told_at__isnull=False).count() == 2


def test_a_letter_that_fails_holds_up_nobody_and_is_tried_again_later(topic, monkeypatch, caplog):
    readers = [make_reader() for _ in range(3)]
    for reader in readers:
        make_follow(reader, topic)
    say(topic, at(9))
    note_news(at(10))
    whole, first = digests.queue_letter, readers[0].email

    def fails(**how) -> None:
        whole(**how)
        if how["to"] == first:
            raise ValueError(first)

    monkeypatch.setattr(digests, "queue_letter", fails)
    with pytest.raises(PartlyDone) as partly:
        send_news(at(10))
    assert partly.value.done == 2
    assert first not in caplog.text
    assert send_news(at(10, minute=29)) == 0
    monkeypatch.setattr(digests, "queue_letter", whole)
    assert send_news(at(10, minute=30)) == 1
    assert [letters_to(reader) for reader in readers] == [1, 1, 1]


def test_a_round_ends_after_some_seconds_and_the_next_goes_on(topic, monkeypatch):
    for _ in range(4):
        make_follow(make_reader(), topic)
    say(topic, at(9))
    note_news(at(10))
    seconds = itertools.count(step=digests.ROUND / 2.5)
    monkeypatch.setattr(digests, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    assert [send_news(at(10)) for _ in range(3)] == [2, 2, 0]


def test_several_workers_send_once(transactional_db):
    topic, readers = factories.make_topic(), [make_reader() for _ in range(3)]
    for reader in readers:
        make_follow(reader, topic)
    say(topic, at(9))
    note_news(at(10))
    assert sum(at_once(*[lambda: send_news(at(11))] * 3)) == 3
    assert [letters_to(reader) for reader in readers] == [1, 1, 1]


@pytest.mark.parametrize("rows", [1, 4])
def test_a_letter_costs_the_same_with_more_to_tell(topic, django_assert_num_queries, rows: int):
    reader = make_reader()
    for _ in range(rows):
        bring(topic, reader, at(10))
    # who is due; a savepoint, the lock, is it due, what waits, can they be reached, what of it is told; letter, marks
    with django_assert_num_queries(1 + 2 + 5 + 3):
        assert send_news(at(11)) == 1


# -- Checked again when it is sent


@pytest.mark.parametrize("why", ["hidden", "withdrawn", "draft topic", "stopped", "suspended", "closed account"])
def test_what_should_not_be_told_any_more_is_not(topic, moderator, why: str):
    reader = make_reader(Pace.DAY)
    comment = bring(topic, reader, at(10))
    if why == "hidden":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
        Letter.objects.all().delete()
    elif why == "withdrawn":
        Comment.objects.update(state="withdrawn", withdrawn_at=at(11))
    elif why == "draft topic":
        Topic.objects.update(state=Topic.State.DRAFT)
    elif why == "stopped":
        stop(reader, "topic", topic.pk)
    else:
        fields = {"suspended_until": at(8, day=9)} if why == "suspended" else {"is_active": False}
        Resident.objects.filter(pk=reader.pk).update(**fields)
    assert send_news(at(8, day=1)) == 0
    assert not Letter.objects.exists()
    assert not News.objects.waiting().exists()


def test_hidden_among_others_is_left_out(topic):
    reader = make_reader(Pace.DAY)
    bring(topic, reader, at(10), "Patrol był o ósmej.", appointment=_post(), voice="Kierownik, Policja")
    hidden = bring(topic, reader, at(11), "Tajne słowa.", appointment=_post(), voice="Kierownik, Policja")
    Comment.objects.filter(pk=hidden.pk).update(state="hidden", hidden_at=at(12), hidden_reason="insult")
    assert send_news(at(8, day=1)) == 1
    body = last_letter(reader.email).body
    assert "Patrol był o ósmej." in body
    assert "Tajne" not in body
    assert sorted(News.objects.values_list("closed_at", flat=True), key=str) == [at(8, day=1), None]


def test_an_answer_taken_from_view_is_not_told(resident, police):
    resident.pace = Pace.DAY
    resident.save()
    question = make_question(factories.make_topic(institution=police), author=resident, created_at=at(6))
    answer = speak(question, police, at(9))
    note_news(at(10))
    Comment.objects.filter(pk=answer.pk).update(state="hidden", hidden_at=at(12), hidden_reason="insult")
    assert send_news(at(8, day=1)) == 0


def test_a_reply_is_told_with_a_way_out_of_replies(topic):
    reader = make_reader(Pace.DAY)
    mine = say(topic, at(1), author=reader)
    say(topic, at(9), parent=mine)
    assert note_news(at(10)) == 1
    send_news(at(8, day=1))
    letter = last_letter(reader.email)
    assert link_in(letter, "/konto/wypisz/odpowiedzi/") == no_replies_url(reader)
    say(topic, at(10, day=1), parent=mine)
    note_news(at(11, day=1))
    set_replies(reader, wanted=False)
    assert send_news(at(8, day=2)) == 0
    say(topic, at(10, day=2), parent=mine)
    assert note_news(at(11, day=2)) == 0
    make_follow(reader, topic)
    say(topic, at(10, day=3), parent=mine)
    assert note_news(at(11, day=3)) == 1


@pytest.mark.parametrize("way", ["muted", "support taken back"])
def test_a_promise_is_not_told_to_who_wants_no_more_of_its_question(way: str):
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=at(9).date(), closed_at=at(9))
    promise = factories.make_commitment("Lampy", meeting=meeting, now=at(9))
    asked, other, reader = make_asked(promise), make_asked(promise), make_reader(Pace.DAY)
    for question in (asked, other):
        support(question.comment, by=reader)
    record(promise, by=SYSTEM, text="Wiszą.", state="done", now=at(10))
    note_news(at(11))
    leave(asked, reader, way)
    assert News.objects.waiting().still_wanted().filter(account=reader).count() == 1
    leave(other, reader, way)
    send_news(at(8, day=1))
    assert letters_to(reader) == 0
    assert not News.objects.waiting().filter(account=reader).exists()


def leave(question, reader: Resident, way: str) -> None:
    if way == "muted":
        telling.mute(question, reader)
    else:
        take_back(question.comment, by=reader)


def test_a_reply_to_a_question_muted_meanwhile_is_not_told(resident):
    question = make_question(factories.make_topic(), author=resident, created_at=at(6))
    say(question.topic, at(9), parent=question.comment)
    note_news(at(10))
    telling.mute(question, resident)
    assert send_news(at(8, day=1)) == 0


def test_a_letter_goes_to_a_confirmed_address_only(topic):
    """A second address of theirs is confirmed; the one that letters go to is not."""
    reader = make_reader()
    bring(topic, reader, at(10))
    reader.emailaddress_set.update(verified=False)
    reader.emailaddress_set.create(email="inna@poczta.example", verified=True)
    assert send_news(at(11)) == 0
    assert not Letter.objects.exists()


def test_a_question_muted_meanwhile_is_not_told(resident, town, editor):
    question = make_question(factories.make_topic(), author=resident, created_at=at(6))
    pass_on(question, to=town, by=editor, now=at(9))
    note_news(at(10))
    telling.mute(question, resident)
    assert send_news(at(8, day=1)) == 0
    assert not News.objects.waiting().exists()


@pytest.fixture
def police(db):
    return factories.make_institution("Komenda Miejska Policji")


@pytest.fixture
def town(db):
    return factories.make_institution("Urząd Miasta")


def _post():
    return factories.make_appointment()


# -- How it reads


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
    bring(topic, reader, at(10), HOSTILE, appointment=_post(), voice=HOSTILE)
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


# -- A digest holds what immediate letters would

EVENTS = ["comment", "official", "reply", "answer", "to me", "passed", "entry", "moved", "postponed"]
COURSES = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 14 * 24)), min_size=1, max_size=7)
QUIET = st.tuples(st.integers(0, 23), st.integers(0, 23))


class Town:
    """Readers of each pace who follow the same, and support the same question."""

    def __init__(self, quiet: tuple[int, int]) -> None:
        self.editor = factories.make_resident(roles=[Role.EDITOR])
        self.institution = factories.make_institution()
        self.post = factories.make_appointment(institution=self.institution)
        self.topic = factories.make_topic(institution=self.institution)
        self.question = make_question(self.topic, created_at=at(0, day=-3))
        past = factories.make_meeting(state=Meeting.State.HELD, date=at(0, day=-9).date(), closed_at=at(0, day=-9))
        self.promise = factories.make_commitment(meeting=past, now=at(0, day=-9))
        self.meeting = factories.make_meeting("Zima", date=at(0, day=60).date(), published_at=at(0, day=-9))
        self.readers = {pace: make_reader(pace, quiet=quiet) for pace in (Pace.NOW, Pace.DAY, Pace.WEEK)}
        self.theirs = [say(self.topic, at(0, day=-2), author=reader) for reader in self.readers.values()]
        note_news(at(0, day=-1))
        for reader in self.readers.values():
            support(self.question.comment, by=reader)
            for target in (self.topic, self.institution, self.promise, self.meeting):
                make_follow(reader, target)
        self.written = 0

    def happen(self, event: str, now: datetime.datetime) -> None:
        self.written += 1
        text = f"Słowa numer {self.written}."
        official = {"appointment": self.post, "voice": "Kierownik"}
        if event in {"comment", "official", "reply", "answer"}:
            parent = self.question.comment if event in {"reply", "answer"} else None
            say(self.topic, now, text, parent=parent, **(official if event in {"official", "answer"} else {}))
        elif event == "to me":
            for mine in self.theirs:
                say(self.topic, now, f"Odpowiedź {self.written} dla {mine.author_id}.", parent=mine)
        elif event == "passed" and self.fresh().state in {"waits", "passed"}:
            pass_on(self.fresh(), to=factories.make_institution(), by=self.editor, note=text, now=now)
        elif event == "entry":
            record(self.promise, by=SYSTEM, text=text, now=now)
        elif event == "moved":
            publication.move(self.meeting, by=self.editor, place=text, now=now)
        elif event == "postponed":
            self.meeting.refresh_from_db()
            if self.meeting.state == Meeting.State.ANNOUNCED:
                publication.postpone(self.meeting, by=self.editor, reason="Brak sali.", now=now)

    def fresh(self):
        self.question.refresh_from_db()
        return self.question

    def told(self, pace: str) -> list[tuple[str, str]]:
        """Why, and what: there is a reply to each reader's own comment, and their words are alike."""
        reader = self.readers[pace]
        rows = News.objects.filter(account=reader, told_at__isnull=False).select_related("comment")
        assert rows.count() == len({row.source for row in rows}) == self.counted(reader)
        things = [row.comment.text.partition(" dla ")[0] if row.comment else str(row.source) for row in rows]
        return sorted(zip([row.why for row in rows], things, strict=True))

    def counted(self, reader: Resident) -> int:
        """What the headings of their letters say."""
        bodies = Letter.objects.filter(to=reader.email).values_list("body", flat=True)
        return sum(int(re.search(r"\d+", body)[0]) for body in bodies)

    def quoted(self, pace: str) -> set[str]:
        bodies = Letter.objects.filter(to=self.readers[pace].email).values_list("body", flat=True)
        return {words for body in bodies for words in re.findall(r"„Słowa numer \d+\.”", body)}


@given(course=COURSES, quiet=QUIET)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_digest_holds_exactly_what_immediate_letters_would(db, course, quiet):
    with transaction.atomic():
        town = Town(quiet)
        for event, hour in sorted(course, key=lambda one: one[1]):
            now = at(0) + datetime.timedelta(hours=hour)
            town.happen(event, now)
            for moment in (now + PAUSE, now + 2 * PAUSE):
                note_news(moment)
                send_news(moment)
        for hours in range(0, 9 * 24, 1 if quiet[0] != quiet[1] else 24):
            if not News.objects.waiting().exists():
                break
            send_news(at(8, day=15) + datetime.timedelta(hours=hours))
        assert not News.objects.waiting().exists()
        paces = list(town.readers)
        assert town.told(paces[0]) == town.told(paces[1]) == town.told(paces[2])
        assert town.quoted(paces[0]) == town.quoted(paces[1]) == town.quoted(paces[2])
        transaction.set_rollback(True)
