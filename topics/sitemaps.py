"""What search engines are told about."""

import datetime

from django.contrib.sitemaps import Sitemap

from topics.models import Question, Topic
from topics.models.question import QuestionQuerySet
from topics.models.topic import TopicQuerySet


class TopicSitemap(Sitemap):
    limit = 5000

    def items(self) -> TopicQuerySet:
        return Topic.objects.public().without_texts().order_by("pk")

    def lastmod(self, topic: Topic) -> datetime.datetime:
        return max(filter(None, [topic.changed_at, topic.last_comment_at]))


class QuestionSitemap(Sitemap):
    limit = 5000

    def items(self) -> QuestionQuerySet:
        return Question.objects.public().order_by("pk")

    def lastmod(self, question: Question) -> datetime.datetime:
        return question.since
