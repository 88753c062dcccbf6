"""What authors say against a decision, and how somebody else decides it (DSA art. 20)."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics import moderation
from topics.decisions import locked
from topics.models import Appeal, Case

PERMISSION = "topics.decide_appeal"


class AppealRefused(Exception):
    """It cannot be decided like this, or not by this person; `str()` says why in a sentence."""


@transaction.atomic
def decide(appeal: Appeal, *, by: Any, outcome: str, note: str = "", now: datetime.datetime | None = None) -> Appeal:
    """Let the decision stand, or reverse it. Not by who took it, nor by the author."""
    now = now or timezone.now()
    locked(appeal.decision.comment)
    appeal = Appeal.objects.select_for_update(of=("self",)).select_related("decision__comment").get(pk=appeal.pk)
    if not by.has_perm(PERMISSION):
        raise AppealRefused(_("Only those who consider appeals may decide this."))
    if by.pk in {appeal.against_id, appeal.decision.comment.author_id}:
        raise AppealRefused(_("This appeal is against your own decision: somebody else decides it."))
    if appeal.outcome:
        raise AppealRefused(_("Somebody was faster: this is decided already."))
    if outcome == Appeal.Outcome.UPHELD and not note:
        raise AppealRefused(_("Write why the decision stands: the author gets it in the letter."))
    if outcome == Appeal.Outcome.REVERSED:
        try:
            moderation.reverse(appeal.decision, by=by, note=note, now=now)
        except moderation.DecisionRefused as refusal:
            raise AppealRefused(str(refusal)) from refusal
    appeal.outcome, appeal.note, appeal.decided_at = outcome, note, now
    appeal.decided_by, appeal.decided_by_name = by, by.signature
    appeal.save()
    Case.objects.open().filter(appeal=appeal).update(closed_at=now)
    return appeal
