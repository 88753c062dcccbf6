"""How a decision is taken: who may, about what, what is written down, and whom it ends the waiting for."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Required, TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants import rules
from participants.letters import queue_letter
from topics.cases import close_cases
from topics.locks import locked
from topics.models import Comment, Decision, Reason, Topic
from topics.reporters import settle
from topics.statements import statement_url

Role = Decision.Role
# What somebody needs to decide in a role; the program needs nothing.
PERMISSIONS = {Role.MODERATOR: "topics.change_comment", Role.APPEALS: "topics.decide_appeal"}
NOTE_LIMIT = Decision._meta.get_field("note").max_length
ANY_STATE = frozenset(Comment.State.values)
ENDS_NOTHING = frozenset({Decision.Act.SET_ASIDE, Decision.Act.LIFT})
TELLS_NOBODY = frozenset({Decision.Act.KEEP})  # the author knows of no report


class DecisionRefused(Exception):
    """The act does not fit the state of the comment, or the role of who asks; `str()` says it in a sentence."""


class How(TypedDict, total=False):
    """What every act takes. With `seen_revision`, a text that its author changed since then is not decided about."""

    by: Required[Any]
    reason: str
    note: str
    seen_revision: int | None
    now: datetime.datetime | None


@dataclass
class Matter:
    """What an act works on: rows that are locked, and the decision that will be written."""

    topic: Topic
    comment: Comment
    decision: Decision
    ends_cases: bool = True

    @property
    def now(self) -> datetime.datetime:
        return self.decision.decided_at

    def record(self) -> Decision:
        """Write the decision, once; whatever refers to it comes after."""
        if self.decision.pk is None:
            self.decision.save()
        return self.decision


@contextmanager
def deciding(
    comment: Comment,
    act: str,
    *,
    expected: frozenset[str],
    by: Any,
    role: str = Role.MODERATOR,
    hours: int | None = None,
    reason: str = "",
    note: str = "",
    seen_revision: int | None = None,
    now: datetime.datetime | None = None,
) -> Iterator[Matter]:
    """One transaction: locks the topic and then the comment, lets the caller change them, writes the decision, ends
    what waited for it (cases, reports), and queues the letter to the author. A comment that still waits afterwards
    keeps its case and its reports.

    Raises DecisionRefused, and then nothing was changed.
    """
    _check_words(act, by, role, reason, note)
    with transaction.atomic():
        topic, comment = locked(comment)
        _check_judge(comment, by)
        _check_comment(comment, expected, seen_revision)
        decision = Decision(
            comment=comment,
            act=act,
            reason=reason if act in Decision.AGAINST else "",
            note=note,
            rule=comment.hold if comment.state == Comment.State.WAITING else Comment.Hold.NONE,
            rules_version=rules.CURRENT.name,
            hours=hours,
            after_report=comment.reports.open().exists(),
            role=role,
            decided_by=by,
            decided_by_name=by.signature if by else "",
            decided_at=now or timezone.now(),
        )
        matter = Matter(topic, comment, decision)
        yield matter
        matter.record()
        if matter.ends_cases and decision.act not in ENDS_NOTHING and comment.state != Comment.State.WAITING:
            close_cases(comment, now=decision.decided_at)
            settle(comment, decision)
        _tell_author(comment, decision)


def _check_words(act: str, by: Any, role: str, reason: str, note: str) -> None:
    if role in PERMISSIONS and not by.has_perm(PERMISSIONS[role]):
        raise DecisionRefused(_("Only a moderator may decide this."))
    if act in Decision.AGAINST and reason not in Reason.values:
        raise DecisionRefused(_("Choose a reason from the list."))
    if len(note) > NOTE_LIMIT:
        raise DecisionRefused(_("Shorten the note: at most %(limit)d characters.") % {"limit": NOTE_LIMIT})


def _check_judge(comment: Comment, by: Any) -> None:
    if by and by.pk == comment.author_id:
        raise DecisionRefused(_("This is your own comment: somebody else decides about it."))


def _check_comment(comment: Comment, expected: frozenset[str], seen_revision: int | None) -> None:
    if comment.state not in expected:
        state = comment.get_state_display()
        raise DecisionRefused(_("Somebody was faster: the comment is “%(state)s” already.") % {"state": state})
    if seen_revision is not None and comment.revision != seen_revision:
        raise DecisionRefused(_("The text was changed since you opened it. Read it once more, then decide."))


def _tell_author(comment: Comment, decision: Decision) -> None:
    """Nothing goes to an account that was deleted or closed before; but who appealed is told in any case."""
    author = comment.author
    if author is None:
        return
    is_for_them = author.is_active and decision.act not in TELLS_NOBODY
    if is_for_them or decision.act == Decision.Act.CLOSE or decision.role == Role.APPEALS:
        queue_letter(
            to=author.email,
            template="topics/email/decision",
            context={
                "comment": comment,
                "decision": decision,
                "Act": Decision.Act,
                "statement_url": statement_url(decision),
            },
            language=author.language,
        )
