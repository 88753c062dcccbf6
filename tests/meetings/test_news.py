"""What is news, and for whom: each person once, the first reason that fits, never what cannot be read."""

import datetime

import pytest
from django.utils import timezone

from meetings import closing, news, publication
from meetings.audience import askers
from meetings.commitments import record
from meetings.example.loading import load_example
from meetings.minutes import approve
from meetings.models import Commitment, Meeting, MeetingStep, News
from meetings.news import FRESH, PAUSE, forget_news, note_fresh_news, note_news
from participants.models import Institution, Resident
from participants.roles import SYSTEM
from tests import factories
from tests.meetings.closing import make_past, write_up
from tests.meetings.news import heard, make_follow
from tests.meetings.promises import START as EVENING
from tests.meetings.promises import later
from tests.meetings.test_follow_ups import make_asked
from tests.topics.parallel import at_once
from tests.topics.test_questions import DAY, START, at_meeting, make_question, speak
from topics import moderation, telling
from topics.models import Comment, Question, QuestionMute, Reason, Topic
from topics.questions import pass_on, raise_at_meeting
from topics.support import support

pytestmark = pytest.mark.django_db
LATER = START + 30 * DAY
Why, Kind = News.Why, MeetingStep.Kind


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


@pytest.fixture
def police(db) -> Institution:
    return factories.make_institution("Komenda Miejska Policji")


@pytest.fixture
def town(db) -> Institution:
    return factories.make_institution("Urząd Miasta")


@pytest.fixture
def reader(db) -> Resident:
    return factories.make_resident("Iza")


@pytest.fixture
def question(topic, resident) -> Question:
    return make_question(topic, author=resident)


@pytest.fixture
def supported(question, neighbour) -> Question:
    support(question.comment, by=neighbour)
    return question


def say(topic: Topic, **fields) -> Comment:
    return factories.make_published(topic, **{"created_at": START, **fields})


# -- Comments


def test_a_comment_is_news_for_followers_of_its_topic_and_estates(topic, reader, neighbour):
    estate = factories.make_estate()
    topic.estates.add(estate)
    make_follow(reader, topic)
    make_follow(reader, estate)
    make_follow(neighbour, estate)
    stranger = factories.make_resident()
    make_follow(stranger, factories.make_topic("Inny"))
    comment = say(topic)
    assert note_news(LATER) == 2
    assert (heard(reader), heard(neighbour)) == ([(Why.TOPIC, "comment")], [(Why.ESTATE, "comment")])
    assert heard(stranger) == []
    comment.refresh_from_db()
    assert comment.told_at == LATER
    assert note_news(LATER + DAY) == 0


def test_nobody_hears_of_their_own_words(topic, resident):
    make_follow(resident, topic)
    say(topic, author=resident)
    assert note_news(LATER) == 0
    assert not News.objects.exists()


def test_a_reply_is_told_to_whom_it_answers_and_first_as_that(topic, resident, neighbour):
    mine = say(topic, author=resident)
    note_news(LATER)
    make_follow(resident, topic)
    say(topic, parent=mine, author=neighbour)
    say(topic, parent=mine, author=resident)
    note_news(LATER)
    assert heard(resident) == [(Why.REPLY, "comment")]
    assert heard(neighbour) == []


def test_official_words_are_told_to_followers_of_the_institution(topic, police, town, reader):
    make_follow(reader, police)
    make_follow(factories.make_resident(), town)
    post = factories.make_appointment(institution=police)
    say(topic)
    say(topic, appointment=post, voice=f"Kierownik, {police}")
    assert note_news(LATER) == 1
    assert heard(reader) == [(Why.INSTITUTION, "comment")]


@pytest.mark.parametrize("state", ["waiting", "hidden", "withdrawn", "draft topic"])
def test_what_nobody_can_read_is_no_news_until_it_can(topic, reader, state: str):
    make_follow(reader, topic)
    comment = say(topic)
    stamps = {"hidden": {"hidden_at": START, "hidden_reason": "insult"}, "withdrawn": {"withdrawn_at": START}}
    if state == "draft topic":
        Topic.objects.update(state=Topic.State.DRAFT)
    else:
        Comment.objects.filter(pk=comment.pk).update(state=state, **stamps.get(state, {}))
    assert note_news(LATER) == 0
    Topic.objects.update(state=Topic.State.OPEN)
    Comment.objects.filter(pk=comment.pk).update(state="published")
    assert note_news(LATER) == 1


def test_a_comment_that_was_published_a_moment_ago_waits(topic, reader):
    make_follow(reader, topic)
    say(topic)
    assert note_news(START + PAUSE - datetime.timedelta(seconds=1)) == 0
    assert note_news(START + PAUSE) == 1


def test_who_follows_later_hears_of_what_comes_later(topic, reader):
    say(topic)
    assert note_news(LATER) == 0
    make_follow(reader, topic)
    assert note_news(LATER) == 0


@pytest.mark.parametrize("who", ["suspended", "closed", "not confirmed", "gone"])
def test_who_cannot_be_reached_is_told_nothing(topic, reader, neighbour, who: str):
    for person in (reader, neighbour):
        make_follow(person, topic)
    if who == "suspended":
        Resident.objects.filter(pk=reader.pk).update(suspended_until=LATER + DAY)
    elif who == "closed":
        Resident.objects.filter(pk=reader.pk).update(is_active=False)
    elif who == "not confirmed":
        reader.emailaddress_set.update(verified=False)
    else:
        reader.delete()
    say(topic)
    assert note_news(LATER) == 1
    assert News.objects.get().account == neighbour


# -- Questions


def test_asking_alone_is_told_to_nobody(question):
    assert note_news(LATER) == 0
    question.refresh_from_db()
    assert question.told_step == question.steps.get().pk


def test_who_asked_and_who_supports_hear_of_each_step(supported, town, editor, resident, neighbour):
    pass_on(supported, to=town, by=editor, note="To ich lampy.", now=START + DAY)
    raise_at_meeting(supported, by=editor, now=START + 2 * DAY)
    assert note_news(START + 3 * DAY) == 4
    assert heard(resident) == [(Why.OWN, "question_step")] * 2
    assert heard(neighbour) == [(Why.SUPPORTS, "question_step")] * 2
    assert note_news(START + 4 * DAY) == 0


@pytest.mark.parametrize("act", ["answered", "promised", "passed on", "moved"])
def test_each_end_of_a_meeting_is_told(question, editor, town, resident, act: str):
    at_meeting(act, question, editor, town)
    assert note_news(LATER) == 1
    assert heard(resident) == [(Why.OWN, "question_step")]


def test_what_a_meeting_answered_is_news_for_followers(question, editor, town, reader, topic):
    make_follow(reader, town)
    make_follow(reader, topic)
    note_news(LATER)
    at_meeting("answered", question, editor, town)
    note_news(LATER)
    assert heard(reader)[-1] == (Why.TOPIC, "question_step")


def test_an_official_answer_is_told_once_to_each(supported, police, topic, resident, neighbour, reader):
    for person in (resident, neighbour, reader):
        make_follow(person, topic)
    note_news(START + DAY / 2)
    News.objects.all().delete()
    speak(supported, police, START + DAY)
    assert note_news(LATER) == 3
    assert heard(resident) == [(Why.OWN, "question_step")]
    assert heard(neighbour) == [(Why.SUPPORTS, "question_step")]
    assert heard(reader) == [(Why.TOPIC, "comment")]


def test_further_official_words_are_a_reply_to_who_asked(question, police, resident):
    speak(question, police, START + DAY)
    note_news(START + 2 * DAY)
    speak(question, police, START + 3 * DAY)
    note_news(LATER)
    assert heard(resident) == [(Why.OWN, "question_step"), (Why.REPLY, "comment")]


def test_an_answer_taken_from_view_before_anybody_heard_is_told_to_nobody(question, police, moderator):
    answer = speak(question, police, START + DAY)
    moderation.hide(answer, by=moderator, reason=Reason.INSULT, now=START + DAY + PAUSE / 2)
    assert note_news(LATER) == 0


def test_a_slip_can_be_mended_before_anybody_hears(question, town, police, editor):
    pass_on(question, to=town, by=editor, now=START + DAY)
    assert note_news(START + DAY + PAUSE / 2) == 0
    pass_on(question, to=police, by=editor, now=START + DAY + PAUSE / 2)
    assert note_news(START + DAY + PAUSE) == 0
    assert note_news(START + DAY + 2 * PAUSE) == 2


def test_steps_of_a_hidden_question_are_told_to_nobody(question, town, editor, moderator):
    pass_on(question, to=town, by=editor, now=START + DAY)
    moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
    assert note_news(LATER) == 0


def test_who_muted_a_question_hears_neither_steps_nor_replies(supported, police, resident, neighbour):
    telling.mute(supported, resident)
    say(supported.topic, parent=supported.comment)
    speak(supported, police, START + DAY)
    note_news(LATER)
    assert heard(resident) == []
    assert heard(neighbour) == [(Why.SUPPORTS, "question_step")]


def test_a_question_without_an_account_has_supporters_only(topic, town, editor, neighbour):
    question = make_question(topic)
    Comment.objects.update(author=None)
    support(question.comment, by=neighbour)
    pass_on(question, to=town, by=editor, now=START + DAY)
    assert note_news(LATER) == 1
    assert heard(neighbour) == [(Why.SUPPORTS, "question_step")]


# -- Promises


@pytest.fixture
def lamps(db) -> Commitment:
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=EVENING.date(), closed_at=EVENING)
    return factories.make_commitment("Lampy przy szkole", meeting=meeting, now=EVENING)


def test_a_new_promise_is_news_of_its_institution_and_estates(lamps, reader, neighbour, resident):
    lamps.estates.add(factories.make_estate())
    make_asked(lamps, resident)
    make_follow(reader, lamps.institution)
    make_follow(neighbour, factories.make_estate())
    note_news(later(1))
    assert heard(reader) == [(Why.INSTITUTION, "commitment_entry")]
    assert heard(neighbour) == [(Why.ESTATE, "commitment_entry")]
    lamps.refresh_from_db()
    assert lamps.told_entry == lamps.entries.get().pk
    assert ("own", "commitment_entry") not in heard(resident)


def test_entries_are_told_to_askers_supporters_and_followers_once(lamps, resident, neighbour, reader):
    asked = make_asked(lamps, resident, "Kiedy lampy?")
    support(asked.comment, by=neighbour)
    make_follow(reader, lamps)
    make_follow(resident, lamps)
    helper = factories.make_institution()
    lamps.helpers.add(helper)
    other = factories.make_resident()
    make_follow(other, helper)
    note_news(later(0.5))
    News.objects.all().delete()
    record(lamps, by=SYSTEM, text="Zamówione.", state="progress", now=later(1))
    record(lamps, by=SYSTEM, text="Wiszą.", state="done", now=later(1.001))
    assert note_news(later(1.002)) == 0
    note_news(later(2))
    why = {person: Why(heard(person)[0][0]) for person in (resident, neighbour, reader, other)}
    assert why == {resident: Why.OWN, neighbour: Why.SUPPORTS, reader: Why.PROMISE, other: Why.INSTITUTION}
    assert {len(heard(person)) for person in why} == {2}
    assert note_news(later(3)) == 0


def test_a_promise_of_two_questions_is_told_once(lamps, neighbour):
    questions = [make_asked(lamps), make_asked(lamps)]
    for asked in questions:
        support(asked.comment, by=neighbour)
    note_news(later(0.5))
    News.objects.all().delete()
    record(lamps, by=SYSTEM, text="Wiszą.", state="done", now=later(1))
    note_news(later(2))
    assert len(heard(neighbour)) == 1
    assert len(askers(lamps, later(2))[neighbour]) == 2


def test_who_muted_the_question_hears_nothing_of_the_promise(lamps, resident):
    asked = make_asked(lamps, resident)
    QuestionMute.objects.create(question=asked, account=resident)
    record(lamps, by=SYSTEM, text="Wiszą.", state="done", now=later(1))
    note_news(later(2))
    assert heard(resident) == []


# -- Meetings


@pytest.fixture
def draft(db) -> Meeting:
    return factories.make_meeting("Bezpieczna zima", state=Meeting.State.DRAFT)


def kinds_for(account: Resident) -> list[str]:
    rows = News.objects.filter(account=account, meeting_step__isnull=False).order_by("meeting_step")
    return [row.meeting_step.kind for row in rows]


def test_a_new_meeting_is_told_to_followers_of_its_forum_and_estates(draft, editor, reader, neighbour, resident):
    topic = factories.make_topic()
    topic.estates.add(factories.make_estate())
    factories.make_agenda_item(draft, topic)
    organiser = factories.make_organiser(draft).institution
    make_follow(reader, draft.forum)
    make_follow(neighbour, factories.make_estate())
    make_follow(resident, organiser)
    make_follow(factories.make_resident(), factories.make_forum("Inne forum"))
    publication.announce(draft, by=editor, now=START)
    assert note_news(LATER) == 3
    assert heard(reader) == [(Why.FORUM, "meeting_step")]
    assert heard(neighbour) == [(Why.ESTATE, "meeting_step")]
    assert heard(resident) == [(Why.INSTITUTION, "meeting_step")]


def test_a_meeting_of_the_past_that_is_entered_is_no_news(editor, reader):
    past = factories.make_meeting(state=Meeting.State.DRAFT, date=datetime.date(2017, 5, 29), report="<p>Było.</p>")
    make_follow(reader, past.forum)
    publication.announce(past, by=editor)
    assert note_news(timezone.now() + DAY) == 0
    assert not MeetingStep.objects.exists()


def test_changes_are_told_without_those_who_signed_up(draft, editor, reader, neighbour):
    meeting = publication.announce(draft, by=editor, now=START)
    note_news(LATER)
    for person in (reader, neighbour):
        make_follow(person, meeting)
    factories.make_registration(meeting, account=neighbour, email=neighbour.email)
    publication.postpone(meeting, by=editor, reason="Brak sali.", now=LATER)
    note_news(LATER + DAY)
    assert kinds_for(reader) == [Kind.POSTPONED]
    assert kinds_for(neighbour) == []


def test_of_changes_made_one_after_the_other_the_last_is_told(draft, editor, reader):
    make_follow(reader, draft.forum)
    meeting = publication.announce(draft, by=editor, now=START)
    publication.move(meeting, by=editor, place="Szkoła nr 2", now=START + PAUSE / 2)
    note_news(START + DAY)
    publication.postpone(meeting, by=editor, now=LATER)
    publication.cancel(meeting, by=editor, reason="Brak sali.", now=LATER + PAUSE / 2)
    note_news(LATER + DAY)
    assert kinds_for(reader) == [Kind.ANNOUNCED, Kind.CANCELLED]
    assert not MeetingStep.objects.untold().exists()


def test_report_and_minutes_are_told_to_who_follows_the_meeting(editor, reader):
    meeting = make_past()
    make_follow(reader, meeting)
    write_up(meeting)
    now = timezone.now()
    approve(closing.publish_report(meeting, by=editor, now=now), by=editor, now=now + DAY)
    note_news(now + 2 * DAY)
    assert kinds_for(reader) == [Kind.REPORT, Kind.MINUTES]


def test_steps_of_a_meeting_go_with_the_act_or_not_at_all(draft, editor):
    meeting = publication.announce(draft, by=editor)
    with pytest.raises(publication.ChangeRefused):
        publication.cancel(meeting, by=editor, reason=" ")
    assert [step.kind for step in meeting.steps.all()] == [Kind.ANNOUNCED]


# -- Once


def test_killed_at_any_thing_each_is_noted_once(topic, reader, monkeypatch):
    make_follow(reader, topic)
    comments = [say(topic) for _ in range(3)]
    whole, written = news._write, []

    def dies(*args):
        count = whole(*args)
        written.append(args)
        if len(written) == 2:
            raise KeyboardInterrupt
        return count

    monkeypatch.setattr(news, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        note_news(LATER)
    assert News.objects.count() == 1
    monkeypatch.setattr(news, "_write", whole)
    assert note_news(LATER) == 2
    assert sorted(News.objects.values_list("comment", flat=True)) == [comment.pk for comment in comments]


def test_several_workers_note_once(transactional_db):
    town, editor = factories.make_institution(), factories.make_resident(roles=["Redakcja"])
    topic, reader = factories.make_topic(), factories.make_resident()
    for number in range(3):
        pass_on(make_question(topic, f"Pytanie {number}?"), to=town, by=editor, now=START + DAY)
    make_follow(reader, topic)
    assert sum(at_once(*[lambda: note_news(LATER)] * 3)) == 6
    assert News.objects.count() == 6


def test_fresh_news_is_found_at_once_and_the_rest_within_the_hour(supported, town, editor, topic, reader):
    make_follow(reader, topic)
    pass_on(supported, to=town, by=editor, now=START + DAY)
    assert note_fresh_news(START + DAY + PAUSE) == 3
    raise_at_meeting(supported, by=editor, now=START + 2 * DAY)
    assert note_fresh_news(START + 3 * DAY + FRESH) == 0
    assert note_news(START + 3 * DAY + FRESH) == 2


def test_a_comment_costs_the_same_with_more_people(topic, django_assert_num_queries):
    for _ in range(4):
        make_follow(factories.make_resident(), topic)
    say(topic)
    with django_assert_num_queries(4 + 9):  # to look at the sources; and for the comment
        note_news(LATER)


def test_nothing_to_tell_costs_four_queries(db, django_assert_num_queries):
    with django_assert_num_queries(4):
        note_fresh_news(LATER)


def test_example_content_is_no_news(db, reader):
    load_example()
    for topic in Topic.objects.public():
        make_follow(reader, topic)
    for estate in {estate for topic in Topic.objects.public() for estate in topic.estates.all()}:
        make_follow(reader, estate)
    assert note_news(timezone.now() + DAY) == 0


def test_old_news_is_forgotten_and_not_noted_again(topic, reader):
    make_follow(reader, topic)
    say(topic)
    note_news(LATER)
    assert forget_news(LATER + news.KEPT + DAY) == 0
    News.objects.update(told_at=LATER)
    assert forget_news(LATER + news.KEPT) == 0
    assert forget_news(LATER + news.KEPT + DAY) == 1
    assert note_news(LATER + news.KEPT + DAY) == 0
