"""The switch that stops all letters: nothing goes out, nothing is lost, and everybody of the staff sees it."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from forum_portal import health
from participants.letters import deliver_due, queue_letter
from participants.mail_server import MailServerBackend
from participants.models import Letter, Resident, SendingStop
from participants.sending_stop import StopRefused, current, is_stopped, resume, stop
from tests.panel import make_administrator, make_staff
from tests.topics.parallel import at_once

LIST = reverse("admin:participants_sendingstop_changelist")
STOP = reverse("admin:participants_sendingstop_stop")
WHY = "Ktoś rozsyła spam z naszego serwera"


class StoppingBackend(MailServerBackend):
    """Somebody stops all letters while one is on its way."""

    def send_messages(self, messages) -> int:
        sent = super().send_messages(messages)
        stop(why=WHY, by=Resident.objects.get(is_superuser=True))
        return sent


@pytest.fixture
def administrator(db) -> Resident:
    return make_administrator()


def write(count: int = 1) -> None:
    for _ in range(count):
        queue_letter(to="hanna@poczta.example", template="account/email/locked", context={}, asked_for=True)


def resume_page(stopped: SendingStop) -> str:
    return reverse("admin:participants_sendingstop_resume", args=[stopped.pk])


def test_letters_are_queued_while_sending_is_stopped_and_go_out_after(administrator, server):
    write()
    stopped = stop(why=WHY, by=administrator)
    write()
    assert deliver_due() == 0
    assert server.connections == 0
    assert set(Letter.objects.values_list("state", "attempts")) == {(Letter.State.WAITING, 0)}
    resume(stopped, by=administrator)
    assert deliver_due() == 2
    assert len(server.letters) == 2


def test_a_stop_is_noticed_between_two_letters(administrator, server, settings):
    write(3)
    settings.DELIVERY_BACKEND = f"{__name__}.StoppingBackend"
    assert deliver_due() == 1
    assert len(server.letters) == 1
    assert Letter.objects.waiting().count() == 2


def test_looking_costs_one_query(administrator, django_assert_num_queries):
    for _ in range(3):
        resume(stop(why=WHY, by=administrator), by=administrator)
    with django_assert_num_queries(1):
        assert not is_stopped()


def test_one_stop_is_in_force_and_all_are_kept(administrator):
    first = stop(why=WHY, by=administrator)
    with pytest.raises(StopRefused):
        stop(why="Drugie okno", by=administrator)
    resume(first, by=administrator)
    with pytest.raises(StopRefused):
        resume(first, by=administrator)
    second = stop(why="Znowu", by=administrator)
    assert current() == second
    first.refresh_from_db()
    assert (first.why, first.by, first.ended_by) == (WHY, administrator, administrator)
    assert first.ended_at >= first.at


def test_the_database_holds_one_in_force_too(administrator):
    now = timezone.now()
    SendingStop.objects.create(why="a", at=now)
    for wrong in ({"at": now}, {"at": now, "ended_at": now - datetime.timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SendingStop.objects.create(why="b", **wrong)


def test_only_administrators_may(editor, moderator, administrator):
    stopped = stop(why=WHY, by=administrator)
    for person in (editor, moderator):
        with pytest.raises(StopRefused):
            stop(why=WHY, by=person)
        with pytest.raises(StopRefused):
            resume(stopped, by=person)
    assert is_stopped()


# -- In the panel -----------------------------------------------------------------------------------------


def test_an_administrator_stops_and_resumes_by_the_page(administrator, as_user):
    client = as_user(administrator)
    assert STOP in client.get(LIST).content.decode()
    assert not is_stopped()
    assert "Błąd" in client.post(STOP, {"why": ""}).content.decode()
    assert client.post(STOP, {"why": WHY}).url == LIST
    assert (current().why, current().by) == (WHY, administrator)
    page = client.get(LIST).content.decode()
    assert resume_page(current()) in page
    assert STOP not in page
    client.post(STOP, {"why": "Drugie kliknięcie"})
    assert SendingStop.objects.count() == 1
    stopped = current()
    assert WHY in client.get(resume_page(stopped)).content.decode()
    assert is_stopped()
    for _ in range(2):
        assert client.post(resume_page(stopped)).url == LIST
    assert not is_stopped()


def test_pages_are_closed_to_everybody_else(administrator, editor, moderator, resident, as_user):
    stopped = stop(why=WHY, by=administrator)
    for page in (STOP, resume_page(stopped), LIST):
        for person in (editor, moderator, make_staff()):
            assert as_user(person).post(page, {"why": "x"}).status_code == 403
            assert as_user(person).get(page).status_code == 403
        for person in (resident, None):
            assert as_user(person).post(page, {"why": "x"}).status_code == 302
    assert current() == stopped


def test_the_desk_tells_everybody_of_the_staff_and_why_to_whom_it_concerns(administrator, moderator, as_user):
    desk = reverse("admin:index")
    assert "stopped-heading" not in as_user(administrator).get(desk).content.decode()
    stopped = stop(why=WHY, by=administrator)
    shown = as_user(administrator).get(desk).content.decode()
    assert WHY in shown
    assert resume_page(stopped) in shown
    other = as_user(moderator).get(desk).content.decode()
    assert "stopped-heading" in other
    assert WHY not in other
    assert resume_page(stopped) not in other


def test_health_mentions_it_and_is_well(administrator, client, monkeypatch):
    monkeypatch.setitem(health._migrations, "applied", True)
    assert client.get("/zdrowie/gotowe/").content == b"ok"
    stop(why=WHY, by=administrator)
    page = client.get("/zdrowie/gotowe/")
    assert (page.status_code, page.content) == (200, b"ok, sending of letters is stopped")


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_make_one_stop():
    administrator = make_administrator()

    results = at_once(*[lambda: stop(why=WHY, by=administrator)] * 2)
    assert {type(result) for result in results} == {SendingStop, StopRefused}
    assert SendingStop.objects.count() == 1
