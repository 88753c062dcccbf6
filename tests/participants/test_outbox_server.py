"""A mail server that is away, slow or worse: it costs letters time and nothing else, and never makes two of one."""

import datetime
import socket
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone

from participants import letters, mail_server
from participants.letters import deliver_due
from participants.models import Letter
from tests.smtp import DRIPS, HANGS_UP, HungUp, MailServer
from tests.workers import start_deliverer

MINUTE = datetime.timedelta(minutes=1)


def write(subject: str = "Pierwszy") -> Letter:
    EmailMultiAlternatives(subject, "Treść", to=["hanna@poczta.example"]).send()
    return Letter.objects.latest("pk")


def subjects(server: MailServer) -> list[str]:
    return [message["Subject"] for message in server.letters]


def at_step(wanted: str, act: Callable[[], object]) -> Callable[[str], None]:
    """For `watch`: does it once, in the thread of the server."""
    left = [act]

    def watch(step: str) -> None:
        if step == wanted and left:
            left.pop()()

    return watch


def hang_up() -> None:
    raise HungUp


# -- Away ---------------------------------------------------------------------------------------


def refuse_connections(server: MailServer, settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]


def be_unknown(server: MailServer, settings) -> None:
    settings.EMAIL_HOST = "poczta.invalid"


def be_busy(server: MailServer, settings) -> None:
    server.hello = ["421 4.3.2 too busy"] * 99


def hang_up_at_once(server: MailServer, settings) -> None:
    server.hello = [HANGS_UP] * 99


def know_us_no_more(server: MailServer, settings) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "forum", "old"
    server.auth = ["535 5.7.8 wrong password"] * 99


def drip(server: MailServer, settings) -> None:
    settings.EMAIL_TIMEOUT = 0.1
    server.hello = [DRIPS] * 99


WAYS = [refuse_connections, be_unknown, be_busy, hang_up_at_once, know_us_no_more, drip]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "be_away",
    WAYS,
    ids=lambda f: f.__name__,
)
def test_server_that_is_away_for_a_day_costs_no_letter_and_no_attempt(server, settings, be_away):
    write("Pierwszy")
    write("Drugi")
    be_away(server, settings)
    begin = timezone.now()
    for hour in range(25):
        now = begin + datetime.timedelta(hours=hour)
        assert (deliver_due(now=now), deliver_due(now=now + MINUTE / 2)) == (0, 0)
        assert server.connections <= hour + 1  # the second time it is left alone
    waiting = Letter.objects.waiting().filter(attempts=0, leased_until=None, try_at=now + MINUTE)
    assert waiting.exclude(last_error="").count() == 2
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 20
    server.hello, server.auth = [], []
    assert deliver_due(now=now + MINUTE) == 2
    assert subjects(server) == ["Pierwszy", "Drugi"]
    assert set(Letter.objects.values_list("state", "last_error")) == {(Letter.State.SENT, "")}


@pytest.mark.django_db
@pytest.mark.parametrize("answers", ["rcpt", "data"])
def test_server_that_has_had_enough_is_left_alone_and_a_letter_that_causes_it_holds_up_nobody(server, answers):
    write("Pierwszy")
    write("Drugi")
    setattr(server, answers, ["421 4.7.0 hanna@poczta.example: too many letters"])
    assert (deliver_due(), deliver_due()) == (1, 0)
    assert set(Letter.objects.values_list("attempts", "leased_until")) == {(0, None)}
    assert ["hanna" in letter.last_error for letter in Letter.objects.all()] == [False, False]
    assert deliver_due(now=timezone.now() + MINUTE) == 1
    assert subjects(server) == ["Drugi"]
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 1
    assert subjects(server) == ["Drugi", "Pierwszy"]


@pytest.mark.django_db
@pytest.mark.parametrize("answers", ["rcpt", "data"])
def test_dropped_connection_counts_for_the_letter_and_the_next_goes_by_a_new_one(server, answers):
    write("Pierwszy")
    write("Drugi")
    setattr(server, answers, [HANGS_UP])
    assert deliver_due() == 2
    assert (subjects(server), server.connections) == (["Drugi"], 2)
    assert Letter.objects.waiting().get().attempts == 1
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 1
    assert subjects(server) == ["Drugi", "Pierwszy"]


# -- Slow ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("answers", ["rcpt", "data"])
def test_server_that_drips_is_left_after_the_time_for_a_whole_answer(server, settings, monkeypatch, answers):
    """Each byte is in time, the answer would take for ever: longer than the lease, and another would send as well."""
    settings.EMAIL_TIMEOUT = 1
    monkeypatch.setattr(mail_server, "TAKING", 1)
    write()
    setattr(server, answers, [DRIPS])
    began = time.monotonic()
    assert deliver_due() == 1
    assert time.monotonic() - began < 10
    letter = Letter.objects.waiting().get()
    assert letter.attempts == 1
    assert (letter.handed_over_at is not None) == (answers == "data")  # half an answer to the text is none


def test_what_can_be_waited_for_is_shorter_than_the_leases(settings):
    answers_and_lines = 2 * len(["EHLO", "HELO", "MAIL", "RCPT", "DATA"])
    assert settings.EMAIL_TIMEOUT * answers_and_lines < letters.LEASE.total_seconds()
    assert letters.LEASE_OF_TEXT.total_seconds() > mail_server.TAKING + letters.NOTING + 5 * settings.EMAIL_TIMEOUT


@pytest.mark.django_db
def test_server_that_hangs_before_the_text_is_left_and_has_got_nothing(server, settings):
    settings.EMAIL_TIMEOUT = 1
    server.open_for_data.clear()
    write()
    assert deliver_due() == 1
    letter = Letter.objects.waiting().get()
    assert letter.handed_over_at is None
    server.open_for_data.set()
    settings.EMAIL_TIMEOUT = 20
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 1
    assert subjects(server) == ["Pierwszy"]


@pytest.mark.django_db
def test_server_that_thinks_longer_than_it_may_answer_elsewhere_gets_a_letter_once(server, settings):
    settings.EMAIL_TIMEOUT = 1
    server.watch = at_step("taken", lambda: threading.Event().wait(1.5))
    write()
    assert deliver_due() == 1
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 0
    assert subjects(server) == ["Pierwszy"]


@pytest.mark.django_db
def test_slow_server_does_not_keep_the_worker_from_its_other_work(server, monkeypatch):
    monkeypatch.setattr(letters, "ROUND", 0)
    write("Pierwszy")
    write("Drugi")
    assert [deliver_due(), deliver_due(), deliver_due()] == [1, 1, 0]


# -- Once ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [lambda q: q.update(leased_until=timezone.now() + 9 * MINUTE), lambda q: q.delete()])
def test_letter_that_another_has_taken_or_deleted_meanwhile_does_not_go_out(server, change):
    """The worker stood still after taking it; the server hears no text."""

    def meanwhile() -> None:
        change(Letter.objects.filter(subject="Pierwszy"))
        connection.close()

    write("Pierwszy")
    write("Drugi")
    server.watch = at_step("DATA", meanwhile)
    assert deliver_due() == 2
    assert subjects(server) == ["Drugi"]
    assert list(Letter.objects.exclude(subject="Drugi").values_list("state", "attempts")) in [[], [("waiting", 1)]]


@pytest.mark.django_db
def test_letter_that_was_perhaps_taken_comes_again_with_its_id_and_the_log_says_so(server, caplog):
    server.watch = at_step("taken", hang_up)
    letter = write()
    assert deliver_due() == 1
    assert Letter.objects.waiting().get().handed_over_at is not None
    assert "may come twice" not in caplog.text
    assert deliver_due(now=timezone.now() + 2 * MINUTE) == 1
    assert [message["Message-ID"] for message in server.letters] == 2 * [letter.message_id]
    assert f"letter {letter.pk} goes out again and may come twice" in caplog.text


@pytest.mark.django_db
def test_later_refusal_does_not_undo_the_doubt(server):
    write()
    server.watch = at_step("taken", hang_up)
    deliver_due()
    server.rcpt = ["451 later"]
    deliver_due(now=timezone.now() + 2 * MINUTE)
    assert Letter.objects.waiting().get().handed_over_at is not None


@pytest.mark.django_db
def test_letter_that_was_refused_in_words_is_surely_not_taken(server, caplog):
    server.data = ["451 later"]
    write()
    deliver_due()
    assert Letter.objects.waiting().get().handed_over_at is None
    deliver_due(now=timezone.now() + 2 * MINUTE)
    assert "may come twice" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_kill_between_the_taking_and_our_note_repeats_the_letter_after_the_lease(server):
    """The window that no protocol closes (RFC 1047)."""
    letter, workers = write(), []
    began = threading.Event()

    def kill() -> None:
        began.wait(30)
        workers[0].kill()
        workers[0].join()

    server.watch = at_step("taken", kill)
    workers.append(start_deliverer(server.port))
    began.set()
    workers[0].join()
    assert deliver_due() == 0
    assert deliver_due(now=timezone.now() + letters.LEASE) == 0
    assert deliver_due(now=timezone.now() + letters.LEASE_OF_TEXT) == 1
    assert [message["Message-ID"] for message in server.letters] == 2 * [letter.message_id]


@pytest.mark.django_db(transaction=True)
def test_database_that_goes_away_while_the_server_takes_a_letter_costs_no_second_one(server):
    write()
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA busy_timeout = 50")
        server.watch = at_step("taken", lambda: write_for_long(connection.settings_dict["NAME"]))
    else:
        pid = connection.connection.info.backend_pid
        server.watch = at_step("taken", lambda: end_connection(pid))
    assert deliver_due() == 1
    assert Letter.objects.get().state == Letter.State.SENT
    assert subjects(server) == ["Pierwszy"]


def write_for_long(name: str) -> None:
    other = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.5, other.close).start()


def end_connection(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    connection.close()
