"""What authors say against a decision, and how somebody else decides it (DSA art. 20)."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.letters import queue_letter
from participants.prose import tidy_plain
from topics import moderation
from topics.cases import open_appeal
from topics.locks import locked
from topics.models import APPEAL_LIMIT, Appeal, Case, Comment, Decision
from topics.statements import statement_url

PERMISSION = "topics.decide_appeal"
Outcome = Appeal.Outcome
NOTE_LIMIT = Appeal._meta.get_field("note").max_length


class AppealRefused(Exception):
    """It cannot be appealed, or not decided like this or by this person; `str()` says why in a sentence."""


def appeal(decision: Decision, *, text: str, now: datetime.datetime | None = None) -> Appeal:
    """Take down what the author says, once; somebody else than who decided gets it to decide.

    Whoever calls this has made sure that the author speaks: by the link in the letter, or by signing in. Opens a
    case and queues the receipt in one transaction. Raises AppealRefused.
    """
    now = now or timezone.now()
    refusal = why_not(decision, now)
    if refusal:
        raise AppealRefused(refusal)
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                decision=decision, against=decision.decided_by, text=_fitting(text), created_at=now
            )
            open_appeal(made, now=now)
            _tell_author(made, "appeal_received")
    except IntegrityError:  # sent twice at one moment
        if not Appeal.objects.filter(decision=decision).exists():
            raise
        raise AppealRefused(_("We have your appeal already.")) from None
    return made


def why_not(decision: Decision, now: datetime.datetime) -> str:
    """Why this decision cannot be appealed, in a sentence; "" if it can. Two queries at most."""
    if decision.role == Decision.Role.APPEALS:
        return _("This was decided on an appeal already. You can still turn to a court.")
    if not decision.is_against:
        return _("This decision takes nothing from you, so there is nothing to appeal against.")
    if Appeal.objects.filter(decision=decision).exists():
        return _("We have your appeal already.")
    if now > decision.appeal_until:
        return _("The time for an appeal is over.")
    if is_undone(decision):
        return _("Everybody can see your comment again, so there is nothing to appeal against.")
    if is_overtaken(decision):
        return _("There is a newer decision about this comment. Appeal against that one: the link is in its letter.")
    return ""


def is_undone(decision: Decision) -> bool:
    """Whether what was taken from view is back already. No query where the comment is loaded."""
    return decision.act in Decision.OUT_OF_SIGHT and decision.comment.state == Comment.State.PUBLISHED


def is_overtaken(decision: Decision) -> bool:
    """Whether somebody has decided anew, since, about the comment being seen. One query."""
    later = Decision.objects.filter(comment=decision.comment_id, act__in=Decision.ABOUT_SIGHT, pk__gt=decision.pk)
    return decision.act in Decision.OUT_OF_SIGHT and later.exists()


def decide(appeal: Appeal, *, by: Any, outcome: str, note: str = "", now: datetime.datetime | None = None) -> Appeal:
    """Let the decision stand (with a note that says why), or reverse it. Not by who took it, nor by the author.

    Locks topic, comment and appeal; reverses, closes the case and queues the letter in one transaction. Raises
    AppealRefused, also for the second of two people who decide at one moment.
    """
    now, note = now or timezone.now(), tidy_plain(note)
    if not by.has_perm(PERMISSION):
        raise AppealRefused(_("Only those who consider appeals may decide this."))
    if outcome not in Outcome.values:
        raise AppealRefused(_("Choose how the appeal ends."))
    if outcome == Outcome.UPHELD and not note:
        raise AppealRefused(_("Write why the decision stands: the author gets it in the letter."))
    if len(note) > NOTE_LIMIT:
        raise AppealRefused(_("Shorten the note: at most %(limit)d characters.") % {"limit": NOTE_LIMIT})
    with transaction.atomic():
        appeal = _locked(appeal)
        _check_judge(appeal, by)
        if outcome == Outcome.REVERSED:
            _reverse(appeal.decision, by, note, now)
        else:
            _tell_author(appeal, "appeal_decided", note=note)
        _close(appeal, by, outcome, note, now)
    return appeal


def _locked(appeal: Appeal) -> Appeal:
    """With its decision and comment."""
    comment = Comment.objects.get(decisions__appeal=appeal)
    locked(comment)
    appeals = Appeal.objects.select_for_update(of=("self",))
    return appeals.select_related("decision__comment__topic", "decision__comment__author").get(pk=appeal.pk)


def _check_judge(appeal: Appeal, by: Any) -> None:
    if appeal.outcome:
        outcome = appeal.get_outcome_display()
        raise AppealRefused(_("Somebody was faster. The appeal is decided: %(outcome)s.") % {"outcome": outcome})
    if by.pk in {appeal.against_id, appeal.decision.decided_by_id}:
        raise AppealRefused(_("This appeal is against your own decision: somebody else decides it."))
    if by.pk == appeal.decision.comment.author_id:
        raise AppealRefused(_("This is your own comment: somebody else decides the appeal."))


def _reverse(decision: Decision, by: Any, note: str, now: datetime.datetime) -> None:
    """The letter of the new decision tells the author, also where nothing was left to undo."""
    try:
        moderation.reverse(decision, by=by, note=note, now=now)
    except moderation.DecisionRefused as refusal:
        raise AppealRefused(str(refusal)) from refusal


def _close(appeal: Appeal, by: Any, outcome: str, note: str, now: datetime.datetime) -> None:
    appeal.outcome, appeal.note, appeal.decided_at = outcome, note, now
    appeal.decided_by, appeal.decided_by_name = by, by.signature
    appeal.save(update_fields=["outcome", "note", "decided_at", "decided_by", "decided_by_name"])
    Case.objects.open().filter(appeal=appeal).update(closed_at=now)


def _tell_author(appeal: Appeal, letter: str, **context: Any) -> None:
    """Also where the account is closed: the appeal may be about that. Nobody is left to tell where it was deleted."""
    author = appeal.decision.comment.author
    if author:
        context |= {
            "appeal": appeal,
            "decision": appeal.decision,
            "comment": appeal.decision.comment,
            "statement_url": statement_url(appeal.decision),
        }
        queue_letter(to=author.email, template=f"topics/email/{letter}", context=context, language=author.language)


def _fitting(text: str) -> str:
    text = tidy_plain(text[: 10 * APPEAL_LIMIT])
    if not text:
        raise AppealRefused(_("Write why you do not agree."))
    if len(text) > APPEAL_LIMIT:
        raise AppealRefused(_("Shorten the text: at most %(limit)d characters.") % {"limit": APPEAL_LIMIT})
    return text
