"""Talks of texts that came in by the real form."""

import itertools
import uuid

from django.test import Client
from django.urls import reverse

from participants.models import Resident
from participants.prose import tidy_plain
from tests import factories
from topics import moderation
from topics.models import PER_PAGE, Comment, Topic

address = itertools.count(1)


def post(topic: Topic, text: str) -> Comment:
    """By the real form, each from an account and an address of its own: what is tried here is not the limits."""
    number = next(address)
    client = Client(REMOTE_ADDR=f"10.1.{number // 250}.{number % 250 + 1}")
    client.force_login(factories.make_resident())
    form = {"text": text, "submission": str(uuid.uuid4()), "danger": "no"}
    response = client.post(reverse("topics:comment", args=[topic.slug]), form)
    assert response.status_code == 302, text
    return Comment.objects.latest("pk")


def talk_of(texts: list[str], moderator: Resident) -> tuple[Topic, dict[int, str]]:
    """A talk in which all of them are published, and what each should read like."""
    topic = factories.make_topic("Rozmowa")
    comments = {post(topic, text): tidy_plain(text) for text in texts}
    for comment in comments:
        moderation.publish(comment, by=moderator)
    return topic, {comment.pk: text for comment, text in comments.items()}


def pages_of(topic: Topic, count: int) -> list[str]:
    return [f"{topic.get_absolute_url()}?strona={n}" for n in range(1, -(-count // PER_PAGE) + 1)]
