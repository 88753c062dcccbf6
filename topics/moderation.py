"""What moderators decide about comments: each act checks role and state, writes a Decision, tells the author.

    act         waiting      published    hidden        handed over   withdrawn    becomes
    publish     yes          –            –             –             –            published
    hide        yes, refuse  yes          –             –             –            hidden
    restore     –            –            yes           –             –            published
    keep        –            if reported  –             –             if reported  as it was
    cut_out     yes          yes          –             –             –            as it was, without the passage
    hand_over   yes          yes          yes           –             yes          hidden (withdrawn stays withdrawn)
    set_aside   –            yes, once    –             –             –            waiting, by the program

Acts about authors are in topics.standing, what appeals undo in topics.reversal; they are called from here too.
"""

import datetime
from typing import Unpack

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from participants.prose import tidy_plain
from topics.decisions import DecisionRefused, How, Matter, deciding
from topics.discussion import show, take_from_view
from topics.models import HANDED_OVER, Comment, Decision, SealedText
from topics.reversal import reverse
from topics.sealing import seal
from topics.standing import HOURS, close_account, lift, suspend

__all__ = [
    "HOURS",
    "DecisionRefused",
    "close_account",
    "cut_out",
    "hand_over",
    "hide",
    "keep",
    "lift",
    "publish",
    "restore",
    "reverse",
    "set_aside",
    "suspend",
]
State, Act, PROGRAM = Comment.State, Decision.Act, Decision.Role.PROGRAM
CUT = "[usunięto dane osobowe]"
PASSED_ON = "[przekazano do sprawdzenia]"
HANDED_TO_LIMIT = SealedText._meta.get_field("handed_to").max_length
REFERENCE_LIMIT = SealedText._meta.get_field("reference").max_length


def publish(comment: Comment, **how: Unpack[How]) -> Comment:
    """Let everybody see a waiting comment; one that was set aside comes back to its place."""
    with deciding(comment, Act.PUBLISH, expected=frozenset({State.WAITING}), **how) as matter:
        show(matter.comment, topic=matter.topic, now=matter.now)
    return matter.comment


def restore(comment: Comment, **how: Unpack[How]) -> Comment:
    """Show a hidden or refused comment again. What was handed over has no text here, and comes back by appeal."""
    with deciding(comment, Act.RESTORE, expected=frozenset({State.HIDDEN}), **how) as matter:
        if matter.comment.is_handed_over:
            raise DecisionRefused(_("The comment was handed to the duty officer. Its text is sealed."))
        show(matter.comment, topic=matter.topic, now=matter.now)
    return matter.comment


def hide(comment: Comment, **how: Unpack[How]) -> Comment:
    """Put a notice in place of a comment that was public (its replies stay), or refuse one that never was."""
    with deciding(comment, Act.HIDE, expected=frozenset({State.WAITING, State.PUBLISHED}), **how) as matter:
        if matter.comment.position is None:
            matter.decision.act = Act.REFUSE
        _take_away(matter, matter.decision.reason)
    return matter.comment


def keep(comment: Comment, **how: Unpack[How]) -> Comment:
    """Leave a reported comment as it is. Reports no longer set it aside, unless its author changes it."""
    with deciding(comment, Act.KEEP, expected=frozenset({State.PUBLISHED, State.WITHDRAWN}), **how) as matter:
        if not matter.decision.after_report:
            raise DecisionRefused(_("No report of this comment is open."))
    return matter.comment


def cut_out(comment: Comment, passages: list[str], **how: Unpack[How]) -> Comment:
    """Replace passages wherever they stand in the text. The original is sealed, former texts are taken away."""
    with deciding(comment, Act.CUT_OUT, expected=frozenset({State.WAITING, State.PUBLISHED}), **how) as matter:
        text = without(matter.comment.text, passages)
        seal(matter.comment, matter.record(), replacement=text)
    return matter.comment


def hand_over(comment: Comment, to: str, reference: str, **how: Unpack[How]) -> Comment:
    """Hide a comment and seal its text for the duty officer: moderators do not read it any more either.

    To whom and the reference stand with the sealed text alone; the public and the author read a neutral line.
    """
    to, reference = to.strip(), reference.strip()
    if not to or not reference:
        raise DecisionRefused(_("Write to whom the comment was handed, and the reference."))
    if len(to) > HANDED_TO_LIMIT or len(reference) > REFERENCE_LIMIT:
        raise DecisionRefused(_("Shorten to whom the comment was handed, or the reference."))
    with deciding(comment, Act.HAND_OVER, expected=frozenset(State.values), **how) as matter:
        if matter.comment.is_handed_over:
            raise DecisionRefused(_("The comment was handed to the duty officer. Its text is sealed."))
        _take_away(matter, HANDED_OVER)
        seal(matter.comment, matter.record(), replacement=PASSED_ON, handed_to=to, reference=reference)
    return matter.comment


def set_aside(comment: Comment, reason: str, now: datetime.datetime | None = None) -> Comment:
    """Let a reported comment wait for a moderator, out of sight but in its place. Decided by the program.

    Never what an institution says, nor what a moderator left as it is after reports and nobody has changed since.
    """
    expected = frozenset({State.PUBLISHED})
    with deciding(comment, Act.SET_ASIDE, expected=expected, by=None, role=PROGRAM, reason=reason, now=now) as matter:
        comment = matter.comment
        if comment.is_official or _was_judged(comment):
            raise DecisionRefused(_("A person decides about this comment."))
        matter.decision.rule = comment.hold = Comment.Hold.REPORTS
        comment.state = State.WAITING
        comment.save(update_fields=["state", "hold"])
        take_from_view(comment, topic=matter.topic, now=matter.now)
    return comment


def without(text: str, passages: list[str]) -> str:
    """The text with each passage cut out, overlapping ones as one; what was cut out before stays as it is.

    Raises DecisionRefused for a passage that is not in the text, and where nothing would be left.
    """
    wanted = [passage for passage in map(tidy_plain, passages) if passage]
    parts = text.split(CUT)
    if not wanted:
        raise DecisionRefused(_("Give the passage to cut out."))
    for passage in wanted:
        if not any(passage in part for part in parts):
            raise DecisionRefused(_("“%(passage)s” is not in the text.") % {"passage": passage})
    cut = CUT.join(_cut(part, wanted) for part in parts)
    if not any(character.isalnum() for character in cut.replace(CUT, "")):
        raise DecisionRefused(_("Nothing would be left of the comment. Do not show it instead."))
    return cut


def _cut(part: str, passages: list[str]) -> str:
    marked = [False] * len(part)
    for passage in passages:
        start = part.find(passage)
        while start >= 0:
            marked[start : start + len(passage)] = [True] * len(passage)
            start = part.find(passage, start + 1)
    kept = [character if not is_cut else None for character, is_cut in zip(part, marked, strict=True)]
    pieces = [CUT if c is None and (i == 0 or kept[i - 1] is not None) else c for i, c in enumerate(kept)]
    return "".join(filter(None, pieces))


def _take_away(matter: Matter, reason: str) -> None:
    """The notice of what the author withdrew stays that of the author."""
    comment = matter.comment
    if comment.state == State.PUBLISHED:
        take_from_view(comment, topic=matter.topic, now=matter.now)
    if comment.state != State.WITHDRAWN:
        comment.state = State.HIDDEN
    comment.hidden_at, comment.hidden_reason = matter.now, reason
    comment.save(update_fields=["state", "hidden_at", "hidden_reason"])


def _was_judged(comment: Comment) -> bool:
    judged = Q(act=Act.KEEP) | Q(act__in=[Act.PUBLISH, Act.RESTORE], after_report=True)
    decisions = comment.decisions.filter(judged)
    if comment.edited_at:
        decisions = decisions.filter(decided_at__gte=comment.edited_at)
    return decisions.exists()
