"""The pages of a survey: the sheet, the thanks and the results, for strangers above all."""

import datetime
import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import surveys
from meetings.models import Meeting, Survey, SurveyAnswer, SurveySheet
from tests import factories
from tests.panel import fields_of
from tests.site.inline import inline_code

State = Meeting.State
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
HOSTILE = "<script>alert(1)</script>\u202e&amp;{{ 7*7 }}"


@pytest.fixture
def survey(db) -> Survey:
    return factories.make_survey()


def page_of(survey: Survey, name: str = "survey") -> str:
    return reverse(f"meetings:{name}", args=[survey.meeting.date.year, survey.meeting.slug])


def filled(client: Client, survey: Survey, **typed) -> dict:
    """The form as somebody has it open, with what they chose by the kind of question."""
    found = fields_of(client.get(page_of(survey)))
    kinds = {question.kind: f"q{question.pk}" for question in survey.questions.all()}
    return {**found, **{kinds.get(name, name): value for name, value in typed.items()}}


def send_sheets(survey: Survey, number: int, **given) -> None:
    kinds = {question.kind: question.pk for question in survey.questions.all()}
    answers = {kinds[kind]: value for kind, value in (given or {"scale": 4}).items()}
    for _ in range(number):
        surveys.answer(survey, given=answers, submission=uuid.uuid4())


def text_of(page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).replace("\xa0", " ").split())


def test_stranger_fills_in_the_survey_and_is_thanked(client, survey):
    sent = client.post(page_of(survey), filled(client, survey, scale="4", choice="1", choices=["0", "2"], text="Ławki"))
    assert (sent.status_code, sent["Location"]) == (302, page_of(survey, "survey_sent"))
    assert "Dziękujemy za wypełnienie ankiety" in text_of(client.get(sent["Location"]))
    sheet = SurveySheet.objects.get()
    rows = [(a.question.kind, a.score, a.option, a.words) for a in sheet.answers.all()]
    assert rows == [
        ("scale", 4, None, ""),
        ("choice", None, 1, ""),
        ("choices", None, 0, ""),
        ("choices", None, 2, ""),
        ("text", None, None, "Ławki"),
    ]
    assert (sheet.keyed_by, sheet.on_paper) == (None, False)


def test_resident_signed_in_leaves_no_trace_either(survey, resident, as_user):
    client = as_user(resident)
    client.post(page_of(survey), filled(client, survey, scale="4"))
    assert SurveySheet.objects.get().keyed_by is None


def test_form_says_who_reads_and_where_to_call(client, survey):
    text = text_of(client.get(page_of(survey)))
    assert "Ankieta jest anonimowa: zapisujemy Twoje odpowiedzi i dzień, nic więcej." in text
    assert "To, co piszesz własnymi słowami, czyta tylko redakcja." in text
    assert "Nie podawaj danych osób" in text
    assert "112" in text
    assert inline_code(client.get(page_of(survey)).content.decode()) == []


def test_questions_are_groups_named_by_their_words(client, survey):
    html = client.get(page_of(survey)).content.decode()
    assert len(re.findall(r"<fieldset[^>]*>\s*<legend[^>]*>", html)) == 3
    assert html.count('type="radio"') == 5 + 1 + 2 + 1
    assert html.count('type="checkbox"') == 3


def test_empty_sheet_comes_back_with_a_sentence(client, survey):
    page = client.post(page_of(survey), filled(client, survey))
    assert page.status_code == 422
    assert "Odpowiedz na co najmniej jedno pytanie." in text_of(page)
    assert "<title>Błąd:" in page.content.decode()
    assert not SurveySheet.objects.exists()


def test_too_long_words_come_back_with_everything_typed(client, survey):
    words = "ż" * 1001
    page = client.post(page_of(survey), filled(client, survey, scale="2", choices=["1"], text=words))
    assert page.status_code == 422
    again = fields_of(page)
    kinds = {question.kind: f"q{question.pk}" for question in survey.questions.all()}
    assert (again[kinds["scale"]], again[kinds["choices"]], again[kinds["text"]]) == (["2"], ["1"], [words])
    assert "Skróć tekst: najwyżej 1000 znaków." in text_of(page)
    assert not SurveySheet.objects.exists()


@pytest.mark.parametrize(("kind", "value"), [("scale", "6"), ("choice", "x"), ("choices", ["7"]), ("text", "a\x00b")])
def test_what_no_form_of_ours_sends_is_refused(kind: str, value, client, survey):
    page = client.post(page_of(survey), filled(client, survey, **{kind: value}))
    assert page.status_code == 422
    assert "\x00" not in page.content.decode()
    assert not SurveySheet.objects.exists()


def test_hostile_words_are_words(client, survey, editor, as_user):
    client.post(page_of(survey), filled(client, survey, text=HOSTILE))
    assert SurveyAnswer.objects.get().words == HOSTILE.replace("\u202e", "")
    words = as_user(editor).get(reverse("admin:meetings_survey_words", args=[survey.pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in words
    assert "<script>alert" not in words


def test_hostile_questions_are_text_everywhere(client, db, editor, as_user):
    asks = [
        {"kind": "scale", "text": HOSTILE, "lowest": HOSTILE, "highest": HOSTILE},
        {"kind": "choices", "text": HOSTILE, "answers": f"{HOSTILE}\nnie"},
        {"kind": "text", "text": HOSTILE},
    ]
    survey = factories.make_survey(asks=asks, introduction=HOSTILE)
    send_sheets(survey, 5, scale=1, choices=[0])
    panel = as_user(editor)
    pages = [client.get(page_of(survey)), client.get(page_of(survey, "survey_results"))]
    pages += [panel.get(reverse(f"admin:meetings_survey_{name}", args=[survey.pk])) for name in ("print", "key-in")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "alert(1)" in page.content.decode()
        assert "49" not in text_of(page).replace("}}", "")


def test_double_click_is_one_sheet(client, survey):
    form = filled(client, survey, scale="1")
    assert [client.post(page_of(survey), form).status_code for _ in range(2)] == [302, 302]
    assert SurveySheet.objects.count() == 1


def test_program_that_fills_in_everything_is_asked_again(client, survey):
    page = client.post(page_of(survey), filled(client, survey, scale="1", subject="kup"))
    assert page.status_code == 422
    assert not SurveySheet.objects.exists()


def test_too_many_from_one_address_wait(client, survey, monkeypatch):
    monkeypatch.setattr(surveys, "BY_VISITOR", surveys.Limit("survey", 1, 3600))
    assert client.post(page_of(survey), filled(client, survey, scale="1")).status_code == 302
    page = client.post(page_of(survey), filled(client, survey, scale="1", text="zostaje"))
    assert page.status_code == 429
    assert "zostaje" in page.content.decode()
    assert SurveySheet.objects.count() == 1


@pytest.mark.parametrize(("opens", "closes", "words"), [(1, 2, "nie jest jeszcze otwarta"), (-2, -1, "już zamknięta")])
def test_survey_that_is_not_open_says_so_and_takes_nothing(opens: int, closes: int, words: str, client, db):
    survey = factories.make_survey()
    form = filled(client, survey, scale="3", text="zostaje")
    Survey.objects.update(opens_on=TODAY + opens * DAY, closes_on=TODAY + closes * DAY)
    page = Client().get(page_of(survey))
    assert words in text_of(page)
    assert "<form" not in page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert page.cookies.output() == ""
    late = client.post(page_of(survey), form)
    assert late.status_code == 409
    assert "zostaje" in late.content.decode()
    assert not SurveySheet.objects.exists()


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", ["survey", "survey_sent", "survey_results"])
def test_survey_of_a_draft_is_not_found(name: str, state: str, client, editor, moderator, as_user):
    survey = factories.make_survey(factories.make_meeting(state=state))
    expected = 404 if state in Meeting.UNPUBLISHED else 200
    assert client.get(page_of(survey, name)).status_code == expected
    assert as_user(moderator).get(page_of(survey, name)).status_code == expected
    assert as_user(editor).get(page_of(survey, name)).status_code == 200


def test_survey_of_a_draft_takes_nothing_from_editors_either(editor, as_user):
    survey = factories.make_survey(factories.make_meeting(state=State.DRAFT))
    client = as_user(editor)
    assert client.post(page_of(survey), filled(client, survey, scale="1")).status_code == 409
    assert not SurveySheet.objects.exists()


@pytest.mark.parametrize("name", ["survey", "survey_sent", "survey_results"])
def test_meeting_without_a_survey_has_no_page_for_it(name: str, client, db):
    meeting = factories.make_meeting()
    assert client.get(reverse(f"meetings:{name}", args=[meeting.date.year, meeting.slug])).status_code == 404
    assert client.get(reverse(f"meetings:{name}", args=[2017, "nie-ma"])).status_code == 404


def test_other_methods_are_refused(client, survey):
    assert client.put(page_of(survey)).status_code == 405
    assert client.post(page_of(survey, "survey_results")).status_code == 405
    assert client.post(page_of(survey, "survey_sent")).status_code == 405


def test_a_stranger_needs_the_token_of_the_form(survey):
    assert Client(enforce_csrf_checks=True).post(page_of(survey), {}).status_code == 403


# Results


@pytest.mark.parametrize("days", [0, 30])
def test_four_sheets_leak_nowhere(days: int, client, survey):
    before = [client.get(url).content for url in (page_of(survey, "survey_results"), survey.meeting.get_absolute_url())]
    send_sheets(survey, 4, scale=2, choice=0, choices=[1], text="tajne słowa")
    if days:
        Survey.objects.update(opens_on=TODAY - days * DAY, closes_on=TODAY - DAY)
    after = [client.get(url).content for url in (page_of(survey, "survey_results"), survey.meeting.get_absolute_url())]
    if not days:
        assert after == before
    html = after[0].decode()
    assert "Wyników jeszcze nie ma." in html.replace("\xa0", " ")
    main = html.partition("<main")[2].partition("</main>")[0]
    assert "<table" not in main
    assert '<svg class="fk-bar' not in main
    assert "wyniki/" not in after[1].decode()
    assert not any(word in page.decode() for page in after for word in ("tajne", "Wandalizm"))


def test_five_sheets_show_a_table_with_bars(client, survey):
    send_sheets(survey, 2, scale=1, choice=0, choices=[0, 1], text="tajne słowa")
    send_sheets(survey, 3, scale=5, choices=[1])
    page = client.get(page_of(survey, "survey_results"))
    text = text_of(page)
    assert "Policzone z 5 ankiet." in text
    assert "1 – źle 2 40% 2 0 0% 3 0 0% 4 0 0% 5 – dobrze 3 60%" in text
    assert "Średnia: 3,4 ." in text
    assert "Kradzieże 2 40% Wandalizm 5 100% Nic z tego 0 0%" in text
    assert "udziały mogą dawać razem więcej niż sto procent" in text
    assert "Na to pytanie odpowiedziało mniej niż 5 osób." in text
    assert "tajne" not in page.content.decode()
    assert "Nie 0" not in text
    assert 'style="' not in page.content.decode()
    assert page.content.decode().count('<rect width="100"') == 1
    assert '<meta name="robots"' not in page.content.decode()


def test_next_sheet_shows_only_with_four_others(client, survey):
    send_sheets(survey, 5, scale=1)
    before = client.get(page_of(survey, "survey_results")).content
    send_sheets(survey, 4, scale=5)
    assert client.get(page_of(survey, "survey_results")).content == before
    send_sheets(survey, 1, scale=5)
    assert "Policzone z 10 ankiet." in text_of(client.get(page_of(survey, "survey_results")))


@pytest.mark.parametrize("questions", [1, 3])
def test_pages_cost_the_same(questions: int, client, db, django_assert_num_queries):
    asks = [{"kind": "scale", "text": f"Pytanie {n}"} for n in range(questions)]
    survey = factories.make_survey(asks=asks)
    send_sheets(survey, 5, scale=3)
    with django_assert_num_queries(2):
        client.get(page_of(survey))
    with django_assert_num_queries(6):
        client.get(page_of(survey, "survey_results"))


# On the page of the meeting


@pytest.mark.parametrize(
    ("days", "sheets", "links"),
    [
        (0, 0, ["survey"]),
        (0, 4, ["survey"]),
        (0, 5, ["survey", "survey_results"]),
        (30, 4, []),
        (30, 5, ["survey_results"]),
        (-1, 0, []),
    ],
)
def test_meeting_leads_to_its_survey_and_to_enough_results(days: int, sheets: int, links: list, client, survey):
    send_sheets(survey, sheets)
    Survey.objects.update(
        opens_on=TODAY - days * DAY, closes_on=TODAY + (0 if days == 0 else 3 if days < 0 else -1) * DAY
    )
    html = client.get(survey.meeting.get_absolute_url()).content.decode()
    shown = [name for name in ("survey", "survey_results") if f'href="{page_of(survey, name)}"' in html]
    assert shown == links


def test_meeting_without_a_survey_does_not_mention_one(client, db):
    assert "nkiet" not in client.get(factories.make_meeting().get_absolute_url()).content.decode()


def test_page_of_a_meeting_sets_no_cookie_for_its_survey(client, survey):
    assert client.get(survey.meeting.get_absolute_url()).cookies.output() == ""
