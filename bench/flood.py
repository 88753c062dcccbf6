"""A flood of scripted comments, and what a reader notices of it. Only ever against our own site on 127.0.0.1."""

import itertools
import os
import statistics
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.client import Page, Visitor
from bench.server import Site, manage
from bench.town import ROBOTS, SCRIPTED

POSTS = int(os.environ.get("BENCH_POSTS") or 2_000)
LASTS = float(os.environ.get("BENCH_FLOOD_SECONDS") or 60)
SENDERS = 4
PAUSE = 0.05  # of a reader between two pages: the server is not at its limit without the flood
CSRF = "x" * 32
LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True)
class Flood:
    calm: float  # ms, the reader's median
    flooded: float
    answers: Counter[int]
    seen: int  # scripted comments that everybody can read afterwards

    @property
    def slowdown(self) -> float:
        return self.flooded / self.calm


def measure_flood(site: Site, page: Page, address: str) -> Flood:
    """Reads the page in calm, then while POSTS comments arrive evenly within LASTS seconds, then in calm again.

    Where the site is too slow for so many, as many arrive as will. A reader pauses between two pages.
    """
    keys = manage(site.env, "shell", "-v", "0", "-c", SESSIONS).split()
    answers: Counter[int] = Counter()
    calm = _reading(site, page, lambda: True, LASTS / 4)
    numbers, until = itertools.count(), time.monotonic() + LASTS
    with ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(_send, site, address, keys, numbers, until, answers) for _ in range(SENDERS)]
        flooded = _reading(site, page, lambda: not all(sender.done() for sender in senders), LASTS * 2)
    for sender in senders:
        sender.result()  # what went wrong there goes wrong here
    calm += _reading(site, page, lambda: True, LASTS / 4)
    seen = int(manage(site.env, "shell", "-v", "0", "-c", COUNT))
    return Flood(statistics.median(calm), statistics.median(flooded), answers, seen)


def _reading(site: Site, page: Page, goes_on: Callable[[], bool], seconds: float) -> list[float]:
    """How many milliseconds each page took."""
    took: list[float] = []
    until = time.monotonic() + seconds
    with Visitor(site).closing() as reader:
        while goes_on() and time.monotonic() < until:
            started = time.perf_counter()
            reader.ask(page)
            took.append((time.perf_counter() - started) * 1000)
            time.sleep(PAUSE)
    return took


def _send(
    site: Site, address: str, keys: list[str], numbers: Iterator[int], until: float, answers: Counter[int]
) -> None:
    """One of those who send in turn, each comment at its time, from an account and an address of its own."""
    begun = until - LASTS
    while (number := next(numbers)) < POSTS and time.monotonic() < until:
        time.sleep(max(0, begun + number * LASTS / POSTS - time.monotonic()))
        robot = number % ROBOTS
        cookies = f"sesja={keys[robot]}; csrftoken={CSRF}"
        form = Page("scripted", address, _comment, {"Cookie": cookies, "X-CSRFToken": CSRF}, 302, (422, 429))
        with Visitor(site, f"127.0.1.{robot + 1}").closing() as visitor:
            answers[visitor.ask(form)[0].status] += 1


def _comment() -> str:
    """No two alike, and nothing in it that looks like a number of somebody's. `proof` is empty: none was worked out."""
    word = uuid.uuid4().hex.translate(LETTERS)
    return urlencode({"text": f"{SCRIPTED}: {word}", "submission": str(uuid.uuid4()), "danger": "no", "proof": ""})


SESSIONS = (
    "from bench.matters import sessions_of; from participants.models import Resident; "
    f"print(*sessions_of(Resident.objects.filter(email__startswith='osoba').order_by('pk')[:{ROBOTS}]))"
)
COUNT = (
    "from topics.models import Comment; "
    f"print(Comment.objects.published().filter(text__startswith='{SCRIPTED}').count())"
)
