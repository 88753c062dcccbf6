"""Meetings, and what becomes of promises, for feed readers: the latest first."""

import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from meetings.models import CommitmentEntry, Meeting
from meetings.models.commitment import CommitmentEntryQuerySet
from meetings.models.meeting import MeetingQuerySet
from participants.prose import tidy_plain

SHOWN = 20


class MeetingFeed(Feed):
    title = _("Meetings of the forum")
    description = _("Meetings of the police with residents: announcements, changes and reports.")
    link = reverse_lazy("meetings:list")
    feed_url = reverse_lazy("meetings:feed")
    language = settings.LANGUAGE_CODE

    def items(self) -> MeetingQuerySet:
        return Meeting.objects.public().without_texts().order_by("-published_at", "-pk")[:SHOWN]

    def item_title(self, meeting: Meeting) -> str:
        title = tidy_plain(meeting.title)  # XML knows no control characters
        if meeting.is_cancelled:
            title = gettext("Cancelled: %(title)s") % {"title": title}
        if meeting.is_example:
            title = gettext("Example: %(title)s") % {"title": title}
        return title

    def item_description(self, meeting: Meeting) -> str:
        return tidy_plain(f"{meeting.when}\n\n{meeting.lead}")

    def item_pubdate(self, meeting: Meeting) -> datetime.datetime | None:
        return meeting.published_at

    def item_updateddate(self, meeting: Meeting) -> datetime.datetime:
        return meeting.changed_at


meeting_feed = require_safe(MeetingFeed())


class EntryFeed(Feed):
    title = _("Promises of the forum")
    description = _("What was promised at the meetings, and what became of it.")
    link = reverse_lazy("meetings:commitments")
    feed_url = reverse_lazy("meetings:entry_feed")
    language = settings.LANGUAGE_CODE

    def items(self) -> CommitmentEntryQuerySet:
        return CommitmentEntry.objects.public().select_related("commitment__institution").latest_first()[:SHOWN]

    def item_title(self, entry: CommitmentEntry) -> str:
        said = {"promise": tidy_plain(entry.commitment.text), "state": entry.in_words}
        return gettext("%(promise)s: %(state)s") % said

    def item_description(self, entry: CommitmentEntry) -> str:
        return tidy_plain(f"{entry.commitment.institution.name}\n\n{entry.text}".strip())

    def item_pubdate(self, entry: CommitmentEntry) -> datetime.datetime:
        return entry.at


entry_feed = require_safe(EntryFeed())
