"""`make bench`: the site on SQLite and on PostgreSQL, small and large, beside a view that does nothing.

What is compared is CPU time of the web workers, as a multiple of that view's: it depends little on the machine and
on what else it does. Each page is measured in several rounds, all pages in each; the least and the most are printed.
"""

import contextlib
import os
import re
import statistics
import sys
import uuid
from collections.abc import Iterator
from urllib.parse import urlencode

from bench.client import Page, Round, Visitor, measure, queries_of
from bench.flood import LASTS, LETTERS, Flood, measure_flood
from bench.server import HOST, Site, environment, find_postgresql, manage, scratch_folder, scratch_postgresql
from bench.town import LONG_SLUG, MEETING_SLUG, MODERATOR, PASSWORD, READER
from bench.visit import compressed, find_browser, first_visit

ROUNDS = int(os.environ.get("BENCH_ROUNDS") or 3)
SECONDS = float(os.environ.get("BENCH_SECONDS") or 4)
AT_MOST = 1500  # requests a round
SMALL, LARGE = (2_000, 10), (int(os.environ.get("BENCH_COMMENTS") or 200_000), 10_000)  # comments, cases that wait
BARE, BARE_WRITE = "bare view", "bare view, writing"
FIRST, LAST, READ, WRITE = "topic, first page", "topic, 500th page", "topic, signed in", "posting a comment"
QUEUE = "queue of moderators"
BOARD, DEEP_BOARD, STORY = "promises", "promises, deep", "one promise"
DEEP = LARGE[0] > 25_000  # room for a topic of 12,000 comments
QUERIES = {"home": 9, "meeting": 14, BOARD: 12, FIRST: 8, LAST: 8, READ: 10}
KILOBYTE = 1000
Rows = dict[str, list[Round]]
Targets = Iterator[tuple[str, str, bool]]


def main() -> None:
    targets: list[tuple[str, str, bool]] = []
    with scratch_folder() as folder, contextlib.ExitStack() as stack:
        databases = {"SQLite": f"sqlite:///{folder}/bench.sqlite3"}
        postgresql = find_postgresql()
        if postgresql:
            databases["PostgreSQL"] = stack.enter_context(scratch_postgresql(postgresql))
        manage(environment(folder, databases["SQLite"]), "collectstatic", "--noinput", "-v", "0")
        for name, url in databases.items():
            targets += _bench(name, environment(folder, url))
    print("\nTargets")
    for name, found, reached in targets:
        print(f"  {'reached' if reached else 'MISSED ':8} {name}: {found}")
    sys.exit(0 if all(reached for _name, _found, reached in targets) else 1)


def _bench(database: str, env: dict[str, str]) -> list[tuple[str, str, bool]]:
    """The number of queries on the small site, then everything on the large one."""
    queue, opened = _queue(env), env | {"BENCH_GATES": "open"}
    print(f"\n== {database}: {SMALL[0]:,} comments, {SMALL[1]:,} wait", flush=True)
    _fill(env, *SMALL)
    with Site(opened) as site:
        small = {page.name: queries_of(site, page) for page in _pages(site, queue, last_page=1)}
    print(
        f"== {database}: {LARGE[0]:,} comments, {LARGE[1]:,} wait, {'a topic of 12,000, ' * DEEP}500 meetings",
        flush=True,
    )
    _fill(env, *LARGE)
    with Site(env) as site:
        flood = _flood(site)
    with Site(opened) as site:
        pages = list(_pages(site, queue, last_page=500 if DEEP else 1))
        queries = {page.name: queries_of(site, page) for page in pages}
        sizes = {page.name: _size(site, page) for page in pages if not page.body and page.name != QUEUE}
        rows = _measure(site, pages)
        _print(rows, queries, sizes)
        visits = _first_visits(site, pages)
    print("  after it:", manage(env, "recount", "--dry-run").strip())
    targets = [*_query_targets(small, queries), *_cpu_targets(rows), *_flood_targets(flood)]
    targets += _byte_targets(sizes, visits)
    return [(f"{database}, {name}", found, reached) for name, found, reached in targets]


def _fill(env: dict[str, str], comments: int, waiting: int) -> None:
    manage(env, "migrate", "-v", "0")
    manage(env, "createcachetable")
    manage(env, "flush", "--noinput", "-v", "0")
    manage(env, "shell", "-v", "0", "-c", f"from bench.load import load; load({comments}, {waiting})")


def _queue(env: dict[str, str]) -> str:
    code = "from django.urls import reverse; print(reverse('admin:topics_case_changelist'))"
    return manage(env, "shell", "-v", "0", "-c", code).strip()


def _pages(site: Site, queue: str, *, last_page: int) -> Iterator[Page]:
    meeting, topic = _addresses(site)
    yield Page(BARE, "/yardstick/")
    yield Page("home", "/")
    yield Page("meeting", meeting)
    yield Page(FIRST, topic)
    yield Page(LAST, f"{topic}?strona={last_page}")
    yield Page("topic list", "/tematy/")
    yield Page(BOARD, "/obietnice/")
    yield Page(DEEP_BOARD, "/obietnice/?stan=zrobione&strona=100")
    yield Page(STORY, _story(site))
    yield Page("institution", "/instytucje/instytucja-1/")
    sign_in, reader = _signed_in(site, READER)
    yield sign_in
    yield Page(READ, topic, headers=reader)
    yield Page(BARE_WRITE, "/yardstick/write/", lambda: "", reader, status=302)
    yield Page(WRITE, f"{topic}komentarz/", _comment, reader, status=302)
    yield Page(QUEUE, queue, headers=_signed_in(site, MODERATOR)[1])


def _addresses(site: Site) -> tuple[str, str]:
    """A past meeting, as the list of meetings links it, and the long talk."""
    with Visitor(site).closing() as visitor:
        _response, html = visitor.ask(Page("meetings", "/spotkania/"))
    meeting = re.search(rf'"(/spotkania/\d{{4}}/{MEETING_SLUG}/)"', html.decode())
    return meeting.group(1), f"/tematy/{LONG_SLUG}/"


def _story(site: Site) -> str:
    """The first promise that the board links."""
    with Visitor(site).closing() as visitor:
        _response, html = visitor.ask(Page("promises", "/obietnice/"))
    return re.search(r'"(/obietnice/\d+/)"', html.decode()).group(1)


def _signed_in(site: Site, email: str) -> tuple[Page, dict[str, str]]:
    """Signing in, and the headers of somebody who has."""
    path = "/konto/zaloguj/"
    with Visitor(site).closing() as visitor:
        visitor.keep_cookies(visitor.ask(Page("form", path))[0])
        form = urlencode({"login": email, "password": PASSWORD})
        sign_in = Page("sign-in", path, lambda: form, _headers(visitor.cookies), status=302)
        visitor.keep_cookies(visitor.ask(sign_in)[0])
        return sign_in, _headers(visitor.cookies)


def _headers(cookies: dict[str, str]) -> dict[str, str]:
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": sent, "X-CSRFToken": cookies["csrftoken"]}


def _comment() -> str:
    """Each says something else: the same text again would be held."""
    word = uuid.uuid4().hex.translate(LETTERS)
    text = f"U nas jest tak samo, popieram. {word}"
    return urlencode({"text": text, "submission": str(uuid.uuid4()), "danger": "no"})


def _flood(site: Site) -> Flood:
    _meeting, topic = _addresses(site)
    flood = measure_flood(site, Page(FIRST, topic), f"{topic}komentarz/")
    told = ", ".join(f"{count} × {status}" for status, count in sorted(flood.answers.items()))
    print(f"  {flood.answers.total():,} scripted comments within {LASTS:.0f} s were answered {told};")
    print(f"  {FIRST}, p50: {flood.calm:.1f} ms without them, {flood.flooded:.1f} ms with them", flush=True)
    return flood


def _size(site: Site, page: Page) -> int:
    with Visitor(site).closing() as visitor:
        return compressed(visitor.ask(page)[1])


def _measure(site: Site, pages: list[Page]) -> Rows:
    rows: Rows = {page.name: [] for page in pages}
    for page in pages:
        measure(site, page, seconds=1, at_most=60)
    for _round in range(ROUNDS):
        for page in pages:
            rows[page.name].append(measure(site, page, seconds=SECONDS, at_most=AT_MOST))
    return rows


def _first_visits(site: Site, pages: list[Page]) -> dict[str, int]:
    if not find_browser():
        print("  The first visit is not measured: no Chromium is here (CHROMIUM names one).")
        return {}
    return {page.name: _first_visit(site, page) for page in pages if page.name in {"home", FIRST}}


def _first_visit(site: Site, page: Page) -> int:
    sizes = first_visit(f"http://{HOST}:{site.port}{page.path}")
    print(f"  first visit, {page.name}: {_kilobytes(sum(sizes.values()))}, of it")
    for path, size in sorted(sizes.items(), key=lambda row: -row[1]):
        print(f"    {_kilobytes(size):>9}  {path}")
    return sum(sizes.values())


# -- What is printed --------------------------------------------------------------------------------


def _print(rows: Rows, queries: dict[str, int], sizes: dict[str, int]) -> None:
    line = "  {:32} {:>11} {:>11} {:>11} {:>11} {:>11} {:>8} {:>9}"
    print(line.format("", "requests/s", "p50 ms", "p95 ms", "CPU ms", "× bare", "queries", "gzip"))
    for name, rounds in rows.items():
        size = _kilobytes(sizes[name]) if name in sizes else ""
        figures = [
            _span([r.per_second for r in rounds], 0),
            _span([r.p50 for r in rounds], 1),
            _span([r.p95 for r in rounds], 1),
            _span([r.cpu for r in rounds], 1),
            _span(_ratios(rows, name), 1),
        ]
        print(line.format(name, *figures, queries[name], size), flush=True)


def _span(values: list[float], digits: int) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def _kilobytes(size: int) -> str:
    return f"{size / KILOBYTE:.1f} kB"


def _ratios(rows: Rows, name: str, to: str = BARE, what: str = "cpu") -> list[float]:
    """Round by round, so that what else the machine does at the time falls on both."""
    return [getattr(r, what) / getattr(other, what) for r, other in zip(rows[name], rows[to], strict=True)]


# -- What the issue asks for --------------------------------------------------------------------------


def _query_targets(small: dict[str, int], large: dict[str, int]) -> Targets:
    for name, limit in QUERIES.items():
        yield f"queries of {name} ≤ {limit}", str(large[name]), large[name] <= limit
    for name, what in ((WRITE, "in a talk of any size"), (QUEUE, f"with {SMALL[1]} and {LARGE[1]:,} waiting")):
        yield f"as many queries of {name} {what}", f"{small[name]} and {large[name]}", small[name] == large[name]
    grown = [f"{name} {small[name]} → {large[name]}" for name in large if small[name] != large[name]]
    yield f"as many queries at {SMALL[0]:,} and {LARGE[0]:,} comments", ", ".join(grown) or "yes", not grown


def _cpu_targets(rows: Rows) -> Targets:
    for name in (FIRST, LAST):
        times = statistics.median(_ratios(rows, name))
        yield f"CPU of {name} ≤ 20 × bare", f"{times:.1f} ×", times <= 20
    times = statistics.median(_ratios(rows, WRITE, BARE_WRITE))
    yield f"CPU of {WRITE} ≤ 4 × {BARE_WRITE}", f"{times:.1f} ×", times <= 4
    for what, label in (("cpu", "CPU"), ("p50", "time")):
        times = statistics.median(_ratios(rows, LAST, FIRST, what))
        yield f"{label} of {LAST} ≤ 1.5 × first", f"{times:.2f} ×", times <= 1.5


def _flood_targets(flood: Flood) -> Targets:
    yield f"{FIRST} in a flood ≤ 1.5 × without", f"{flood.slowdown:.2f} ×", flood.slowdown <= 1.5
    yield "fewer than 20 scripted comments are seen", str(flood.seen), flood.seen < 20


def _byte_targets(sizes: dict[str, int], visits: dict[str, int]) -> Targets:
    name = max((name for name in sizes if name != BARE), key=sizes.__getitem__)
    yield "HTML ≤ 10 kB", f"{_kilobytes(sizes[name])} at most ({name})", sizes[name] <= 10 * KILOBYTE
    for name, size in visits.items():
        yield f"first visit ≤ 110 kB, {name}", _kilobytes(size), size <= 110 * KILOBYTE
