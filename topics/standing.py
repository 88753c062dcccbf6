"""What moderators decide about authors: suspended for a time, shut out, let in again.

A decision hangs on the comment that was its occasion, whatever the state of that. By the standing of the author:

    act             writes    suspended   account closed
    suspend         yes       yes, max    –
    close_account   yes       yes         –
    lift            –         yes         yes, if moderators closed it
"""

import datetime
from typing import Any, Unpack

from django.utils.translation import gettext_lazy as _

from participants.models import Resident
from topics.decisions import ANY_STATE, DecisionRefused, How, Matter, deciding
from topics.models import Comment, Decision

Act = Decision.Act
HOURS = (24, 72, 168, 720)


def suspend(comment: Comment, hours: int, **how: Unpack[How]) -> Comment:
    """Let the author read and not write for so many hours from now; a suspension that lasts longer stays."""
    if hours not in HOURS:
        raise DecisionRefused(_("Choose for how long."))
    with deciding(comment, Act.SUSPEND, expected=ANY_STATE, hours=hours, **how) as matter:
        author = _locked_author(matter, how["by"])
        until = matter.now + datetime.timedelta(hours=hours)
        author.suspended_until = max(filter(None, [author.suspended_until, until]))
        author.save(update_fields=["suspended_until"])
    return matter.comment


def close_account(comment: Comment, **how: Unpack[How]) -> Comment:
    """Shut the author out. Every sign-in ends with it: each request asks whether the account is active."""
    with deciding(comment, Act.CLOSE, expected=ANY_STATE, **how) as matter:
        author = _locked_author(matter, how["by"])
        author.is_active = False
        author.save(update_fields=["is_active"])
    return matter.comment


def lift(comment: Comment, **how: Unpack[How]) -> Comment:
    """End a suspension, and open an account that moderators closed."""
    with deciding(comment, Act.LIFT, expected=ANY_STATE, **how) as matter:
        if not let_in(matter):
            raise DecisionRefused(_("This account is neither suspended nor closed by a moderator."))
    return matter.comment


def let_in(matter: Matter, but: Decision | None = None) -> bool:
    """Undo what was decided about the author; with `but`, what that one decision did. Whether anything changed.

    An account that its owner or an administrator closed is left closed.
    """
    author = _locked(matter)
    if author is None:
        return False
    before = (author.is_active, author.suspended_until)
    if but is None or but.act == Act.CLOSE:
        author.is_active = author.is_active or _is_closed_by_moderators(author)
    if but is None:
        author.suspended_until = None if author.is_suspended(matter.now) else author.suspended_until
    elif but.act == Act.SUSPEND:
        author.suspended_until = _other_suspension(author, but)
    author.save(update_fields=["is_active", "suspended_until"])
    return (author.is_active, author.suspended_until) != before


def _locked_author(matter: Matter, by: Any) -> Resident:
    """The author as an account that a moderator may shut out; the rest is for an administrator."""
    author = _locked(matter)
    if author is None:
        raise DecisionRefused(_("The account of the author does not exist any more."))
    if author == by or author.is_staff or author.is_superuser or author.appointment_id:
        raise DecisionRefused(
            _("Moderators shut out residents alone: neither the staff, nor officials, nor themselves.")
        )
    if not author.is_active:
        raise DecisionRefused(_("This account is closed already."))
    return author


def _locked(matter: Matter) -> Resident | None:
    """Locked after topic and comment. One query."""
    author = Resident.objects.select_for_update(of=("self",)).filter(pk=matter.comment.author_id).first()
    matter.comment.author = author
    return author


def _is_closed_by_moderators(author: Resident) -> bool:
    about = Decision.objects.filter(comment__author=author, act__in=[Act.CLOSE, Act.LIFT])
    return about.order_by("-pk").values_list("act", flat=True).first() == Act.CLOSE


def _other_suspension(author: Resident, but: Decision) -> datetime.datetime | None:
    """When the other suspensions since the author was last let in would end."""
    about = Decision.objects.filter(comment__author=author).exclude(pk=but.pk).order_by("pk")
    lifted = about.filter(act=Act.LIFT).values_list("pk", flat=True).last() or 0
    others = about.filter(act=Act.SUSPEND, pk__gt=lifted)
    return max((d.decided_at + datetime.timedelta(hours=d.hours) for d in others), default=None)
