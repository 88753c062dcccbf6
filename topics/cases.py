"""What waits for a moderator: opened by what causes it, taken by one person at a time, closed by a decision."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics.models import Appeal, Case, Comment


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
    comment = appeal.decision.comment
    return Case.objects.create(comment=comment, kind=Case.Kind.APPEAL, appeal=appeal, opened_at=now)


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
    case = Case.objects.visible_to(by).select_for_update(of=("self",)).select_related("claimed_by").get(pk=case.pk)
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
