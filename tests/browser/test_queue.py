"""The moderators' queue in a real browser: by keyboard alone, without scripts, and axe on each of its pages."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from participants.roles import Role
from tests import factories
from tests.browser.conftest import faults_of, faults_of_look
from topics import moderation
from topics.cases import open_appeal, open_case
from topics.models import Appeal, Case, Comment, Decision, Reason, SealedText

LIST = reverse("admin:topics_case_changelist")


@pytest.fixture
def queue(transactional_db) -> list[Case]:
    """Danger first, then two that wait, the older of them with data in it."""
    topic, now = factories.make_topic("Patrole"), timezone.now()
    old = factories.make_comment(topic, "Pan Kowalski, tel. 600 100 200, parkuje na trawniku.")
    young = factories.make_comment(topic, "Brakuje patroli po 20:00.")
    urgent = factories.make_published(topic, "Podpalę wam ten śmietnik, " + "zobaczycie " * 20)
    urgent.reports.create(why="danger", text="To groźba.", created_at=now)
    return [
        open_case(urgent, kind=Case.Kind.REPORTED, now=now, is_urgent=True),
        open_case(old, kind=Case.Kind.HELD, now=now),
        open_case(young, kind=Case.Kind.HELD, now=now),
    ]


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def keys_are_bound(page: Page) -> None:
    """The script shows its help when it is ready: the page stands there a moment earlier."""
    expect(page.locator("[data-queue-keys]")).to_be_visible()


def test_the_queue_is_worked_through_by_keyboard_alone(queue, moderator, visit):
    page = visit(user=moderator)
    page.goto(LIST)
    page.keyboard.press("j")
    assert "śmietnik" in focused(page)
    page.keyboard.press("ArrowDown")
    assert "Kowalski" in focused(page)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Co decydujesz")).to_be_visible()
    keys_are_bound(page)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Oddaję")).to_be_visible()
    keys_are_bound(page)
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/hide/"))
    page.keyboard.press("j")  # nothing is bound where there is no such page
    page.locator("#id_reason").focus()
    page.locator("#id_reason").select_option("threat")
    page.locator("#id_note").focus()
    page.keyboard.type("jk? Groźba.")
    expect(page.locator("#id_note")).to_have_value("jk? Groźba.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    keys_are_bound(page)
    page.keyboard.press("w")
    page.wait_for_url(re.compile("/cut-out/"))
    expect(page.locator("#id_passages")).to_have_value(re.compile("600 100 200"))
    page.locator("input[type=submit]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fk-said--case")).to_contain_text("[usunięto dane osobowe]")
    keys_are_bound(page)
    page.keyboard.press("p")
    assert Comment.objects.filter(text__contains="trawniku", state="waiting").exists()  # a key alone decides nothing
    page.keyboard.press("Enter")
    expect(page.locator(".fk-said--case")).to_contain_text("Brakuje patroli")
    keys_are_bound(page)
    page.keyboard.press("q")
    page.wait_for_url(re.compile("/case/$"))
    acts = Decision.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["hide", "cut-out", "publish"]


def test_keys_are_told_and_can_be_switched_off(queue, moderator, visit):
    page = visit(user=moderator)
    page.goto(LIST)
    page.keyboard.press("?")
    expect(page.get_by_text("następny wiersz")).to_be_visible()
    page.get_by_label("Klawisze są włączone").uncheck()
    page.goto(LIST)
    page.keyboard.press("j")
    expect(page.locator("#result_list a:focus")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_text("następny wiersz")).not_to_be_visible()


def test_everything_works_without_scripts(queue, moderator, visit):
    page = visit(user=moderator, scripts=False)
    page.goto(LIST)
    page.get_by_role("link", name=re.compile("śmietnik")).click()
    page.get_by_role("button", name="Biorę").click()
    page.get_by_role("link", name="Przekaż dyżurnemu").click()
    page.locator("#id_to").fill("Dyżurny KMP")
    page.locator("#id_reference").fill("KMP-12/26")
    page.locator("#id_reason").select_option("threat")
    page.locator("input[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert SealedText.objects.get().reference == "KMP-12/26"


@pytest.mark.parametrize("width", ["phone"])
def test_pages_of_the_queue_have_no_fault(queue, moderator, visit):
    over = factories.make_published(queue[0].comment.topic, "Tajna groźba")
    moderation.hand_over(over, "Dyżurny KMP", "KMP-12/26", by=moderator, reason=Reason.THREAT)
    decision = Decision.objects.latest("pk")
    appeal = Appeal.objects.create(decision=decision, against=moderator, text="To żart.", created_at=timezone.now())
    appealed = open_appeal(appeal, now=timezone.now())
    both = factories.make_resident("Ola", roles=[Role.MODERATOR, Role.APPEALS, Role.DUTY])
    sealed = SealedText.objects.get()
    # axe writes styles of its own into pages; what we send is scanned in tests/topics/test_admin_cases.py.
    page = visit(user=both, bypass_csp=True)
    cases = [reverse("admin:topics_case_change", args=[case.pk]) for case in (*queue, appealed)]
    acts = [cases[0].replace("change", act) for act in ("hide", "suspend", "cut-out", "hand-over")]
    acts.append(cases[-1].replace("change", "reversed"))
    seals = [reverse("admin:topics_sealedtext_changelist")]
    seals += [reverse(f"admin:topics_sealedtext_{name}", args=[sealed.pk]) for name in ("change", "open")]
    assert faults_of(page, [LIST, f"{LIST}?standing=decided", *cases, *acts, *seals], until="networkidle") == {}
    page.goto(LIST)
    page.keyboard.press("?")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("hide_selected")
    assert faults_of_look(page) == []
    page.locator("button[name=index]").click()
    assert faults_of_look(page) == []
