from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.example.removal import StillUsed, comments_of_residents, remove_example


class Command(BaseCommand):
    help = "Removes the example content, all of it and nothing else. Refuses where it would take what real people did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-comments", action="store_true", help="Remove what real people wrote on example topics, too."
        )

    def handle(self, *args: Any, with_comments: bool, **options: Any) -> None:
        comments = list(comments_of_residents().select_related("topic"))
        if comments and not with_comments:
            lines = "\n".join(f"  {comment.topic}: {comment}" for comment in comments)
            raise CommandError(
                f"Real people wrote on example topics:\n{lines}\nTo remove these comments as well, add --with-comments."
            )
        try:
            rows = remove_example()
        except StillUsed as error:
            lines = "\n".join(f"  {name}" for name in error.args)
            raise CommandError(f"Nothing was removed, because these rely on the example content:\n{lines}") from error
        self.stdout.write(f"Removed {rows} rows of example content.")
