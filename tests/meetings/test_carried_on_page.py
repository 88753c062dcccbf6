"""Earlier promises under their agenda item, on the page of the meeting that hears of them."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from meetings import series
from meetings.models import Carried, Commitment, Meeting
from tests import factories

State = Meeting.State
TODAY = timezone.localdate()
YESTERDAY = TODAY - datetime.timedelta(days=1)


@pytest.fixture
def upcoming(editor) -> Meeting:
    held = factories.make_meeting("Stare", state=State.HELD, date=datetime.date(2026, 5, 14), number=1)
    town = factories.make_institution("Urząd Miasta")
    factories.make_bare_commitment(held, "Naprawimy lampy", institution=town, due=YESTERDAY)
    factories.make_bare_commitment(held, "Posadzimy drzewa", state="done", institution=town)
    draft = series.next_of(held, by=editor, date=TODAY + datetime.timedelta(days=20))
    Meeting.objects.filter(pk=draft.pk).update(state=State.ANNOUNCED, published_at=timezone.now())
    return Meeting.objects.get(pk=draft.pk)


def read(client: Client, meeting: Meeting) -> str:
    html = client.get(meeting.get_absolute_url()).content.decode()
    return html.partition('id="program"')[2].partition("</section>")[0].replace("\xa0", " ")


def test_upcoming_meeting_lists_what_it_will_hear_of(client, upcoming):
    html = read(client, upcoming)
    assert series.OPENING_TITLE in html
    assert "Co z obietnicami z" in html
    assert '<time datetime="2026-05-14">14 maja 2026 r.</time>' in html
    assert html.index("Naprawimy lampy") < html.index("Posadzimy drzewa")
    assert html.count("Urząd Miasta") == 2
    assert html.count("fk-late") == 1


def test_promise_that_is_not_public_stays_out(client, upcoming):
    Commitment.objects.filter(text="Naprawimy lampy").update(published_at=None)
    html = read(client, upcoming)
    assert "Naprawimy lampy" not in html
    assert "Posadzimy drzewa" in html


def test_verdict_shows_once_the_report_is_out(client, upcoming):
    row = Carried.objects.get(commitment__text="Naprawimy lampy")
    Carried.objects.filter(pk=row.pk).update(verdict="disputed", words="Dalej ciemno")
    assert "Dalej ciemno" not in read(client, upcoming)
    now = timezone.now()
    Meeting.objects.filter(pk=upcoming.pk).update(state=State.HELD, held_at=now, closed_at=now)
    assert "Dalej ciemno" in read(client, upcoming)


@pytest.mark.parametrize("more", [0, 3])
def test_page_costs_the_same_with_more_promises(more: int, client, upcoming, django_assert_num_queries):
    item = upcoming.agenda_items.get()
    for number in range(more):
        held = factories.make_meeting(f"S {number}", state=State.HELD, date=YESTERDAY)
        Carried.objects.create(agenda_item=item, commitment=factories.make_bare_commitment(held))
    with django_assert_num_queries(12):
        read(client, upcoming)
