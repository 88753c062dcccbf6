from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.example.loading import is_loaded, is_own_machine, load_example

FLAG = "--yes-this-is-a-trial-site"


class Command(BaseCommand):
    help = (
        "Loads example content for trying the site out: meetings, topics and comments of invented people, marked as "
        "an example on every page. Where ALLOWED_HOSTS or SITE_URL name more than this machine, others can reach "
        f"the site, and it refuses without {FLAG}. `remove_example` takes all of it away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(FLAG, action="store_true", dest="trial", help="Load it on a site that others can reach.")

    def handle(self, *args: Any, trial: bool, **options: Any) -> None:
        if not (trial or is_own_machine()):
            raise CommandError(
                "Others can reach this site (see ALLOWED_HOSTS and SITE_URL), and it would show them invented people. "
                f"If it is there to be tried out, add {FLAG}."
            )
        if is_loaded():
            raise CommandError("The example content is here already; remove_example takes it away.")
        load_example()
        self.stdout.write("Loaded: it is marked as an example on every page. remove_example takes it away.")
