"""`/pytania/`, the page of each question, and where their states are told besides."""

import datetime

import pytest
from django.test import Client

from participants.models import Institution
from tests import factories
from tests.topics.pages import get
from tests.topics.test_questions import DAY, START, make_question, speak
from topics import moderation
from topics.models import Comment, Question, Reason, Topic
from topics.questions import pass_on, promised, raise_at_meeting
from topics.sitemaps import QuestionSitemap

URL = "/pytania/"
SECRET = "Tajne pytanie o sąsiada"


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


@pytest.fixture
def each(topic, police, town, editor) -> dict[str, Question]:
    """One question in each state, in the order in which they were asked."""
    found = {state: make_question(topic, f"Pytanie {state}?") for state in Question.State.values}
    speak(found["answered"], police, START + 3 * DAY)
    pass_on(found["passed"], to=town, by=editor, note="To ich lampy.", now=START + DAY)
    raise_at_meeting(found["meeting"], by=editor, note="W grudniu.", now=START + 2 * DAY)
    promised(found["promised"], institution=town, note="Lampy do piątku.", by=editor, now=START + 4 * DAY)
    return {state: Question.objects.get(pk=question.pk) for state, question in found.items()}


def take_away(question: Question, state: str, moderator) -> None:
    if state == "hidden":
        moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
    elif state == "handed over":
        moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
        Comment.objects.filter(pk=question.comment_id).update(hidden_reason="handed-over")
    else:
        stamps = {"withdrawn_at": START} if state == "withdrawn" else {}
        Comment.objects.filter(pk=question.comment_id).update(state=state, **stamps)


def listed(client: Client, query: str = "") -> list[str]:
    return [question.state for question, _days in client.get(f"{URL}{query}").context["rows"]]


# -- The list ------------------------------------------------------------------------------------------------


def test_list_shows_each_state_in_words_with_who_has_it(client, each):
    page = get(client, URL)
    for words in (
        "Waits for an answer",
        "Passed on",
        "Will be raised at a meeting",
        "Answered",
        "A promise was made",
        "Urząd Miasta",
    ):
        assert words in page
    assert "First official word after 3 days" in page
    assert page.count("#hourglass-split") >= 1
    for question in each.values():
        assert f'href="/pytania/{question.number}/"' in page
        assert question.comment.text in page


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("", ["promised", "meeting", "passed", "answered", "waits"]),
        ("?stan=czekaja", ["passed", "waits"]),
        ("?stan=przekazane", ["passed"]),
        ("?stan=na-spotkaniu", ["meeting"]),
        ("?stan=z-odpowiedzia", ["answered"]),
        ("?stan=obiecane", ["promised"]),
        ("?instytucja=urzad-miasta", ["promised", "passed"]),
        ("?instytucja=urzad-miasta&stan=z-odpowiedzia", []),
        ("?kolejnosc=najdluzej", ["waits", "passed", "meeting"]),
        ("?kolejnosc=najnowsze&stan=czekaja", ["passed", "waits"]),
    ],
)
def test_list_is_filtered_and_ordered(client, each, query: str, states: list[str]):
    assert listed(client, query) == states


@pytest.mark.parametrize("query", ["?stan=bzdura", "?instytucja=nie-ma", "?kolejnosc=x", "?strona=0", "?strona=99"])
def test_filter_that_does_not_exist_is_not_found(client, each, query: str):
    assert client.get(URL + query).status_code == 404


def test_institution_whose_page_is_closed_is_no_filter(client, topic):
    secret = factories.make_institution("Tajna", public=False)
    assert client.get(f"{URL}?instytucja={secret.slug}").status_code == 404
    assert "Tajna" not in get(client, URL)


def test_list_is_cut_into_pages(client, topic):
    for _ in range(21):
        make_question(topic)
    assert len(listed(client)) == 20
    assert len(listed(client, "?strona=2")) == 1


@pytest.mark.parametrize("state", ["hidden", "handed over", "withdrawn", "waiting"])
def test_text_taken_from_view_is_on_no_page(client, as_user, resident, topic, police, moderator, state: str):
    question = make_question(topic, SECRET)
    speak(question, police, START + DAY)
    assert SECRET in get(client, URL)
    take_away(question, state, moderator)
    for reader in (client, as_user(resident), as_user(moderator)):
        assert question not in [row for row, _days in reader.get(URL).context["rows"]]
        answer = reader.get(question.get_absolute_url())
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()
        assert "Naprawiamy." not in answer.content.decode()
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
    notice = {
        "hidden": "Comment removed by a moderator",
        "handed over": "passed on to be checked",
        "withdrawn": "The author removed this comment",
        "waiting": "reading this comment once more",
    }
    assert notice[state] in get(client, question.get_absolute_url())
    assert list(QuestionSitemap().items()) == []
    assert topic.title in get(client, question.get_absolute_url())


@pytest.mark.parametrize("questions", [1, 3])
def test_list_costs_the_same_for_any_number(client, as_user, resident, django_assert_num_queries, questions: int, db):
    for _ in range(questions):
        make_question(factories.make_topic(institution=factories.make_institution()))
    with django_assert_num_queries(3):  # count, questions, the choice of institutions
        client.get(URL)
    reader = as_user(resident)
    with django_assert_num_queries(5):  # and the session and the account
        reader.get(URL)


# -- By number -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{}", " {} ", "nr {}", "#{}", "Pytanie nr {}."])
def test_number_leads_to_its_question(client, topic, typed: str):
    question = make_question(topic)
    answer = client.get(URL, {"numer": typed.format(question.number)})
    assert (answer.status_code, answer.url) == (302, question.get_absolute_url())


def test_number_of_a_hidden_question_leads_to_its_notice(client, topic, moderator):
    question = make_question(topic)
    take_away(question, "hidden", moderator)
    assert client.get(URL, {"numer": str(question.number)}).url == question.get_absolute_url()


@pytest.mark.parametrize("typed", ["", "dwa", "12 i 13", "9" * 18, "9" * 30, "-"])
def test_number_that_nobody_has_is_said_beside_the_field(client, topic, typed: str):
    make_question(topic, "Kiedy lampy?")
    answer = client.get(URL, {"numer": typed})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "<title>Błąd:" in page
    assert 'href="#id_numer"' in page
    assert 'aria-invalid="true"' in page
    assert "Kiedy lampy?" in page


# -- The page of a question ---------------------------------------------------------------------------------


def test_page_tells_the_course_in_words(client, topic, police, town, editor):
    question = make_question(topic, "Kiedy naprawicie lampy?")
    raise_at_meeting(question, by=editor, note="W grudniu.", now=START + DAY)
    pass_on(question, to=town, by=editor, note="Lampy są miasta.", now=START + 2 * DAY)
    speak(question, town, START + 5 * DAY)
    factories.make_published(topic, "Też czekam.", parent=question.comment)
    page = get(client, question.get_absolute_url())
    course = page[page.index('aria-labelledby="przebieg"') :]
    places = [
        course.index(words)
        for words in ("Asked", police.name, "at a meeting", "W grudniu.", "Passed on", "Lampy są miasta.", "for 3 days")
    ]
    assert places == sorted(places)
    assert f'href="{town.get_absolute_url()}"' in course
    assert "First official word after 5 days" in page
    for text in ("Kiedy naprawicie lampy?", "Naprawiamy.", "Też czekam.", topic.get_absolute_url()):
        assert text in page
    assert "noindex" not in page
    assert f"/tematy/{topic.slug}/watek/{question.comment_id}/" in page


def test_page_shows_no_reply_that_is_not_published(client, topic, police, moderator):
    question = make_question(topic)
    word = speak(question, police, START + DAY)
    moderation.hide(word, by=moderator, reason=Reason.ADVERT)
    factories.make_comment(topic, SECRET, parent=question.comment)
    page = get(client, question.get_absolute_url())
    assert "Naprawiamy." not in page
    assert SECRET not in page
    assert "The answer is not shown any more" in page


def test_institution_with_a_closed_page_is_named_without_a_link(client, db):
    secret = factories.make_institution("Straż", public=False)
    question = make_question(factories.make_topic(institution=secret))
    page = get(client, question.get_absolute_url())
    assert "Straż" in page
    assert secret.get_absolute_url() not in page


@pytest.mark.parametrize("number", ["999", "9" * 25])
def test_number_never_given_is_not_found(client, db, number: str):
    assert client.get(f"/pytania/{number}/").status_code == 404


def test_question_of_a_topic_taken_back_is_not_found(client, topic):
    question = make_question(topic)
    Topic.objects.filter(pk=topic.pk).update(state=Topic.State.DRAFT)
    assert client.get(question.get_absolute_url()).status_code == 404
    assert client.get(URL, {"numer": str(question.number)}).status_code == 404
    assert listed(client) == []


@pytest.mark.parametrize("address", [URL, "/pytania/1/"])
def test_pages_are_read_only(client, db, address: str):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_seven_queries(client, topic, police, town, editor, django_assert_num_queries, rows: int):
    question = make_question(topic)
    for number in range(rows):
        pass_on(question, to=[town, police][number % 2], by=editor)
        factories.make_published(topic, parent=question.comment)
    for _ in range(rows):
        speak(question, police, START + DAY)
    with django_assert_num_queries(7):
        client.get(question.get_absolute_url())
    take_away(question, "waiting", None)
    with django_assert_num_queries(2):
        client.get(question.get_absolute_url())


# -- Elsewhere -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/tematy/"])
def test_lists_of_topics_tell_what_waits_and_is_answered(client, each, moderator, topic, address: str):
    page = get(client, address)
    assert "3 questions wait" in page
    assert "2 questions answered" in page
    take_away(each["answered"], "hidden", moderator)
    assert "1 question answered" in get(client, address)


def test_examples_are_marked_in_the_list_and_on_their_page(client, topic, police):
    example = factories.make_topic(is_example=True, institution=police)
    questions = [make_question(example), make_question(topic)]
    assert get(client, URL).count("Example</span>") == 1
    assert [get(client, question.get_absolute_url()).count("Example</span>") for question in questions] == [1, 0]


def test_list_of_topics_leads_to_the_questions(client, db):
    assert 'href="/pytania/"' in get(client, "/tematy/")


def test_page_of_an_institution_tells_how_it_answers(client, each, police, town, moderator):
    page = get(client, police.get_absolute_url())
    assert "1 question waits" in page
    assert "1 question answered" in page
    assert "First official word usually after 3 days" in page
    assert f'href="/pytania/?instytucja={police.slug}"' in page
    take_away(each["passed"], "hidden", moderator)
    take_away(each["promised"], "hidden", moderator)
    assert "pytania" not in get(client, town.get_absolute_url())


def test_sitemap_has_public_questions_with_their_last_step(client, each, moderator):
    take_away(each["waits"], "hidden", moderator)
    page = client.get("/sitemap-questions.xml").content.decode()
    assert f"/pytania/{each['passed'].number}/</loc>" in page
    assert f"/pytania/{each['waits'].number}/</loc>" not in page
    lastmod = QuestionSitemap().lastmod(each["passed"])
    assert lastmod == START + datetime.timedelta(days=1)
    assert "/pytania/</loc>" in client.get("/sitemap-pages.xml").content.decode()
