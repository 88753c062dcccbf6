"""Letters survive whatever happens between the click and the mailbox, and come once."""

import datetime
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from participants.letters import KEPT, LAST_ATTEMPT, LEASE, deliver_due, forget_old, queue_letter
from participants.models import Letter
from tests.mailbox import last_letter
from tests.site.test_settings import manage
from tests.smtp import MailServer

HANNA = "hanna@poczta.example"
MINUTE = datetime.timedelta(minutes=1)


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
    write("Do nikogo", to="nikt@poczta.example")
    write("Do Hanny")
    setattr(server, refusals, ["550 5.1.1 no such mailbox"])
    assert deliver_due() == 2
    assert [message["Subject"] for message in server.letters] == ["Do Hanny"]
    lost = Letter.objects.get(subject="Do nikogo")
    assert lost.state == Letter.State.FAILED
    assert "no such mailbox" in lost.last_error
    assert deliver_due(now=timezone.now() + datetime.timedelta(days=2)) == 0


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
def test_letters_are_forgotten_after_ninety_days_and_those_that_wait_are_not(server):
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
def test_letter_that_somebody_waits_for_goes_before_five_hundred_others(server):
    for _ in range(500):
        write("Wieści")
    assert deliver_due(limit=1) == 1
    queue_letter(to=HANNA, template="account/email/locked", context={}, asked_for=True)
    assert deliver_due(limit=2) == 2
    came = [message["Subject"].strip() for message in server.letters]
    assert came == ["Wieści", last_letter(HANNA).subject, "Wieści"]


@pytest.mark.django_db
def test_second_letter_with_a_key_is_not_queued_and_those_without_are():
    for key in ("decision:7:hanna", "decision:7:hanna", "decision:8:hanna", "", ""):
        queue_letter(to=HANNA, template="account/email/locked", context={}, key=key)
    assert sorted(Letter.objects.values_list("key", flat=True)) == ["", "", "decision:7:hanna", "decision:8:hanna"]


@pytest.mark.django_db
def test_letter_that_the_table_refuses_is_not_passed_over():
    """`ignore_conflicts` means more to SQLite than a key that is taken."""
    message = EmailMultiAlternatives("Bez nadawcy", "Treść", to=[HANNA])
    message.from_email = None
    with pytest.raises(IntegrityError), transaction.atomic():
        message.send()


@pytest.mark.django_db
def test_letters_on_the_console_are_readable(settings, capsys):
    """Those with HTML too: what a person reads is the text, and the link can be clicked."""
    settings.DELIVERY_BACKEND = "participants.outbox.ConsoleBackend"
    write()
    queue_letter(to=HANNA, template="account/email/password_reset_key", context={"password_reset_url": "http://x/k/"})
    assert deliver_due() == 2
    plain, rich = capsys.readouterr().out.split("-" * 79)[1:]
    assert f"To: {HANNA}\nSubject: Potwierdź adres\n\nZażółć gęślą jaźń." in plain
    assert last_letter(HANNA).html
    assert f"Subject: {last_letter(HANNA).subject}\n\n{last_letter(HANNA).body}" in rich
    assert "http://x/k/" in rich
    assert "<" not in rich
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.SENT}


def test_backends_of_the_settings_are_ours():
    """The outbox, the readable console, and the patient conversation with a server."""
    assert get_connection(settings.DELIVERY_BACKEND).__module__ == "participants.outbox"
    asked = "from django.conf import settings; print(settings.DELIVERY_BACKEND)"
    worked = manage("shell", "-c", asked, SECRET_KEY="x", HTTPS="no", EMAIL_URL="smtp://127.0.0.1:25")
    assert "participants.mail_server.MailServerBackend" in worked.stdout, worked.stderr


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
