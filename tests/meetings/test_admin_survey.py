"""Surveys in the panel: their questions, the sheet to print, sheets typed from paper, and own words."""

import datetime
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import surveys
from meetings.models import Meeting, Survey, SurveyAnswer, SurveyQuestion, SurveySheet
from participants.models import Resident
from tests import factories
from tests.panel import errors_of, make_administrator, make_staff, opened
from tests.site.inline import inline_code

ADD = reverse("admin:meetings_survey_add")
TODAY = timezone.localdate()


@pytest.fixture
def client(editor: Resident, as_user) -> Client:
    return as_user(editor)


@pytest.fixture
def survey(db) -> Survey:
    return factories.make_survey()


def at(survey: Survey, page: str) -> str:
    return reverse(f"admin:meetings_survey_{page}", args=[survey.pk])


def new(client: Client, **typed) -> dict:
    meeting = str(factories.make_meeting("Nowe spotkanie").pk)
    until = (TODAY + datetime.timedelta(days=5)).isoformat()
    return opened(client, ADD, **{"meeting": meeting, "opens_on": TODAY.isoformat(), "closes_on": until, **typed})


def send(survey: Survey, **given) -> SurveySheet:
    kinds = {question.kind: question.pk for question in survey.questions.all()}
    answers = {kinds[kind]: value for kind, value in given.items()}
    return surveys.answer(survey, given=answers, submission=uuid.uuid4())


def test_new_survey_begins_with_the_usual_questions_and_they_can_be_changed(client):
    page = client.post(ADD, new(client, **{"questions-1-text": "Jak oceniasz straż miejską?"}))
    assert page.status_code == 302, errors_of(page)
    asked = [(q.position, q.kind, q.text) for q in Survey.objects.get().questions.all()]
    assert asked == [
        (1, "scale", "Jak bezpiecznie czujesz się w swojej okolicy?"),
        (2, "scale", "Jak oceniasz straż miejską?"),
        (3, "choices", "Co najbardziej zagraża Ci w pobliżu domu?"),
    ]
    assert len(SurveyQuestion.objects.get(kind="choices").options) == 8


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"questions-2-answers": "Tak"}, "questions-2-answers", "co najmniej dwie"),
        ({"questions-2-answers": "Tak\nTak "}, "questions-2-answers", "powtarza"),
        ({"closes_on": "2020-01-01"}, "closes_on", ""),
        ({"opens_on": ""}, "opens_on", ""),
    ],
    ids=["one answer", "twice", "ends before", "no day"],
)
def test_faults_are_told_beside_their_field(typed: dict, field: str, words: str, client):
    page = client.post(ADD, new(client, **typed))
    assert page.status_code == 200
    assert words in errors_of(page)[field][0]
    assert not Survey.objects.exists()


def test_survey_needs_a_question(client):
    empty = {f"questions-{n}-{name}": "" for n in range(3) for name in ("text", "lowest", "highest", "answers")}
    kinds = {f"questions-{n}-kind": "scale" for n in range(3)}
    page = client.post(ADD, new(client, **empty, **kinds))
    assert page.status_code == 200
    assert "Ankieta musi mieć pytanie." in page.content.decode().replace("\xa0", " ")
    assert not Survey.objects.exists()


def test_meeting_has_one_survey(client, survey):
    page = client.post(ADD, new(client, meeting=str(survey.meeting.pk)))
    assert page.status_code == 200
    assert "meeting" in errors_of(page)


def test_questions_can_be_changed_until_somebody_answers(client, survey):
    url = at(survey, "change")
    form = opened(client, url, **{"questions-0-text": "Inaczej?"})
    client.post(url, form)
    assert survey.questions.first().text == "Inaczej?"
    send(survey, scale=1)
    late = {**form, "questions-0-text": "Podmienione", "questions-1-DELETE": "on", "introduction": "Nowy wstęp"}
    client.post(url, late)
    assert survey.questions.first().text == "Inaczej?"
    assert survey.questions.count() == 4
    survey.refresh_from_db()
    assert survey.introduction == "Nowy wstęp"
    page = client.get(url).content.decode().replace("\xa0", " ")
    assert "Ktoś już odpowiedział na ankietę, dlatego jej pytań nie można zmienić." in page
    assert 'name="questions-0-text"' not in page


def test_survey_with_sheets_is_kept(client, survey):
    send(survey, scale=1)
    client.post(at(survey, "delete"), {"post": "yes"})
    assert Survey.objects.filter(pk=survey.pk).exists()


def test_sheet_from_paper_is_typed_and_the_next_one_follows(client, survey, editor):
    url = at(survey, "key-in")
    scale, choice, choices, text = [f"q{question.pk}" for question in survey.questions.all()]
    typed = {scale: "5", choice: "0", choices: ["0", "1"], text: "Więcej światła"}
    page = client.post(url, opened(client, url, **typed), follow=True)
    assert page.redirect_chain == [(url, 302)]
    assert [str(m) for m in page.context["messages"]] == ["Ankieta jest zapisana. Wprowadź następną."]
    assert "wprowadzone ankiety: 1" in page.content.decode()
    sheet = SurveySheet.objects.get()
    assert (sheet.on_paper, sheet.keyed_by, sheet.answers.count()) == (True, editor, 5)
    assert "Więcej światła" not in page.content.decode()
    client.post(url, opened(client, url, **{scale: "1"}))
    assert SurveySheet.objects.count() == 2


def test_double_click_types_one_sheet(client, survey):
    url = at(survey, "key-in")
    form = opened(client, url, **{f"q{survey.questions.first().pk}": "5"})
    client.post(url, form)
    client.post(url, form)
    assert SurveySheet.objects.count() == 1


def test_empty_sheet_is_not_typed(client, survey):
    url = at(survey, "key-in")
    page = client.post(url, opened(client, url))
    assert "Odpowiedz na co najmniej jedno pytanie." in [str(m).replace("\xa0", " ") for m in page.context["messages"]]
    assert not SurveySheet.objects.exists()


def test_sheet_typed_wrongly_is_deleted_and_one_from_the_page_is_not(client, survey, editor):
    answers = {survey.questions.first().pk: 3}
    how = {"submission": uuid.uuid4(), "on_paper": True, "keyed_by": editor}
    paper = surveys.answer(survey, given=answers, **how)
    web = send(survey, scale=1)
    codes = {}
    for sheet in (paper, web):
        url = reverse("admin:meetings_surveysheet_delete", args=[sheet.pk])
        codes[sheet] = client.post(url, {"post": "yes"}).status_code
    assert list(codes.values()) == [302, 403]
    assert [sheet.pk for sheet in SurveySheet.objects.all()] == [web.pk]


def test_own_words_are_read_question_by_question_and_not_sheet_by_sheet(client, survey):
    send(survey, text="Żeby było jaśniej")
    send(survey, text="Ławki", scale=5)
    html = client.get(at(survey, "words")).content.decode()
    assert html.index("Ławki") < html.index("Żeby było jaśniej") or "Żeby" in html
    assert html.count("Czego oczekujesz?") == 1
    assert "Mogą tu być dane osobowe" in html.replace("\xa0", " ")
    sheet = SurveySheet.objects.last()
    listed = client.get(reverse("admin:meetings_surveysheet_change", args=[sheet.pk])).content.decode()
    assert "Ławki" not in listed


def test_sheet_to_print_has_a_box_for_every_answer(client, survey):
    html = client.get(at(survey, "print")).content.decode()
    assert html.count('class="box"') == 5 + 2 + 3
    assert "Nie podpisuj jej" in html
    assert inline_code(html) == []


@pytest.mark.parametrize("page", ["change", "key-in", "words", "print"])
def test_only_editors_get_there(page: str, survey, moderator, resident, editor, as_user):
    SurveyAnswer.objects.create(sheet=send(survey, scale=1), question=survey.questions.last(), words="tajne")
    refused = 404 if page in {"words", "print"} else 403
    people = {moderator: refused, make_staff(): refused, resident: 302, None: 302}
    people |= {editor: 200, make_administrator(): 200}
    found = {who: as_user(who).get(at(survey, page)) for who in people}
    assert {who: answer.status_code for who, answer in found.items()} == people
    assert "tajne" not in found[moderator].content.decode()
    assert client_is_refused(as_user(moderator), survey)


def client_is_refused(client: Client, survey: Survey) -> bool:
    before = SurveySheet.objects.count()
    client.post(at(survey, "key-in"), {f"q{survey.questions.first().pk}": "5"})
    return SurveySheet.objects.count() == before


@pytest.mark.parametrize("page", ["key-in", "words", "print"])
def test_missing_survey_is_not_found(page: str, client):
    assert client.get(reverse(f"admin:meetings_survey_{page}", args=[99])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_words_cost_the_same(rows: int, client, survey, django_assert_num_queries):
    for number in range(rows):
        send(survey, text=f"słowo {number}")
    client.get(at(survey, "words"))
    with django_assert_num_queries(6):  # session, person, two of permissions, the survey, the words
        client.get(at(survey, "words"))


def test_survey_of_a_scheduled_meeting_can_be_prepared(client):
    meeting = factories.make_meeting("Szkic", state=Meeting.State.DRAFT)
    assert client.post(ADD, new(client, meeting=str(meeting.pk))).status_code == 302
    assert Survey.objects.get().meeting == meeting
