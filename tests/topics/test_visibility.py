"""Who sees which comment: the queryset and its row twin agree, over all states and personas."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from participants.models import Resident
from tests import factories
from topics import moderation
from topics.models import Comment, Reason, Topic

PERSONAS = ["author", "neighbour", "moderator", "editor", "official", "suspended", "anonymous"]
NOTICE_OR_TEXT = {"published", "hidden", "withdrawn"}


@pytest.fixture
def people(neighbour, moderator, editor, official) -> dict:
    return {
        "author": factories.make_resident("Hanna"),
        "neighbour": neighbour,
        "moderator": moderator,
        "editor": editor,
        "official": official,
        "suspended": factories.make_resident("Adam", suspended_until="2999-01-01T00:00Z"),
        "anonymous": AnonymousUser(),
    }


def every_state(topic: Topic, author: Resident, moderator: Resident) -> dict[str, Comment]:
    comments = {
        "waiting": factories.make_comment(topic, author=author),
        "published": factories.make_published(topic, author=author),
        "hidden": factories.make_published(topic, author=author),
        "refused": factories.make_comment(topic, author=author),
        "withdrawn": factories.make_published(topic, author=author),
        "withdrawn while waiting": factories.make_comment(topic, author=author),
    }
    for name in ("hidden", "refused"):
        moderation.hide(comments[name], by=moderator, reason=Reason.INSULT)
    for name in ("withdrawn", "withdrawn while waiting"):
        Comment.objects.filter(pk=comments[name].pk).update(state=Comment.State.WITHDRAWN, withdrawn_at=timezone.now())
    return {name: Comment.objects.get(pk=comment.pk) for name, comment in comments.items()}


@pytest.mark.parametrize("topic_state", Topic.State.values)
@pytest.mark.parametrize("persona", PERSONAS)
def test_comment_queryset_and_row_agree(people, persona: str, topic_state: str):
    topic = factories.make_topic(state=topic_state)
    comments = every_state(topic, people["author"], people["moderator"])
    reader = people[persona]
    listed = set(Comment.objects.visible_to(reader).values_list("pk", flat=True))
    seen = {name for name, comment in comments.items() if comment.is_visible_to(reader)}
    assert {name for name, comment in comments.items() if comment.pk in listed} == seen
    if topic_state == Topic.State.DRAFT:
        assert seen == set()
    else:
        assert seen == NOTICE_OR_TEXT | ({"waiting"} if persona == "author" else set())
    public = set(Comment.objects.public().values_list("pk", flat=True))
    assert {name for name, comment in comments.items() if comment.is_public} == {
        name for name, comment in comments.items() if comment.pk in public
    }


@pytest.mark.parametrize("topic_state", Topic.State.values)
@pytest.mark.parametrize("persona", PERSONAS)
def test_topic_queryset_and_row_agree(people, persona: str, topic_state: str):
    topic = factories.make_topic(state=topic_state)
    reader = people[persona]
    expected = topic_state != Topic.State.DRAFT or persona == "editor"
    assert topic.is_visible_to(reader) is expected
    assert Topic.objects.visible_to(reader).filter(pk=topic.pk).exists() is expected
    assert Topic.objects.public().filter(pk=topic.pk).exists() is topic.is_public
