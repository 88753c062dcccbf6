"""The list of institutions, and the page of one: its people then and now, its meetings."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting, Presence
from participants.models import FormerName, Institution
from tests import factories
from tests.site.inline import inline_code

pytestmark = pytest.mark.django_db
HELD = Meeting.State.HELD
TODAY = timezone.localdate()
YEAR = datetime.timedelta(days=365)


def read(client: Client, url: str) -> str:
    response = client.get(url, headers={"accept-language": "en"})
    assert response.status_code == 200
    html = response.content.decode()
    assert inline_code(html) == []
    return html


def section(html: str, anchor: str) -> str:
    return html.partition(f'aria-labelledby="{anchor}"')[2].partition("</section>")[0]


def make_person(institution: Institution, last_name: str, **fields: object):
    public, withheld = fields.pop("public", True), fields.pop("name_withheld", False)
    official = factories.make_official("Jan", last_name, public=public, name_withheld=withheld)
    return factories.make_appointment(official, institution, **fields)


def test_list_groups_public_institutions_by_kind(client: Client):
    factories.make_institution("Szkoła nr 3", kind="school", seat="Sulejów")
    factories.make_institution("Komenda Miejska", kind="police")
    factories.make_institution("Komenda Nieznana", kind="police", public=False)
    html = read(client, "/instytucje/")
    places = [html.find(text) for text in ("Police</h2>", "Komenda Miejska</a>", "School</h2>", "Szkoła nr 3</a>")]
    assert -1 not in places
    assert places == sorted(places)
    assert "Sulejów" in html
    assert "Nieznana" not in html


def test_empty_list_says_so(client: Client):
    assert "No institution has a page here yet." in read(client, "/instytucje/")


def test_list_is_paged(client: Client):
    for number in range(61):
        factories.make_institution(f"Szkoła nr {number:02}")
    assert "Szkoła nr 60" not in read(client, "/instytucje/")
    assert "Szkoła nr 60" in read(client, "/instytucje/?strona=2")
    assert client.get("/instytucje/?strona=3").status_code == 404


def test_page_tells_who_and_where(client: Client):
    parent = factories.make_institution("Urząd Miasta")
    institution = factories.make_institution(
        "Straż Miejska",
        kind="guard",
        parent=parent,
        description="Pilnuje porządku.",
        address="ul. Szkolna 1",
        email="straz@miasto.example",
        phone="44 000 00 00",
        website="https://straz.example/",
    )
    factories.make_institution("Referat Patrolowy", parent=institution)
    factories.make_institution("Referat Tajny", parent=institution, public=False)
    FormerName.objects.create(institution=institution, name="Milicja Miejska", until=datetime.date(1997, 12, 31))
    html = read(client, "/instytucje/straz-miejska/")
    assert "Municipal guard" in html
    for fact in ("Pilnuje porządku.", "ul. Szkolna 1", "Milicja Miejska", 'datetime="1997-12-31"'):
        assert fact in html
    for address in (
        "mailto:straz@miasto.example",
        "tel:440000000",
        "https://straz.example/",
        "/instytucje/urzad-miasta/",
    ):
        assert f'href="{address}"' in html
    assert "Referat Patrolowy" in html
    assert "Tajny" not in html


def test_parent_without_a_page_is_not_named(client: Client):
    parent = factories.make_institution("Urząd Nieznany", public=False)
    institution = factories.make_institution(parent=parent)
    assert "Nieznany" not in read(client, institution.get_absolute_url())


def test_people_now_and_then_stand_apart(client: Client):
    institution = factories.make_institution()
    make_person(institution, "Obecny", rank="podinsp.", post="Naczelnik", starts=TODAY - YEAR)
    make_person(institution, "Dawny", post="Dyrektor", starts=TODAY - 3 * YEAR, ends=TODAY - YEAR)
    make_person(institution, "Przyszły", starts=TODAY + YEAR)
    make_person(institution, "Skryty", name_withheld=True)
    make_person(institution, "Nieznany", public=False)
    html = read(client, institution.get_absolute_url())
    now, then = section(html, "ludzie"), section(html, "dawniej")
    assert '<a href="/osoby/jan-obecny/">podinsp. Jan Obecny</a>' in now
    assert "Naczelnik" in now
    assert f'<time datetime="{TODAY - YEAR}">' in now
    assert "Jan Dawny" in then
    assert "Jan Dawny" not in now
    for name in ("Przyszły", "Skryty", "Nieznany"):
        assert name not in html


def test_meetings_are_listed_with_the_lines_printed_that_day(client: Client):
    institution = factories.make_institution("Urząd Miasta")
    meeting = factories.make_meeting("Bezpieczne osiedla", state=HELD, date=datetime.date(2017, 5, 29))
    first = make_person(institution, "Kowalski")
    factories.make_presence(
        meeting,
        first,
        institution=institution,
        attendance="present",
        rank_text="podinsp.",
        name_text="Jan Kowalski",
        post_text="Wiceprezydent Miasta",
        frozen_at=timezone.now(),
    )
    factories.make_presence(
        meeting, kind=Presence.Kind.GROUP, group="radni", institution=institution, attendance="excused"
    )
    html = section(read(client, "/instytucje/urzad-miasta/"), "spotkania")
    assert html.count("Bezpieczne osiedla") == 1
    assert html.find("podinsp. Jan Kowalski, Wiceprezydent Miasta") < html.find("Radni")
    assert "(present)" in html
    assert "(excused)" in html


def test_organised_meetings_are_listed_apart(client: Client):
    institution = factories.make_institution()
    factories.make_organiser(factories.make_meeting("Bezpieczna zima"), institution)
    html = read(client, institution.get_absolute_url())
    assert "Bezpieczna zima" in section(html, "organizuje")
    assert section(html, "spotkania") == ""


def test_long_lists_end_with_a_sentence(client: Client):
    institution = factories.make_institution()
    for number in range(22):
        meeting = factories.make_meeting(f"Spotkanie {number:02}", state=HELD, date=datetime.date(2017, 1, number + 1))
        factories.make_presence(meeting, institution=institution, attendance="present")
        factories.make_organiser(meeting, institution)
    html = read(client, institution.get_absolute_url())
    for anchor in ("spotkania", "organizuje"):
        assert "Spotkanie 02" in section(html, anchor)
        assert "Spotkanie 01" not in section(html, anchor)
        assert "We show the 20 latest." in section(html, anchor)


def test_page_that_is_not_open_is_previewed_by_editors_alone(as_user, editor, moderator, resident):
    url = factories.make_institution("Straż Miejska", public=False).get_absolute_url()
    for stranger in (None, resident, moderator):
        assert as_user(stranger).get(url).status_code == 404
    html = read(as_user(editor), url)
    assert "This page is not open yet: only the editors see it." in html
    assert '<meta name="robots" content="noindex">' in html
    assert "no-store" in as_user(editor).get(url)["Cache-Control"]


def test_example_says_that_it_is_one(client: Client):
    institution = factories.make_institution(is_example=True)
    assert "This is an example." in read(client, institution.get_absolute_url())
    assert "Example</span>" in read(client, "/instytucje/")


def test_closed_institution_says_until_when(client: Client):
    institution = factories.make_institution(active_to=datetime.date(2019, 12, 31))
    assert "Existed until:" in read(client, institution.get_absolute_url())


@pytest.mark.parametrize("url", ["/instytucje/", "/instytucje/straz-miejska/"])
def test_page_is_for_reading_only(url: str, client: Client):
    factories.make_institution("Straż Miejska")
    assert client.post(url).status_code == 405


def test_institution_that_does_not_exist_is_not_found(client: Client):
    assert client.get("/instytucje/nie-ma/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_thirteen_queries(rows: int, client: Client, django_assert_num_queries):
    parent = factories.make_institution("Urząd Miasta")
    institution = factories.make_institution("Straż Miejska", parent=parent)
    for number in range(rows):
        meeting = factories.make_meeting(state=HELD, date=datetime.date(2017, 5, number + 1))
        post = make_person(institution, f"Nowak {number}", rank="podinsp.")
        make_person(institution, f"Dawny {number}", rank="podinsp.", ends=TODAY - YEAR)
        factories.make_presence(meeting, post, institution=institution, name_text="Jan Nowak")
        factories.make_organiser(meeting, institution)
        factories.make_institution(parent=institution)
        FormerName.objects.create(institution=institution, name=f"Dawna nazwa {number}")
        factories.make_commitment(institution=institution, meeting=meeting)
    with django_assert_num_queries(13):
        html = read(client, "/instytucje/straz-miejska/")
    assert f"Dawna nazwa {rows - 1}" in html
    with django_assert_num_queries(2):
        read(client, "/instytucje/")
