"""A load generator of a few threads, each with one connection that is kept open."""

import contextlib
import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from bench.queries import ANSWER, ASK
from bench.server import HOST, Site

CONNECTIONS = 4
TIMEOUT = 30


@dataclass(frozen=True)
class Page:
    """What one measurement asks for, again and again. `body` makes a form anew each time."""

    name: str
    path: str
    body: Callable[[], str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    refused: tuple[int, ...] = ()  # statuses that are as good


@dataclass(frozen=True)
class Round:
    """One measurement of a page: CPU is that of the web workers alone, not of the database server."""

    per_second: float
    p50: float  # ms
    p95: float  # ms
    cpu: float  # ms a request


class Visitor:
    """One reader with a connection and cookies. `source` is the address of this machine that they come from."""

    def __init__(self, site: Site, source: str = HOST) -> None:
        self.connection = http.client.HTTPConnection(HOST, site.port, timeout=TIMEOUT, source_address=(source, 0))
        self.cookies: dict[str, str] = {}

    def ask(self, page: Page, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """The answer, read to its end; any other status than the expected one ends the measurement."""
        method, body = ("POST", page.body()) if page.body else ("GET", None)
        sent = {"Accept-Language": "pl", **page.headers, **headers}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookies and "Cookie" not in sent:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, page.path, body, sent)
        response = self.connection.getresponse()
        content = response.read()
        if response.status not in {page.status, *page.refused}:
            raise SystemExit(f"{page.name}: {method} {page.path} answered {response.status}")
        return response, content

    def keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}

    @contextlib.contextmanager
    def closing(self) -> Iterator["Visitor"]:
        with contextlib.closing(self.connection):
            yield self


def queries_of(site: Site, page: Page) -> int:
    with Visitor(site).closing() as visitor:
        return int(visitor.ask(page, **{ASK: "1"})[0].headers[ANSWER])


def measure(site: Site, page: Page, *, seconds: float, at_most: int) -> Round:
    """Asks with all connections for so long, or so many times, whichever comes first."""
    took: list[float] = []
    errors: list[BaseException] = []
    until = time.monotonic() + seconds

    def keep_asking() -> None:
        try:
            with Visitor(site).closing() as visitor:
                while time.monotonic() < until and len(took) < at_most:
                    started = time.perf_counter()
                    visitor.ask(page)
                    took.append(time.perf_counter() - started)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=keep_asking) for _ in range(CONNECTIONS)]
    cpu, started = site.cpu_seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    elapsed, cpu = time.perf_counter() - started, site.cpu_seconds() - cpu
    cuts = statistics.quantiles(took, n=20)
    return Round(len(took) / elapsed, cuts[9] * 1000, cuts[18] * 1000, cpu / len(took) * 1000)
