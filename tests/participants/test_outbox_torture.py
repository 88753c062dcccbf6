"""Five hundred letters, two workers, and all that can happen: none is lost, and why one comes twice is known."""

import random
import threading
from collections import Counter

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from participants.models import Letter
from tests.smtp import HANGS_UP, MailServer
from tests.workers import start_deliverer

LETTERS = 500
KILLS = 60
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def message_ids() -> set[str]:
    for number in range(LETTERS):
        EmailMultiAlternatives(f"List {number}", "Treść\n" * 50, to=[f"osoba{number}@poczta.example"]).send()
    return set(Letter.objects.values_list("message_id", flat=True))


class Killer:
    """Says when the next worker dies: some steps of the conversation from now, and a moment more or less."""

    def __init__(self, server: MailServer, seed: int) -> None:
        self.random, self.kills, self.due = random.Random(seed), 0, threading.Event()
        self.steps = self.random.randint(1, 40)
        server.watch = self.count

    def count(self, _step: str) -> None:
        self.steps -= 1
        if self.steps <= 0 and self.kills < KILLS:
            self.due.set()

    def strike(self, worker) -> None:
        threading.Event().wait(self.random.uniform(0, 0.006))
        worker.kill()
        worker.join()
        self.kills += 1
        self.steps = self.random.randint(1, 40)
        self.due.clear()


def arrived(server: MailServer) -> Counter[str]:
    return Counter(message["Message-ID"] for message in server.letters)


def work(server: MailServer, killer: Killer | None = None) -> None:
    """Two workers until nothing is due; in the place of a killed one comes another."""
    workers = [start_deliverer(server.port) for _ in range(2)]
    while alive := [worker for worker in workers if worker.is_alive()]:
        if killer and killer.due.wait(0.05):
            killer.strike(killer.random.choice(alive))
            workers.append(start_deliverer(server.port))
        elif not killer:
            alive[0].join()
    assert {worker.exitcode for worker in workers} <= {0, -9}


def test_workers_killed_at_any_moment_lose_nothing_and_repeat_only_what_they_were_handing_over(server, message_ids):
    killer, in_hand = Killer(server, seed=30), Counter()
    while Letter.objects.waiting().exists():
        work(server, killer)
        # Nobody is at work: what is leased still was in the hands of a killed one. The lease runs out.
        held = Letter.objects.waiting().filter(leased_until__isnull=False)
        in_hand.update(held.filter(handed_over_at__isnull=False).values_list("message_id", flat=True))
        held.update(leased_until=None)
    came = arrived(server)
    assert killer.kills > KILLS / 2  # on a busy machine the letters may be gone before the last ones
    assert set(came) == message_ids
    assert {key: times for key, times in came.items() if times > 1 + in_hand[key]} == {}
    assert came.total() <= LETTERS + KILLS
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.SENT}


def test_server_in_every_mood_gets_each_letter_once(server, message_ids):
    moods = random.Random(31)
    fine = ["250 ok"] * 12
    server.hello = moods.choices(["220 ready", "421 too busy", HANGS_UP], [6, 1, 1], k=100)
    server.rcpt = moods.choices([*fine, "451 later", "421 later", "550 nobody", HANGS_UP], k=600)
    for _round in range(25):
        server.data = moods.choices(["451 later", "421 later", "554 no", HANGS_UP], k=4)
        work(server)
        Letter.objects.waiting().update(try_at=timezone.now())  # the minutes pass
    server.hello, server.rcpt, server.data = [], [], []
    work(server)
    refused = set(Letter.objects.failed().values_list("message_id", flat=True))
    assert 0 < len(refused) < 100
    assert arrived(server) == Counter(message_ids - refused)


def test_two_workers_deliver_each_letter_once(server, message_ids):
    work(server)
    assert arrived(server) == Counter(message_ids)
