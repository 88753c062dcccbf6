"""What feed readers get."""

import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from participants.prose import tidy_plain
from topics.models import Topic

NEWEST = 20


class TopicFeed(Feed):
    """The newest public topics. Titles are tidied: XML cannot carry control characters."""

    title = _("Topics of the talk")
    description = _("What the police and the residents talk about.")
    link = reverse_lazy("topics:list")
    language = settings.LANGUAGE_CODE

    def items(self) -> list[Topic]:
        return list(Topic.objects.public().newest_first()[:NEWEST])

    def item_title(self, topic: Topic) -> str:
        return tidy_plain(topic.title)

    def item_description(self, topic: Topic) -> str:
        return tidy_plain(topic.lead)

    def item_pubdate(self, topic: Topic) -> datetime.datetime | None:
        return topic.published_at

    def item_updateddate(self, topic: Topic) -> datetime.datetime:
        return topic.changed_at
