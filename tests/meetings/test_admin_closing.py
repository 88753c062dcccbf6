"""The guided list in the panel: what each page saves, what it refuses, and two people at one page."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings.agenda_questions import end
from meetings.closing import Step
from meetings.models import AgendaQuestion, Carried, Commitment, Finding, Meeting, Presence
from participants.models import Resident
from tests import factories
from tests.meetings.closing import make_draft, make_finding, make_past, make_placed, write_up
from tests.panel import fields_of, opened
from tests.site.inline import inline_code

State = Meeting.State


@pytest.fixture
def client(editor: Resident, as_user) -> Client:
    return as_user(editor)


def at(meeting: Meeting, page: str = "closing", *more: int) -> str:
    return reverse(f"admin:meetings_meeting_{page}", args=[meeting.pk, *more])


def saved(client: Client, url: str, form: dict[str, Any], button: str = "_next") -> str:
    """Where the save leads; it must not be refused."""
    answer = client.post(url, {**form, button: "1"})
    assert answer.status_code == 302, [f.errors for f in answer.context["page"].forms]
    return answer.url


def save(client: Client, url: str, **typed: Any) -> str:
    return saved(client, url, opened(client, url, **typed))


@pytest.fixture
def meeting(editor: Resident) -> Meeting:
    """With one row of everything."""
    meeting = make_past()
    fill(meeting, editor)
    return meeting


def fill(meeting: Meeting, editor: Resident) -> None:
    factories.make_presence(meeting, factories.make_appointment(rank="asp."))
    place = make_placed(meeting, editor, f"Kiedy zaświecą się lampy? {next(factories.count)}")
    make_finding(meeting)
    make_draft(meeting)
    Carried.objects.create(agenda_item=place.agenda_item, commitment=make_draft(make_past("Dawne")))


PAGES = ["closing", "check", *Step.values]


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_editors_alone(name, meeting, editor, moderator, resident, as_user):
    expected = {editor: 200, moderator: 403, resident: 302, None: 302}
    assert {user: as_user(user).get(at(meeting, name)).status_code for user in expected} == expected
    assert inline_code(as_user(editor).get(at(meeting, name)).content.decode()) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_meeting_that_does_not_exist(name, client):
    assert client.get(reverse(f"admin:meetings_meeting_{name}", args=[987654])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_pages_cost_the_same_with_more_rows(name, meeting, editor, client):
    costs = []
    for _ in range(2):
        client.get(at(meeting, name))
        with CaptureQueriesContext(connection) as found:
            client.get(at(meeting, name))
        costs.append(len(found))
        fill(meeting, editor)
        fill(meeting, editor)
    assert costs[0] == costs[1]
    assert costs[0] <= 17


@pytest.mark.parametrize("name", Step.values)
@pytest.mark.parametrize("state", [State.DRAFT, State.POSTPONED, State.CANCELLED, State.ARCHIVED])
def test_a_meeting_that_cannot_be_closed_has_no_steps(name, state, client):
    meeting = factories.make_meeting(state=state, date=timezone.localdate())
    assert client.get(at(meeting, name)).url == at(meeting)
    assert client.post(at(meeting, name), {}).url == at(meeting)
    assert client.get(at(meeting)).status_code == 200


def test_the_list_is_offered_once_the_day_has_come(client, db):
    meetings = [make_past(), make_past(state=State.ANNOUNCED), factories.make_meeting()]
    meetings.append(factories.make_meeting(state=State.HELD, date=datetime.date(2024, 5, 6)))
    offered = []
    for meeting in meetings:
        page = client.get(reverse("admin:meetings_meeting_change", args=[meeting.pk]))
        offered.append(at(meeting) in [offer["url"] for offer in page.context["acts"]])
    assert offered == [True, True, False, False]


def test_the_list_of_meetings_without_a_report_leads_to_the_tasks(client, db):
    meeting = make_past()
    url = reverse("admin:meetings_meeting_changelist")
    assert at(meeting) in client.get(url, {"stage": "no-report"}).content.decode()
    assert at(meeting) not in client.get(url).content.decode()


def test_who_came_is_saved_row_by_row(client, db):
    meeting = make_past()
    deputised, group = (
        factories.make_presence(meeting, factories.make_appointment()),
        factories.make_presence(meeting),
    )
    following = save(
        client,
        at(meeting, Step.PRESENCES),
        **{
            "meeting-head_count": "24",
            "meeting-head_counted": "about",
            f"row-{deputised.pk}-attendance": "deputised",
            f"row-{deputised.pk}-deputy": "asp. Jan Nowak",
            f"row-{group.pk}-attendance": "present",
            f"row-{group.pk}-count": "7",
            f"row-{group.pk}-counted": "exact",
            "new-0-name_text": "Zofia Zielińska",
            "new-0-post_text": "Sołtys",
            "new-1-group": "harcerze",
        },
    )
    for row in (meeting, deputised, group):
        row.refresh_from_db()
    assert following == at(meeting, Step.NOTES)
    assert (meeting.head_count, meeting.head_counted) == (24, "about")
    assert (deputised.attendance, deputised.deputy) == ("deputised", "asp. Jan Nowak")
    assert (group.attendance, group.count) == ("present", 7)
    late = meeting.presences.order_by("position").values_list("kind", "name_text", "group", "attendance")
    assert list(late)[2:] == [
        ("official", "Zofia Zielińska", "", "present"),
        ("group", "", "harcerze", "present"),
    ]


def test_a_deputy_needs_a_name_and_nothing_is_lost(client, db):
    meeting = make_past()
    guest = factories.make_presence(meeting, factories.make_appointment())
    url = at(meeting, Step.PRESENCES)
    typed = {f"row-{guest.pk}-attendance": "deputised", "new-0-post_text": "Sołtys"}
    page = client.post(url, opened(client, url, **typed))
    assert page.status_code == 422
    assert "Wpisz, kto przyszedł w\xa0zastępstwie." in page.content.decode()
    assert fields_of(page)["new-0-post_text"] == ["Sołtys"]
    guest.refresh_from_db()
    assert guest.attendance == "invited"
    assert meeting.presences.count() == 1


def test_two_people_at_one_list_keep_each_others_rows(client, db):
    meeting = make_past()
    first, second = (factories.make_presence(meeting, factories.make_appointment()) for _ in range(2))
    url = at(meeting, Step.PRESENCES)
    mine = opened(client, url, **{f"row-{first.pk}-attendance": "present"})
    save(client, url, **{f"row-{second.pk}-attendance": "absent", "meeting-not_counted": "on"})
    saved(client, url, mine)
    for row in (meeting, first, second):
        row.refresh_from_db()
    assert (first.attendance, second.attendance, meeting.not_counted) == ("present", "absent", True)


def test_the_second_of_two_at_one_row_is_told_and_saves_on_purpose(client, db):
    meeting = make_past()
    guest = factories.make_presence(meeting, factories.make_appointment())
    url, field = at(meeting, Step.PRESENCES), f"row-{guest.pk}-attendance"
    mine = opened(client, url, **{field: "present"})
    save(client, url, **{field: "excused"})
    page = client.post(url, mine)
    html = page.content.decode()
    assert page.status_code == 422
    assert "Ktoś to zmienił" in html
    assert f"Zapisane teraz:</b> {Presence.Attendance.EXCUSED.label}" in html
    assert fields_of(page)[field] == ["present"]
    guest.refresh_from_db()
    assert guest.attendance == "excused"
    saved(client, url, fields_of(page))
    guest.refresh_from_db()
    assert guest.attendance == "present"


def test_a_note_leads_to_the_next_item(client, db):
    meeting = make_past()
    first, second = (factories.make_agenda_item(meeting, title=title) for title in ("Monitoring", "Lampy"))
    url = at(meeting, "notatka", first.pk)
    typed = {"item-note": "<p>Kamery działają.</p>", "item-outcome": "Przegląd w maju."}
    assert save(client, url, **typed) == at(meeting, "notatka", second.pk)
    assert save(client, at(meeting, "notatka", second.pk), **{"item-is_skipped": "on"}) == at(meeting, Step.QUESTIONS)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.note, first.note_version, first.outcome) == ("<p>Kamery działają.</p>", 1, "Przegląd w maju.")
    assert second.is_skipped


def test_two_writers_of_a_note_see_both_texts(client, db):
    meeting = make_past()
    item = factories.make_agenda_item(meeting, title="Monitoring")
    url = at(meeting, "notatka", item.pk)
    mine = opened(client, url, **{"item-note": "<p>Moja wersja.</p>"})
    save(client, url, **{"item-note": "<p>Cudza wersja.</p>"})
    page = client.post(url, mine)
    assert page.status_code == 422
    assert "<p>Cudza wersja.</p>" in page.content.decode()
    assert fields_of(page)["item-note"] == ["<p>Moja wersja.</p>"]
    item.refresh_from_db()
    assert item.note == "<p>Cudza wersja.</p>"
    saved(client, url, fields_of(page))
    item.refresh_from_db()
    assert item.note == "<p>Moja wersja.</p>"


def test_an_item_of_another_meeting_is_not_found(client, db):
    other = factories.make_agenda_item(make_past("Inne"))
    assert client.get(at(make_past(), "notatka", other.pk)).status_code == 404


def test_each_end_is_written_with_what_it_needs(client, editor):
    meeting = make_past()
    answered, promised, passed, moved = (make_placed(meeting, editor) for _ in range(4))
    town = factories.make_institution("Urząd Miasta")
    save(
        client,
        at(meeting, Step.QUESTIONS),
        **{
            f"row-{answered.pk}-end": "answered",
            f"row-{answered.pk}-answer": "W piątek.",
            f"row-{promised.pk}-end": "promised",
            f"row-{promised.pk}-promised_text": "Dostawić lampy",
            f"row-{promised.pk}-promised_by": str(town.pk),
            f"row-{promised.pk}-promised_due": "2027-03-01",
            f"row-{passed.pk}-end": "passed",
            f"row-{passed.pk}-institution": str(town.pk),
            f"row-{moved.pk}-end": "moved",
        },
    )
    ends = dict(meeting.agenda_questions.values_list("pk", "end"))
    assert ends == {answered.pk: "answered", promised.pk: "promised", passed.pk: "passed", moved.pk: "moved"}
    made = Commitment.objects.get()
    assert (made.text, made.institution, made.published_at) == ("Dostawić lampy", town, None)
    assert made.agenda_questions.get() == promised


@pytest.mark.parametrize("chosen", ["answered", "promised", "passed"])
def test_an_end_without_what_it_needs_is_refused_beside_its_field(chosen, client, editor):
    meeting = make_past()
    place = make_placed(meeting, editor)
    url = at(meeting, Step.QUESTIONS)
    page = client.post(url, opened(client, url, **{f"row-{place.pk}-end": chosen}))
    needs = {"answered": "answer", "promised": "commitment", "passed": "institution"}
    assert page.status_code == 422
    assert list(page.context["page"].forms[0].errors) == [needs[chosen]]
    assert f'<a href="#id_row-{place.pk}-{needs[chosen]}">' in page.content.decode()
    assert AgendaQuestion.objects.get().end == ""


def test_conclusions_are_added_changed_and_deleted(client, db):
    meeting = make_past()
    kept, gone = make_finding(meeting, "Ciemno."), make_finding(meeting, "Pomyłka.")
    save(
        client,
        at(meeting, Step.CONCLUSIONS),
        **{
            f"row-{kept.pk}-text": "Ciemno na skwerze.",
            f"row-{gone.pk}-remove": "on",
            "new-0-part": "concluded",
            "new-0-text": "Dostawić lampy.",
            "new-0-addressee": "wspólnota",
        },
    )
    assert list(meeting.findings.values_list("part", "text")) == [
        ("raised", "Ciemno na skwerze."),
        ("concluded", "Dostawić lampy."),
    ]


def test_a_conclusion_is_for_somebody(client, db):
    url = at(make_past(), Step.CONCLUSIONS)
    page = client.post(url, opened(client, url, **{"new-0-part": "concluded", "new-0-text": "Dostawić lampy."}))
    assert page.status_code == 422
    assert not Finding.objects.exists()


def test_nobody_submitted_conclusions_contradicts_a_conclusion(client, db):
    meeting = make_past()
    url = at(meeting, Step.CONCLUSIONS)
    page = client.post(url, opened(client, url, **{"meeting-no_conclusions": "on", "new-0-text": "Ciemno."}))
    assert page.status_code == 422
    save(client, url, **{"meeting-no_conclusions": "on"})
    meeting.refresh_from_db()
    assert meeting.no_conclusions
    assert not meeting.findings.exists()


def test_a_row_deleted_under_the_form_comes_back_as_a_new_one(client, db):
    meeting = make_past()
    row = make_finding(meeting, "Ciemno.")
    url = at(meeting, Step.CONCLUSIONS)
    mine = opened(client, url, **{f"row-{row.pk}-text": "Ciemno na skwerze."})
    row.delete()
    page = client.post(url, mine)
    assert page.status_code == 422
    assert "Ciemno na skwerze." in page.content.decode()
    saved(client, url, fields_of(page))
    assert meeting.findings.get().text == "Ciemno na skwerze."


def test_commitments_are_written_mended_and_taken_away(client, editor):
    meeting = make_past()
    kept, gone = make_draft(meeting, "Lampy"), make_draft(meeting, "Pomyłka")
    town, estate = factories.make_institution("Urząd Miasta"), factories.make_estate()
    save(
        client,
        at(meeting, Step.COMMITMENTS),
        **{
            f"row-{kept.pk}-text": "Lampy na skwerze",
            f"row-{gone.pk}-remove": "on",
            "new-0-text": "Patrole w weekendy",
            "new-0-institution": str(town.pk),
            "new-0-due": "2027-03-01",
            "new-0-estates": str(estate.pk),
        },
    )
    assert set(meeting.commitments.values_list("text", flat=True)) == {"Lampy na skwerze", "Patrole w weekendy"}
    assert list(meeting.commitments.get(institution=town).estates.all()) == [estate]


def test_a_commitment_that_ends_a_question_stays(client, editor):
    meeting = make_past()
    used = make_draft(meeting)
    end(make_placed(meeting, editor), end="promised", by=editor, commitment=used)
    url = at(meeting, Step.COMMITMENTS)
    page = client.post(url, opened(client, url, **{f"row-{used.pk}-remove": "on"}))
    assert page.status_code == 422
    assert meeting.commitments.get() == used


def test_what_the_room_said_is_kept_until_the_report(client, meeting):
    carried = Carried.objects.get()
    save(
        client,
        at(meeting, Step.VERDICTS),
        **{f"row-{carried.pk}-verdict": "disputed", f"row-{carried.pk}-words": "Lampy nie świecą."},
    )
    carried.refresh_from_db()
    assert (carried.verdict, carried.words) == ("disputed", "Lampy nie świecą.")
    assert not carried.commitment.entries.exists()


def test_no_photos_and_documents_is_ticked(client, db):
    meeting = make_past()
    assert save(client, at(meeting, Step.FILES), **{"meeting-no_files": "on"}) == at(meeting, "check")
    meeting.refresh_from_db()
    assert meeting.no_files


@pytest.mark.usefixtures("stored_under")
def test_files_of_the_guided_list_wait_for_the_report(client, db):
    meeting = make_past()
    pdf = SimpleUploadedFile("prezentacja.pdf", b"%PDF-1.7 prezentacja", "application/pdf")
    save(client, at(meeting, Step.FILES), **{"document-0-title": "Prezentacja", "document-0-file": pdf})
    document = meeting.documents.get()
    assert document.with_report
    assert not document.is_public


def test_the_first_saved_step_brings_what_was_promised_since(client, db):
    meeting = make_past()
    item = factories.make_agenda_item(meeting, title="Ustalenia", part="evaluation")
    earlier = factories.make_meeting("Dawne", state=State.HELD, date=meeting.date - datetime.timedelta(days=90))
    earlier.forum = meeting.forum
    earlier.save()
    made = factories.make_commitment(meeting=earlier)
    client.get(at(meeting))
    assert not item.carried.exists()
    save(client, at(meeting, Step.PRESENCES), **{"meeting-not_counted": "on"})
    assert item.carried.get().commitment == made
    assert str(Step.VERDICTS.label) in client.get(at(meeting)).content.decode()


def test_questions_lead_to_what_came_on_paper_and_to_what_nobody_has_taken(client, db):
    meeting = make_past()
    factories.make_asked(meeting, factories.make_topic())
    html = client.get(at(meeting, Step.QUESTIONS)).content.decode()
    assert f'{reverse("admin:meetings_askedfor_enter")}?meeting={meeting.pk}"' in html
    untaken = f"{reverse('admin:meetings_askedfor_changelist')}?meeting={meeting.pk}&need=untaken"
    assert untaken.replace("&", "&amp;") in html
    assert client.get(untaken).context["cl"].result_count == 1


def test_the_report_is_published_by_the_last_page(client, db):
    meeting = write_up(make_past())
    assert "Opublikuj relację" in client.get(at(meeting, "check")).content.decode()
    client.post(at(meeting, "check"))
    meeting.refresh_from_db()
    assert meeting.is_closed
    assert client.post(at(meeting, Step.PRESENCES), {}).url == at(meeting)


def test_the_last_page_says_what_is_open_and_publishes_nothing(client, editor):
    meeting = make_past()
    place = make_placed(meeting, editor, "Kto odśnieża chodnik?")
    html = client.get(at(meeting, "check")).content.decode()
    assert f"nr {place.question_id}" in html
    assert "Kto odśnieża chodnik?" in html
    assert "Opublikuj relację" not in html
    client.post(at(meeting, "check"))
    meeting.refresh_from_db()
    assert not meeting.is_closed


def test_whoever_has_the_whole_form_open_is_told(client, db):
    meeting = make_past()
    url = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    mine = opened(client, url)
    save(client, at(meeting, Step.PRESENCES), **{"meeting-not_counted": "on"})
    page = client.post(url, mine)
    assert page.context["adminform"].form.is_overtaken
    assert Presence.objects.count() == 0
