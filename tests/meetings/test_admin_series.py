"""The buttons of the panel that make a draft: a copy, and the next meeting of a forum."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import Meeting
from participants.models import Resident
from tests import factories
from tests.panel import errors_of, make_administrator, make_staff, opened

State = Meeting.State
TODAY = timezone.localdate()
LATER = TODAY + datetime.timedelta(days=200)


@pytest.fixture
def held(db) -> Meeting:
    day = TODAY - datetime.timedelta(days=30)
    return factories.make_meeting("Bezpieczna zima", state=State.HELD, date=day, number=4, starts="17:00")


@pytest.fixture
def client(editor: Resident, as_user) -> Client:
    return as_user(editor)


def act_of(row, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def texts(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


@pytest.mark.parametrize("of_forum", [False, True])
def test_next_meeting_opens_as_a_draft_and_says_what_came_along(of_forum: bool, held, client):
    factories.make_bare_commitment(held)
    factories.make_organiser(held)
    factories.make_presence(held, factories.make_appointment(rank="kom."))
    gone = factories.make_official("Jan", "Dawny")
    factories.make_presence(held, factories.make_appointment(gone, ends=TODAY - datetime.timedelta(days=1)))
    row = held.forum if of_forum else held
    assert act_of(row, "next") in client.get(act_of(row, "change")).content.decode()
    page = client.post(act_of(row, "next"), opened(client, act_of(row, "next"), date=LATER.isoformat()), follow=True)
    draft = Meeting.objects.latest("pk")
    assert page.redirect_chain == [(act_of(draft, "change"), 302)]
    assert (draft.number, draft.date, draft.state) == (5, LATER, State.DRAFT)
    done, came, left = texts(page)
    assert done == "Szkic jest gotowy."
    assert came.endswith("1 pozycja listy gości, 1 organizator, 1 punkt programu, 1 zobowiązanie do rozliczenia.")
    assert left.startswith("Pominięte osoby, które nie pełnią już swoich funkcji: Jan Dawny")


def test_copy_asks_for_the_date_and_keeps_the_title(held, client):
    url = act_of(held, "copy")
    page = client.post(url, opened(client, url, date=LATER.isoformat()), follow=True)
    draft = Meeting.objects.latest("pk")
    assert page.redirect_chain == [(act_of(draft, "change"), 302)]
    assert (draft.title, draft.number, draft.starts) == ("Bezpieczna zima", None, datetime.time(17))


@pytest.mark.parametrize("date", ["", "jutro", "0207-01-01"])
@pytest.mark.parametrize("name", ["copy", "next"])
def test_wrong_date_makes_nothing_and_is_told_beside_its_field(name: str, date: str, held, client):
    url = act_of(held, name)
    page = client.post(url, opened(client, url, date=date))
    assert page.status_code == 200
    assert Meeting.objects.count() == 1
    assert page.context["form"].errors or texts(page)


def test_date_before_the_last_meeting_is_refused_with_what_was_typed(held, client):
    url = act_of(held, "next")
    page = client.post(url, opened(client, url, date="2020-01-01", title="Wiosna"))
    assert texts(page) == ["Następne spotkanie odbywa się po tym. Wybierz późniejszy dzień."]
    assert page.context["form"]["title"].value() == "Wiosna"


def test_forum_without_a_meeting_says_so(client):
    forum = factories.make_forum("Nowe")
    page = client.post(act_of(forum, "next"), {"date": LATER.isoformat()})
    assert texts(page) == ["To forum nie miało jeszcze spotkania. Dodaj pierwsze na liście spotkań."]


def test_next_of_a_draft_is_not_offered_and_a_copy_is(client):
    draft = factories.make_meeting(state=State.DRAFT)
    page = client.get(act_of(draft, "change")).content.decode()
    assert act_of(draft, "copy") in page
    assert act_of(draft, "next") not in page


@pytest.mark.parametrize("name", ["copy", "next"])
def test_only_editors_get_there(name: str, held, moderator, resident, as_user):
    url = act_of(held, name)
    people = {moderator: 403, make_staff(): 403, resident: 302, None: 302, make_administrator(): 200}
    assert {who: as_user(who).get(url).status_code for who in people} == people
    assert as_user(moderator).post(url, {"date": LATER.isoformat(), "title": "x"}).status_code == 403
    assert Meeting.objects.count() == 1


def test_missing_meeting_is_not_found(client, db):
    assert client.get(reverse("admin:meetings_meeting_copy", args=[99])).status_code == 404


def test_panel_still_saves_a_forum(held, client):
    url = act_of(held.forum, "change")
    page = client.post(url, opened(client, url, founder="Komendant"), follow=True)
    assert "adminform" not in (page.context or {}) or errors_of(page) == {}
    held.forum.refresh_from_db()
    assert held.forum.founder == "Komendant"
