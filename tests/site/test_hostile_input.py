"""What no page of ours would send: every answer is a page with its status, and never a failure of the server."""

import datetime
import io
import logging
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, TextField
from django.test import Client
from django.urls import reverse

from forum_portal.sitemaps import SITEMAPS
from meetings import publication
from meetings.models import Meeting
from participants.prose import RichTextField
from participants.validators import validate_private_signature, validate_signature
from tests import factories
from tests.panel import errors_of, make_administrator, opened
from tests.site.inline import inline_code
from topics.models import Comment, Topic

HUGE = "9" * 30  # no column holds it; SQLite's driver refuses even to compare
MANY_WORDS = "+".join(["a"] * 900)


@pytest.fixture
def desk(db, as_user) -> Client:
    """A client of somebody who may do everything."""
    factories.make_published(factories.make_topic())
    factories.make_meeting()
    return as_user(make_administrator())


# -- Lists of the panel -----------------------------------------------------------------------------

LISTS = ["participants_resident", "participants_letter", "participants_official", "meetings_meeting", "topics_comment"]
REFUSED = [f"id__in={HUGE}", "id__in=1,x", "pk__gt=1", "topic__title__startswith=a"]
IGNORED = ["nie__ma=1", "p=x", f"p={HUGE}", "o=x.-99", "stage=x", "state=x", f"q={MANY_WORDS}", "q=%22"]
YEARS = ["0", "1", "9999", "10000", "99999", "x", "-1"]
HIERARCHIES = {"participants_resident": "date_joined", "meetings_meeting": "date", "topics_comment": "published_at"}
HIDDEN = [
    ("participants_letter", "body__contains=konto"),
    ("participants_resident", "password__startswith=p"),
    ("topics_comment", "author__email__startswith=a"),
    ("topics_comment", "text__iregex=(a%2B)%2B$"),
    ("meetings_meeting", "title__regex=("),
]


def list_of(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


@pytest.mark.parametrize("name", LISTS)
def test_list_is_answered_whatever_its_address_says(desk: Client, name: str):
    for query in IGNORED:
        page = desk.get(f"{list_of(name)}?{query}", follow=True)
        assert page.status_code == 200, query
        assert "cl" in page.context, query
    for year in YEARS:
        field = HIERARCHIES.get(name, "created_at")
        assert desk.get(f"{list_of(name)}?{field}__year={year}").status_code in (200, 302, 400), year


def test_search_reads_the_first_words(desk: Client):
    url = list_of("participants_official")
    kos = factories.make_official("Jan", "Kos")
    assert list(desk.get(url, {"q": "jan kos"}).context["cl"].result_list) == [kos]
    assert list(desk.get(url, {"q": "jan nikt " + "kos " * 9}).context["cl"].result_list) == []
    assert list(desk.get(url, {"q": "jan " + "kos " * 9 + "nikt"}).context["cl"].result_list) == [kos]


@pytest.mark.parametrize("name", LISTS)
def test_list_is_filtered_by_its_own_filters_only(desk: Client, name: str):
    for query in REFUSED:
        page = desk.get(f"{list_of(name)}?{query}")
        assert page.status_code == (302 if query.startswith("topic__") and name != "topics_comment" else 400), query


@pytest.mark.parametrize(("name", "query"), HIDDEN)
def test_what_a_list_does_not_show_cannot_be_guessed_by_it(desk: Client, name: str, query: str):
    page = desk.get(f"{list_of(name)}?{query}")
    assert page.status_code == 400
    assert 'class="fk-lost"' in page.content.decode()


def test_filters_of_a_list_work(desk: Client):
    for query in ("state__exact=announced", "forum__id__exact=1", "stage=coming", "date__year=2026&date__month=5"):
        assert desk.get(f"{list_of('meetings_meeting')}?{query}").status_code == 200, query


# -- Acts on chosen rows ------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["publish_selected", "hide_selected", "restore_selected"])
def test_choice_of_no_row_changes_nothing(moderator, as_user, act: str):
    client = as_user(moderator)
    factories.make_comment(factories.make_topic())
    for chosen in ["", "x", HUGE, "-1", "1\x00", "None"]:
        page = client.post(list_of("topics_comment"), {"action": act, "_selected_action": [chosen]}, follow=True)
        assert page.status_code == 200, chosen
        assert "Żaden obiekt nie został zmieniony." in page.content.decode(), chosen
    assert Comment.objects.get().state == Comment.State.WAITING


# -- Forms of the panel -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("meetings_meeting", "forum"),
        ("topics_topic", "estates"),
        ("participants_appointment", "official"),
        ("participants_institution", "parent"),
        ("participants_resident", "estate"),
        ("participants_resident", "groups"),
    ],
)
def test_row_that_nobody_can_choose_is_an_error_of_its_field(desk: Client, name: str, field: str):
    url = reverse(f"admin:{name}_add")
    for value in ["x", HUGE, "-1", "1,x", '">']:
        assert desk.get(url, {field: value}).status_code == 200, value
    if name == "participants_resident":  # the form for a new account is a short one
        url = reverse(f"admin:{name}_change", args=[factories.make_resident().pk])
    filled = opened(desk, url)
    for value in ["x", HUGE, "-1", "1,x", '">']:
        assert field in errors_of(desk.post(url, {**filled, field: value})), value


@pytest.mark.parametrize("until", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00"])
def test_moment_that_no_calendar_has_is_an_error_of_its_field(desk: Client, until: str):
    url = reverse("admin:participants_resident_change", args=[factories.make_resident().pk])
    page = desk.post(url, opened(desk, url, suspended_until=until))
    assert list(errors_of(page)) == ["suspended_until"]


def test_endless_rich_text_is_refused_before_it_is_cleaned(desk: Client):
    url = reverse("admin:topics_topic_add")
    typed = {"title": "Temat", "lead": "Lead", "category": factories.make_category().pk, "body": "<ul><li>" * 120_000}
    assert list(errors_of(desk.post(url, opened(desk, url, **typed)))) == ["body"]


def test_endless_signature_is_refused_for_its_length(client, db):
    form = {"signature": "a" * 1_000_000, "email": "o@poczta.example", "password1": "trzy losowe słowa", "rules": "on"}
    page = client.post(reverse("account_signup"), form)
    assert page.context["form"].errors.as_data()["signature"][0].code == "max_length"
    assert list(page.context["form"].errors) == ["signature"]


@pytest.mark.parametrize("check", [validate_signature, validate_private_signature])
def test_endless_signature_is_not_read(check):
    check("Policja @ " * 100_000)  # the field says that it is too long
    with pytest.raises(ValidationError):
        check("Policja @")


# -- What staff may well write, and pages must survive ------------------------------------------------


@pytest.mark.parametrize("day", [datetime.date.min, datetime.date.max])
def test_talk_with_a_last_day_at_the_end_of_the_calendar_is_read(client, db, day: datetime.date):
    topic = factories.make_topic(state=Topic.State.CLOSED, closes_on=day)
    assert topic.title in client.get(topic.get_absolute_url()).content.decode()
    assert topic.title in client.get(reverse("topics:list")).content.decode()


def test_guest_with_the_longest_name_is_printed(client, editor):
    official = factories.make_official("A" * 80, "B" * 80, degree="C" * 40)
    meeting = factories.make_meeting(state=Meeting.State.DRAFT)
    factories.make_presence(meeting, factories.make_appointment(official))
    meeting = publication.announce(meeting, by=editor)
    assert "B" * 70 in client.get(meeting.get_absolute_url()).content.decode()


@pytest.mark.parametrize("sign", ["\x0b", "\ufffe", "\uffff", "\U0001ffff", "\u202e", "]]>", "<b>&amp;"])
def test_feeds_and_maps_stay_xml_whatever_a_title_holds(client, db, sign: str):
    factories.make_topic(f"Pies{sign}kot", lead=f"Lew{sign}ryś")
    factories.make_meeting(f"Pies{sign}kot", lead=f"Lew{sign}ryś")
    for name in ("topics:feed", "meetings:feed", "sitemap"):
        ElementTree.fromstring(client.get(reverse(name)).content)  # noqa: S314 - our own page
    for section in SITEMAPS:
        page = client.get(reverse("sitemap_section", args=[section]))
        ElementTree.fromstring(page.content)  # noqa: S314


# -- Logs -----------------------------------------------------------------------------------------------


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the site's own handler writes."""
    handler = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    text = io.StringIO()
    before = handler.setStream(text)
    yield text
    handler.setStream(before)


@pytest.mark.parametrize("address", ["/konto/potwierdz/Tajny:klucz/", "/konto/haslo/nowe/1-Tajny-klucz/"])
def test_refused_request_leaves_no_key_in_the_log(db, written: io.StringIO, address: str):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address).status_code == 403
    assert strict.put(address).status_code == 403
    Client().get(address)
    assert "Forbidden" in written.getvalue()
    assert address[: address.index("T") - 2] in written.getvalue()
    assert "Tajny" not in written.getvalue()


# -- Markup where text belongs --------------------------------------------------------------------------

MARKUP = """'"><script src=//zly.example></script><img src=x onerror=alert(1)>{{ forum }}"""
SIGNED = "<i onclick=x>Ola"


def spoil(row: Model) -> Model:
    """Markup in every text of a row that the database takes, as somebody with the database's password could."""
    for field in row._meta.concrete_fields:
        free = type(field) in (CharField, TextField) and not field.choices
        if free and field.name not in ("other_rank", "slug"):
            limit = field.max_length or 1000
            setattr(row, field.attname, MARKUP[:limit] if limit >= len(MARKUP) else "<b>x"[:limit])
        elif isinstance(field, RichTextField):
            setattr(
                row, field.attname, f"<p>{MARKUP}<a href=javascript:alert(1)>tu</a><a href=//zly.example>tam</a></p>"
            )
    row.save()
    return row


@pytest.fixture
def spoilt(official, settings, tmp_path) -> list[str]:
    """Addresses of pages whose every text is hostile."""
    settings.MEDIA_ROOT = tmp_path
    topic, meeting = factories.make_topic(), factories.make_meeting()
    answers = [factories.make_published(topic, MARKUP, author_name=SIGNED) for _ in range(2)]
    factories.make_published(topic, MARKUP, author_name=SIGNED, appointment=official.appointment, voice=MARKUP)
    factories.make_published(topic, MARKUP, author_name=SIGNED, parent=answers[0])
    rows = [topic, topic.category, meeting, meeting.forum, factories.make_agenda_item(meeting, topic)]
    rows += [factories.make_agenda_item(meeting), factories.make_presence(meeting, official.appointment)]
    rows += [factories.make_presence(meeting), factories.make_photo(meeting), factories.make_document(meeting)]
    speaker, institution = official.appointment.official, official.appointment.institution
    rows += [official.appointment, speaker, institution, factories.make_organiser(meeting, institution).institution]
    for row in rows:
        row.refresh_from_db()
        spoil(row)
    meeting.refresh_from_db()
    topic.refresh_from_db()
    pages = [row.get_absolute_url() for row in (topic, meeting, speaker, institution)]
    pages += [reverse(name) for name in ("home", "topics:list", "meetings:list", "participants:institution_list")]
    return [*pages, reverse("topics:thread", args=[topic.slug, answers[0].pk])]


def test_markup_in_texts_is_text_on_every_page(spoilt, client, desk: Client):
    panel = ["meetings_meeting", "topics_topic", "topics_comment", "participants_official", "participants_institution"]
    for name in panel:
        pk = apps.get_model(*name.split("_")).objects.order_by("pk").first().pk
        spoilt += [list_of(name), *(reverse(f"admin:{name}_{page}", args=[pk]) for page in ("change", "history"))]
    for address in spoilt:
        reader = desk if address.startswith("/panel/") else client
        page = reader.get(address)
        html = page.content.decode()
        assert page.status_code == 200, address
        assert "zly.example" in html or address == list_of("topics_comment"), address  # nothing waits there
        assert inline_code(html) == [], address
        assert "<script src=//" not in html, address
        assert "<b>x" not in html, address
        assert "<i onclick" not in html, address
