"""What becomes of reports once somebody has decided."""

from topics.models import Comment, Decision, Report

Act = Decision.Act
UPHOLDS = frozenset({Act.HIDE, Act.REFUSE, Act.CUT_OUT, Act.HAND_OVER, Act.SUSPEND, Act.CLOSE})


def settle(comment: Comment, decision: Decision) -> None:
    """Give the open reports of the comment their end. One query; in the transaction of the decision."""
    state = Report.State.UPHELD if decision.act in UPHOLDS else Report.State.REJECTED
    comment.reports.open().update(state=state, decision=decision)
