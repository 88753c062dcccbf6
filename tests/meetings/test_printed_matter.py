"""What is printed of a meeting: what stands on each sheet, who gets it, and what it costs."""

import datetime

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from meetings import printing, publication
from meetings.models import Erratum, Finding, Meeting, Presence
from meetings.views.printing import PRINTING
from participants import limits
from participants import printing as press
from participants.limits import visitor
from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.paper import needs_press, open_pdf, size_of, tags_of, text_of

State = Meeting.State
pytestmark = [pytest.mark.django_db, needs_press]
SHEETS = ["plakat.pdf", "obietnice.pdf", "relacja.pdf"]
A4 = (210, 297)


def get(client: Client, meeting: Meeting, name: str, **headers: str) -> HttpResponse:
    return client.get(f"{meeting.get_absolute_url()}{name}", headers=headers)


def read(client: Client, meeting: Meeting, name: str) -> str:
    response = get(client, meeting, name)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return text_of(response.content)


def make_held(**fields: object) -> Meeting:
    """With its report out, and one promise."""
    meeting = factories.make_meeting(**{"state": State.HELD, "date": datetime.date(2026, 5, 29)} | fields)
    factories.make_bare_commitment(meeting, "Doświetlić przejście przy szkole")
    return meeting


# -- the poster ----------------------------------------------------------------------------------------


def test_poster_says_when_where_and_what_about(client: Client):
    facts = {"place": "Dom Kultury", "room": "sala 2", "address": "ul. Łąkowa 3", "lead": "O patrolach, ЇЄҐ."}
    meeting = factories.make_meeting(
        "Zażółć gęślą jaźń",
        **facts,
        date=datetime.date(2026, 12, 10),
        starts=datetime.time(17),
        ends=datetime.time(19),
        step_free=True,
        induction_loop=False,
    )
    factories.make_agenda_item(
        meeting, title="Patrole wieczorem", starts=datetime.time(17, 20), introduced_by="Komendant"
    )
    pdf = get(client, meeting, "plakat.pdf").content
    said = text_of(pdf)
    for fact in [*facts.values(), "Zażółć gęślą jaźń", "Czwartek", "10 grudnia 2026 r.", "godz. 17:00–19:00"]:
        assert fact in said
    for fact in ["17:20", "Patrole wieczorem", "Komendant", "Wejście bez progu", "Bez pętli indukcyjnej", "112"]:
        assert fact in said
    assert f"http://127.0.0.1:8000{meeting.get_absolute_url()}" in said.replace("- ", "-")
    assert size_of(pdf) == [A4]
    assert open_pdf(pdf).metadata.title == f"Zażółć gęślą jaźń, {meeting.when}"
    assert open_pdf(pdf).trailer["/Root"]["/Lang"] == "pl-PL"
    assert {"/H1", "/H2", "/L", "/Figure"} <= set(tags_of(pdf))


def test_poster_of_a_meeting_of_which_little_is_known(client: Client):
    meeting = factories.make_meeting(date=datetime.date(2026, 12, 1), date_precision="month")
    said = read(client, meeting, "plakat.pdf")
    assert "grudzień 2026 r." in said
    for unknown in ("None", "Program", "godz.", "Wtorek", "Dla kogo"):
        assert unknown not in said


def test_poster_of_a_cancelled_meeting_says_so_above_all(client: Client):
    said = read(client, factories.make_meeting(state=State.CANCELLED), "plakat.pdf")
    assert "Spotkanie się nie odbędzie." in said
    assert "Powód: Awaria prądu w sali." in said
    assert "Zapisz się" not in said


def test_poster_of_a_postponed_meeting_has_no_new_date(client: Client):
    meeting = factories.make_meeting(state=State.POSTPONED, state_reason="Mróz.")
    said = read(client, meeting, "plakat.pdf")
    assert "Nie ma jeszcze nowego terminu." in said
    assert "Mróz." in said


def test_poster_of_an_example_says_that_it_is_one(client: Client):
    assert "To jest przykład." in read(client, factories.make_meeting(is_example=True), "plakat.pdf")


@pytest.mark.parametrize("number", [0, 1, 7, 14, 15, 60])
def test_poster_has_one_page_however_long_the_agenda(client: Client, number: int):
    meeting = factories.make_meeting(lead="Spotkanie o wszystkim. " * 10, place="Dom Kultury", audience="mieszkańcy")
    for place in range(number):
        factories.make_agenda_item(meeting, title=f"Punkt {place + 1}, o tym i o owym, i jeszcze o tamtym")
    pdf = get(client, meeting, "plakat.pdf").content
    assert size_of(pdf) == [A4]
    shown = text_of(pdf).count("o tym i o owym")
    assert shown == number if number <= 7 else 3 <= shown <= 14
    assert ("i inne tematy" in text_of(pdf)) == (shown < number)


def test_poster_with_the_longest_texts_there_can_be_has_one_page(client: Client):
    longest = {
        name: ("Wszędzie " * 100)[: Meeting._meta.get_field(name).max_length]
        for name in ("title", "subtitle", "lead", "place", "address", "room", "audience", "state_reason")
    }
    meeting = factories.make_meeting(
        longest.pop("title"),
        **{**longest, "state": State.CANCELLED, "is_example": True, "number": 12},
        starts=datetime.time(17),
        sign_language_until=datetime.date(2026, 12, 1),
    )
    for _ in range(20):
        factories.make_agenda_item(meeting, title="W" * 200, introduced_by="W" * 200, starts=datetime.time(17))
    pdf = get(client, meeting, "plakat.pdf").content
    assert size_of(pdf) == [A4]
    assert "Spotkanie się nie odbędzie." in text_of(pdf)
    assert "112" in text_of(pdf)


# -- after the meeting ---------------------------------------------------------------------------------


def test_poster_after_says_who_promised_what_until_when(client: Client):
    meeting = make_held()
    fields = {"due": datetime.date(2026, 9, 30), "post": "Naczelnik Wydziału Prewencji"}
    police = factories.make_institution("Komenda Miejska")
    factories.make_bare_commitment(meeting, "Patrol pieszy", institution=police, **fields)
    factories.make_bare_commitment(meeting, "Jeszcze nie wydane", public=False)
    pdf = get(client, meeting, "obietnice.pdf").content
    said = text_of(pdf)
    assert "Komenda Miejska, Naczelnik Wydziału Prewencji Do kiedy: 30 września 2026 r." in said
    assert "Doświetlić przejście przy szkole" in said
    assert "Jeszcze nie wydane" not in said
    assert size_of(pdf) == [A4]


def test_poster_after_with_many_promises_has_one_page_and_counts_the_rest(client: Client):
    meeting = make_held()
    for number in range(40):
        text = f"Obietnica {number} " + "bardzo długa " * 12
        factories.make_bare_commitment(meeting, text, due=datetime.date(2027, 1, 1))
    pdf = get(client, meeting, "obietnice.pdf").content
    assert size_of(pdf) == [A4]
    shown = text_of(pdf).count("Obietnica")
    assert shown >= 3
    assert f"i jeszcze {41 - shown} obietnic" in text_of(pdf)


def test_that_nothing_was_promised_is_said_only_when_people_said_it(client: Client):
    silent = factories.make_meeting(state=State.HELD)
    assert get(client, silent, "obietnice.pdf").status_code == 404
    said = factories.make_meeting(state=State.HELD, no_commitments=True)
    assert "Na tym spotkaniu nic nie obiecano." in read(client, said, "obietnice.pdf")


def test_report_has_all_of_the_record(client: Client):
    report = "<p>Przyszło wielu <strong>mieszkańców</strong>.</p>"
    meeting = make_held(report=report, head_count=24, head_counted="about", number=3)
    item = factories.make_agenda_item(
        meeting, title="Patrole", note="<p>Mówił komendant.</p>", outcome="Raz na tydzień."
    )
    Finding.objects.create(meeting=meeting, text="Ciemno przy szkole.", answered_by="Wiceprezydent")
    Finding.objects.create(meeting=meeting, text="Więcej lamp.", part="concluded", addressee="Zakład Energetyczny")
    Erratum.objects.create(meeting=meeting, agenda_item=item, text="Zamiast „raz” ma być „dwa”.", at=timezone.now())
    Erratum.objects.create(meeting=meeting, text="Sala nr 3.", at=timezone.now())
    factories.make_presence(meeting, factories.make_appointment(rank="asp. szt."), kind=Presence.Kind.OFFICIAL)
    publication.freeze_all(meeting, timezone.now())
    pdf = get(client, meeting, "relacja.pdf").content
    said = text_of(pdf)
    order = [
        *["29 maja 2026 r.", "około 24 osób", "Przyszło wielu mieszkańców.", "1. Patrole", "Mówił komendant."],
        *["Raz na tydzień.", "Zamiast „raz” ma być „dwa”.", "Ciemno przy szkole.", "Wiceprezydent", "Więcej lamp."],
        *["Zakład Energetyczny", "Doświetlić przejście przy szkole", "Marta Wolska", "Sala nr 3."],
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert set(size_of(pdf)) == {A4}


def test_report_tells_no_conclusions_from_nothing_entered(client: Client):
    words = "Nikt nie zgłosił wniosków."
    assert words not in read(client, make_held(), "relacja.pdf")
    assert words in read(client, make_held(no_conclusions=True), "relacja.pdf")


def test_report_keeps_the_names_of_that_day(client: Client):
    meeting, appointment = make_held(), factories.make_appointment()
    factories.make_presence(meeting, appointment, kind=Presence.Kind.OFFICIAL)
    publication.freeze_all(meeting, timezone.now())
    appointment.official.last_name = "Nowak"
    appointment.official.save()
    assert "Marta Wolska" in read(client, meeting, "relacja.pdf")


# -- who gets what -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", SHEETS)
def test_draft_is_not_found_by_strangers_and_shown_to_editors(
    client: Client, as_user, resident: Resident, moderator: Resident, editor: Resident, sheet: str
):
    meeting = factories.make_meeting(state=State.DRAFT, date=datetime.date(2026, 5, 29), no_commitments=True)
    for stranger in (client, as_user(resident), as_user(moderator)):
        assert get(stranger, meeting, sheet).status_code == 404
    response = get(as_user(editor), meeting, sheet)
    assert response.status_code == 200
    assert "Bezpieczna zima" in text_of(response.content)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("sheet", ["obietnice.pdf", "relacja.pdf"])
@pytest.mark.parametrize("state", [State.ANNOUNCED, State.POSTPONED, State.CANCELLED, State.HELD])
def test_nothing_of_a_report_is_printed_before_it_is_out(
    client: Client, as_user, editor: Resident, state: str, sheet: str
):
    meeting = factories.make_meeting(state=state, report="<p>Jeszcze nie.</p>", closed_at=None)
    factories.make_bare_commitment(meeting, "Tajna obietnica", public=False)
    assert get(client, meeting, sheet).status_code == 404
    assert get(as_user(editor), meeting, sheet).status_code == 404


@pytest.mark.parametrize("sheet", SHEETS)
def test_missing_meeting_and_wrong_method(client: Client, sheet: str):
    assert client.get(f"/spotkania/2026/nie-ma/{sheet}").status_code == 404
    assert client.post(f"{make_held().get_absolute_url()}{sheet}").status_code == 405


def test_sheet_is_a_file_that_can_do_nothing(client: Client):
    response = get(client, factories.make_meeting(), "plakat.pdf", **{"accept-language": "uk"})
    assert response["Content-Disposition"] == 'inline; filename="plakat-bezpieczna-zima.pdf"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Language"] == "pl"
    assert "Program" not in text_of(response.content)
    assert response.cookies.keys() == set()


# -- what it costs -------------------------------------------------------------------------------------


def test_what_is_known_is_not_made_again(client: Client, monkeypatch):
    meeting = factories.make_meeting()
    first = get(client, meeting, "plakat.pdf")
    monkeypatch.setattr(press.Printout, "_document", lambda *args: pytest.fail("made again"))
    assert get(client, meeting, "plakat.pdf", **{"if-none-match": first["ETag"]}).status_code == 304
    assert get(client, meeting, "plakat.pdf").content == first.content
    assert "no-cache" in first["Cache-Control"]


def test_any_change_is_printed_at_once(client: Client, editor: Resident):
    meeting = factories.make_meeting(place="Dom Kultury")
    first = get(client, meeting, "plakat.pdf")
    publication.move(meeting, by=editor, place="Szkoła nr 5")
    again = get(client, meeting, "plakat.pdf", **{"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert "Szkoła nr 5" in text_of(again.content)
    factories.make_agenda_item(meeting, title="Dopisany punkt")  # without a new revision of the meeting
    assert "Dopisany punkt" in read(client, meeting, "plakat.pdf")


def test_visitor_has_so_many_sheets_made_and_is_then_told_when_to_come_back(client: Client):
    known = factories.make_meeting("Znane")
    read(client, known, "plakat.pdf")
    here = visitor(RequestFactory().get("/"))
    for _ in range(PRINTING.times - 1):
        limits.take((PRINTING, here))
    refused = get(client, factories.make_meeting("Nowe"), "plakat.pdf")
    assert refused.status_code == 429
    assert "Za dużo prób" in refused.content.decode()
    assert '<a class="btn btn-primary" href="/spotkania/' in refused.content.decode()
    assert get(client, known, "plakat.pdf").status_code == 200
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert get(other, Meeting.objects.get(title="Nowe"), "plakat.pdf").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_sheets_cost_a_constant_number_of_queries(client: Client, django_assert_num_queries, number: int):
    meeting = make_held()
    for place in range(number):
        item = factories.make_agenda_item(meeting, factories.make_topic())
        factories.make_bare_commitment(meeting, f"Obietnica {place}").helpers.add(factories.make_institution())
        institution = factories.make_institution()
        Finding.objects.create(meeting=meeting, text="Wniosek", part="concluded", institution=institution)
        Erratum.objects.create(meeting=meeting, agenda_item=item, text="Ma być inaczej.", at=timezone.now())
        factories.make_presence(meeting, factories.make_appointment(), kind=Presence.Kind.OFFICIAL)
    meeting = Meeting.objects.get(pk=meeting.pk)
    with django_assert_num_queries(1):
        printing.poster(meeting)
    with django_assert_num_queries(1):
        printing.poster_after(meeting)
    with django_assert_num_queries(6):
        printing.report(meeting)


# -- a machine that cannot print -----------------------------------------------------------------------


def test_machine_without_pango_leads_to_the_page_itself(client: Client, as_user, editor: Resident, without_pango):
    meeting = factories.make_meeting()
    response = get(client, meeting, "plakat.pdf")
    html = response.content.decode()
    assert response.status_code == 503
    assert "Ten serwer nie tworzy plików PDF. Wydrukuj samą stronę" in html
    assert f'href="{meeting.get_absolute_url()}"' in html
    assert client.get(meeting.get_absolute_url()).status_code == 200
    sheet = as_user(editor).get(f"/panel/meetings/meeting/{meeting.pk}/lista-obecnosci.pdf")
    assert sheet.status_code == 503
    assert "Ten serwer nie tworzy plików PDF." in sheet.content.decode()


# -- the way there -------------------------------------------------------------------------------------


def links(client: Client, meeting: Meeting) -> list[str]:
    html = client.get(meeting.get_absolute_url()).content.decode()
    assert meeting.title in html
    return [sheet for sheet in SHEETS if f'href="{meeting.get_absolute_url()}{sheet}"' in html]


def test_page_offers_the_sheets_that_there_are(client: Client):
    assert links(client, factories.make_meeting()) == ["plakat.pdf"]
    assert links(client, make_held()) == ["obietnice.pdf", "relacja.pdf"]
    assert links(client, factories.make_meeting(state=State.HELD)) == ["relacja.pdf"]
    assert links(client, factories.make_meeting(state=State.HELD, closed_at=None)) == []


# -- the attendance sheet ------------------------------------------------------------------------------


def sheet_of(meeting: Meeting) -> str:
    return f"/panel/meetings/meeting/{meeting.pk}/lista-obecnosci.pdf"


def test_attendance_sheet_has_who_has_a_seat_and_lines_for_others(as_user, editor: Resident):
    meeting = factories.make_meeting()
    factories.make_registration(meeting, name="Hanna Żółtowska", seats=3)
    for state in ("pending", "waiting", "left"):
        factories.make_registration(meeting, name=f"Osoba {state}", state=state, left_at=timezone.now())
    factories.make_registration(factories.make_meeting(), name="Z innego spotkania")
    response = as_user(editor).get(sheet_of(meeting))
    said = text_of(response.content)
    assert "1 Hanna Żółtowska 3" in said
    assert "2 3 4 5 6" in said
    assert "Osoba" not in said
    assert "Z innego spotkania" not in said
    assert "@" not in said
    assert "no-store" in response["Cache-Control"]
    assert {"/Table", "/TH", "/TD"} <= set(tags_of(response.content))


def test_attendance_sheet_says_what_to_do_with_it(as_user, editor: Resident):
    said = text_of(as_user(editor).get(sheet_of(factories.make_meeting())).content)
    assert "Ta lista zawiera dane osobowe." in said
    assert "zniszcz" in said
    assert "Komendant Miejski Policji w Piotrkowie Trybunalskim" in said


def test_needs_stand_on_a_sheet_that_is_not_passed_round(as_user, editor: Resident):
    meeting = factories.make_meeting()
    factories.make_registration(meeting, name="Hanna", wheelchair=True, other_needs="miejsce przy drzwiach")
    factories.make_registration(meeting, name="Tomasz")
    pages = [page.extract_text() for page in open_pdf(as_user(editor).get(sheet_of(meeting)).content).pages]
    passed_round, kept = " ".join(pages[:-1]), pages[-1]
    assert "Hanna" in passed_round
    assert "wózk" not in passed_round
    assert "przy drzwiach" not in passed_round
    assert "wózk" in kept
    assert "miejsce przy drzwiach" in kept
    assert "Tomasz" not in kept


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 302), (Role.MODERATOR, 403), (Role.APPEALS, 403), (Role.ANSWERER, 403), (Role.EDITOR, 200)],
)
def test_attendance_sheet_is_for_editors_alone(as_user, role: Role | None, status: int):
    meeting = factories.make_meeting()
    factories.make_registration(meeting, name="Hanna")
    client = as_user(factories.make_resident("Jan", roles=[role] if role else None))
    assert client.get(sheet_of(meeting)).status_code == status
    assert Client().get(sheet_of(meeting)).status_code == 302


def test_attendance_sheet_of_nothing_and_by_post(as_user, editor: Resident):
    client = as_user(editor)
    assert client.get("/panel/meetings/meeting/0/lista-obecnosci.pdf").status_code == 404
    assert client.post(sheet_of(factories.make_meeting())).status_code == 405


@pytest.mark.parametrize(
    ("state", "offered"), [(State.ANNOUNCED, True), (State.CANCELLED, False), (State.HELD, False), (State.DRAFT, True)]
)
def test_form_of_the_panel_offers_the_sheet_until_the_report_is_out(
    as_user, editor: Resident, state: str, offered: bool
):
    meeting = factories.make_meeting(state=state)
    html = as_user(editor).get(f"/panel/meetings/meeting/{meeting.pk}/change/").content.decode()
    assert (f'href="{sheet_of(meeting)}"' in html) == offered
