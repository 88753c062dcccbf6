"""The way out of letters about a question. Who is told what: tests/meetings/test_news.py."""

import pytest

from participants.models import Institution, Resident
from tests import factories
from tests.topics.test_questions import START, make_question
from topics import telling
from topics.models import Question, QuestionMute, Topic
from topics.support import support


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


@pytest.fixture
def question(topic: Topic, resident: Resident) -> Question:
    return make_question(topic, author=resident)


@pytest.fixture
def supported(question: Question, neighbour: Resident) -> Question:
    support(question.comment, by=neighbour)
    return question


# -- The way out ---------------------------------------------------------------------------------------------


def test_one_button_ends_the_letters_about_one_question(supported, resident, neighbour, client):
    address = telling.mute_url(supported, neighbour)
    page = client.get(address)
    assert page.context["is_muted"] is False
    assert "no-store" in page.headers["Cache-Control"]
    assert not QuestionMute.objects.exists()
    for _ in range(2):
        assert client.post(address).status_code == 302
    assert client.get(address).context["is_muted"] is True
    assert QuestionMute.objects.get().account == neighbour
    assert list(telling.listeners(supported, START)) == [resident]


def test_an_address_of_another_question_or_a_broken_one_is_not_found(question, topic, resident, client):
    other = make_question(topic, "A chodnik?")
    token = telling.mute_url(other, resident).split("/")[-2]
    for wrong in (token, "x", "a.b.c"):
        assert client.post(f"/pytania/{question.number}/cisza/{wrong}/").status_code == 404
    address = telling.mute_url(question, resident)
    Resident.objects.filter(pk=resident.pk).delete()
    assert client.get(address).status_code == 404
    assert not QuestionMute.objects.exists()
