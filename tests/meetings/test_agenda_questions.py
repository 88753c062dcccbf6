"""Questions on the agenda: role × state of the meeting, an end for each, and nothing settled twice."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.agenda_questions import AgendaRefused, WithoutEnd, end, settle, take, take_off, waiting_for_next
from meetings.models import AgendaItem, AgendaQuestion, Meeting
from participants.models import Institution, Resident
from participants.roles import Role
from tests import factories
from tests.topics.parallel import at_once
from topics import moderation
from topics.models import Question, Reason, Topic
from topics.questions import QuestionRefused, answered_at_meeting, raise_at_meeting

NOW = datetime.datetime(2026, 11, 2, 8, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
End, State = AgendaQuestion.End, Question.State


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic("Oświetlenie", institution=factories.make_institution("Komenda Miejska Policji"))


@pytest.fixture
def town(db: None) -> Institution:
    return factories.make_institution("Urząd Miasta")


@pytest.fixture
def meeting(db: None) -> Meeting:
    return factories.make_meeting("Bezpieczna zima")


@pytest.fixture
def item(meeting: Meeting, topic: Topic) -> AgendaItem:
    return factories.make_agenda_item(meeting, topic)


@pytest.fixture
def question(meeting: Meeting, topic: Topic) -> Question:
    return factories.make_asked(meeting, topic, created_at=NOW)


def held(meeting: Meeting) -> Meeting:
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.HELD, held_at=NOW)
    return Meeting.objects.get(pk=meeting.pk)


def closed(meeting: Meeting, by: Resident) -> Meeting:
    """As the report does it, for what this package needs of it."""
    settle(meeting, by=by, now=NOW + 9 * DAY)
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.HELD, held_at=NOW, closed_at=NOW + 9 * DAY)
    return Meeting.objects.get(pk=meeting.pk)


# -- Taking and taking off -----------------------------------------------------------------------------------


def test_a_question_taken_on_the_agenda_waits_for_the_meeting(question, item, editor):
    place = take(question, item=item, by=editor, now=NOW + DAY)
    question.refresh_from_db()
    assert (question.state, place.meeting, place.agenda_item) == (State.MEETING, item.meeting, item)
    assert (place.taken_by, place.taken_at, place.end) == (editor, NOW + DAY, "")
    assert [step.state for step in question.steps.all()] == ["waits", "meeting"]


def test_a_question_that_waits_for_a_meeting_gets_no_second_step(question, item, editor):
    raise_at_meeting(question, by=editor, now=NOW)
    take(question, item=item, by=editor, now=NOW + DAY)
    assert question.steps.count() == 2


@pytest.mark.parametrize("persona", ["resident", "moderator", "answerer"])
def test_only_editors_touch_the_agenda(question, item, editor, topic, request, persona: str):
    answerer = factories.make_resident("Jan", roles=[Role.ANSWERER], appointment=factories.make_appointment())
    other = answerer if persona == "answerer" else request.getfixturevalue(persona)
    with pytest.raises(AgendaRefused, match="redakcja"):
        take(question, item=item, by=other)
    place = take(question, item=item, by=editor)
    with pytest.raises(AgendaRefused):
        take_off(place, by=other)
    with pytest.raises(AgendaRefused):
        end(place, end=End.MOVED, by=other)
    place.refresh_from_db()
    assert place.end == ""


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        *[("draft", True), ("scheduled", True), ("announced", True), ("postponed", True)],
        *[("cancelled", False), ("held", False), ("archived", False)],
    ],
)
def test_a_meeting_takes_questions_until_its_report_is_out(topic, editor, state: str, allowed: bool):
    meeting = factories.make_meeting(state=state)
    question = factories.make_asked(meeting, topic)
    item = factories.make_agenda_item(meeting, topic)
    if allowed:
        assert take(question, item=item, by=editor).meeting == meeting
    else:
        with pytest.raises(AgendaRefused):
            take(question, item=item, by=editor)
        assert not AgendaQuestion.objects.exists()


def test_a_question_stands_on_one_agenda_at_a_time(question, item, editor):
    take(question, item=item, by=editor)
    other = factories.make_agenda_item(factories.make_meeting("Inne"))
    with pytest.raises(AgendaRefused, match="Bezpieczna zima"):
        take(question, item=other, by=editor)


def test_a_question_leaves_the_agenda_of_a_meeting_that_was_called_off(question, item, editor):
    take(question, item=item, by=editor)
    Meeting.objects.filter(pk=item.meeting_id).update(
        state="cancelled", cancelled_at=timezone.now(), state_reason="Awaria."
    )
    other = factories.make_agenda_item(factories.make_meeting("Inne"))
    assert take(question, item=other, by=editor) == AgendaQuestion.objects.get()


def test_what_is_answered_or_cannot_be_read_is_not_taken(question, item, editor, town, moderator, topic):
    hidden = factories.make_asked(item.meeting, topic, "Obelga?")
    moderation.hide(hidden.comment, by=moderator, reason=Reason.INSULT)
    answered_at_meeting(question, institution=town, note="", by=editor, now=NOW)
    for other in (question, hidden):
        with pytest.raises(QuestionRefused):
            take(other, item=item, by=editor)


def test_taken_off_it_waits_again(question, item, editor):
    take_off(take(question, item=item, by=editor, now=NOW + DAY), by=editor, now=NOW + 2 * DAY)
    question.refresh_from_db()
    assert (question.state, question.institution) == (State.WAITS, item.topic.institution)
    assert not AgendaQuestion.objects.exists()


def test_taken_off_it_goes_on_waiting_for_a_meeting_as_before(question, item, editor):
    raise_at_meeting(question, by=editor, now=NOW)
    take_off(take(question, item=item, by=editor, now=NOW + DAY), by=editor)
    question.refresh_from_db()
    assert question.state == State.MEETING


def test_two_editors_take_one_question_at_one_moment(transactional_db):
    editors = [factories.make_resident("Anna", roles=[Role.EDITOR]) for _ in range(2)]
    topic, meetings = factories.make_topic(), [factories.make_meeting(f"Spotkanie {number}") for number in range(2)]
    items = [factories.make_agenda_item(meeting, topic) for meeting in meetings]
    question = factories.make_asked(meetings[0], topic)
    results = at_once(*(lambda at=at: take(question, item=items[at], by=editors[at]) for at in range(2)))
    assert sorted(isinstance(result, AgendaQuestion) for result in results) == [False, True]
    assert AgendaQuestion.objects.count() == 1
    assert question.steps.count() == 2


# -- Ends ----------------------------------------------------------------------------------------------------


def test_an_end_can_be_changed_and_taken_back_until_it_counts(question, item, editor, town):
    place = take(question, item=item, by=editor)
    end(place, end=End.ANSWERED, answer="Tak.", answered_by="Komendant", institution=town, by=editor, now=NOW)
    promise = factories.make_bare_commitment(item.meeting, public=False, institution=town)
    end(place, end=End.PROMISED, commitment=promise, by=editor)
    place.refresh_from_db()
    assert (place.end, place.commitment, place.answer) == (End.PROMISED, promise, "")
    end(place, end=End.OPEN, by=editor)
    place.refresh_from_db()
    assert (place.end, place.commitment, place.ended_at) == ("", None, None)
    question.refresh_from_db()
    assert question.state == State.MEETING


@pytest.mark.parametrize("what", [End.ANSWERED, End.PROMISED, End.PASSED])
def test_an_end_without_what_it_needs_is_refused(question, item, editor, what: str):
    place = take(question, item=item, by=editor)
    with pytest.raises(ValidationError):
        end(place, end=what, by=editor)
    place.refresh_from_db()
    assert place.end == ""


def test_the_commitment_is_one_of_this_meeting(question, item, editor):
    other = factories.make_bare_commitment(factories.make_meeting("Inne"), public=False)
    with pytest.raises(AgendaRefused):
        end(take(question, item=item, by=editor), end=End.PROMISED, commitment=other, by=editor)


# -- Settling ------------------------------------------------------------------------------------------------


def test_no_report_comes_out_while_a_question_has_no_end(question, item, editor, topic):
    first = take(question, item=item, by=editor)
    second = take(factories.make_asked(item.meeting, topic, "A chodnik?"), item=item, by=editor)
    end(first, end=End.MOVED, by=editor)
    with pytest.raises(WithoutEnd, match=str(second.question_id)) as refusal:
        settle(item.meeting, by=editor, now=NOW + DAY)
    assert refusal.value.places == [second]
    first.refresh_from_db()
    assert first.settled_at is None


def test_each_end_becomes_the_state_of_its_question(item, editor, town, topic, meeting):
    promise = factories.make_bare_commitment(meeting, public=False, institution=town)
    ends = {
        "answered": {"end": End.ANSWERED, "answer": "Patrol jeździ o 22.", "institution": town},
        "promised": {"end": End.PROMISED, "commitment": promise},
        "passed": {"end": End.PASSED, "institution": town},
        "meeting": {"end": End.MOVED},
    }
    for state, fields in ends.items():
        asked = factories.make_asked(meeting, topic, f"Pytanie {state}?", created_at=NOW)
        end(take(asked, item=item, by=editor, now=NOW + DAY), by=editor, **fields)
    assert settle(held(meeting), by=editor, now=NOW + 2 * DAY) == 4
    assert settle(held(meeting), by=editor, now=NOW + 3 * DAY) == 0
    for asked in Question.objects.all():
        assert asked.comment.text == f"Pytanie {asked.state}?"
        assert asked.steps.last().at_meeting
        assert asked.steps.count() == 3
        assert asked.agenda_places.get().settled_at == NOW + 2 * DAY
    assert Question.objects.get(state="answered").steps.last().note == "Patrol jeździ o 22."
    assert Question.objects.get(state="promised").steps.last().note == promise.text


def test_what_counts_is_changed_no_more(question, item, editor, meeting):
    place = take(question, item=item, by=editor)
    end(place, end=End.MOVED, by=editor)
    settle(meeting, by=editor, now=NOW)
    for act in (lambda: end(place, end=End.OPEN, by=editor), lambda: take_off(place, by=editor)):
        with pytest.raises(AgendaRefused):
            act()


def test_a_meeting_with_many_questions_costs_the_same_for_each(
    meeting, item, topic, editor, django_assert_max_num_queries
):
    for number in range(5):
        end(
            take(factories.make_asked(meeting, topic, f"Pytanie {number}?"), item=item, by=editor),
            end="moved",
            by=editor,
        )
    with django_assert_max_num_queries(1 + 2 + 5 * 7):
        settle(meeting, by=editor, now=NOW)


def test_moved_questions_wait_for_the_next_meeting_until_it_takes_them(question, item, editor, meeting, topic):
    other = factories.make_asked(meeting, topic, "A chodnik?")
    for asked, what in ((question, "moved"), (other, "answered")):
        end(take(asked, item=item, by=editor), end=what, answer="Tak." if what == "answered" else "", by=editor)
    assert list(waiting_for_next(meeting.forum)) == []
    closed(meeting, editor)
    assert list(waiting_for_next(meeting.forum)) == [question]
    assert list(waiting_for_next(factories.make_forum("Inne forum"))) == []
    following = factories.make_agenda_item(factories.make_meeting("Następne"), topic)
    take(question, item=following, by=editor)
    assert list(waiting_for_next(meeting.forum)) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.sampled_from(["take", "off", "answered", "promised", "passed", "moved", "settle"]), max_size=12)
)
def test_no_question_ever_leaves_a_settled_meeting_without_an_end(db, acts: list[str]):
    editor, town = factories.make_resident(roles=[Role.EDITOR]), factories.make_institution()
    topic, meeting = factories.make_topic(), factories.make_meeting()
    item, promise = (
        factories.make_agenda_item(meeting, topic),
        factories.make_bare_commitment(meeting, public=False, institution=town),
    )
    question = factories.make_asked(meeting, topic, created_at=NOW)
    for number, act in enumerate(acts):
        place, now = AgendaQuestion.objects.filter(meeting=meeting).first(), NOW + number * DAY
        try:
            if act == "take":
                take(question, item=item, by=editor, now=now)
            elif act == "settle":
                settle(meeting, by=editor, now=now)
            elif place and act == "off":
                take_off(place, by=editor, now=now)
            elif place:
                end(place, end=act, answer="Tak.", institution=town, commitment=promise, by=editor, now=now)
        except (AgendaRefused, QuestionRefused):
            continue
    for place in AgendaQuestion.objects.filter(meeting=meeting):
        states = {"answered": "answered", "promised": "promised", "passed": "passed", "moved": "meeting"}
        expected = states[place.end] if place.settled_at else "meeting"
        assert place.question.state == expected
    times = [step.at for step in question.steps.all()]
    assert times == sorted(times)
    Meeting.objects.filter(pk=meeting.pk).update(slug=f"dawne-{meeting.pk}")
