from typing import Any

from django.core.management.base import BaseCommand

from meetings.founding import enter_founding_meeting


class Command(BaseCommand):
    help = (
        "Enters the meeting of 29 May 2017, the forum's first real content, and publishes it in the archive. "
        "Safe on a production database, and to repeat: a meeting that is here already is never touched."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        meeting, is_new = enter_founding_meeting()
        if is_new:
            topics, lines = meeting.agenda_items.count(), meeting.presences.count()
            self.stdout.write(f"Entered: {meeting}, with {topics} topics and {lines} lines of those present.")
        else:
            self.stdout.write(f"Nothing to do: {meeting} is here already.")
        self.stdout.write(f"Its page: {meeting.get_absolute_url()}")
