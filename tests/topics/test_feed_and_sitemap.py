"""What machines read of topics."""

import datetime
import xml.etree.ElementTree as ET

import pytest
from django.utils import timezone

from tests import factories
from topics import moderation
from topics.models import Reason, Topic
from topics.sitemaps import TopicSitemap


def items(client) -> list[ET.Element]:
    response = client.get("/tematy/rss/")
    assert response.headers["Content-Type"].startswith("application/rss+xml")
    return ET.fromstring(response.content).findall("channel/item")  # noqa: S314 - our own answer


def test_feed_has_public_topics_newest_first(client, db):
    for title, days, state in [("dawny", 9, "closed"), ("nowy", 0, "open"), ("szkic", 0, "draft")]:
        published = None if state == "draft" else timezone.now() - datetime.timedelta(days=days)
        factories.make_topic(title, state=state, published_at=published)
    assert [item.findtext("title") for item in items(client)] == ["nowy", "dawny"]
    assert items(client)[0].findtext("link").endswith("/tematy/nowy/")


def test_feed_marks_examples(client, db):
    factories.make_topic("Pokaz", is_example=True)
    assert [item.findtext("title") for item in items(client)] == ["Przykład: Pokaz"]


@pytest.mark.parametrize("address", ["/tematy/rss/", "/spotkania/rss/"])
def test_feeds_are_only_read_and_say_that_they_are_polish(client, db, address: str):
    assert client.post(address).status_code == 405
    assert "<language>pl</language>" in client.get(address, headers={"accept-language": "en"}).content.decode()


def test_feed_has_no_comments(client, db, moderator):
    topic = factories.make_topic()
    factories.make_comment(topic, "Tajny tekst")
    moderation.hide(factories.make_published(topic, "Tajny tekst"), by=moderator, reason=Reason.CASE)
    assert "Tajny tekst" not in client.get("/tematy/rss/").content.decode()


def test_feed_survives_characters_that_xml_cannot_carry(client, db):
    factories.make_topic("Patrole\x0b & <rowery>", slug="patrole", lead="tu\x1b i tam")
    item = items(client)[0]
    assert item.findtext("title") == "Patrole & <rowery>"
    assert item.findtext("description") == "tu i tam"


@pytest.mark.parametrize("topics", [1, 3])
def test_feed_costs_one_query(client, db, django_assert_num_queries, topics: int):
    for _ in range(topics):
        factories.make_topic()
    with django_assert_num_queries(1):
        items(client)


def test_sitemap_has_public_topics_with_their_last_change(client, db):
    topic = factories.make_topic("widoczny")
    factories.make_topic("szkic", state="draft")
    comment = factories.make_published(topic, created_at=timezone.now() + datetime.timedelta(hours=1))
    topic.refresh_from_db()
    sitemap = TopicSitemap()
    assert [t.slug for t in sitemap.items()] == ["widoczny"]
    assert sitemap.lastmod(topic) == comment.published_at
    quiet = factories.make_topic()
    assert sitemap.lastmod(quiet) == Topic.objects.get(pk=quiet.pk).changed_at
