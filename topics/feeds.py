"""Topics for feed readers, the newest first."""

import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from participants.prose import tidy_plain
from topics.models import Topic
from topics.models.topic import TopicQuerySet

SHOWN = 20


class TopicFeed(Feed):
    title = _("Topics of the talk")
    description = _("What the police and the residents talk about.")
    link = reverse_lazy("topics:list")
    feed_url = reverse_lazy("topics:feed")
    language = settings.LANGUAGE_CODE

    def items(self) -> TopicQuerySet:
        return Topic.objects.public().without_texts().newest_first()[:SHOWN]

    def item_title(self, topic: Topic) -> str:
        title = tidy_plain(topic.title)  # XML knows no control characters
        return gettext("Example: %(title)s") % {"title": title} if topic.is_example else title

    def item_description(self, topic: Topic) -> str:
        return tidy_plain(topic.lead)

    def item_pubdate(self, topic: Topic) -> datetime.datetime | None:
        return topic.published_at

    def item_updateddate(self, topic: Topic) -> datetime.datetime:
        return topic.changed_at


topic_feed = require_safe(TopicFeed())
