"""What search engines may find of meetings and promises."""

import datetime

from django.contrib.sitemaps import Sitemap

from meetings.models import Commitment, Meeting
from meetings.models.commitment import CommitmentQuerySet
from meetings.models.meeting import MeetingQuerySet


class MeetingSitemap(Sitemap):
    def items(self) -> MeetingQuerySet:
        return Meeting.objects.public().without_texts().latest_first()

    def lastmod(self, meeting: Meeting) -> datetime.datetime:
        return meeting.changed_at


class CommitmentSitemap(Sitemap):
    def items(self) -> CommitmentQuerySet:
        return Commitment.objects.public().latest_change_first()

    def lastmod(self, commitment: Commitment) -> datetime.datetime:
        return commitment.since
