"""The page of all replies to a comment, and the addresses of single comments."""

import pytest

from tests import factories
from tests.topics.pages import get, ids_of
from topics import moderation
from topics.models import PER_PAGE, Reason, Topic

# -- All replies -------------------------------------------------------------------------------------------------


def test_all_replies_are_paged(topic, stranger):
    thread = factories.make_published(topic)
    replies = [factories.make_published(topic, parent=thread).pk for _ in range(PER_PAGE + 1)]
    url = f"/tematy/{topic.slug}/watek/{thread.pk}/"
    assert ids_of(get(stranger, url)) == [thread.pk, *replies[:PER_PAGE]]
    assert ids_of(get(stranger, f"{url}?strona=2")) == [thread.pk, replies[-1]]
    assert stranger.get(f"{url}?strona=3").status_code == 404


def test_author_sees_a_waiting_reply_at_the_end_of_the_thread(topic, as_user, resident, stranger):
    thread = factories.make_published(topic)
    factories.make_comment(topic, "Czekająca", author=resident, parent=thread)
    url = f"/tematy/{topic.slug}/watek/{thread.pk}/"
    assert "Czekająca" in get(as_user(resident), url)
    assert "Czekająca" not in get(stranger, url)


def test_thread_page_exists_for_public_threads_only(topic, as_user, resident, stranger):
    reply = factories.make_published(topic, parent=factories.make_published(topic))
    waiting = factories.make_comment(topic, author=resident)
    for pk in (reply.pk, waiting.pk, 10**6, 2**63 - 1, 10**25):
        assert as_user(resident).get(f"/tematy/{topic.slug}/watek/{pk}/").status_code == 404
    assert stranger.post(f"/tematy/{topic.slug}/watek/{reply.parent_id}/").status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_thread_page_costs_the_same_for_any_number(topic, as_user, resident, django_assert_num_queries, rows: int):
    thread = factories.make_published(topic)
    for _ in range(rows):
        factories.make_published(topic, parent=thread)
    url = f"/tematy/{topic.slug}/watek/{thread.pk}/"
    stranger, reader = as_user(None), as_user(resident)
    with django_assert_num_queries(2):
        stranger.get(url)
    with django_assert_num_queries(6):  # and the session, the account, what waits of their own, what they support
        reader.get(url)


# -- Permalinks --------------------------------------------------------------------------------------------------


def test_permalink_leads_to_the_page_and_the_anchor(topic, stranger):
    threads = [factories.make_published(topic) for _ in range(PER_PAGE + 1)]
    replies = [factories.make_published(topic, parent=threads[-1]) for _ in range(PER_PAGE + 1)]
    url = topic.get_absolute_url()
    for comment, place in [
        (threads[0], url),
        (threads[-1], f"{url}?strona=2"),
        (replies[2], f"{url}?strona=2"),
        (replies[3], f"{url}watek/{threads[-1].pk}/"),
        (replies[-1], f"{url}watek/{threads[-1].pk}/?strona=2"),
    ]:
        response = stranger.get(comment.get_absolute_url())
        assert (response.status_code, response.headers["Location"]) == (302, f"{place}#k-{comment.pk}")
        assert comment.pk in ids_of(get(stranger, place))


@pytest.mark.parametrize("persona", ["stranger", "neighbour", "moderator", "author"])
@pytest.mark.parametrize("state", ["waiting", "refused", "hidden", "in a draft"])
def test_permalink_tells_nothing_of_what_is_not_public(as_user, neighbour, moderator, persona: str, state: str):
    topic = factories.make_topic()
    comment = factories.make_published(topic) if state == "hidden" else factories.make_comment(topic)
    if state in {"hidden", "refused"}:
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    if state == "in a draft":
        Topic.objects.filter(pk=topic.pk).update(state="draft")
    reader = {"stranger": None, "neighbour": neighbour, "moderator": moderator, "author": comment.author}[persona]
    found = as_user(reader).get(comment.get_absolute_url()).status_code == 302
    assert found is (state == "hidden" or (state == "waiting" and persona == "author"))


def test_addresses_given_out_before_a_topic_moved_still_lead_there(topic, stranger):
    comment = factories.make_published(topic)
    before = topic.slug
    topic.slug = "nowy-adres"
    topic.save()
    assert (
        stranger.get(f"/tematy/{before}/k/{comment.pk}/").headers["Location"] == f"/tematy/nowy-adres/#k-{comment.pk}"
    )
    assert stranger.get(f"/tematy/{before}/").headers["Location"] == "/tematy/nowy-adres/"
    moved = stranger.get(f"/tematy/{before}/watek/{comment.pk}/")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/tematy/nowy-adres/watek/{comment.pk}/")


@pytest.mark.parametrize("pk", [0, 10**6, 2**63, 10**25])
def test_permalink_of_nothing_is_not_found(topic, stranger, pk: int):
    assert stranger.get(f"/tematy/{topic.slug}/k/{pk}/").status_code == 404
