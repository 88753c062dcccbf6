"""The meeting of 29 May 2017, read back from its pages: every fact of the source, and none besides."""

import datetime
import re
from html import unescape
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse

from meetings.models import Forum, Meeting
from participants.models import Institution, Official
from tests import factories
from topics.models import Topic

ADDRESS = "/spotkania/2017/bezpieczenstwo-na-osiedlach-mieszkaniowych/"
TOWN_HALL = "Urząd Miasta Piotrkowa Trybunalskiego"
GUARD = "Straż Miejska w Piotrkowie Trybunalskim"
# Rank and name, post, institution: the table of the source, in the order of protocol.
GUESTS = [
    ("Andrzej Kacperek", "Wiceprezydent Miasta", TOWN_HALL),
    ("Jan Dziemdziora", "Radny", "Rada Miasta Piotrkowa Trybunalskiego"),
    ("Marek Domański", "Kierownik Zarządzania Kryzysowego i Obrony", TOWN_HALL),
    ("Jacek Hofman", "Komendant Straży Miejskiej", GUARD),
    ("Jan Sońta", "Kierownik Referatu do spraw Wykroczeń", GUARD),
    (
        "Grzegorz Janowski",
        "Pełnomocnik Prezydenta Miasta ds. Profilaktyki, Rozwiązywania Problemów Alkoholowych, "
        "Zdrowia i Pomocy Społecznej",
        TOWN_HALL,
    ),
    (
        "Elżbieta Dobrzyńska",
        "Dyrektor",
        "Państwowa Powiatowa Stacja Sanitarno-Epidemiologiczna w Piotrkowie Trybunalskim",
    ),
    ("podinsp. Jarosław Janus", "Naczelnik Wydziału Prewencji", "Komenda Wojewódzka Policji w Łodzi"),
]
GROUPS = ["Prezesi spółdzielni mieszkaniowych", "Właściciele i zarządcy", "Przewodniczący rad osiedli", "Mieszkańcy"]
TOPICS = [
    ("Współpraca policji z mieszkańcami, radami osiedli i spółdzielniami mieszkaniowymi", "mieszkańców miasta"),
    ("Monitoring miejski", "wykrywani"),
    ("patrole rowerowe", "bezpieczeństwu na osiedlach"),
    ("KMZB", "Krajowa Mapa Zagrożeń Bezpieczeństwa"),
    ("profilaktyczne policji", "Profilaktyka"),
    ("Przeciwdziałanie przestępczości narkotykowej", "w mieście"),
]


def load() -> str:
    out = StringIO()
    call_command("load_founding_meeting", stdout=out)
    return out.getvalue()


def text_of(html: str) -> str:
    """What a reader sees between the tags, in one line."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def read(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return text_of(response.content.decode())


def rows_of_all_tables() -> dict[str, list]:
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in apps.get_models()}


@pytest.fixture
def record(client, db) -> str:
    load()
    return read(client, ADDRESS)


@pytest.fixture
def agenda(db) -> list[Topic]:
    load()
    return [item.topic for item in Meeting.objects.get().agenda_items.select_related("topic")]


def test_page_says_what_when_and_whose(record):
    for fact in [
        "Bezpieczeństwo na osiedlach mieszkaniowych",
        "spotkanie ze społeczeństwem",
        "29 maja 2017 r.",
        "poniedziałek",
        "Forum ku bezpieczeństwu na terenie ziemi piotrkowskiej",
        "Komendant Miejski Policji w Piotrkowie Trybunalskim, insp. Dariusz Partyka",
        "Komenda Miejska Policji w Piotrkowie Trybunalskim",
    ]:
        assert fact.lower() in record.lower(), fact
    assert re.search(r"(nr|no\.) 2\b|\b2\. spotkanie", record)
    assert re.search(r"(początek|beginning of) 2017", record)


def test_page_says_that_it_is_in_the_archive(record):
    assert re.search(r"jest w archiwum|is in the archive", record)


def test_guests_are_printed_in_the_order_of_protocol(record):
    lines = [f"{name} {post} {institution}" for name, post, institution in GUESTS]
    places = [record.find(line) for line in lines]
    assert -1 not in places, lines[places.index(-1)]
    groups = [record.find(group, places[-1]) for group in GROUPS]
    assert -1 not in groups, GROUPS[groups.index(-1)]
    assert places + groups == sorted(places + groups)


def test_hosts_are_printed_without_names_and_with_the_post_that_leads_them(record):
    assert "Kadra kierownicza policji" in record
    assert re.search(r"Dzielnicowi z terenu miasta [^.]*Kierownik Rewiru Dzielnicowych", record)


def test_only_the_named_guests_are_listed(record):
    assert Official.objects.count() == len(GUESTS)
    meeting = Meeting.objects.get()
    named = [line.name_text for line in meeting.presences.all() if line.name_text]
    assert len(named) == len(GUESTS)
    assert not any("Partyka" in name for name in named)


def test_main_topic_comes_first_and_five_follow(client, record, agenda):
    places = [record.find(topic.title) for topic in agenda]
    assert len(agenda) == 6
    assert -1 not in places
    assert places == sorted(places)
    assert [item.is_main for item in Meeting.objects.get().agenda_items.all()] == [True] + [False] * 5
    assert re.search(r"(Main topic|Temat główny) Współpraca policji z mieszkańcami", record)
    for topic, (in_title, _fact) in zip(agenda, TOPICS, strict=True):
        assert in_title in topic.title
        assert f'href="{topic.get_absolute_url()}"' in client.get(ADDRESS).content.decode()


def test_report_tells_of_interest_advice_and_the_open_list(record):
    for fact in ["przyszło wielu mieszkańców", "w dyskusji", "między innymi", "rady i uwagi przekazali dzielnicowi"]:
        assert fact in record


def test_nothing_that_the_source_leaves_out_is_printed(record):
    meeting = Meeting.objects.get()
    assert (meeting.starts, meeting.ends, meeting.where, meeting.head_count) == (None, None, "", None)
    assert not re.search(r"godz\.|\d{1,2}:\d\d|\bo'clock", record)
    assert not re.search(r"\d+ (osób|osoby|osoba|people|person)\b", record)
    assert not re.search(r"sala|ul\. |szkoł", record)


@pytest.mark.parametrize("number", range(6))
def test_each_topic_has_its_page_in_the_archive(client, agenda, number):
    in_title, fact = TOPICS[number]
    text = read(client, agenda[number].get_absolute_url())
    assert in_title in text
    assert fact in text
    assert "29 maja 2017 r." in text
    assert agenda[number].state == Topic.State.ARCHIVED
    assert re.search(r"zamknięt|closed|archiw|archive", text)


def test_tools_topic_links_the_public_map_and_sends_emergencies_to_112(client, agenda):
    html = client.get(agenda[3].get_absolute_url()).content.decode()
    assert 'href="https://mapy.geoportal.gov.pl/iMapLite/KMZBPublic.html"' in html
    text = text_of(html)
    assert "Moja Komenda" in text
    assert "112" in text


def test_people_and_institutions_have_pages_that_do_not_say_who_works_there_today(client, record):
    for official in Official.objects.all():
        assert official.full_name in read(client, official.get_absolute_url())
    guard = read(client, Institution.objects.get(name=GUARD).get_absolute_url())
    assert "Jacek Hofman" in guard
    assert not re.search(r"Who works here|Kto tu pracuje", guard)


def test_second_run_changes_nothing(db):
    load()
    before = rows_of_all_tables()
    assert "here already" in load()
    assert rows_of_all_tables() == before


def test_changes_of_the_editors_are_kept(db):
    load()
    Forum.objects.update(name="Forum pod nową nazwą")
    meeting = Meeting.objects.get()
    meeting.title, meeting.number = "Inny tytuł", 3
    meeting.save()
    before = rows_of_all_tables()
    load()
    assert rows_of_all_tables() == before


def test_what_the_editors_entered_before_is_used(client, db):
    guard = factories.make_institution(GUARD, public=False)
    hall = factories.make_institution("Urząd Miasta")
    hall.former_names.create(name=TOWN_HALL)
    known = factories.make_appointment(
        factories.make_official("Jacek", "Hofman", public=False), guard, post="Komendant Straży Miejskiej"
    )
    load()
    assert Institution.objects.count() == 6
    assert Official.objects.filter(last_name="Hofman").count() == 1
    assert known.presences.count() == 1
    assert read(client, ADDRESS).count(TOWN_HALL) == 3


def test_taken_addresses_and_namesakes_are_no_obstacle(client, db):
    namesake = factories.make_official("Jan", "Sońta")
    factories.make_topic("Policyjne patrole rowerowe")
    factories.make_meeting("Bezpieczeństwo na osiedlach mieszkaniowych", date=datetime.date(2017, 5, 29))
    load()
    meeting = Meeting.objects.get(number=2)
    assert meeting.get_absolute_url() == ADDRESS.rstrip("/") + "-2/"
    assert Official.objects.exclude(pk=namesake.pk).get(last_name="Sońta").slug == "jan-sonta-2"
    assert "Jan Sońta" in read(client, meeting.get_absolute_url())


def test_a_withheld_name_is_not_printed(client, db):
    guard = factories.make_institution(GUARD)
    hidden = factories.make_official("Jan", "Sońta", name_withheld=True)
    factories.make_appointment(hidden, guard, post="Kierownik Referatu do spraw Wykroczeń")
    load()
    page = read(client, ADDRESS)
    assert "Sońta" not in page
    assert "Kierownik Referatu do spraw Wykroczeń" in page


def test_lists_lead_to_the_meeting(client, record):
    assert f'href="{ADDRESS}"' in client.get(reverse("meetings:list")).content.decode()
    assert f'href="{ADDRESS}"' in client.get(reverse("meetings:year", args=[2017])).content.decode()
