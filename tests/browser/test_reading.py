"""What a reader may change about the pages: size, spacing, language, the colours of the system. Nothing gets lost."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from meetings.models import Commitment, Meeting, Survey
from participants.models import Institution, Official
from participants.roles import Role
from tests import factories
from tests.browser.conftest import accessibility_faults, overflows
from topics.models import Question, Topic

# WCAG 1.4.12: whoever needs more air between lines, letters and words takes it.
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""
# Texts in Polish or Ukrainian letters that a reading program would speak in another language's voice.
MISREAD = r"""() => {
  const found = [], walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const spoken = walker.currentNode.parentElement.closest("[lang]").lang;
    if (/[\u0400-\u04FF]/.test(text) && spoken !== "uk") found.push(`${spoken}: ${text}`);
    if (/[ąćęłńśźż]/i.test(text) && spoken !== "pl") found.push(`${spoken}: ${text}`);
  }
  return found;
}"""
# WCAG 2.5.8 leaves out links inside a sentence; these stand alone.
SMALL = """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")].filter(it => {
  const box = it.getBoundingClientRect();
  const inText = getComputedStyle(it).display === "inline" && it.parentElement.innerText.trim() !== it.innerText.trim();
  const isDrawnByScript = it.classList.contains("select2-hidden-accessible") || it.closest(".select2");
  return it.checkVisibility() && !inText && !isDrawnByScript && box.width > 1 && (box.height < 24 || box.width < 24);
}).map(it => it.outerHTML.slice(0, 120))"""
UNNAMED = """() => [...document.querySelectorAll("nav")]
  .filter(nav => !nav.ariaLabel && !nav.getAttribute("aria-labelledby")).map(nav => nav.outerHTML.slice(0, 80))"""

ONE_WIDTH = pytest.mark.parametrize("width", ["phone"])  # what is looked at does not depend on it


@pytest.fixture
def content(transactional_db):
    call_command("load_founding_meeting", verbosity=0)
    call_command("load_example", "--yes-this-is-a-trial-site", verbosity=0)


def reading() -> list[str]:
    """A page of each kind, the one with most on it."""
    people = Official.objects.public().filter(appointments__starts__isnull=False)
    rows = [
        Meeting.objects.get(date__year=2017),
        Meeting.objects.filter(state=Meeting.State.ANNOUNCED).earliest("date"),
        Topic.objects.public().order_by("comment_count").last(),
        people[0],
        Institution.objects.public().filter(appointments__official=people[0])[0],
    ]
    lists = ["/", "/spotkania/", "/tematy/", "/obietnice/", "/instytucje/", "/konto/zaloz/", "/konto/zaloguj/"]
    lists += ["/prywatnosc/", "/pytania/", "/obietnice/?stan=po-terminie"]
    survey, coming = Survey.objects.public()[0], rows[1].get_absolute_url()
    rows += [survey.meeting, survey, Commitment.objects.public()[0], Question.objects.public()[0]]
    parts = [f"{coming}zapis/", f"{coming}pytanie/", f"{survey.get_absolute_url()}wyniki/"]
    return lists + [row.get_absolute_url() for row in rows] + parts


def faults(page: Page, addresses: list[str], look) -> dict[str, object]:
    found = {}
    for address in addresses:
        page.goto(address)
        if fault := look(page):
            found[address] = fault
    return found


@ONE_WIDTH
def test_pages_bear_more_air_between_letters(content, visit):
    page = visit(viewport={"width": 320, "height": 640}, bypass_csp=True)

    def look(page: Page) -> bool:
        page.add_style_tag(content=SPACING)
        return overflows(page)

    assert faults(page, reading(), look) == {}


def test_links_that_stand_alone_are_large_enough_for_a_thumb(content, visit):
    assert faults(visit(), reading(), lambda page: page.evaluate(SMALL)) == {}


@ONE_WIDTH
@pytest.mark.parametrize("locale", ["uk-UA", "en-GB"])
def test_polish_words_are_marked_in_other_languages(content, visit, locale: str):
    pages = [address for address in reading() if address.startswith(("/osoby", "/instytucje", "/spotkania/20"))]
    assert faults(visit(locale=locale), pages, lambda page: page.evaluate(MISREAD)) == {}


def test_what_is_chosen_shows_in_the_colours_of_the_system(content, visit):
    page = visit(forced_colors="active")
    page.goto("/spotkania/2017/")
    for chosen, others in {
        ".fk-chip[aria-current]": ".fk-chip:not([aria-current])",
        ".fk-theme [aria-pressed=true]": ".fk-theme [aria-pressed=false]",
        ".fk-nav [aria-current]": ".fk-nav a:not([aria-current])",
    }.items():
        lines = [
            page.locator(place).first.evaluate(
                "it => { const s = getComputedStyle(it); return s.outline + s.borderBottom }"
            )
            for place in (chosen, others)
        ]
        assert lines[0] != lines[1], chosen


def test_the_panel_speaks_polish_and_names_its_parts(content, visit):
    """As editors and moderators see it: a superuser would see other buttons."""
    pages = {
        Role.EDITOR: ["meetings/meeting/", "meetings/meeting/add/", "topics/topic/add/", "participants/official/add/"],
        Role.MODERATOR: ["topics/comment/", "topics/decision/"],
    }
    for role, addresses in pages.items():
        page = visit(user=factories.make_resident(str(role), roles=[role]), bypass_csp=True)  # axe tries inline styles

        def look(page: Page) -> list[str]:
            page.wait_for_load_state("networkidle")
            told = accessibility_faults(page) + page.evaluate(SMALL) + page.evaluate(UNNAMED)
            english = re.findall(r"Breadcrumbs|\bSearch\b|Select", page.locator("body").aria_snapshot())
            return told + english + (["has to be moved sideways"] if overflows(page) else [])

        assert faults(page, ["/panel/", *(f"/panel/{address}" for address in addresses)], look) == {}
