"""The order of a talk: oldest, newest, most supported."""

import re
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.topics.pages import get, ids_of
from topics import moderation
from topics.models import PER_PAGE, Comment, Reason, Topic
from topics.support import support
from topics.threads import Order, Place, part_of


def make_talk(topic: Topic, supporters: list[int]) -> list[int]:
    """Threads in their order, each with so many supporters as the column says."""
    author = factories.make_resident()
    comments = [factories.make_published(topic, author=author) for _ in supporters]
    for comment, count in zip(comments, supporters, strict=True):
        Comment.objects.filter(pk=comment.pk).update(support_count=count)
    return [comment.pk for comment in comments]


def walk(client: Client, url: str) -> list[list[int]]:
    """The threads of each part, by the links to the next one."""
    parts = []
    while url:
        page = get(client, url)
        parts.append(ids_of(page))
        link = re.search(r'href="(\?[^"]+)" rel="next', page)
        url = url.partition("?")[0] + link.group(1).replace("&amp;", "&").partition("#")[0] if link else ""
    return parts


# -- Oldest and newest -----------------------------------------------------------------------------------------


def test_newest_first_page_is_full_and_the_rest_comes_last(topic, stranger):
    pks = make_talk(topic, [0] * (2 * PER_PAGE + 3))
    url = f"{topic.get_absolute_url()}?kolejnosc=najnowsze"
    assert ids_of(get(stranger, url)) == pks[::-1][:PER_PAGE]
    assert ids_of(get(stranger, f"{url}&strona=3")) == pks[2::-1]
    assert walk(stranger, url) == [pks[::-1][i : i + PER_PAGE] for i in (0, PER_PAGE, 2 * PER_PAGE)]


def test_orders_are_offered_and_the_chosen_one_is_named(topic, stranger):
    make_talk(topic, [0, 0])
    url = topic.get_absolute_url()
    chips = {"": "Oldest", "?kolejnosc=najnowsze": "Newest", "?kolejnosc=popierane": "Most supported"}
    for query, label in chips.items():
        page = get(stranger, url + query)
        offered = dict(re.findall(r'<a class="fk-chip" href="([^"#]+)#rozmowa"[^>]*>([^<]+)</a>', page))
        assert offered == {url + other: words for other, words in chips.items()}
        assert re.findall(r'aria-current="true"[^>]*>([^<]+)</a>', page)[-1] == label
        assert ('<meta name="robots" content="noindex">' in page) is bool(query)


@pytest.mark.parametrize(
    "query",
    [
        "kolejnosc=najlepsze",
        "kolejnosc=najnowsze&strona=2",
        "kolejnosc=popierane&po=x",
        "kolejnosc=popierane&po=1",
        "kolejnosc=popierane&po=1.-1",
        "kolejnosc=popierane&po=1.2.3",
        "kolejnosc=popierane&po=²․1",
        "kolejnosc=popierane&po=" + "1" * 40 + ".1",
    ],
)
def test_order_or_part_that_does_not_exist_is_not_found(topic, stranger, query: str):
    make_talk(topic, [1])
    assert stranger.get(f"{topic.get_absolute_url()}?{query}").status_code == 404


def test_own_waiting_comment_stands_at_the_newest_end(topic, as_user, resident):
    pks = make_talk(topic, [0] * (PER_PAGE + 1))
    own = factories.make_comment(topic, author=resident).pk
    client, url = as_user(resident), topic.get_absolute_url()
    assert ids_of(get(client, f"{url}?kolejnosc=najnowsze"))[:2] == [own, pks[-1]]
    assert own not in ids_of(get(client, f"{url}?kolejnosc=najnowsze&strona=2"))
    assert own not in ids_of(get(client, f"{url}?kolejnosc=popierane"))
    assert ids_of(get(client, f"{url}?strona=2"))[-1] == own


# -- Most supported --------------------------------------------------------------------------------------------


def test_most_supported_go_on_part_by_part_without_gap_or_repetition(topic, stranger):
    supporters = [n % 5 if n % 3 else 0 for n in range(3 * PER_PAGE + 7)]
    pks = make_talk(topic, supporters)
    expected = [pk for _count, pk in sorted(zip((-n for n in supporters), pks, strict=True))]
    parts = walk(stranger, f"{topic.get_absolute_url()}?kolejnosc=popierane")
    assert [len(part) for part in parts] == [PER_PAGE, PER_PAGE, PER_PAGE, 7]
    assert [pk for part in parts for pk in part] == expected


def test_exactly_one_page_has_nothing_after_it(topic, stranger):
    make_talk(topic, [1] * PER_PAGE)
    page = get(stranger, f"{topic.get_absolute_url()}?kolejnosc=popierane")
    assert "Show the next ones" not in page
    assert "Back to the beginning" not in page


def test_later_part_leads_back_to_the_beginning(topic, stranger):
    make_talk(topic, [1] * (PER_PAGE + 1))
    page = get(stranger, f"{topic.get_absolute_url()}?kolejnosc=popierane&po=1.{PER_PAGE}")
    assert 'href="?kolejnosc=popierane#rozmowa"' in page
    assert "Back to the beginning" in page


def test_only_what_everybody_can_read_is_in_that_order(topic, as_user, stranger, resident, moderator):
    shown, hidden, again, withdrawn = (Comment.objects.get(pk=pk) for pk in make_talk(topic, [0, 9, 8, 7]))
    moderation.hide(hidden, by=moderator, reason=Reason.INSULT)
    Comment.objects.filter(pk=again.pk).update(state="waiting", author=resident)
    Comment.objects.filter(pk=withdrawn.pk).update(state="withdrawn", withdrawn_at=shown.created_at)
    for client in (stranger, as_user(resident), as_user(moderator)):
        assert ids_of(get(client, f"{topic.get_absolute_url()}?kolejnosc=popierane")) == [shown.pk]


def test_replies_stay_in_their_order_under_their_comment(topic, stranger):
    thread, other = (Comment.objects.get(pk=pk) for pk in make_talk(topic, [0, 3]))
    replies = [factories.make_published(topic, parent=thread) for _ in range(2)]
    Comment.objects.filter(pk=replies[1].pk).update(support_count=5)
    page = get(stranger, f"{topic.get_absolute_url()}?kolejnosc=popierane")
    assert ids_of(page) == [other.pk, thread.pk, replies[0].pk, replies[1].pk]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="reads PostgreSQL's plan")
def test_most_supported_are_read_by_their_index(topic):
    """Ten thousand comments, most of them with no supporter: no part reads them all, none sorts."""
    author = factories.make_resident()
    now = timezone.now()
    Comment.objects.bulk_create(
        Comment(
            **{"topic": topic, "author": author, "author_name": "Zofia", "text": "Tak.", "html": "<p>Tak.</p>"},
            **{"submission": uuid.uuid4(), "state": "published", "created_at": now, "published_at": now},
            **{"position": n, "support_count": 0 if n % 50 else n},
        )
        for n in range(1, 10_001)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE topics_comment")
    threads = topic.comments.for_reading().threads().published()
    for part in (
        threads.most_supported_first()[: PER_PAGE + 1],
        threads.filter(support_count=0, position__gt=9000).most_supported_first()[: PER_PAGE + 1],
        threads.filter(support_count__lt=5000).most_supported_first()[: PER_PAGE + 1],
    ):
        plan = part.explain(analyze=True)
        assert "comment_most_supported" in plan
        assert "Sort" not in plan
        assert max(map(int, re.findall(r"rows=(\d+) loops", plan))) <= 50


def test_every_part_asks_the_same_questions(topic, django_assert_num_queries):
    make_talk(topic, [n // 2 for n in range(3 * PER_PAGE)])
    for after, queries in [(None, 2), ((20, 41), 3), ((2, 5), 3)]:
        with django_assert_num_queries(queries):
            part_of(topic, Place(Order.SUPPORTED, after=after), AnonymousUser())


# -- Supporting from a page ------------------------------------------------------------------------------------


def press(client: Client, comment: Comment, wanted: str = "tak", back: str = ""):
    return client.post(f"/tematy/{comment.topic.slug}/k/{comment.pk}/popieram/", {"chce": wanted, "skad": back})


@pytest.mark.parametrize("query", ["", "?strona=2", "?kolejnosc=najnowsze&strona=2"])
def test_button_leads_back_to_the_same_order_and_page(topic, as_user, resident, query: str):
    pk = make_talk(topic, [0] * (PER_PAGE + 1))[-1]
    back = topic.get_absolute_url() + query
    response = press(as_user(resident), Comment.objects.get(pk=pk), back=back)
    assert (response.status_code, response.headers["Location"]) == (302, f"{back}#k-{pk}")
    assert Comment.objects.get(pk=pk).support_count == 1


def test_pressed_twice_it_stays_pressed_and_taken_back_twice_it_is_gone(topic, as_user, resident):
    comment = factories.make_published(topic)
    client = as_user(resident)
    for wanted, count in [("tak", 1), ("tak", 1), ("nie", 0), ("nie", 0)]:
        press(client, comment, wanted)
        assert Comment.objects.get(pk=comment.pk).support_count == count


def test_comment_that_moved_to_another_part_begins_it(topic, as_user, resident):
    pks = make_talk(topic, [2] * PER_PAGE + [1, 1])
    client, url = as_user(resident), f"{topic.get_absolute_url()}?kolejnosc=popierane"
    moved = Comment.objects.get(pk=pks[-1])
    place = press(client, moved, back=f"{url}&po=2.{PER_PAGE}").headers["Location"]
    assert ids_of(get(client, place.partition("#")[0]))[0] == moved.pk
    back = press(client, moved, "nie", back=url).headers["Location"]
    assert ids_of(get(client, back.partition("#")[0]))[0] == moved.pk


@pytest.mark.parametrize(
    "address", ["https://zle.example/", "//zle.example/", "/\\zle.example", "javascript:alert(1)", "", "x", "\n/x"]
)
def test_button_leads_nowhere_else(topic, as_user, resident, address: str):
    comment = factories.make_published(topic)
    location = press(as_user(resident), comment, back=address).headers["Location"]
    assert location == f"{topic.get_absolute_url()}#k-{comment.pk}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_signs_in_and_comes_back_to_the_comment(topic, stranger, method: str):
    comment = factories.make_published(topic)
    response = getattr(stranger, method)(f"/tematy/{topic.slug}/k/{comment.pk}/popieram/", {"chce": "tak"})
    assert response.headers["Location"] == f"/konto/zaloguj/?next=/tematy/{topic.slug}/k/{comment.pk}/"
    assert Comment.objects.get(pk=comment.pk).support_count == 0


def test_address_of_the_button_changes_nothing_when_it_is_opened(topic, as_user, resident):
    comment = factories.make_published(topic)
    response = as_user(resident).get(f"/tematy/{topic.slug}/k/{comment.pk}/popieram/?chce=tak")
    assert response.headers["Location"] == f"{topic.get_absolute_url()}#k-{comment.pk}"
    assert Comment.objects.get(pk=comment.pk).support_count == 0


def test_refused_support_is_explained(topic, as_user, resident, moderator):
    own = factories.make_published(topic, author=resident)
    hidden = factories.make_published(topic, "Tajny tekst")
    moderation.hide(hidden, by=moderator, reason=Reason.INSULT)
    client = as_user(resident)
    client.cookies["jezyk"] = "en"
    for comment, words in [(own, "You cannot support your own comment."), (hidden, "not here any more")]:
        response = press(client, comment)
        assert response.status_code == 409
        assert words in response.content.decode()
        assert "Tajny" not in response.content.decode()
        assert Comment.objects.get(pk=comment.pk).support_count == 0


@pytest.mark.parametrize("state", ["waiting", "in a draft"])
def test_what_may_not_be_known_is_not_found(topic, as_user, resident, state: str):
    comment = factories.make_comment(topic) if state == "waiting" else factories.make_published(topic)
    if state == "in a draft":
        Topic.objects.filter(pk=topic.pk).update(state="draft")
    assert press(as_user(resident), comment).status_code == 404


def test_too_many_are_told_when_again(topic, as_user, resident):
    comment = factories.make_published(topic)
    for _ in range(60):
        support(comment, by=resident)
    client = as_user(resident)
    client.cookies["jezyk"] = "en"
    response = press(client, comment)
    assert response.status_code == 429
    assert "Too many tries. Try again" in response.content.decode()
