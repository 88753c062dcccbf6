"""What is not published leaks nowhere: every state, every persona, every public address."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from meetings.models import Document, Meeting, Photo
from tests import factories

State = Meeting.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored_under")]
PERSONAS = ["stranger", "resident", "official", "moderator", "editor"]
SECRET = "Tajemnica"


@pytest.fixture
def persona(request, as_user):
    """(user, client) of the persona named by the parameter."""
    if request.param == "stranger":
        return AnonymousUser(), as_user(None)
    user = request.getfixturevalue(request.param)
    return user, as_user(user)


def make_meetings() -> list[Meeting]:
    """One in each state, today, yesterday and tomorrow, and one of which only the month is known."""
    today = timezone.localdate()
    near = [today + datetime.timedelta(days=number) for number in (-1, 0, 1)]
    dates = [(date, "day") for date in near] + [(today.replace(day=1), "month")]
    return [
        factories.make_meeting(f"{state} {date} {precision}", state=state, date=date, date_precision=precision)
        for state in State.values
        for date, precision in dates
    ]


def make_secret(state: str) -> Meeting:
    """A meeting with everything that could betray it, beside public rows of its kind."""
    topic = factories.make_topic("Patrole", category=factories.make_category("Monitoring"))
    topic.estates.add(factories.make_estate("Wyzwolenia"))
    institution = factories.make_institution("Komenda Miejska Policji")
    official = factories.make_official("Marta", "Wolska")
    factories.make_meeting("Jawne", state=State.HELD, date=datetime.date(2017, 5, 28))
    meeting = factories.make_meeting(f"{SECRET} zimy", state=state, date=datetime.date(2017, 5, 29), lead=SECRET)
    factories.make_agenda_item(meeting, topic, note=f"<p>{SECRET}</p>")
    factories.make_presence(meeting, factories.make_appointment(official, institution), post_text=SECRET)
    factories.make_presence(meeting, institution=institution, group=SECRET)
    factories.make_organiser(meeting, institution)
    factories.make_document(meeting, SECRET)
    factories.make_photo(meeting, SECRET)
    return meeting


def status(client: Client, url: str) -> int:
    response = client.get(url)
    b"".join(response)  # a file is closed once it was read
    return response.status_code


PLACES = [
    "/",
    "/spotkania/",
    "/spotkania/2017/",
    "/spotkania/?kategoria=monitoring",
    "/spotkania/?osiedle=wyzwolenia",
    "/spotkania/2017/jawne/",
    "/spotkania/rss/",
    "/sitemap-meetings.xml",
    "/tematy/",
    "/tematy/patrole/",
    "/tematy/rss/",
    "/instytucje/",
    "/instytucje/komenda-miejska-policji/",
    "/osoby/marta-wolska/",
]


def test_places_show_the_meeting_once_it_is_public(client: Client):
    """The negative tests below would see it, if it were there."""
    meeting = make_secret(State.HELD)
    traces = [place for place in PLACES if "ajemnica" in client.get(place).content.decode()]
    assert set(PLACES) - set(traces) <= {"/tematy/", "/tematy/patrole/", "/tematy/rss/", "/instytucje/"}
    assert client.get(meeting.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("state", Meeting.UNPUBLISHED)
@pytest.mark.parametrize("persona", PERSONAS, indirect=True)
def test_unpublished_meeting_leaks_nowhere(state: str, persona):
    """The lists are the same for editors: what they prepare, they find in the panel."""
    meeting = make_secret(state)
    _user, client = persona
    for place in PLACES:
        response = client.get(place, headers={"accept-language": "en"})
        assert response.status_code == 200, place
        text = response.content.decode()
        assert "ajemnica" not in text, place
        assert meeting.slug not in text, place
    assert "1 meeting<" in client.get("/spotkania/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize("state", Meeting.UNPUBLISHED)
@pytest.mark.parametrize("persona", PERSONAS, indirect=True)
def test_unpublished_meeting_and_its_files_open_for_editors_alone(state: str, persona, editor):
    meeting = make_secret(state)
    user, client = persona
    expected = 200 if user == editor else 404
    files = [meeting.documents.get(), meeting.photos.get()]
    assert [status(client, page.get_absolute_url()) for page in [meeting, *files]] == [expected] * 3


@pytest.mark.parametrize("state", Meeting.UNPUBLISHED)
@pytest.mark.parametrize("persona", ["stranger", "moderator"], indirect=True)
def test_wrong_name_of_a_hidden_file_does_not_betray_the_right_one(state: str, persona):
    meeting = make_secret(state)
    _user, client = persona
    assert client.get(f"/spotkania/dokument/{meeting.documents.get().pk}/x.pdf").status_code == 404
    assert client.get(f"/spotkania/zdjecie/{meeting.photos.get().pk}/x.jpg").status_code == 404


def test_year_that_has_drafts_only_is_not_found(as_user, editor):
    factories.make_meeting(state=State.DRAFT, date=datetime.date(2016, 5, 29))
    assert as_user(editor).get("/spotkania/2016/").status_code == 404
    assert as_user(editor).get("/spotkania/", {"rok": 2016}).status_code == 404


def test_institutions_and_people_of_a_draft_have_no_page_yet(client: Client):
    institution = factories.make_institution("Komenda Nieznana", public=False)
    official = factories.make_official("Jan", "Nieznany", public=False)
    meeting = factories.make_meeting(state=State.DRAFT)
    factories.make_presence(meeting, factories.make_appointment(official, institution))
    for page in (institution, official):
        assert client.get(page.get_absolute_url()).status_code == 404
    for place in ("/instytucje/", "/sitemap-institutions.xml", "/sitemap-officials.xml"):
        assert "niezn" not in client.get(place).content.decode().lower()


@pytest.mark.parametrize("persona", PERSONAS, indirect=True)
def test_row_rules_agree_with_querysets(persona):
    user, _client = persona
    today = timezone.localdate()
    meetings = make_meetings()
    rules = {
        "visible_to": (Meeting.objects.visible_to(user), lambda m: m.is_visible_to(user)),
        "public": (Meeting.objects.public(), lambda m: m.is_public),
        "upcoming": (Meeting.objects.upcoming(today), lambda m: m.is_upcoming(today)),
        "past": (Meeting.objects.past(today), lambda m: m.is_past(today)),
    }
    for name, (rows, rule) in rules.items():
        assert {m.title for m in rows} == {m.title for m in meetings if rule(m)}, name


def test_every_public_meeting_is_either_coming_or_past():
    make_meetings()
    today = timezone.localdate()
    coming, past = set(Meeting.objects.upcoming(today)), set(Meeting.objects.past(today))
    assert not coming & past
    assert coming | past == set(Meeting.objects.public())


@pytest.mark.parametrize("persona", PERSONAS, indirect=True)
@pytest.mark.parametrize("state", State.values)
def test_rows_of_a_meeting_are_as_public_as_it_is(state: str, persona):
    user, _client = persona
    meeting = factories.make_meeting(state=state)
    document, photo = factories.make_document(meeting), factories.make_photo(meeting)
    presence, item = factories.make_presence(meeting), factories.make_agenda_item(meeting)
    assert Document.objects.visible_to(user).contains(document) == meeting.is_visible_to(user)
    assert Photo.objects.visible_to(user).contains(photo) == meeting.is_visible_to(user)
    assert meeting.agenda_items.public().contains(item) == item.is_public == meeting.is_public
    assert meeting.presences.public().contains(presence) == presence.is_public == meeting.is_public
