"""What an appeal undoes. The decision that is undone stays on record; a new one says what was done.

    undone                 what happens                                                        recorded as
    refuse, hide           shown                                                               restore
    set-aside              shown, if it still waits for that                                   restore
    hand-over              the original comes back from its seal, shown                        restore
    cut-out                the original comes back, the comment stays in its state             restore
    suspend, close         lifted, as far as this decision reached                             lift
    whatever was undone    nothing                                                             keep
      or withdrawn since

What a later decision keeps from view stays so: that one can be appealed against by itself. An original that was
erased, or a text that was changed since, does not come back.
"""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from topics.decisions import ANY_STATE, DecisionRefused, Matter, deciding
from topics.discussion import show
from topics.models import Comment, Decision
from topics.sealing import bring_back
from topics.standing import let_in

State, Act = Comment.State, Decision.Act


def reverse(decision: Decision, *, by: Any, note: str = "", now: datetime.datetime | None = None) -> Decision:
    """Undo a decision, for an appeal: by somebody who may, and neither took it nor wrote the comment.

    Returns the decision that says so. Raises DecisionRefused where it cannot be undone.
    """
    if by.pk in (decision.decided_by_id, decision.comment.author_id):
        raise DecisionRefused(_("Somebody else has to decide about this."))
    if not decision.is_against:
        raise DecisionRefused(_("This decision took nothing from the author."))
    about_author = decision.act in {Act.SUSPEND, Act.CLOSE}
    act = Act.LIFT if about_author else Act.RESTORE
    with deciding(
        decision.comment, act, expected=ANY_STATE, role=Decision.Role.APPEALS, by=by, note=note, now=now
    ) as matter:
        undo = _let_in if about_author else _text_back if decision.act == Act.CUT_OUT else _shown
        changed = undo(matter, decision)
        if not changed:
            matter.decision.act = Act.KEEP
        matter.ends_cases = changed and undo is _shown
    return matter.decision


def _let_in(matter: Matter, decision: Decision) -> bool:
    return let_in(matter, but=decision)


def _text_back(matter: Matter, decision: Decision) -> bool:
    return not matter.comment.is_handed_over and bring_back(matter.comment, decision)


def _shown(matter: Matter, decision: Decision) -> bool:
    comment = matter.comment
    if decision.act == Act.HAND_OVER and not bring_back(comment, decision):
        raise DecisionRefused(_("The original does not exist any more, so it cannot be shown."))
    if comment.state in {State.PUBLISHED, State.WITHDRAWN}:
        _forget_hiding(comment)
        return False
    if not _is_last_of_view(comment, decision):
        raise DecisionRefused(_("A later decision keeps this comment from view. It has to be undone by itself."))
    show(comment, topic=matter.topic, now=matter.now)
    return True


def _is_last_of_view(comment: Comment, decision: Decision) -> bool:
    about = comment.decisions.filter(act__in=Decision.ABOUT_SIGHT).order_by("-pk")
    return about.values_list("pk", flat=True).first() == decision.pk


def _forget_hiding(comment: Comment) -> None:
    """A withdrawn comment that was handed over is one that its author withdrew, and no more than that."""
    comment.hidden_at, comment.hidden_reason = None, ""
    comment.save(update_fields=["hidden_at", "hidden_reason"])
