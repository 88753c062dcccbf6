"""What search engines may find of meetings."""

import datetime

from django.contrib.sitemaps import Sitemap

from meetings.models import Meeting
from meetings.models.meeting import MeetingQuerySet


class MeetingSitemap(Sitemap):
    def items(self) -> MeetingQuerySet:
        return Meeting.objects.public().without_texts().latest_first()

    def lastmod(self, meeting: Meeting) -> datetime.datetime:
        return meeting.changed_at
