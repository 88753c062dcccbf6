"""The page of one meeting in each of its states, its programme, facts and neighbours."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from meetings import publication
from meetings.models import Change, Meeting
from tests import factories
from tests.meetings.closing import make_finding, make_past
from tests.site.inline import inline_code
from topics.models import Topic

State = Meeting.State
pytestmark = pytest.mark.django_db


def read(client: Client, meeting: Meeting, language: str = "en") -> str:
    response = client.get(meeting.get_absolute_url(), headers={"accept-language": language})
    assert response.status_code == 200
    html = response.content.decode()
    assert inline_code(html) == []
    return html


def days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


def make_long_past(**fields: object) -> Meeting:
    """What the real notices give: a day and a title, and nothing of the rest."""
    fields = {"state": State.ARCHIVED, "date": datetime.date(2017, 5, 29)} | fields
    return factories.make_meeting("Bezpieczeństwo na osiedlach", **fields)


def test_archived_meeting_with_little_known_is_complete(client: Client):
    html = read(client, make_long_past(number=2, report="<p>Mieszkańcy przyszli licznie.</p>"))
    assert '<h1 class="mb-2" lang="pl">Bezpieczeństwo na osiedlach</h1>' in html
    assert "This page is in the archive." in html
    assert "The meeting has already taken place." in html
    assert "Meeting no. 2 of the forum" in html
    assert "Mieszkańcy przyszli licznie." in html
    for unknown in ("None", "Who came", "When and where", "Programme", "Who was", "promised", "Photos", "Notice by"):
        assert unknown not in html


def test_day_stands_in_polish_words(client: Client):
    html = read(client, make_long_past(), language="pl")
    assert '<time datetime="2017-05-29">Poniedziałek, 29 maja 2017\xa0r.</time>' in html


def test_month_alone_is_no_day(client: Client):
    html = read(client, make_long_past(date=datetime.date(2017, 5, 1), date_precision="month"), language="pl")
    assert '<time datetime="2017-05">maj 2017\xa0r.</time>' in html
    assert "1 maja" not in html


def test_announced_meeting_says_when_where_and_how_to_get_in(client: Client):
    meeting = factories.make_meeting(
        date=datetime.date(2090, 12, 10),
        starts=datetime.time(17),
        ends=datetime.time(19),
        place="Komenda Miejska Policji",
        room="sala konferencyjna",
        address="ul. Szkolna 1",
        latitude="51.40500",
        longitude="19.70300",
        online_url="https://wideo.example/forum",
        step_free=True,
        induction_loop=False,
        sign_language=True,
        sign_language_until=datetime.date(2090, 12, 3),
        lead="Krótkie dni i śliskie chodniki.",
        announcement="<p>Wstęp jest wolny.</p>",
        report="<p>Jeszcze nie.</p>",
    )
    html = read(client, meeting)
    card = html.partition('id="kiedy"')[2].partition("</section>")[0]
    for fact in ("Komenda Miejska Policji", "sala konferencyjna", "ul. Szkolna 1", "from 17:00 to 19:00"):
        assert fact in card
    assert 'href="https://www.openstreetmap.org/?mlat=51.40500&amp;mlon=19.70300#map=17/51.40500/19.70300"' in card
    assert 'href="https://wideo.example/forum"' in card
    assert "Entrance without steps" in card
    assert "No induction loop" in card
    assert '<time datetime="2090-12-03">' in card
    assert "Krótkie dni i śliskie chodniki." in html
    assert "Wstęp jest wolny." in html
    assert "Jeszcze nie." not in html
    assert "archive" not in html.partition("<main")[2].partition("</main>")[0]


def test_unknown_access_is_not_called_missing(client: Client):
    html = read(client, factories.make_meeting())
    for claim in ("Entrance", "Steps at", "loop", "interpreter"):
        assert claim not in html


def test_moved_meeting_keeps_its_former_date_and_place(client: Client, editor):
    meeting = factories.make_meeting(date=days(5), starts=datetime.time(17), place="Szkoła nr 2")
    former = meeting.date
    publication.move(meeting, by=editor, date=days(9), place="Biblioteka")
    meeting.refresh_from_db()
    html = read(client, meeting)
    assert "The date or the place has changed." in html
    assert re.search(rf'Former date: <s><time datetime="{former}">[^<]+</time>, at 17:00\s*</s>', html)
    assert 'Former place: <s lang="pl">Szkoła nr 2</s>' in html
    assert "Biblioteka" in html


def test_meeting_moved_in_time_only_does_not_strike_its_place(client: Client, editor):
    meeting = factories.make_meeting(date=days(5), place="Szkoła nr 2")
    publication.move(meeting, by=editor, date=days(9))
    meeting.refresh_from_db()
    assert "Former place" not in read(client, meeting)


def test_postponed_meeting_strikes_its_date(client: Client):
    meeting = factories.make_meeting(state=State.POSTPONED, state_reason="Sala jest w remoncie.")
    html = read(client, meeting)
    assert "The meeting is put off." in html
    assert "Sala jest w remoncie." in html
    assert re.search(rf'Former date: <s><time datetime="{meeting.date}">', html)


def test_cancelled_meeting_says_why(client: Client):
    html = read(client, factories.make_meeting(state=State.CANCELLED))
    assert "The meeting will not take place." in html
    assert "Awaria prądu w sali." in html


def test_cancelled_meeting_in_the_archive_never_took_place(client: Client, editor):
    meeting = make_long_past(state=State.CANCELLED)
    publication.archive(meeting, by=editor)
    html = read(client, meeting)
    assert "This page is in the archive." in html
    assert "The meeting did not take place." in html
    assert "already taken place" not in html
    assert "Who was at the meeting" not in html


def test_held_meeting_shows_report_and_head_count(client: Client):
    meeting = make_long_past(
        state=State.HELD, report="<p>Rozmawialiśmy.</p>", head_count=60, head_counted=Meeting.Counted.ABOUT
    )
    html = read(client, meeting)
    assert "Rozmawialiśmy." in html
    assert "Who came: about 60 people" in html
    assert "archive" not in html.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("state", "banner"),
    [(State.DRAFT, "Draft: only the editors see it."), (State.SCHEDULED, "Scheduled: only the editors see it.")],
)
def test_unpublished_meeting_is_previewed_by_editors_alone(state: str, banner: str, as_user, editor):
    meeting = factories.make_meeting(state=state)
    response = as_user(editor).get(meeting.get_absolute_url(), headers={"accept-language": "en"})
    html = response.content.decode()
    assert banner in html
    assert '<meta name="robots" content="noindex">' in html
    assert "canonical" not in html
    assert "no-store" in response["Cache-Control"]


def test_scheduled_meeting_tells_its_hour(as_user, editor):
    publish_at = timezone.make_aware(datetime.datetime(2090, 3, 4, 9, 30))
    html = read(as_user(editor), factories.make_meeting(state=State.SCHEDULED, publish_at=publish_at))
    assert '<time datetime="2090-03-04T09:30+01:00">' in html


def test_draft_of_a_past_meeting_is_previewed_with_its_report(as_user, editor):
    meeting = make_long_past(state=State.DRAFT, report="<p>Rozmawialiśmy.</p>")
    assert "Rozmawialiśmy." in read(as_user(editor), meeting)


def test_example_says_that_it_is_one(client: Client):
    html = read(client, factories.make_meeting(is_example=True))
    assert "This is an example." in html
    assert "This is an example." not in read(client, make_long_past())


def test_programme_links_public_topics_and_names_the_rest(client: Client):
    meeting = factories.make_meeting()
    main = factories.make_topic("Patrole piesze")
    factories.make_published(main)
    factories.make_agenda_item(meeting, main, is_main=True, introduced_by="Kierownik Rewiru", outcome="Raz na kwartał.")
    factories.make_agenda_item(meeting, factories.make_topic("Jeszcze szkic", state=Topic.State.DRAFT))
    factories.make_agenda_item(meeting, title="Powitanie")
    html = read(client, meeting)
    programme = html.partition('id="program"')[2].partition("</section>")[0]
    assert '<a href="/tematy/patrole-piesze/">Patrole piesze</a>' in programme
    assert programme.count("Main topic") == 1
    assert "1 comment" in programme
    assert "Kierownik Rewiru" in programme
    assert '<h3 lang="pl">Jeszcze szkic</h3>' in programme
    assert "/tematy/jeszcze-szkic/" not in html
    assert [f"{n}." in programme for n in (1, 2, 3)] == [True, True, True]


@pytest.mark.parametrize(("closed_at", "told"), [(None, 0), (timezone.now(), 1)])
def test_what_was_said_waits_for_the_report(client: Client, closed_at, told):
    fields = {"date": datetime.date(2024, 5, 6), "report": "<p>Relacja</p>", "closed_at": closed_at}
    meeting = factories.make_meeting(state=Meeting.State.HELD, **fields)
    factories.make_agenda_item(meeting, note="<p>Notatka</p>", outcome="Raz na kwartał.")
    html = read(client, meeting)
    assert [html.count(text) for text in ("<p>Relacja</p>", "<p>Notatka</p>", "Raz na kwartał.")] == [told] * 3


@pytest.mark.parametrize(
    ("closed_at", "heading"), [(None, "Whom we invited"), (timezone.now(), "Who was at the meeting")]
)
def test_before_the_report_nobody_is_said_to_have_come(client: Client, closed_at, heading):
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=datetime.date(2024, 5, 6), closed_at=closed_at)
    factories.make_presence(meeting, frozen_at=timezone.now())
    html = read(client, meeting)
    assert f'<h2 id="goscie" class="mb-3">{heading}</h2>' in html
    assert f'<a href="#goscie">{heading}</a>' in html


def test_programme_with_hours_has_no_numbers(client: Client):
    meeting = factories.make_meeting()
    factories.make_agenda_item(meeting, title="Powitanie", starts=datetime.time(17), minutes=15)
    factories.make_agenda_item(meeting, title="Pytania")
    programme = read(client, meeting).partition('id="program"')[2].partition("</section>")[0]
    assert '<time datetime="17:00">17:00</time>' in programme
    assert "15 minutes" in programme
    assert "fk-agenda__no" not in programme


def test_facts_of_meeting_and_forum_are_printed(client: Client):
    forum = factories.make_forum(
        "Forum ziemi piotrkowskiej",
        founder="Komendant Miejski Policji, insp. Jan Przykładowski",
        founded_on=datetime.date(2017, 1, 1),
        founded_precision="early",
        territory="ziemia piotrkowska",
    )
    meeting = factories.make_meeting(
        forum=forum, invites="Komendant Miejski Policji", audience="mieszkańcy", campaign="Porozmawiajmy"
    )
    factories.make_organiser(meeting, factories.make_institution("Komenda Miejska Policji"))
    factories.make_organiser(meeting, factories.make_institution("Biblioteka", public=False), role="co")
    html = read(client, meeting)
    for fact in ("Komendant Miejski Policji, insp. Jan P", "ziemia piotrkowska", "mieszkańcy", "Porozmawiajmy"):
        assert fact in html
    assert '<time datetime="2017">beginning of 2017</time>' in html
    assert '<a href="/instytucje/komenda-miejska-policji/">Komenda Miejska Policji</a>' in html
    assert "/instytucje/biblioteka/" not in html


def test_neighbours_are_the_public_meetings_of_the_same_forum(client: Client):
    meeting = make_long_past()
    day = meeting.date
    step = datetime.timedelta(days=1)
    factories.make_meeting("Dawniejsze", state=State.HELD, date=day - 3 * step)
    factories.make_meeting("Poprzednie", state=State.HELD, date=day - 2 * step)
    factories.make_meeting("Szkic przed", state=State.DRAFT, date=day - step)
    factories.make_meeting("Tego samego dnia", state=State.HELD, date=day)
    factories.make_meeting("Z innego forum", state=State.HELD, date=day + step, forum=factories.make_forum("Inne"))
    links = read(client, meeting).partition("fk-prevnext")[2].partition("</nav>")[0]
    assert re.search(r'rel="prev">.*Poprzednie', links)
    assert re.search(r'rel="next">.*Tego samego dnia', links)
    for other in ("Dawniejsze", "Szkic przed", "Z innego forum"):
        assert other not in links


def test_changed_address_leads_on_through_slug_and_year(client: Client):
    meeting = make_long_past(state=State.HELD)
    addresses = [meeting.get_absolute_url()]
    meeting.slug = "osiedla"
    meeting.save()
    addresses.append(meeting.get_absolute_url())
    meeting.date = datetime.date(2018, 5, 29)
    meeting.save()
    for old in addresses:
        response = client.get(old)
        assert (response.status_code, response["Location"]) == (301, "/spotkania/2018/osiedla/")


def test_address_of_a_draft_leaves_no_redirect(client: Client):
    meeting = make_long_past(state=State.DRAFT)
    old = meeting.get_absolute_url()
    meeting.slug = "tajne-osiedla"
    meeting.save()
    assert client.get(old).status_code == 404


@pytest.mark.parametrize("url", ["/spotkania/2017/nie-ma/", "/spotkania/0000/x/", "/spotkania/99999/x/"])
def test_meeting_that_does_not_exist_is_not_found(url: str, client: Client):
    assert client.get(url).status_code == 404


def test_page_is_for_reading_only(client: Client):
    assert client.post(make_long_past().get_absolute_url()).status_code == 405


def fill(meeting: Meeting, rows: int) -> None:
    """So many rows of everything that the page shows."""
    now = timezone.now()
    for _ in range(rows):
        factories.make_published(topic := factories.make_topic())
        factories.make_agenda_item(meeting, topic)
        factories.make_organiser(meeting)
        factories.make_presence(meeting, factories.make_appointment(rank="podinsp."))
        factories.make_presence(meeting, institution=factories.make_institution(), role="host")
        factories.make_document(meeting)
        factories.make_photo(meeting)
        make_finding(meeting, institution=factories.make_institution())
        make_finding(meeting, part="concluded", institution=factories.make_institution())
        make_past(reported_in=meeting)
        factories.make_commitment(meeting=meeting)
        Change.objects.create(meeting=meeting, date=meeting.date, changed_at=now)
        factories.make_meeting(state=State.HELD, date=meeting.date - datetime.timedelta(days=1))
        factories.make_meeting(state=State.HELD, date=meeting.date + datetime.timedelta(days=1))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("persona", "queries"), [(None, 14), ("resident", 17), ("editor", 19)])
def test_page_costs_the_same_whatever_it_shows(
    persona: str | None, queries: int, rows: int, request, as_user, stored_under, django_assert_num_queries
):
    """Seventeen for residents; for staff Django reads two lists of permissions more."""
    meeting = make_long_past(state=State.HELD)
    fill(meeting, rows)
    client = as_user(request.getfixturevalue(persona) if persona else None)
    with django_assert_num_queries(queries):
        html = read(client, meeting)
    assert html.count("<figure>") == rows
