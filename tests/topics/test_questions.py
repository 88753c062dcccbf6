"""The course of a question: role × state, who had it and for how long, and nothing lost on the way."""

import datetime
import itertools
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from participants.models import Institution, Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from tests.topics.parallel import at_once
from topics import moderation, questions
from topics.answers import answer
from topics.models import Comment, Question, Reason, Topic
from topics.questions import (
    QuestionRefused,
    answered_at_meeting,
    moved,
    off_agenda,
    pass_on,
    passed_at_meeting,
    promised,
    raise_at_meeting,
)

START = datetime.datetime(2026, 11, 2, 8, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
State = Question.State


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


def make_question(topic: Topic, text: str = "Kiedy naprawicie lampy?", **fields) -> Question:
    fields.setdefault("created_at", START)
    return factories.make_published(topic, text, kind=Comment.Kind.QUESTION, **fields).question


def make_answerer(institution: Institution, signature: str = "Marta", **fields) -> Resident:
    appointment = factories.make_appointment(institution=institution)
    return factories.make_resident(signature, roles=[Role.ANSWERER], appointment=appointment, **fields)


def speak(question: Question, institution: Institution, at: datetime.datetime) -> Comment:
    """An official reply of somebody of the institution."""
    appointment = institution.appointments.first() or factories.make_appointment(institution=institution)
    fields = {"appointment": appointment, "voice": f"Kierownik, {institution.name}", "created_at": at}
    return factories.make_published(question.topic, "Naprawiamy.", parent=question.comment, **fields)


def question_in(state: str, topic: Topic, editor: Resident, town: Institution) -> Question:
    question = make_question(topic)
    if state == State.PASSED:
        pass_on(question, to=town, by=editor, now=START + DAY)
    elif state == State.MEETING:
        raise_at_meeting(question, by=editor, now=START + DAY)
    elif state == State.ANSWERED:
        speak(question, topic.institution, START + DAY)
    elif state == State.PROMISED:
        promised(question, institution=town, note="Lampy do piątku.", by=editor, now=START + DAY)
    return Question.objects.get(pk=question.pk)


def course(question: Question) -> list[tuple[str, str | None, datetime.timedelta | None]]:
    steps = question.steps.select_related("institution")
    return [(step.state, step.institution and step.institution.name, step.waited) for step in steps]


# -- Asking ----------------------------------------------------------------------------------------------


def test_question_gets_its_number_when_everybody_sees_it(topic, police, moderator):
    waiting = factories.make_comment(topic, kind=Comment.Kind.QUESTION)
    assert not Question.objects.exists()
    moderation.publish(waiting, by=moderator, now=START)
    question = Question.objects.get()
    assert (question.state, question.institution, question.asked_at) == (State.WAITS, police, START)
    assert course(question) == [(State.WAITS, police.name, None)]
    assert question.get_absolute_url() == f"/pytania/{question.number}/"


def test_opinions_have_no_course(topic):
    factories.make_published(topic, "Ciemno tu.")
    assert not Question.objects.exists()


def test_question_shown_again_keeps_its_number_and_its_course(topic, moderator):
    question = make_question(topic)
    moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
    moderation.restore(question.comment, by=moderator)
    assert Question.objects.get() == question
    assert question.steps.count() == 1


# -- State × act, role × act -------------------------------------------------------------------------------

BECOMES = {
    ("word", "waits"): "answered",
    ("word", "passed"): "answered",
    ("word", "meeting"): "answered",
    ("pass on", "waits"): "passed",
    ("pass on", "passed"): "passed",
    ("pass on", "meeting"): "passed",
    ("raise", "waits"): "meeting",
    ("raise", "passed"): "meeting",
}


AT_MEETING = {
    ("answered", "waits"): "answered",
    ("answered", "passed"): "answered",
    ("answered", "meeting"): "answered",
    ("promised", "waits"): "promised",
    ("promised", "passed"): "promised",
    ("promised", "meeting"): "promised",
    ("promised", "answered"): "promised",
    ("passed on", "waits"): "passed",
    ("passed on", "passed"): "passed",
    ("passed on", "meeting"): "passed",
    ("moved", "waits"): "meeting",
    ("moved", "passed"): "meeting",
    ("off", "meeting"): "waits",
}
NOTED = {("answered", "answered"), ("answered", "promised"), ("promised", "promised"), ("moved", "meeting")}


def at_meeting(act: str, question: Question, by: Resident, institution: Institution) -> None:
    how = {"by": by, "now": START + 3 * DAY}
    acts = {
        "answered": lambda: answered_at_meeting(question, institution=institution, note="W grudniu.", **how),
        "promised": lambda: promised(question, institution=institution, note="Lampy do piątku.", **how),
        "passed on": lambda: passed_at_meeting(question, to=institution, note="To ich lampy.", **how),
        "moved": lambda: moved(question, note="Zabrakło czasu.", **how),
        "off": lambda: off_agenda(question, **how),
    }
    acts[act]()


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("act", ["answered", "promised", "passed on", "moved", "off"])
def test_what_a_meeting_decided_fits_the_state_or_changes_nothing(topic, editor, town, act: str, state: str):
    question = question_in(state, topic, editor, town)
    before, third = course(question), factories.make_institution("Spółdzielnia")
    at_meeting(act, question, editor, third)
    question.refresh_from_db()
    assert question.state == AT_MEETING.get((act, state), state)
    added = (act, state) in AT_MEETING or (act, state) in NOTED
    assert len(course(question)) == len(before) + added
    assert course(question)[: len(before)] == before


@pytest.mark.parametrize("act", ["answered", "promised", "passed on", "moved", "off"])
def test_only_who_looks_after_the_whole_talk_writes_down_what_a_meeting_decided(
    topic, police, resident, moderator, act: str
):
    question = make_question(topic)
    for other in (resident, make_answerer(police)):
        with pytest.raises(QuestionRefused):
            at_meeting(act, question, other, police)
    at_meeting(act, question, moderator, police)


def test_an_answer_in_the_hall_outlives_a_reply_that_vanishes(topic, editor, police, moderator):
    question = make_question(topic)
    answered_at_meeting(question, institution=police, note="Tak.", by=editor, now=START + DAY)
    reply = speak(question, factories.make_institution(), START + 2 * DAY)
    moderation.hide(reply, by=moderator, reason=Reason.INSULT)
    assert Question.objects.get().state == State.ANSWERED
    assert Question.objects.get().answered_at == START + DAY


def test_a_promise_outlives_replies_that_come_and_go(topic, editor, town, police, moderator):
    question = question_in(State.PROMISED, topic, editor, town)
    reply = speak(question, police, START + 2 * DAY)
    moderation.hide(reply, by=moderator, reason=Reason.INSULT)
    question.refresh_from_db()
    assert (question.state, question.institution) == (State.PROMISED, town)
    assert [state for state, *_rest in course(question)] == ["waits", "promised", "answered"]


def test_the_first_word_in_the_hall_says_how_long_the_institution_had_the_question(topic, editor, police):
    question = make_question(topic)
    answered_at_meeting(question, institution=police, note="Tak.", by=editor, now=START + 2 * DAY)
    assert course(question)[-1] == (State.ANSWERED, police.name, 2 * DAY)
    promised(question, institution=police, note="Lampy.", by=editor, now=START + 3 * DAY)
    assert course(question)[-1] == (State.PROMISED, police.name, None)


def test_what_a_meeting_decided_is_kept_also_where_the_text_was_hidden(topic, editor, police, moderator):
    question = make_question(topic)
    moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
    answered_at_meeting(question, institution=police, note="Tak.", by=editor, now=START + DAY)
    assert Question.objects.get().state == State.ANSWERED


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("act", ["word", "pass on", "raise"])
def test_act_fits_the_state_or_is_refused(topic, editor, police, town, act: str, state: str):
    question, third = question_in(state, topic, editor, town), factories.make_institution("Spółdzielnia")
    before = course(question)
    acts = {
        "word": lambda: speak(question, police, START + 3 * DAY),
        "pass on": lambda: pass_on(question, to=third, by=editor, note="To ich lampy.", now=START + 3 * DAY),
        "raise": lambda: raise_at_meeting(question, by=editor, note="W grudniu.", now=START + 3 * DAY),
    }
    if act != "word" and (act, state) not in BECOMES:
        with pytest.raises(QuestionRefused):
            acts[act]()
    else:
        acts[act]()
    question.refresh_from_db()
    assert question.state == BECOMES.get((act, state), state)
    assert course(question)[: len(before)] == before
    noted = (act, state) == ("word", "promised")
    assert len(course(question)) == len(before) + ((act, state) in BECOMES or noted)


@pytest.mark.parametrize("act", ["pass on", "raise"])
@pytest.mark.parametrize(
    ("persona", "allowed"),
    [
        ("editor", True),
        ("moderator", True),
        ("administrator", True),
        ("holder", True),
        ("other institution", False),
        ("former post", False),
        ("no post", False),
        ("holder without the role", False),
        ("author", False),
        ("appeals", False),
    ],
)
def test_only_who_has_it_or_looks_after_all_decides(topic, police, town, request, act: str, persona: str, allowed):
    author = factories.make_resident("Autorka")
    question = make_question(topic, author=author)
    yesterday = START.date() - DAY
    former = factories.make_appointment(institution=police, ends=yesterday)
    people = {
        "administrator": make_administrator,
        "holder": lambda: make_answerer(police),
        "other institution": lambda: make_answerer(town),
        "former post": lambda: factories.make_resident("Igor", roles=[Role.ANSWERER], appointment=former),
        "no post": lambda: factories.make_resident("Igor", roles=[Role.ANSWERER]),
        "holder without the role": lambda: factories.make_resident(
            "Ola", appointment=factories.make_appointment(institution=police)
        ),
        "author": lambda: author,
        "appeals": lambda: factories.make_resident("Ada", roles=[Role.APPEALS]),
    }
    by = people[persona]() if persona in people else request.getfixturevalue(persona)
    how = {"to": town} if act == "pass on" else {}
    run = pass_on if act == "pass on" else raise_at_meeting
    if persona == "other institution":
        how = {"to": factories.make_institution()} if act == "pass on" else {}
    if allowed:
        run(question, by=by, now=START + DAY, **how)
        assert question.steps.last().by == by
    else:
        with pytest.raises(QuestionRefused):
            run(question, by=by, now=START + DAY, **how)
    assert question.steps.count() == 1 + allowed
    assert questions.may_decide(question, by, START + DAY) == allowed


def test_who_passed_it_on_has_it_no_more(topic, police, town):
    question, holder = make_question(topic), make_answerer(police)
    pass_on(question, to=town, by=holder, note="Lampy są miasta.", now=START + DAY)
    with pytest.raises(QuestionRefused):
        pass_on(question, to=police, by=holder, now=START + 2 * DAY)
    pass_on(question, to=police, by=make_answerer(town), now=START + 2 * DAY)
    question.refresh_from_db()
    assert (question.state, question.institution) == (State.PASSED, police)
    assert question.steps.all()[1].note == "Lampy są miasta."


def test_passing_on_needs_another_institution_that_is_public(topic, police, editor):
    question = make_question(topic)
    for to in (police, factories.make_institution(public=False)):
        with pytest.raises(QuestionRefused):
            pass_on(question, to=to, by=editor)
    with pytest.raises(QuestionRefused, match="300"):
        raise_at_meeting(question, by=editor, note="x" * 301)
    assert question.steps.count() == 1


@pytest.mark.parametrize("state", [Comment.State.HIDDEN, Comment.State.WAITING, Comment.State.WITHDRAWN])
def test_question_that_nobody_can_read_does_not_move(topic, town, editor, police, state: str):
    question = make_question(topic)
    stamps = {"hidden_at": START, "hidden_reason": Reason.INSULT, "withdrawn_at": START}
    Comment.objects.filter(pk=question.comment_id).update(state=state, **stamps)
    with pytest.raises(QuestionRefused):
        pass_on(question, to=town, by=editor)
    with pytest.raises(QuestionRefused):
        raise_at_meeting(question, by=editor)
    with pytest.raises(QuestionRefused):
        answer(question, by=make_answerer(police), text="Naprawiamy.", submission=uuid.uuid4())
    assert question.steps.count() == 1


# -- The first official word -------------------------------------------------------------------------------


def test_first_word_counts_the_time_on_the_own_table_only(topic, police, town, editor):
    question = make_question(topic)
    pass_on(question, to=town, by=editor, now=START + 2 * DAY)
    raise_at_meeting(question, by=editor, now=START + 5 * DAY)
    pass_on(question, to=police, by=editor, now=START + 10 * DAY)
    speak(question, police, START + 11 * DAY)
    speak(question, town, START + 20 * DAY)
    speak(question, police, START + 30 * DAY)
    assert course(question)[4:] == [
        (State.ANSWERED, police.name, 3 * DAY),  # two days at first, one at the end
        (State.ANSWERED, town.name, 3 * DAY),  # not the meeting, not the days of the police
    ]
    question.refresh_from_db()
    assert question.answered_at == START + 11 * DAY
    assert question.first_word_took == 11 * DAY


def test_word_of_an_institution_that_was_never_asked_answers_and_has_no_days(topic, town):
    question = make_question(topic)
    speak(question, town, START + DAY)
    question.refresh_from_db()
    assert (question.state, question.institution) == (State.ANSWERED, town)
    assert course(question)[-1] == (State.ANSWERED, town.name, None)


def test_reply_of_a_resident_or_to_an_opinion_answers_nothing(topic, police):
    question = make_question(topic)
    factories.make_published(topic, "Też pytam.", parent=question.comment)
    opinion = factories.make_published(topic, "Ciemno.")
    factories.make_published(topic, "Wiemy.", parent=opinion, voice="Komenda")
    question.refresh_from_db()
    assert question.state == State.WAITS


def test_answer_that_is_hidden_leaves_the_question_waiting(topic, police, town, editor, moderator):
    question = make_question(topic)
    pass_on(question, to=town, by=editor, now=START + DAY)
    word = speak(question, town, START + 2 * DAY)
    moderation.hide(word, by=moderator, reason=Reason.ADVERT, now=START + 3 * DAY)
    question.refresh_from_db()
    assert (question.state, question.institution, question.answered_at) == (State.WAITS, town, None)
    moderation.restore(word, by=moderator, now=START + 6 * DAY)
    question.refresh_from_db()
    assert (question.state, question.answered_at) == (State.ANSWERED, START + 2 * DAY)
    assert [(state, waited) for state, _who, waited in course(question)[2:]] == [
        (State.ANSWERED, DAY),
        (State.WAITS, None),
        (State.ANSWERED, None),  # the first word was said before
    ]


def test_question_stays_answered_while_another_answer_stands(topic, police, town, moderator):
    question = make_question(topic)
    first, second = speak(question, police, START + DAY), speak(question, town, START + 2 * DAY)
    moderation.hide(first, by=moderator, reason=Reason.ADVERT)
    question.refresh_from_db()
    assert question.state == State.ANSWERED
    moderation.hide(second, by=moderator, reason=Reason.ADVERT)
    question.refresh_from_db()
    assert (question.state, question.institution) == (State.WAITS, police)


def test_clock_that_runs_behind_makes_no_negative_time(topic, police, town, editor):
    question = make_question(topic)
    pass_on(question, to=town, by=editor, now=START - DAY)
    speak(question, town, START - 2 * DAY)
    assert [step.at for step in question.steps.all()] == [START] * 3
    assert course(question)[-1][2] == datetime.timedelta()


def test_official_word_costs_a_constant_number_of_queries(topic, police, django_assert_max_num_queries):
    question = make_question(topic)
    for _ in range(3):
        speak(question, police, START + DAY)
    word = factories.make_comment(topic, parent=question.comment, voice="Straż")
    word.published_at = START
    with django_assert_max_num_queries(4):
        questions.official_word(word, now=START + 2 * DAY)


# -- Any order of events --------------------------------------------------------------------------------

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["speak", "pass", "raise", "hide", "restore"]),
        st.integers(0, 2),  # which institution
        st.integers(0, 72),  # hours since the event before
    ),
    max_size=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_no_step_is_lost_and_the_times_add_up(topic, police, town, editor, moderator, events):
    Topic.objects.filter(pk=topic.pk).update(state=Topic.State.OPEN)
    third = Institution.objects.get_or_create(name="Spółdzielnia", defaults={"published_at": START})[0]
    institutions = [police, town, third]
    question, now, words = make_question(topic), START, []
    for event, which, hours in events:
        now += datetime.timedelta(hours=hours)
        before = list(question.steps.values_list())
        try:
            _happen(event, question, institutions[which], words, editor, moderator, now)
        except (QuestionRefused, moderation.DecisionRefused):
            assert list(question.steps.values_list()) == before
        after = list(question.steps.values_list())
        assert after[: len(before)] == before
        assert len(after) <= len(before) + 1
        _check(question, institutions)


def _happen(event, question, institution, words, editor, moderator, now) -> None:
    if event == "speak":
        words.append(speak(question, institution, now))
    elif event == "pass":
        pass_on(question, to=institution, by=editor, now=now)
    elif event == "raise":
        raise_at_meeting(question, by=editor, now=now)
    elif words and event == "hide":
        moderation.hide(words[-1], by=moderator, reason=Reason.ADVERT, now=now)
    elif words:
        moderation.restore(words[-1], by=moderator, now=now)


def _check(question: Question, institutions: list[Institution]) -> None:
    question.refresh_from_db()
    steps = list(question.steps.all())
    last = steps[-1]
    assert (last.state, last.institution_id, last.at) == (question.state, question.institution_id, question.since)
    assert all(a.at <= b.at for a, b in itertools.pairwise(steps))
    heard = Comment.objects.published().official().filter(parent=question.comment_id).exists()
    assert (question.state == State.ANSWERED) == heard
    assert (question.answered_at is not None) == heard
    for institution in institutions:
        first, *later = [s for s in steps if s.state == State.ANSWERED and s.institution_id == institution.pk] or [None]
        assert not any(step.waited is not None for step in later)
        if first is None:
            continue
        minutes = [s for s in steps if s.at <= first.at and s.pk <= first.pk]
        held = sum(
            (b.at - a.at).total_seconds()
            for a, b in itertools.pairwise(minutes)
            if a.institution_id == institution.pk and a.state in {"waits", "passed"}
        )
        was_asked = any(s.institution_id == institution.pk and s.state in {"waits", "passed"} for s in minutes)
        assert first.waited == (datetime.timedelta(seconds=held) if was_asked else None)
        assert first.waited is None or first.waited >= datetime.timedelta()


# -- Two at one moment ---------------------------------------------------------------------------------------


@pytest.fixture
def both(topic, police) -> tuple[Question, Resident, Resident]:
    return make_question(topic), make_answerer(police, "Marta"), make_answerer(police, "Jan")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_pass_it_on_one_wins_and_the_other_is_told(both, town, moderator, editor):
    question, *_officials = both
    third, seen = factories.make_institution("Spółdzielnia"), questions.last_step(question)
    results = at_once(
        lambda: pass_on(question, to=town, by=editor, seen=seen),
        lambda: pass_on(question, to=third, by=moderator, seen=seen),
    )
    assert sorted(isinstance(result, QuestionRefused) for result in results) == [False, True]
    assert question.steps.count() == 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_answer_one_wins_and_the_other_is_told(both):
    question, marta, jan = both
    results = at_once(
        *(lambda by=by: answer(question, by=by, text="Naprawiamy.", submission=uuid.uuid4()) for by in (marta, jan))
    )
    assert sorted(isinstance(result, QuestionRefused) for result in results) == [False, True]
    assert question.comment.replies.count() == 1
    assert question.steps.count() == 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_answering_and_passing_on_at_once_leave_one_course(both, town):
    question, marta, jan = both
    seen = questions.last_step(question)
    results = at_once(
        lambda: answer(question, by=marta, text="Naprawiamy.", submission=uuid.uuid4(), seen=seen),
        lambda: pass_on(question, to=town, by=jan, seen=seen),
    )
    assert sorted(isinstance(result, QuestionRefused) for result in results) == [False, True]
    question.refresh_from_db()
    assert question.steps.count() == 2
    assert question.state == (State.PASSED if isinstance(results[0], QuestionRefused) else State.ANSWERED)


# -- Answering from the panel ---------------------------------------------------------------------------------


def test_answer_is_an_official_reply_in_the_name_of_the_post(topic, police):
    question, marta = make_question(topic), make_answerer(police)
    written = answer(question, by=marta, text="Naprawimy do piątku.", submission=uuid.uuid4())
    assert (written.parent, written.state) == (question.comment, Comment.State.PUBLISHED)
    assert written.voice == f"Kierownik Rewiru Dzielnicowych, {police.name}"
    question.refresh_from_db()
    assert question.state == State.ANSWERED


def test_answer_in_a_closed_talk_is_still_taken(police, topic):
    question, marta = make_question(topic), make_answerer(police)
    Topic.objects.filter(pk=topic.pk).update(state=Topic.State.CLOSED, closed_at=START)
    answer(question, by=marta, text="Naprawione.", submission=uuid.uuid4())
    Topic.objects.filter(pk=topic.pk).update(state=Topic.State.ARCHIVED)
    with pytest.raises(QuestionRefused):
        answer(make_question(topic), by=marta, text="Naprawione.", submission=uuid.uuid4())


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_answer_must_be_a_text_that_the_talk_takes(topic, police, text: str):
    question = make_question(topic)
    with pytest.raises(QuestionRefused):
        answer(question, by=make_answerer(police), text=text, submission=uuid.uuid4())
    assert question.steps.count() == 1


@pytest.mark.parametrize("persona", ["resident", "moderator", "editor", "official"])
def test_who_answers_for_no_institution_cannot_answer_officially(topic, persona: str, request):
    question = make_question(topic)
    with pytest.raises(QuestionRefused):
        answer(question, by=request.getfixturevalue(persona), text="Naprawiamy.", submission=uuid.uuid4())
    assert not question.comment.replies.exists()


# -- The pinned answer ---------------------------------------------------------------------------------------


def test_first_official_answer_of_a_talk_is_pinned_by_itself(topic, police, town):
    question = make_question(topic)
    first = speak(question, police, START + DAY)
    speak(question, town, START + 2 * DAY)
    topic.refresh_from_db()
    assert topic.pinned == first


def test_what_editors_pinned_stays_and_what_they_took_down_too(topic, police, town):
    question = make_question(topic)
    first = speak(question, police, START + DAY)
    Topic.objects.filter(pk=topic.pk).update(pinned=None)
    second = speak(question, town, START + 2 * DAY)
    topic.refresh_from_db()
    assert topic.pinned is None
    Topic.objects.filter(pk=topic.pk).update(pinned=second)
    speak(question, police, START + 3 * DAY)
    topic.refresh_from_db()
    assert topic.pinned == second
    assert first.is_official
