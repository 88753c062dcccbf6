"""What the form asks before a comment is sent: danger, kind, estate, somebody's data; and what it says beneath."""

import html
import re
import uuid

import pytest
from django.test import Client

from participants.models import Resident
from tests import factories
from tests.participants.test_proof import solve
from tests.topics.pages import get
from topics.models import Case, Comment, Question, Topic

TEXT = "Kiedy naprawicie lampę przy boisku?"
NUMBER = "Proszę dzwonić: 600 100 200."


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic("Oświetlenie", institution=factories.make_institution("Zarząd Dróg"))


@pytest.fixture
def author(topic) -> Resident:
    """Whose comments are published at once."""
    author = factories.make_resident("Zofia", estate=factories.make_estate("Wyzwolenia"))
    for _ in range(2):
        factories.make_published(factories.make_topic(), author=author)
    return author


@pytest.fixture
def client(author, as_user) -> Client:
    client = as_user(author)
    client.cookies["jezyk"] = "en"
    return client


def form_of(topic: Topic) -> str:
    return f"{topic.get_absolute_url()}komentarz/"


def send(client: Client, topic: Topic, text: str = TEXT, **fields: str):
    filled = {"text": text, "submission": str(uuid.uuid4()), "danger": "no", **fields}
    return client.post(form_of(topic), {k: v for k, v in filled.items() if v is not None})


# -- Danger ---------------------------------------------------------------------------------------------------


def test_whoever_is_in_danger_sees_112_and_sends_nothing(client, topic):
    answer = send(client, topic, danger="yes")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r"<h1>Call 112</h1>", page)
    assert page.index('href="tel:112"', page.index("<main")) > 0
    assert "We have not sent your text to anybody." in page
    assert not topic.comments.exists()
    assert TEXT in get(client, form_of(topic))  # it waits in the form


def test_danger_comes_before_signing_in(topic, as_user):
    stranger = as_user(None)
    assert "112" in send(stranger, topic, danger="yes").content.decode()


@pytest.mark.parametrize("danger", [None, "", "maybe"])
def test_the_question_about_danger_has_to_be_answered(client, topic, danger):
    answer = send(client, topic, danger=danger)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Answer whether somebody is in danger now." in page
    assert TEXT in page
    assert not topic.comments.exists()


def test_the_question_stands_before_the_text_in_every_form(client, topic):
    parent = factories.make_published(topic)
    for url in (form_of(topic), f"{topic.get_absolute_url()}komentarz/{parent.pk}/odpowiedz/"):
        page = get(client, url)
        assert page.index("Is somebody in danger now?") < page.index('id="id_text"')


# -- Kind, estate -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Comment.Kind.values)
def test_the_author_chooses_the_kind(client, topic, kind):
    send(client, topic, kind=kind)
    comment = topic.comments.get()
    assert comment.kind == kind
    assert Question.objects.filter(comment=comment, institution=topic.institution).exists() == (kind == "question")


def test_a_kind_that_is_not_on_the_list_is_refused_with_the_text_kept(client, topic):
    answer = send(client, topic, kind="rant")
    assert answer.status_code == 422
    assert "Choose from the list what you write." in answer.content.decode()
    assert TEXT in answer.content.decode()


def test_a_reply_has_no_kind(client, topic):
    parent = factories.make_published(topic)
    url = f"{topic.get_absolute_url()}komentarz/{parent.pk}/odpowiedz/"
    assert 'name="kind"' not in get(client, url)
    client.post(url, {"text": TEXT, "submission": str(uuid.uuid4()), "danger": "no", "kind": "question"})
    assert parent.replies.get().kind == Comment.Kind.OPINION


@pytest.mark.parametrize(("chosen", "shown"), [("on", "Wyzwolenia"), (None, "")])
def test_the_estate_stands_there_only_if_the_author_chose_it(client, topic, chosen, shown):
    assert "Show my estate beside the signature: Wyzwolenia" in get(client, form_of(topic))
    send(client, topic, shows_estate=chosen)
    assert topic.comments.get().author_estate == shown


def test_whoever_gave_no_estate_is_not_asked(topic, as_user, resident):
    client = as_user(resident)
    assert 'name="shows_estate"' not in get(client, form_of(topic))
    send(client, topic, shows_estate="on")
    assert topic.comments.get().author_estate == ""


# -- Somebody's data ----------------------------------------------------------------------------------------------


def test_what_looks_like_data_is_marked_and_nothing_is_sent(client, topic):
    answer = send(client, topic, NUMBER, kind="question")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<mark>600 100 200</mark>" in page
    assert 'name="insists"' in page
    assert re.search(r'value="question"[^>]* checked', page)
    assert page.count("<title>Error:") == 1
    assert not topic.comments.exists()


@pytest.mark.parametrize(("text", "hold"), [(NUMBER, "phone"), ("Napisz na jan@poczta.pl", "data")])
def test_whoever_insists_sends_it_to_a_moderator(client, topic, text, hold):
    assert send(client, topic, text, insists="on").status_code == 302
    comment = topic.comments.get()
    assert (comment.state, comment.hold) == (Comment.State.WAITING, hold)
    assert Case.objects.open().get().comment == comment


def test_the_marked_text_is_text(client, topic):
    page = send(client, topic, f"<script>alert(1)</script> {NUMBER}").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_what_looks_like_data_is_read_first(client, topic):
    found = re.compile(r'<section [^>]*aria-labelledby="dane" role="alert" tabindex="-1" autofocus>')
    assert found.search(send(client, topic, NUMBER).content.decode())


def test_a_form_without_data_does_not_offer_to_insist(client, topic):
    assert 'name="insists"' not in get(client, form_of(topic))


# -- Beneath the form ------------------------------------------------------------------------------------------------


def test_the_form_says_who_reads_it_by_when_and_what_it_is_not(client, topic, settings):
    settings.FORUM = {**settings.FORUM, "read_within": 1, "answer_within": 4}
    page = get(client, form_of(topic))
    assert "A moderator reads what has to wait within 1 hour;" in page
    assert "Questions are answered by Zarząd Dróg, usually within 4 working days." in page
    assert "neither a report of a crime nor a complaint" in page


@pytest.mark.parametrize(
    ("path", "officer", "kmzb"),
    [("", False, False), ("officer", True, False), ("kmzb", False, True), ("both", True, True)],
)
def test_a_topic_carries_its_own_other_path(client, path, officer, kmzb):
    topic = factories.make_topic(other_path=path)
    estate = factories.make_estate("Górna")
    estate.officer_phone = "516 430 001"
    estate.save()
    topic.estates.add(estate)
    page = get(client, form_of(topic))
    assert ("516 430 001" in page) == officer
    assert ("iMapLite/KMZBPublic" in page) == kmzb


def test_the_trap_gives_the_text_back(client, topic):
    answer = send(client, topic, subject="Tanie kredyty")
    assert answer.status_code == 422
    assert TEXT in answer.content.decode()
    assert "Tanie kredyty" not in answer.content.decode()
    assert not topic.comments.exists()


# -- A flood ------------------------------------------------------------------------------------------------------


@pytest.fixture
def flood(topic) -> None:
    for n in range(12):
        factories.make_published(factories.make_topic(), f"Komentarz numer {n} w tej chwili", hold="")


def test_a_flood_asks_for_a_sum_and_keeps_everything(client, topic, flood):
    answer = send(client, topic, kind="proposal")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "data-proof=" in page
    assert TEXT in page
    assert re.search(r'value="proposal"[^>]* checked', page)
    assert not topic.comments.exists()


def test_the_sum_lets_a_comment_through_once(client, topic, flood):
    asked = html.unescape(re.search(r'data-proof="([^"]+)"', send(client, topic).content.decode()).group(1))
    proof = solve(asked)
    assert send(client, topic, proof=proof).status_code == 302
    assert topic.comments.get().state == Comment.State.PUBLISHED
    assert "data-proof=" in send(client, topic, f"{TEXT} Czekamy.", proof=proof).content.decode()


def test_without_a_script_the_comment_waits(client, topic, flood):
    assert send(client, topic, proof="").status_code == 302
    comment = topic.comments.get()
    assert (comment.state, comment.hold) == (Comment.State.WAITING, Comment.Hold.FLOOD)


def test_no_flood_no_sum(client, topic):
    assert "data-proof=" not in get(client, form_of(topic))
    assert send(client, topic).status_code == 302


def test_limits_answer_429_with_the_text(client, topic):
    answers = [send(client, topic, f"{TEXT} {n}") for n in range(60)]
    refused = next(answer for answer in answers if answer.status_code != 302)
    assert refused.status_code == 429
    assert re.search(r"Try again at \d|Try again tomorrow", refused.content.decode())
    assert TEXT in refused.content.decode()
