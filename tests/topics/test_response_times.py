"""How long institutions take to the first official word, and how many questions wait for one."""

from dataclasses import astuple

import pytest

from participants.models import Institution
from tests import factories
from tests.topics.test_questions import DAY, START, make_question, speak
from topics import moderation, questions
from topics.models import QuestionStep, Reason, Topic
from topics.questions import pass_on
from topics.response_times import by_institution


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


def test_figures_of_an_institution_tell_what_it_answered_and_how_fast(topic, police, town, editor):
    for days in (1, 2, 9):
        speak(make_question(topic), police, START + days * DAY)
    make_question(topic)
    pass_on(make_question(topic), to=town, by=editor)
    assert [astuple(row) for row in by_institution(START, START + 10 * DAY)] == [
        (police.name, 3, 1, 2.0),
        (town.name, 0, 1, None),
    ]
    assert police.question_steps.public().usual_wait() == 2 * DAY


def test_figures_know_nothing_of_hidden_questions(topic, police, moderator):
    answered, waiting = make_question(topic), make_question(topic)
    speak(answered, police, START + DAY)
    for question in (answered, waiting):
        moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
    assert police.question_steps.public().usual_wait() is None
    assert by_institution(START, START + 9 * DAY) == []


def test_figures_of_a_period_hold_what_was_answered_in_it(topic, police, town, editor):
    speak(make_question(topic), police, START + DAY)
    speak(make_question(topic), police, START + 5 * DAY)
    pass_on(make_question(topic), to=town, by=editor, now=START + DAY)
    make_question(topic, created_at=START + 30 * DAY)
    rows = by_institution(START, START + 3 * DAY)
    assert [(row.institution, row.answered, row.waiting, row.median_days) for row in rows] == [
        (police.name, 1, 0, 1.0),
        (town.name, 0, 1, None),
    ]


@pytest.mark.parametrize("institutions", [1, 3])
def test_figures_cost_the_same_for_any_number(django_assert_num_queries, institutions: int, db):
    for _ in range(institutions):
        topic = factories.make_topic(institution=factories.make_institution())
        speak(make_question(topic), topic.institution, START + DAY)
        make_question(topic)
    with django_assert_num_queries(2):
        assert len(by_institution(START, START + 9 * DAY)) == institutions


def test_topics_are_told_how_many_wait_and_are_answered(topic, police, moderator, django_assert_num_queries):
    other = factories.make_topic()
    speak(make_question(topic), police, START + DAY)
    make_question(topic)
    hidden = make_question(topic)
    moderation.hide(hidden.comment, by=moderator, reason=Reason.INSULT)
    with django_assert_num_queries(1):
        questions.count_in(rows := [topic, other])
    assert [(row.questions_waiting, row.questions_answered) for row in rows] == [(1, 1), (0, 0)]
    assert QuestionStep.objects.count() == 4
