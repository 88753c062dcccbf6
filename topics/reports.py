"""Reporting a comment, with an account or without one (DSA art. 16), and what many reports do by themselves."""

import contextlib
import datetime
from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.limits import Limit, take, unnamed
from participants.prose import tidy_plain
from participants.rules import has_accepted
from topics import moderation
from topics.cases import open_case
from topics.locks import locked
from topics.models import Case, Comment, Report
from topics.reporters import tell, weight_of

THRESHOLD = 2.0  # four accounts without a record, three that were mostly right; never fewer than three people
TEXT_LIMIT = Report._meta.get_field("text").max_length
ABSURD_LIMIT = 10 * TEXT_LIMIT  # what lies beyond would cost the server more than the sender
NAME_LIMIT = Report._meta.get_field("name").max_length
HOUR, DAY = 3600, 86400
BY_ACCOUNT = Limit("report-account", 20, HOUR)
BY_STRANGER = Limit("report-stranger", 5, HOUR)
BY_EMAIL = Limit("report-email", 3, DAY)  # each report sends a receipt there, and later a decision
Why = Report.Why


class ReportRefused(Exception):
    """It cannot be taken; `str()` says why in a sentence."""


class CommentGone(ReportRefused):
    """Nobody can read the comment (any more), so nobody need report it."""


class RulesFirst(ReportRefused):
    """The account has not accepted the rules that are in force. Without an account they can report all the same."""


class AlreadyReported(ReportRefused):
    """The same person's earlier report is not decided yet."""


def report(
    comment: Comment,
    *,
    why: str,
    text: str = "",
    resident: Any = None,
    name: str = "",
    email: str = "",
    language: str,
    visitor: str = "",
    now: datetime.datetime | None = None,
) -> Report:
    """Take a report down, open or raise the case, and send the receipt, in one transaction; suspended people may too.

    Locks topic and comment. When the open reports of a comment weigh THRESHOLD together (topics.reporters), a
    program sets it aside until a moderator has read it; never what an official wrote, nor what a moderator let
    stand after reports and its author has not edited since (moderation.set_aside). `visitor` counts a stranger.

    Raises ReportRefused: CommentGone, RulesFirst, AlreadyReported (a second report can still make the case urgent); and
    LimitReached.
    """
    now, text, name, email = now or timezone.now(), tidied(text), tidied(name), email.strip().lower()
    for sentence in faults(why=why, text=text, name=name, email=email, is_stranger=resident is None).values():
        raise ReportRefused(sentence)
    if resident and not has_accepted(resident):
        raise RulesFirst(_("The rules of discussion have changed. Read them and accept them first."))
    take(*_claims(resident, visitor, email), now=now)
    who = {"resident": resident} if resident else {"name": name, "email": email}
    with transaction.atomic():
        comment = _readable(comment)
        earlier = _earlier(comment, resident, email)
        if earlier is None:
            made = Report(comment=comment, why=why, text=text, language=language, created_at=now, **who)
            _take_down(made, now)
        elif why in Report.URGENT:
            Case.objects.open().filter(comment=comment, kind=Case.Kind.REPORTED).update(is_urgent=True)
    if earlier:
        raise AlreadyReported(_("We have your report already. A moderator will read it."))
    return made


def tidied(typed: str) -> str:
    return tidy_plain(typed[:ABSURD_LIMIT])


def faults(*, why: str, text: str, name: str, email: str, is_stranger: bool) -> dict[str, Any]:
    """Field → sentence for what is missing or too long. No query.

    Who reports the abuse of a child may stay unknown (DSA art. 16(2)(c)); a breach of the law is to be explained (a).
    """
    found = {}
    if why not in Why.values:
        found["why"] = _("Choose what is wrong with the comment.")
    if why == Why.UNLAWFUL and not text:
        found["text"] = _("Write which law the comment breaks, and how.")
    if len(text) > TEXT_LIMIT:
        found["text"] = _("Shorten the text: at most %(limit)d characters.") % {"limit": TEXT_LIMIT}
    if is_stranger and why != Why.CHILD:
        if not name:
            found["name"] = _("Write your name.")
        if not email:
            found["email"] = _("Write your e-mail address")
    if len(name) > NAME_LIMIT:
        found["name"] = _("Shorten the name: at most %(limit)d characters.") % {"limit": NAME_LIMIT}
    return found


def _claims(resident: Any, visitor: str, email: str) -> list[tuple[Limit, Any]]:
    if resident:
        return [(BY_ACCOUNT, resident.pk)]
    box, _at, domain = email.rpartition("@")
    mailbox = f"{box.partition('+')[0]}@{domain}"  # what stands after a plus arrives in the same box
    by_email = [(BY_EMAIL, unnamed("topics.reports", mailbox))] if email else []
    return [(BY_STRANGER, visitor), *by_email]


def _readable(comment: Comment) -> Comment:
    topic, comment = locked(comment)
    if comment.state != Comment.State.PUBLISHED or not topic.is_public:
        raise CommentGone(_("Nobody can read this comment any more, so there is no need to report it."))
    return comment


def _earlier(comment: Comment, resident: Any, email: str) -> Report | None:
    """The open report of the same person; who gave no address is always somebody new."""
    reports = comment.reports.open()
    if resident:
        return reports.filter(resident=resident).first()
    return reports.filter(resident=None, email=email).first() if email else None


def _take_down(made: Report, now: datetime.datetime) -> None:
    made.save()
    open_case(made.comment, kind=Case.Kind.REPORTED, now=now, is_urgent=made.is_urgent)
    tell(made, "report_received", comment=made.comment)
    _weigh(made.comment, now)


def _weigh(comment: Comment, now: datetime.datetime) -> None:
    """Two queries, where the reports do not weigh enough. Whom the program may not overrule, moderation knows."""
    reports = list(comment.reports.open().oldest_first().select_related("resident"))
    if weight_of(reports, now=now) >= THRESHOLD:
        [(reason, _count)] = Counter(report.reason for report in reports).most_common(1)
        with contextlib.suppress(moderation.DecisionRefused):
            moderation.set_aside(comment, reason=reason, now=now)
