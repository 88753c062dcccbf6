"""What is missing on the pages that the law asks of the office: for a deployment, and for cron."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from participants.models import AccessibilityStatement, InformationClause
from participants.office import gaps


class Command(BaseCommand):
    help = "Says what the information clause and the accessibility statement lack. Fails while something is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):  # operators' commands speak English
            found = [
                f"{page}: {sentence}"
                for page in (InformationClause.objects.current(), AccessibilityStatement.objects.current())
                for sentence in gaps(page, timezone.localdate())
            ]
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Nothing is missing.")
