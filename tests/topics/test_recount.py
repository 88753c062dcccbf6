"""`manage.py recount`"""

import pytest
from django.core.management import call_command

from tests import factories
from topics import moderation
from topics.models import Comment, Reason, Topic
from topics.support import support, take_back


@pytest.fixture
def topic(moderator) -> Topic:
    """A talk in which everything has happened: replies, an official answer, hiding, restoring, refusing."""
    topic = factories.make_topic()
    first = factories.make_published(topic)
    factories.make_published(topic, parent=first, voice="Kierownik, Komenda")
    factories.make_comment(topic)
    hidden = factories.make_published(topic)
    moderation.hide(hidden, by=moderator, reason=Reason.INSULT)
    back = moderation.hide(factories.make_published(topic, parent=first), by=moderator, reason=Reason.THREAT)
    moderation.restore(back, by=moderator)
    moderation.hide(factories.make_comment(topic), by=moderator, reason=Reason.ADVERT)
    support(first, by=moderator)
    support(back, by=moderator)
    take_back(back, by=moderator)
    topic.refresh_from_db()
    return topic


def counters(topic: Topic) -> dict:
    topic.refresh_from_db()
    names = ("thread_count", "comment_count", "official_count", "last_comment_at", "active_at")
    return {name: getattr(topic, name) for name in names}


def test_counters_kept_by_the_rules_are_right(topic, capsys):
    call_command("recount", "--dry-run")
    assert capsys.readouterr().out == "All counters are right (1 topics).\n"
    assert topic.comment_count == 3


def test_dry_run_says_what_differs_and_changes_nothing(topic, capsys):
    Topic.objects.update(comment_count=7, official_count=2)
    call_command("recount", "--dry-run")
    said = capsys.readouterr().out
    assert f"topic {topic.pk}: comment_count 7 → 3" in said
    assert f"topic {topic.pk}: official_count 2 → 1" in said
    assert "Wrong: 1. Nothing was changed." in said
    assert counters(topic)["comment_count"] == 7


def test_recount_mends_topics_and_comments(topic, capsys):
    right = counters(topic)
    replies = Comment.objects.get(position=1, parent=None)
    assert replies.reply_count == 2
    Topic.objects.update(comment_count=9, thread_count=1, official_count=0, last_comment_at=None, active_at=None)
    Comment.objects.update(reply_count=5, support_count=3)
    call_command("recount")
    assert "All were mended." in capsys.readouterr().out
    assert counters(topic) == right
    assert list(Comment.objects.exclude(reply_count=0).values_list("pk", "reply_count")) == [(replies.pk, 2)]
    assert list(Comment.objects.exclude(support_count=0).values_list("pk", "support_count")) == [(replies.pk, 1)]


@pytest.mark.parametrize("topics", [1, 3])
def test_recount_costs_the_same_for_any_number_of_topics(moderator, django_assert_num_queries, topics: int):
    for _ in range(topics):
        topic = factories.make_topic()
        factories.make_published(topic, parent=factories.make_published(topic))
    Topic.objects.update(comment_count=0)
    Comment.objects.update(reply_count=0, support_count=1)
    # The list; then in a savepoint: lock, count, compare replies; compare, lock and count voices; three updates.
    with django_assert_num_queries(12):
        call_command("recount", verbosity=0)
