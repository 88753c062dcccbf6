"""What no page of ours would send: every answer is a page with its status, and never a failure of the server."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.panel import errors_of, make_administrator, opened
from topics.models import Comment

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
    ],
)
def test_row_that_nobody_can_choose_is_an_error_of_its_field(desk: Client, name: str, field: str):
    url = reverse(f"admin:{name}_add")
    filled = opened(desk, url)
    for value in ["x", HUGE, "-1", "1,x", '">']:
        assert desk.get(url, {field: value}).status_code == 200, value
        assert field in errors_of(desk.post(url, {**filled, field: value})), value
