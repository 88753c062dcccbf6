"""The page of an official: posts now and then, meetings, and answers given in the name of a post."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting
from participants.models import Official
from tests import factories
from tests.site.inline import inline_code
from topics.models import Comment, Topic

pytestmark = pytest.mark.django_db
HELD = Meeting.State.HELD
TODAY = timezone.localdate()
YEAR = datetime.timedelta(days=365)
VOICE = "Kierownik Rewiru Dzielnicowych, Komenda Miejska Policji"


def read(client: Client, official: Official) -> str:
    response = client.get(official.get_absolute_url(), headers={"accept-language": "en"})
    assert response.status_code == 200
    html = response.content.decode()
    assert inline_code(html) == []
    return html


def section(html: str, anchor: str) -> str:
    return html.partition(f'aria-labelledby="{anchor}"')[2].partition("</section>")[0]


def make_answer(official: Official, topic: Topic, text: str, **fields: object) -> Comment:
    appointment = official.appointments.first() or factories.make_appointment(official)
    return factories.make_published(topic, text, appointment=appointment, voice=VOICE, **fields)


def test_page_shows_rank_posts_and_institutions(client: Client):
    official = factories.make_official("Marta", "Wolska", degree="dr", note="Odpowiada za dzielnicowych.")
    police = factories.make_institution("Komenda Miejska Policji")
    factories.make_appointment(official, police, rank="asp. szt.", post="Kierownik Rewiru", starts=TODAY - YEAR)
    factories.make_appointment(official, police, rank="st. asp.", post="Dzielnicowa", ends=TODAY - YEAR)
    html = read(client, official)
    assert '<h1 class="mb-2" lang="pl">asp. szt. dr Marta Wolska</h1>' in html
    assert '<a href="/instytucje/komenda-miejska-policji/">Komenda Miejska Policji</a>' in html
    assert "Odpowiada za dzielnicowych." in html
    assert "st. asp., Dzielnicowa" in section(html, "dawniej")
    assert "Kierownik Rewiru" not in section(html, "dawniej")


def test_post_in_an_institution_without_a_page_is_not_named(client: Client):
    official = factories.make_official()
    factories.make_appointment(official, factories.make_institution("Urząd Nieznany", public=False), post="Radca")
    html = read(client, official)
    assert "Nieznany" not in html
    assert "Radca" not in html


def test_meetings_are_listed_with_the_text_printed_that_day(client: Client):
    official = factories.make_official("Marta", "Wolska")
    appointment = factories.make_appointment(official, rank="asp. szt.", post="Kierownik Rewiru")
    printed = {"rank_text": "st. asp.", "name_text": "Marta Wolska", "post_text": "Dzielnicowa"}
    meeting = factories.make_meeting("Bezpieczne osiedla", state=HELD, date=datetime.date(2017, 5, 29))
    factories.make_presence(meeting, appointment, attendance="present", frozen_at=timezone.now(), **printed)
    other = factories.make_appointment(factories.make_official("Jan", "Inny"))
    factories.make_presence(factories.make_meeting("Obce spotkanie", state=HELD), other)
    html = section(read(client, official), "spotkania")
    assert '<a href="/spotkania/2017/bezpieczne-osiedla/" lang="pl">Bezpieczne osiedla</a>' in html
    assert "st. asp. Marta Wolska, Dzielnicowa" in html
    assert "(present)" in html
    assert "Obce spotkanie" not in html


def test_answers_are_those_published_on_public_topics(client: Client):
    official = factories.make_official()
    topic = factories.make_topic("Patrole piesze")
    make_answer(official, topic, "Rowery wracają w maju.")
    hidden = make_answer(official, topic, "Ukryta odpowiedź.")
    Comment.objects.filter(pk=hidden.pk).update(
        state=Comment.State.HIDDEN, hidden_at=timezone.now(), hidden_reason="off-topic"
    )
    factories.make_comment(topic, "Czeka na moderację.", appointment=official.appointments.first(), voice=VOICE)
    factories.make_comment(topic, "Prywatnie.", appointment=official.appointments.first())
    draft = factories.make_topic("Szkic tematu")
    make_answer(official, draft, "Odpowiedź w szkicu.")
    Topic.objects.filter(pk=draft.pk).update(state=Topic.State.DRAFT)
    make_answer(factories.make_official("Jan", "Inny"), topic, "Cudza odpowiedź.")
    html = read(client, official)
    answers = section(html, "odpowiedzi")
    assert "Rowery wracają w maju." in answers
    assert "Patrole piesze" in answers
    assert VOICE in answers
    for text in ("Ukryta", "Czeka na", "Prywatnie", "w szkicu", "Szkic tematu", "Cudza"):
        assert text not in html


def test_answer_leads_to_its_place_in_the_talk(client: Client):
    official = factories.make_official()
    answer = make_answer(official, factories.make_topic("Patrole piesze"), "Rowery wracają w maju.")
    assert f'href="/tematy/patrole-piesze/k/{answer.pk}/"' in read(client, official)


def test_long_lists_end_with_a_sentence(client: Client):
    official = factories.make_official()
    appointment = factories.make_appointment(official)
    topic = factories.make_topic()
    for number in range(22):
        day = datetime.date(2017, 1, number + 1)
        meeting = factories.make_meeting(f"Spotkanie {number:02}", state=HELD, date=day)
        factories.make_presence(meeting, appointment)
        make_answer(official, topic, f"Odpowiedź {number:02}.")
    html = read(client, official)
    for anchor, word in (("spotkania", "Spotkanie"), ("odpowiedzi", "Odpowiedź")):
        assert f"{word} 02" in section(html, anchor)
        assert f"{word} 01" not in section(html, anchor)
        assert "We show the 20 latest." in section(html, anchor)


def test_page_that_is_not_open_is_previewed_by_editors_alone(as_user, editor, moderator, resident):
    official = factories.make_official("Jan", "Nieznany", public=False)
    factories.make_appointment(official, post="Naczelnik")
    for stranger in (None, resident, moderator):
        assert as_user(stranger).get(official.get_absolute_url()).status_code == 404
    html = read(as_user(editor), official)
    assert "This page is not open yet: only the editors see it." in html
    assert "Naczelnik" in html
    assert '<meta name="robots" content="noindex">' in html


@pytest.mark.parametrize("persona", [None, "resident", "moderator", "editor"])
def test_withheld_name_has_no_page_for_anybody(persona: str | None, request, as_user):
    official = factories.make_official("Jan", "Skryty", name_withheld=True)
    client = as_user(request.getfixturevalue(persona) if persona else None)
    assert client.get(official.get_absolute_url()).status_code == 404


def test_changed_address_leads_on(client: Client):
    official = factories.make_official("Marta", "Wolska")
    official.slug = "marta-wolska-nowak"
    official.save()
    response = client.get("/osoby/marta-wolska/")
    assert (response.status_code, response["Location"]) == (301, "/osoby/marta-wolska-nowak/")


def test_page_is_for_reading_only(client: Client):
    assert client.post(factories.make_official().get_absolute_url()).status_code == 405


def test_person_who_does_not_exist_is_not_found(client: Client):
    assert client.get("/osoby/nie-ma/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_four_queries(rows: int, client: Client, django_assert_num_queries):
    official = factories.make_official()
    for number in range(rows):
        appointment = factories.make_appointment(official, rank="asp. szt.")
        factories.make_appointment(official, rank="st. asp.", ends=TODAY - YEAR)
        meeting = factories.make_meeting(state=HELD, date=datetime.date(2017, 5, number + 1))
        factories.make_presence(meeting, appointment, name_text="Marta Wolska")
        make_answer(official, factories.make_topic(), "Rowery wracają w maju.")
    with django_assert_num_queries(4):
        html = read(client, official)
    assert html.count("Rowery wracają w maju.") == rows
