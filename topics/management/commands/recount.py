"""`manage.py recount`: compare counters with what they count, and cases with what they stand for, and mend them."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from topics.cases import astray
from topics.models import Comment, Support, Topic

BATCH = 200
COUNTERS = ["thread_count", "comment_count", "official_count", "last_comment_at", "active_at"]
NOTHING = {"thread_count": 0, "comment_count": 0, "official_count": 0, "last_comment_at": None}


class Command(BaseCommand):
    help = "Compares counters with what they count, and cases with what they stand for, and mends those that differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what differs")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """A fixed number of queries for 200 topics, and one for each wrong case; safe while people write."""
        topics = Topic.objects.order_by("pk").values_list("pk", flat=True)
        wrong = 0
        for start in range(0, len(topics), BATCH):
            wrong += self._compare(list(topics[start : start + BATCH]), mend=not dry_run)
        if not wrong:
            self.stdout.write(f"All counters and cases are right ({len(topics)} topics).")
        else:
            self.stdout.write(f"Wrong: {wrong}. {'Nothing was changed.' if dry_run else 'All were mended.'}")

    @transaction.atomic
    def _compare(self, pks: list[int], *, mend: bool) -> int:
        topics = Topic.objects.select_for_update().filter(pk__in=pks).order_by("pk").in_bulk()
        wrong_topics = [topic for topic, right in _counted(topics) if self._differs(topic, right)]
        wrong_comments = [comment for comment in _miscounted_replies(pks) if self._differs(comment, comment.right)]
        wrong_supports = [comment for comment in _miscounted_supports(pks) if self._differs(comment, comment.right)]
        wrong_cases = self._compare_cases(pks, mend=mend)
        if mend:
            Topic.objects.bulk_update(wrong_topics, COUNTERS, batch_size=BATCH)
            Comment.objects.bulk_update(wrong_comments, ["reply_count"], batch_size=BATCH)
            Comment.objects.bulk_update(wrong_supports, ["support_count"], batch_size=BATCH)
        return len(wrong_topics) + len({comment.pk for comment in [*wrong_comments, *wrong_supports]}) + wrong_cases

    def _compare_cases(self, topics: list[int], *, mend: bool) -> int:
        wrong = list(astray(topics, now=timezone.now()))
        for case, what in wrong:
            self.stdout.write(f"case of comment {case.comment_id} ({case.kind}): {what}")
            if mend:
                case.save()
        return len(wrong)

    def _differs(self, row: Topic | Comment, right: dict[str, Any]) -> bool:
        """Says each difference, and puts the right value into the row."""
        differences = {name: value for name, value in right.items() if getattr(row, name) != value}
        for name, value in differences.items():
            self.stdout.write(f"{row._meta.model_name} {row.pk}: {name} {getattr(row, name)} → {value}")
            setattr(row, name, value)
        return bool(differences)


def _counted(topics: dict[int, Topic]) -> Iterator[tuple[Topic, dict[str, Any]]]:
    """The last comment is the last that was ever shown: hiding does not turn back the clock."""
    published = Q(state=Comment.State.PUBLISHED)
    rows = (
        Comment.objects.filter(topic__in=topics)
        .order_by()
        .values("topic")
        .annotate(
            thread_count=Coalesce(Max("position", filter=Q(parent__isnull=True)), 0),
            comment_count=Count("pk", filter=published),
            official_count=Count("pk", filter=published & ~Q(voice="")),
            last_comment_at=Max("published_at", filter=Q(position__isnull=False)),
        )
    )
    found = {row.pop("topic"): row for row in rows}
    for pk, topic in topics.items():
        right = found.get(pk, NOTHING)
        latest = max(filter(None, [topic.active_at, right["last_comment_at"]]), default=None)
        yield topic, {**right, "active_at": latest}


def _miscounted_replies(topics: list[int]) -> Iterator[Comment]:
    last = Coalesce(Max("replies__position"), 0)
    comments = Comment.objects.filter(topic__in=topics).order_by("pk").annotate(last=last)
    for comment in comments.exclude(reply_count=F("last")):
        comment.right = {"reply_count": comment.last}
        yield comment


def _miscounted_supports(topics: list[int]) -> Iterator[Comment]:
    """Voices come under the lock of their comment alone (topics.support): those that differ are locked, and
    counted again."""
    found = Comment.objects.filter(topic__in=topics).order_by().annotate(voices=Count("supports"))
    differ = list(found.exclude(support_count=F("voices")).values_list("pk", flat=True))
    if not differ:
        return
    locked = list(Comment.objects.select_for_update().filter(pk__in=differ).order_by("pk"))
    voices = Support.objects.filter(comment__in=differ).order_by().values("comment").annotate(count=Count("pk"))
    counts = dict(voices.values_list("comment", "count"))
    for comment in locked:
        comment.right = {"support_count": counts.get(comment.pk, 0)}
        yield comment
