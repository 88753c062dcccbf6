"""Sign-ups in the panel: the list of a meeting with its sums, by hand for who has phoned, taking one off."""

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Registration
from participants.models import Letter, Resident
from tests import factories
from tests.meetings.signups import make_coming
from tests.panel import errors_of, fields_of, opened

State = Registration.State
LIST = reverse("admin:meetings_registration_changelist")
ADD = reverse("admin:meetings_registration_add")


@pytest.fixture
def client(editor: Resident, as_user) -> Client:
    return as_user(editor)


def page(row: Registration, name: str = "change") -> str:
    return reverse(f"admin:meetings_registration_{name}", args=[row.pk])


def test_list_of_a_meeting_has_its_sums(client):
    meeting, other = make_coming(), make_coming(title="Inne")
    factories.make_registration(meeting, seats=3, wheelchair=True, name="Hanna Nowak")
    factories.make_registration(meeting, seats=9, state=State.WAITING, wheelchair=True, other_needs="miejsce")
    factories.make_registration(meeting, state=State.LEFT, ukrainian=True)
    factories.make_registration(other, name="Kto Inny")
    answer = client.get(LIST, {"meeting": meeting.pk})
    sums = answer.context["sums"]
    assert (sums["seats"].taken, sums["seats"].waiting, sums["seats"].free) == (3, 9, 7)
    assert [(str(need), count) for need, count in sums["needs"]] == [
        (str(Registration._meta.get_field("wheelchair").verbose_name), 2),
        (str(Registration._meta.get_field("other_needs").verbose_name), 1),
    ]
    assert "Hanna Nowak" in answer.content.decode()
    assert "Kto Inny" not in answer.content.decode()
    seated = client.get(LIST, {"meeting": meeting.pk, "state__exact": "seated"})
    assert seated.context["cl"].result_count == 1


@pytest.mark.parametrize("value", ["x", "", "9" * 30, "-1"])
def test_broken_filter_is_none(client, value: str):
    factories.make_registration(make_coming())
    assert client.get(LIST, {"meeting": value}).context["cl"].result_count == 1


def test_somebody_who_phoned_is_signed_up(client):
    meeting = make_coming()
    fields = opened(client, ADD, meeting=str(meeting.pk), name="Jan z telefonu", seats="2", wheelchair="on")
    assert client.post(ADD, fields).status_code == 302
    made = Registration.objects.get()
    assert (made.state, made.seats, made.wheelchair, made.email) == (State.SEATED, 2, True, "")
    assert Letter.objects.count() == 0


def test_what_is_wrong_stands_beside_its_field(client):
    meeting = make_coming()
    factories.make_registration(meeting, email="hanna@poczta.example")
    typed = {"meeting": str(meeting.pk), "name": "", "email": "HANNA@poczta.example", "seats": "0"}
    assert set(errors_of(client.post(ADD, typed))) == {"name", "email", "seats"}
    assert set(errors_of(client.post(ADD, {**typed, "name": "Hanna", "seats": "1"}))) == {"email"}
    draft = make_coming(title="Szkic", state="draft")
    assert "meeting" in errors_of(client.post(ADD, {**typed, "meeting": str(draft.pk)}))


def test_row_is_only_read_and_has_its_acts(client):
    row = factories.make_registration(make_coming())
    answer = client.get(page(row))
    assert {offer["act"].name for offer in answer.context["acts"]} == {"take-off"}
    assert "name" not in fields_of(answer)
    client.post(page(row), {"name": "Podmieniona", "state": "left"})
    row.refresh_from_db()
    assert (row.name, row.state) == ("Hanna Nowak", State.SEATED)


def test_taking_off_and_confirming(client):
    meeting = make_coming(capacity=1)
    seated = factories.make_registration(meeting)
    pending = factories.make_registration(meeting, state=State.PENDING)
    assert client.post(page(pending, "accept")).status_code == 302
    pending.refresh_from_db()
    assert pending.state == State.WAITING
    assert client.post(page(seated, "take-off")).status_code == 302
    for row in (seated, pending):
        row.refresh_from_db()
    assert (seated.state, pending.state) == (State.LEFT, State.SEATED)


@pytest.mark.parametrize("persona", ["moderator", "official", "resident"])
def test_others_see_nobody(persona: str, request, as_user, db):
    stranger = as_user(request.getfixturevalue(persona))
    row = factories.make_registration(make_coming())
    for url in (LIST, ADD, page(row), page(row, "take-off")):
        assert stranger.get(url).status_code in {302, 403}
    stranger.post(page(row, "take-off"))
    row.refresh_from_db()
    assert row.state == State.SEATED


def test_larger_room_moves_people_up_in_the_same_save(client):
    meeting = make_coming(capacity=5, reserved_seats=4)
    factories.make_registration(meeting)
    waiting = [factories.make_registration(meeting, state=State.WAITING) for _ in range(3)]
    url = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    for typed, seated in (({"reserved_seats": "3"}, 1), ({"reserved_seats": "3", "capacity": "6"}, 2)):
        assert client.post(url, opened(client, url, **typed)).status_code == 302
        assert Registration.objects.filter(pk__in=[r.pk for r in waiting]).seated().count() == seated
    assert Letter.objects.filter(to=waiting[0].email).count() == 1
