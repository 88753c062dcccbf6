"""A real Chromium against a real server, at the width of a phone and of a desk."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect

from participants.models import Letter, Resident
from tests.factories import PASSWORD
from tests.panel import note_second_factor

# pytest-playwright runs an event loop in this thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDTHS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
# The forum promises WCAG 2.2 AA; axe's best practices are held as well. What is in order is not told: to write that
# down takes axe longer than to look.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AXE = Axe()
RUN_AXE = "async options => (await axe.run(options)).violations.map(it => [it.id, it.nodes.map(n => n.target)])"

COOKIES = {"sesja", "csrftoken", "jezyk", "motyw"}
LOOKS = {"test_accessibility.py", "test_reading.py", "test_hostile_texts.py"}

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")
            if item.path.name in LOOKS or "no_fault" in item.name:
                item.add_marker("looks")


@pytest.fixture(scope="session", autouse=True)
def keep_reference_rows(django_db_setup: None) -> None:
    """Once Playwright's event loop runs in this thread, asgiref gives Django another connection object than the
    one that remembers what the migrations left; the class remembers it for all of them."""
    before = connections["default"]
    type(before)._test_serialized_contents = before._test_serialized_contents


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return {**browser_type_launch_args, "executable_path": executable, "args": FLAGS}


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def visit(browser: Browser, live_server, width: str) -> Iterator[Callable[..., Page]]:
    """`visit()` is a page of a new visitor in Polish; it fails the test when the console shows an error, when a
    page asks anybody but us for anything, or when it leaves a cookie that the privacy page does not name.

    `visit(scripts=False)` has JavaScript switched off, `visit(color_scheme="dark")` prefers dark.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    asked: set[str] = set()

    def open_page(*, scripts: bool = True, user: Resident | None = None, **how) -> Page:
        how = {
            "locale": "pl-PL",
            "viewport": WIDTHS[width],
            "base_url": live_server.url,
            "reduced_motion": "reduce",
            **how,
        }
        context = browser.new_context(java_script_enabled=scripts, **how)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        context.on("request", lambda request: asked.add(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if user:
            sign_in(page, user)
        return page

    yield open_page
    cookies = {cookie["name"] for context in contexts for cookie in context.cookies()}
    for context in contexts:
        context.close()
    # Chromium reports each 4xx page as an error; a test that asks for one looks at its status itself.
    assert [text for text in complaints if "status of 4" not in text] == []
    assert strangers(asked, live_server.url) == set()
    assert cookies <= COOKIES


def strangers(addresses: set[str], own: str) -> set[str]:
    """Hosts other than our own that something was asked of."""
    return {urlsplit(address).netloc for address in addresses} - {"", urlsplit(own).netloc}  # data: has no host


def sign_in(page: Page, user: Resident) -> None:
    page.goto("/konto/zaloguj/")
    page.get_by_label("Adres e-mail").fill(user.email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Zaloguj się").click()
    page.wait_for_url(lambda url: "/konto/zaloguj/" not in url)
    if user.is_staff:
        [key] = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sesja"]
        note_second_factor(SessionStore(key), user)


def open_form(page: Page) -> None:
    """From the page of a topic to the form for a comment."""
    page.locator("main").get_by_role("link", name="Napisz komentarz").first.click()


def nobody_in_danger(page: Page) -> None:
    """Answers the question that stands before every form for a comment."""
    page.get_by_role("group", name="Czy ktoś jest teraz w niebezpieczeństwie?").get_by_label("Nie").check()


def accessibility_faults(page: Page, rules: dict = RULES) -> list[str]:
    """axe's violations, each with the first elements it names."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    return [f"{fault}: {places[:3]}" for fault, places in page.evaluate(RUN_AXE, rules)]


def faults_of_look(page: Page) -> list[str]:
    """The page as it stands, at both widths: axe, its rules of colour in the dark too, reflow, one heading on top."""
    found = [] if page.locator("h1").count() == 1 else ["has not one h1"]
    for width, size in WIDTHS.items():
        page.set_viewport_size(size)
        found += [f"{width}: {fault}" for fault in accessibility_faults(page)]
        if overflows(page):
            found.append(f"{width}: has to be moved sideways")
        page.emulate_media(color_scheme="dark")
        page.evaluate("document.getAnimations().forEach(it => it.finish())")  # the panel's links fade into their colour
        found += [f"{width}, dark: {fault}" for fault in accessibility_faults(page, COLOURS)]
        page.emulate_media(color_scheme="light")
        page.evaluate("document.getAnimations().forEach(it => it.finish())")
    return found


def faults_of(page: Page, addresses: list[str], until: str = "load") -> dict[str, list[str]]:
    """What is wrong with the look of pages, each loaded once. Scripts of the panel fetch others: "networkidle"."""
    found = {}
    for address in addresses:
        page.goto(address, wait_until=until)
        assert "/konto/zaloguj/" not in page.url or "/konto/zaloguj/" in address  # else another page is looked at
        if faults := faults_of_look(page):
            found[address] = faults
    return found


def overflows(page: Page) -> bool:
    """Whether the page has to be moved sideways to be read (WCAG 1.4.10)."""
    page.wait_for_load_state()  # a click returns while the document of its answer is still empty
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def letter_to(email: str) -> Letter:
    """The last letter in the outbox for somebody."""
    return Letter.objects.filter(to=email).latest("pk")


@pytest.fixture
def newcomer() -> str:
    return f"nowa-{uuid.uuid4().hex[:8]}@poczta.example"
