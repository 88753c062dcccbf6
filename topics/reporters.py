"""Those who report comments: how much their word weighs, and what they are told in the end (DSA art. 16)."""

import datetime
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from participants.batches import in_batches
from participants.letters import queue_letter
from participants.limits import unnamed
from participants.models import Resident
from topics.models import Appeal, Comment, Decision, Report
from topics.models.decision import APPEAL_DAYS

NEW_FOR = datetime.timedelta(days=7)  # an account counts for half so long after it was made
STRANGER = 0.25
ALL_STRANGERS = 0.5  # at most: an e-mail address is invented more quickly than an account
KNOWN_FOR = datetime.timedelta(days=APPEAL_DAYS)  # who reported without an account, after the decision
Act = Decision.Act
UPHOLD = frozenset({Act.HIDE, Act.REFUSE, Act.CUT_OUT, Act.HAND_OVER, Act.SUSPEND, Act.CLOSE})
REJECT = frozenset({Act.KEEP, Act.PUBLISH, Act.RESTORE})


def settle(comment: Comment, decision: Decision) -> int:
    """End the open reports of a comment by a saved decision, and write to each reporter; returns how many it ended.

    The caller (topics.moderation) holds the locks of the topic and of the comment. A comment that a program has set
    aside waits for a person, and so do its reports. Two queries, and one for each letter.
    """
    state = _state_after(decision.act)
    reports = list(comment.reports.open().oldest_first().select_related("resident")) if state else []
    if reports:
        Report.objects.filter(pk__in=[report.pk for report in reports]).update(state=state, decision=decision)
    for report in reports:
        # With an account and without one somebody may have reported the same: the mailbox gets one letter.
        key = f"report_decided:{decision.pk}:{unnamed('topics.reporters', address_of(report).lower())}"
        is_upheld = state == Report.State.UPHELD
        tell(report, "report_decided", key=key, comment=comment, decision=decision, is_upheld=is_upheld)
    return len(reports)


def _state_after(act: str) -> str:
    if act in UPHOLD:
        return Report.State.UPHELD
    return Report.State.REJECTED if act in REJECT else ""


def tell(report: Report, letter: str, *, key: str = "", **context: Any) -> None:
    """Queue `topics/email/<letter>` for the reporter, in their language. One query, none without an address."""
    address = address_of(report)
    if address:
        context |= {"report": report, "Act": Act}
        template = f"topics/email/{letter}"
        queue_letter(to=address, template=template, context=context, language=report.language, key=key)


def address_of(report: Report) -> str:
    """Where to write; "" where an account is gone, or nobody gave an address."""
    if report.resident:
        return report.resident.email if report.resident.is_active else ""
    return report.email


def trust(upheld: int, rejected: int, *, is_new: bool = False) -> float:
    """What the word of an account weighs, between 0 and 1: the share of its reports that were right.

    One of each is lent to everybody, so that nobody begins at nothing or at everything (rule of succession).
    """
    share = (upheld + 1) / (upheld + rejected + 2)
    return share / 2 if is_new else share


def weight_of(reports: Iterable[Report], *, now: datetime.datetime) -> float:
    """What these reports of one comment weigh together. One query; `resident` is read where it is not loaded.

    Whoever has not confirmed an address, or may not write now, weighs what a stranger weighs.
    """
    reports = list(reports)
    records = _records([report.resident_id for report in reports if report.resident_id])
    standing = [report.resident for report in reports if report.resident_id in records]
    people = [person for person in standing if person.is_active and not person.is_suspended(now)]
    strangers = STRANGER * (len(reports) - len(people))
    weighed = (trust(*records[person.pk], is_new=person.date_joined > now - NEW_FOR) for person in people)
    return sum(weighed, min(strangers, ALL_STRANGERS))


def _records(accounts: list[int]) -> dict[int, tuple[int, int]]:
    """Account with a confirmed address → reports upheld and rejected. One upheld by a decision that an appeal has
    reversed was not right."""
    settled = ~Q(reports__state=Report.State.OPEN) & Q(reports__isnull=False)
    reversed_since = Q(reports__decision__appeal__outcome=Appeal.Outcome.REVERSED)
    right = Q(reports__state=Report.State.UPHELD) & (Q(reports__decision__appeal=None) | ~reversed_since)
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    people = Resident.objects.filter(Exists(confirmed), pk__in=accounts).order_by()
    rows = people.annotate(right=Count("reports", filter=right), all=Count("reports", filter=settled))
    return {pk: (right, all_ - right) for pk, right, all_ in rows.values_list("pk", "right", "all")}


def forget_strangers(now: datetime.datetime | None = None) -> int:
    """Take names and addresses off reports that were decided KNOWN_FOR ago; returns how many."""
    old = Report.objects.filter(resident=None, decision__decided_at__lt=(now or timezone.now()) - KNOWN_FOR)
    return in_batches(old.exclude(name="", email=""), lambda batch: batch.update(name="", email=""))
