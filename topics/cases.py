"""What waits for a moderator: opened by what causes it, taken by one person at a time, closed by a decision."""

import datetime
from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics.models import Appeal, Case, Comment, Report


class CaseTaken(Exception):
    """Somebody else is at it, or it is decided already; `str()` says so in a sentence."""


def open_case(comment: Comment, *, kind: str, now: datetime.datetime, is_urgent: bool = False) -> Case:
    """One open case for each kind and comment: what is reported again adds up. Two queries.

    The caller holds the lock of the comment or of its topic.
    """
    case = Case.objects.open().filter(comment=comment, kind=kind).first()
    case = case or Case(comment=comment, kind=kind, opened_at=now)
    case.is_urgent = case.is_urgent or is_urgent
    case.report_count += kind == Case.Kind.REPORTED
    case.save()
    return case


def open_appeal(appeal: Appeal, *, now: datetime.datetime) -> Case:
    """One query."""
    case = _case_of(appeal, now)
    case.save()
    return case


def _case_of(appeal: Appeal, since: datetime.datetime) -> Case:
    return Case(comment_id=appeal.decision.comment_id, kind=Case.Kind.APPEAL, appeal=appeal, opened_at=since)


def close_cases(comment: Comment, *, now: datetime.datetime) -> int:
    """A decision about the comment ends what was held and what was reported; appeals go on. One query."""
    return Case.objects.open().filter(comment=comment, appeal__isnull=True).update(closed_at=now)


def close_held(comment: Comment, *, now: datetime.datetime) -> int:
    """The author has taken back what was held; what others reported goes on. One query."""
    return Case.objects.open().filter(comment=comment, kind=Case.Kind.HELD).update(closed_at=now)


@transaction.atomic
def claim(case: Case, *, by: Any, now: datetime.datetime | None = None) -> Case:
    """Take a case, so that nobody else begins with it. A claim runs out after CLAIM_LASTS.

    Raises CaseTaken where somebody else has it, or it is closed.
    """
    now = now or timezone.now()
    # Who has it is read after the wait for the lock: a join would still know what was there before.
    case = Case.objects.visible_to(by).select_for_update(of=("self",)).get(pk=case.pk)
    if case.closed_at:
        raise CaseTaken(_("Somebody was faster: this is decided already."))
    if case.is_taken_from(by, now):
        raise CaseTaken(_("%(name)s is at it.") % {"name": case.claimed_by.signature})
    case.claimed_by, case.claimed_at = by, now
    case.save(update_fields=["claimed_by", "claimed_at"])
    return case


def release(case: Case, *, by: Any) -> None:
    """Give a case back that one has taken. One query."""
    Case.objects.open().filter(pk=case.pk, claimed_by=by).update(claimed_by=None, claimed_at=None)


def astray(topics: Collection[int], *, now: datetime.datetime) -> Iterator[tuple[Case, str]]:
    """Cases that do not agree with what they stand for: each as it should be, unsaved, and what was wrong.

    Five queries, and one for each appeal that is missing. The caller holds the locks of the topics.
    """
    missing = _wanted(topics)
    for case in Case.objects.open().filter(comment__topic__in=topics, appeal=None).order_by("pk"):
        right = missing.pop((case.comment_id, case.kind), None)
        if right is None:
            case.closed_at = now
            yield case, "stands for nothing"
        elif case.report_count != right.report_count:
            wrong, case.report_count = case.report_count, right.report_count
            yield case, f"report_count {wrong} → {right.report_count}"
    for case in missing.values():
        yield case, "is missing"
    decided = Case.objects.open().filter(comment__topic__in=topics).exclude(appeal=None).exclude(appeal__outcome="")
    for case in decided.order_by("pk"):
        case.closed_at = now
        yield case, "stands for nothing"
    undecided = Appeal.objects.waiting().filter(decision__comment__topic__in=topics).select_related("decision")
    for appeal in undecided.exclude(case__in=Case.objects.open()).order_by("pk"):
        case = Case.objects.filter(appeal=appeal).first() or _case_of(appeal, appeal.created_at)
        case.closed_at = None
        yield case, "is missing"


def _wanted(topics: Collection[int]) -> dict[tuple[int, str], Case]:
    """One for each comment with open reports, and for each that waits for anything else. Two queries."""
    urgent = Count("pk", filter=Q(why__in=Report.URGENT))
    reports = Report.objects.open().filter(comment__topic__in=topics).order_by().values_list("comment")
    wanted = {
        (pk, Case.Kind.REPORTED): Case(
            comment_id=pk, kind=Case.Kind.REPORTED, opened_at=since, report_count=count, is_urgent=urgent > 0
        )
        for pk, since, count, urgent in reports.annotate(since=Min("created_at"), count=Count("pk"), urgent=urgent)
    }
    waiting = Comment.objects.waiting().filter(topic__in=topics).order_by("pk")
    for pk, hold, since in waiting.values_list("pk", "hold", "created_at"):
        if hold != Comment.Hold.REPORTS or (pk, Case.Kind.REPORTED) not in wanted:
            wanted[pk, Case.Kind.HELD] = Case(comment_id=pk, kind=Case.Kind.HELD, opened_at=since)
    return wanted
