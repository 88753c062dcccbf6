"""Letters survive whatever happens between the click and the mailbox, and come once."""

import datetime
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.utils import timezone

from participants.letters import KEPT, LAST_ATTEMPT, LEASE, deliver_due, forget_old
from participants.models import Letter
from tests.smtp import MailServer, mail_server

HANNA = "hanna@poczta.example"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def write(subject: str = "Potwierdź adres", to: str = HANNA) -> Letter:
    EmailMultiAlternatives(subject, "Zażółć gęślą jaźń.\n.\nKropka.", to=[to]).send()
    return Letter.objects.latest("pk")


def only_letter() -> Letter:
    return Letter.objects.get()


@pytest.mark.django_db
def test_letter_is_delivered_once_and_as_written(server):
    letter = write()
    assert (deliver_due(), deliver_due()) == (1, 0)
    [message] = server.letters
    assert message["Subject"] == "Potwierdź adres"
    assert message["To"] == HANNA
    assert message["Message-ID"] == letter.message_id
    assert message.get_content().splitlines() == ["Zażółć gęślą jaźń.", ".", "Kropka."]
    letter = only_letter()
    assert letter.state == Letter.State.SENT
    assert letter.sent_at is not None


@pytest.mark.django_db
def test_server_is_not_called_when_no_letter_is_due_and_once_for_many(server):
    assert deliver_due() == 0
    assert server.connections == 0
    for number in range(3):
        write(f"List {number}")
    assert deliver_due() == 3
    assert server.connections == 1
    assert [message["Subject"] for message in server.letters] == ["List 0", "List 1", "List 2"]


@pytest.mark.django_db
@pytest.mark.parametrize("refusals", ["rcpt", "data"])
def test_letter_refused_for_now_is_put_off_and_comes_later(server, refusals):
    write()
    setattr(server, refusals, ["451 4.3.0 hanna@poczta.example: come back later"])
    assert (deliver_due(), deliver_due()) == (1, 0)
    letter = only_letter()
    assert letter.state == Letter.State.WAITING
    assert letter.try_at > timezone.now() + 0.8 * MINUTE
    assert HANNA not in letter.last_error
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 1
    assert len(server.letters) == 1
    assert only_letter().state == Letter.State.SENT


@pytest.mark.django_db
@pytest.mark.parametrize("refusals", ["rcpt", "data"])
def test_letter_refused_for_good_is_shown_to_the_staff_and_stops_nobody_else(server, refusals):
    write("Do nikogo")
    write("Do Hanny")
    setattr(server, refusals, ["550 5.1.1 no such mailbox"])
    assert deliver_due() == 2
    assert [message["Subject"] for message in server.letters] == ["Do Hanny"]
    lost = Letter.objects.get(subject="Do nikogo")
    assert lost.state == Letter.State.FAILED
    assert "no such mailbox" in lost.last_error
    assert deliver_due(now=timezone.now() + datetime.timedelta(days=2)) == 0


@pytest.mark.django_db
def test_server_that_is_down_costs_no_letter(server, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]  # nobody listens there
        write("Pierwszy")
        write("Drugi")
        assert deliver_due() == 2
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.WAITING}
    settings.EMAIL_PORT = server.port
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 2
    assert len(server.letters) == 2


@pytest.mark.django_db
def test_server_that_hangs_is_left_after_the_timeout(server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    server.open_for_data.clear()
    write()
    assert deliver_due() == 1
    assert only_letter().state == Letter.State.WAITING
    server.open_for_data.set()
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 1
    assert len(server.letters) == 1


@pytest.mark.django_db
def test_letter_is_given_up_after_the_last_attempt(server):
    write()
    server.rcpt = ["451 later"] * LAST_ATTEMPT
    for attempt in range(LAST_ATTEMPT):
        assert deliver_due(now=timezone.now() + datetime.timedelta(hours=5 * attempt)) == 1
    assert only_letter().state == Letter.State.FAILED


@pytest.mark.django_db
def test_letter_of_a_change_that_was_undone_is_never_sent(server):
    with transaction.atomic():
        write("Cofnięty")
        transaction.set_rollback(True)
    with transaction.atomic():
        write("Zapisany")
    assert deliver_due() == 1
    assert [message["Subject"] for message in server.letters] == ["Zapisany"]


@pytest.mark.django_db
def test_letters_are_forgotten_after_a_month_and_those_that_wait_are_not(server):
    write("Odrzucony")
    server.rcpt = ["550 no such mailbox"]
    deliver_due()
    write("Doręczony")
    deliver_due()
    write("Czekający")
    now = timezone.now()
    assert forget_old(now + KEPT - MINUTE) == 0
    assert forget_old(now + KEPT + MINUTE + MINUTE) == 2
    assert only_letter().subject == "Czekający"


@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_each_letter_once(server):
    subjects = {write(f"List {number}").subject for number in range(20)}

    def work() -> None:
        try:
            deliver_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(message["Subject"] for message in server.letters) == sorted(subjects)


@pytest.mark.django_db(transaction=True)
def test_letter_of_a_worker_that_was_killed_goes_after_the_lease(server):
    write()
    server.open_for_data.clear()
    worker = start_worker(server)
    assert server.waiting.wait(30)
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()
    server.open_for_data.set()
    assert only_letter().leased_until is not None
    assert deliver_due() == 0
    assert deliver_due(now=timezone.now() + LEASE) == 1
    assert len(server.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_worker_command_delivers_what_is_due_forgets_what_is_old_and_stops(server):
    old, now = write(), timezone.now()
    Letter.objects.filter(pk=old.pk).update(state=Letter.State.SENT, sent_at=now, try_at=now - 2 * KEPT)
    write()
    worker = start_worker(server)
    _output, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    assert [message["Subject"] for message in server.letters] == ["Potwierdź adres"]
    assert only_letter().state == Letter.State.SENT


@pytest.mark.django_db
def test_letters_on_the_console_are_readable(settings, capsys):
    settings.DELIVERY_BACKEND = "participants.outbox.ConsoleBackend"
    write()
    assert deliver_due() == 1
    assert f"To: {HANNA}\nSubject: Potwierdź adres\n\nZażółć gęślą jaźń." in capsys.readouterr().out


def test_backends_of_the_settings_are_the_outbox_and_the_readable_console():
    assert get_connection(settings.DELIVERY_BACKEND).__module__ == "participants.outbox"


def start_worker(server: MailServer) -> subprocess.Popen[bytes]:
    """`manage.py work --once` on the database of this test."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "work", "--once"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
