"""The staff at work in the panel: a meeting from nothing to the public page, moderation, two editors at once."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings.models import Meeting
from participants.models import Letter
from tests import factories
from topics.cases import open_case
from topics.models import Case, Comment, Topic

IN_TWO_WEEKS = timezone.localdate() + datetime.timedelta(days=14)


def save(page: Page) -> None:
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist .success").first).to_be_visible()


def choose(page: Page, field: str, text: str) -> None:
    """Picks a row in one of the panel's searchable lists, as a person does: open, type, take the first."""
    page.locator(f"#id_{field} + .select2 .select2-selection").click()
    page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option--highlighted", has_text=text).click()


def add_institution(page: Page, name: str, kind: str) -> None:
    page.goto("/panel/participants/institution/add/")
    page.get_by_label("Nazwa", exact=False).first.fill(name)
    page.locator("#id_kind").select_option(label=kind)
    save(page)


def add_official(page: Page, first: str, last: str, post: str, institution: str) -> None:
    page.goto("/panel/participants/official/add/")
    page.locator("#id_first_names").fill(first)
    page.locator("#id_last_name").fill(last)
    page.locator("#id_appointments-0-post").fill(post)
    choose(page, "appointments-0-institution", institution)
    choose(page, "appointments-0-rank", "nadkom.")
    save(page)


def add_row(page: Page, group: str) -> int:
    """One more row of an inline; returns its number."""
    number = int(page.locator(f"#id_{group}-TOTAL_FORMS").input_value())
    page.locator(f"#{group}-group .add-row a").click()
    expect(page.locator(f"#{group}-{number}")).to_be_visible()
    return number


def add_meeting(page: Page) -> None:
    page.goto("/panel/meetings/meeting/add/")
    page.locator("#id_title").fill("Bezpieczna zima")
    choose(page, "forum", "Forum sąsiadów")
    page.locator("#id_number").fill("1")
    page.locator("#id_lead").fill("Rozmawiamy o oświetleniu i śliskich chodnikach.")
    page.locator("#id_date").fill(IN_TWO_WEEKS.isoformat())
    page.locator("#id_starts").fill("17:00")
    page.locator("#id_ends").fill("19:00")
    page.locator("#id_place").fill("Biblioteka")
    page.locator("#id_agenda_items-0-title").fill("Powitanie")
    item = add_row(page, "agenda_items")
    choose(page, f"agenda_items-{item}-topic", "Oświetlenie")
    page.locator(f"#id_agenda_items-{item}-is_main").check()
    choose(page, "presences-0-appointment", "Zaradna")
    row = add_row(page, "presences")
    page.locator(f"#id_presences-{row}-kind").select_option("group")
    page.locator(f"#id_presences-{row}-group").fill("przewodniczący rad osiedli")
    row = add_row(page, "presences")
    page.locator(f"#id_presences-{row}-kind").select_option("post")
    details = page.locator(f"#presences-{row} details")
    if details.count():
        details.locator("summary").click()
    page.locator(f"#id_presences-{row}-post_text").fill("Kierownik Rewiru Dzielnicowych")
    save(page)


def test_editor_makes_previews_and_publishes_a_meeting(transactional_db, visit: Callable[..., Page], editor):
    factories.make_topic("Oświetlenie przejść zimą")
    page = visit(user=editor)
    add_institution(page, "Komenda Przykładowa", "Policja")
    add_official(page, "Zofia", "Zaradna", "Naczelnik Wydziału Prewencji", "Komenda Przykładowa")
    page.goto("/panel/meetings/forum/add/")
    page.locator("#id_name").fill("Forum sąsiadów")
    save(page)
    add_meeting(page)
    meeting = Meeting.objects.get()
    stranger = visit()
    assert stranger.goto(meeting.get_absolute_url()).status == 404

    page.goto(f"/panel/meetings/meeting/{meeting.pk}/change/")
    page.get_by_role("link", name="Zobacz na stronie").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bezpieczna zima")
    expect(page.get_by_text("Szkic").first).to_be_visible()
    page.goto(f"/panel/meetings/meeting/{meeting.pk}/change/")
    page.get_by_role("link", name=re.compile("Opublikuj teraz")).or_(
        page.get_by_role("button", name=re.compile("Opublikuj teraz"))
    ).first.click()
    page.locator("#content").get_by_role("button", name=re.compile("Opublikuj")).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    stranger.goto("/spotkania/")
    stranger.get_by_role("link", name="Bezpieczna zima").first.click()
    for words in ("nadkom. Zofia Zaradna", "Naczelnik Wydziału Prewencji", "Komenda Przykładowa", "Biblioteka"):
        expect(stranger.get_by_text(words).locator("visible=true").first).to_be_visible()
    guests = stranger.locator("main").inner_text()
    assert guests.index("Zofia Zaradna") < guests.index("rzewodniczący rad osiedli")
    assert guests.index("rzewodniczący rad osiedli") < guests.index("Kierownik Rewiru Dzielnicowych")
    stranger.get_by_role("link", name="Oświetlenie przejść zimą").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Oświetlenie przejść zimą")


@pytest.fixture
def waiting(transactional_db, resident) -> Comment:
    comment = factories.make_comment(factories.make_topic("Patrole"), "Brakuje patroli po 20:00.", author=resident)
    open_case(comment, kind=Case.Kind.HELD, now=comment.created_at)
    return comment


def test_moderator_publishes_and_a_stranger_reads(waiting, visit: Callable[..., Page], moderator, resident):
    page = visit(user=moderator)
    page.goto("/panel/")
    page.get_by_role("link", name=re.compile("czeka")).first.click()
    page.locator("#result_list th a").first.click()
    page.get_by_role("link", name="Opublikuj", exact=True).or_(
        page.get_by_role("button", name="Opublikuj", exact=True)
    ).first.click()
    confirm = page.locator("#content").get_by_role("button", name=re.compile("Opublikuj"))
    if "/change/" not in page.url and confirm.count():
        confirm.first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    stranger = visit()
    stranger.goto(waiting.topic.get_absolute_url())
    expect(stranger.locator(".fk-comment")).to_contain_text("Brakuje patroli po 20:00.")
    assert "na forum" in Letter.objects.get(to=resident.email).subject


def test_moderator_hides_several_with_one_reason(transactional_db, visit: Callable[..., Page], moderator):
    topic = factories.make_topic("Patrole", state=Topic.State.OPEN)
    for number in range(3):
        factories.make_published(topic, f"Kup moje opony {number}")
    page = visit(user=moderator)
    page.goto("/panel/topics/comment/?state=published")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("hide_selected")
    page.locator("button[name=index]").click()
    page.locator("#id_reason").select_option("advert")
    page.get_by_role("button", name="Nie pokazuj").click()
    expect(page.locator(".messagelist .success")).to_contain_text("3 komentarzach")
    stranger = visit()
    stranger.goto(topic.get_absolute_url())
    expect(stranger.get_by_text("opony")).to_have_count(0)
    expect(stranger.locator(".fk-comment--gone")).to_have_count(3)


def test_second_editor_is_told_and_loses_nothing(transactional_db, visit: Callable[..., Page], editor):
    meeting = factories.make_meeting("Bezpieczna zima", state=Meeting.State.DRAFT, lead="Pierwsze zdanie.")
    address = f"/panel/meetings/meeting/{meeting.pk}/change/"
    anna, jan = visit(user=editor), visit(user=factories.make_resident("Jan", roles=["Redakcja"]))
    anna.goto(address)
    jan.goto(address)
    anna.locator("#id_lead").fill("Zdanie Anny.")
    save(anna)
    jan.locator("#id_lead").fill("Zdanie Jana.")
    jan.locator("input[name=_save]").click()
    expect(jan.locator("#content")).to_contain_text("Zdanie Anny.")
    expect(jan.locator("#id_lead")).to_have_value("Zdanie Jana.")
    meeting.refresh_from_db()
    assert meeting.lead == "Zdanie Anny."
    save(jan)
    meeting.refresh_from_db()
    assert meeting.lead == "Zdanie Jana."


def test_rich_text_is_written_with_the_keyboard_and_cleaned(transactional_db, visit: Callable[..., Page], editor):
    meeting = factories.make_meeting("Bezpieczna zima", state=Meeting.State.DRAFT)
    page = visit(user=editor)
    page.goto(f"/panel/meetings/meeting/{meeting.pk}/change/")
    text = page.locator(".ProseMirror").first
    text.click()
    page.keyboard.press("Control+b")
    page.keyboard.type("Wstęp wolny")
    save(page)
    meeting.refresh_from_db()
    assert meeting.announcement == "<p><strong>Wstęp wolny</strong></p>"
