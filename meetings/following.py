"""Following a topic, meeting, institution, estate, promise or forum; and the ways out that letters bring."""

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import Commitment, Follow, Forum, Meeting
from meetings.paces import next_hours
from participants.links import key_of, opened_by
from participants.models import Estate, Institution, Resident
from topics.models import Topic

MOST = 300  # things that one person follows
STOP, UNSUBSCRIBE, NO_REPLIES = "meetings.following", "meetings.following.all", "meetings.following.replies"
TOO_MUCH = _("You follow very many things. Stop following one of them first.")
Pace = Resident.Pace


class FollowRefused(Exception):
    """It cannot be followed; `str()` says why in a sentence."""


def may_follow(kind: str, pk: int) -> Any:
    """What stands behind a kind and a key, if everybody can read it; else None. One query."""
    rows = {
        "topic": Topic.objects.public(),
        "meeting": Meeting.objects.public(),
        "institution": Institution.objects.public(),
        "estate": Estate.objects.all(),
        "commitment": Commitment.objects.public(),
        "forum": Forum.objects.all(),
    }
    return rows[kind].filter(pk=pk).first() if kind in rows else None


@transaction.atomic
def follow(account: Resident, kind: str, target: Any, *, now: datetime.datetime | None = None) -> Follow:
    """Tell the account from now on what happens there. Asked twice, it is one row."""
    if not account.is_active:
        raise FollowRefused(_("This account cannot follow anything."))
    own = Follow.objects.of(account)
    known = own.filter(**{kind: target}).first()
    if known:
        return known
    if own.count() >= MOST:
        raise FollowRefused(TOO_MUCH)
    made = {"created_at": now or timezone.now()}
    return Follow.objects.get_or_create(account=account, **{kind: target}, defaults=made)[0]


def stop(account: Resident, kind: str, pk: int) -> int:
    """What waits because of it is not told any more. Returns how many rows went, with its news."""
    return Follow.objects.of(account).filter(**{f"{kind}_id": pk}).delete()[0]


# -- Addresses in letters


def stop_url(row: Follow) -> str:
    """A page with a button that ends one thing, without signing in."""
    key = key_of(STOP, row.account_id, row.kind, getattr(row, f"{row.kind}_id"))
    return reverse("meetings:stop_following", args=[key])


def stopped_at(token: str) -> tuple[Resident, str, int] | None:
    """Whose address it is, and the kind and key of what it ends. One query, none for an address that is not ours."""
    parts = opened_by(STOP, token)
    account = parts and Resident.objects.filter(pk=parts[0], is_active=True).first()
    return (account, parts[1], int(parts[2])) if account else None


def unsubscribe_url(account: Resident) -> str:
    return reverse("meetings:unsubscribe", args=[key_of(UNSUBSCRIBE, account.pk)])


def no_replies_url(account: Resident) -> str:
    return reverse("meetings:no_replies", args=[key_of(NO_REPLIES, account.pk)])


def account_of(page: str, token: str) -> Resident | None:
    """Whose letters the address ends. One query, none for an address that is not of this page."""
    parts = opened_by(page, token)
    return parts and Resident.objects.filter(pk=parts[0], is_active=True).first()


def set_replies(account: Resident, *, wanted: bool) -> None:
    """Whether replies to their comments are told, those that wait among them (News.objects.still_wanted())."""
    account.wants_replies = wanted
    account.save(update_fields=["wants_replies"])


@transaction.atomic
def set_pace(account: Resident, pace: str, *, now: datetime.datetime | None = None, **other: Any) -> None:
    """When news is sent, with the other fields of the page of letters. What waits already goes at the next hour of a
    new pace; where that is never, not at all."""
    now, is_new = now or timezone.now(), pace != account.pace
    for name, value in {**other, "pace": Pace(pace)}.items():
        setattr(account, name, value)
    account.save(update_fields=["pace", *other])
    if account.pace == Pace.NEVER:
        account.news.waiting().update(closed_at=now)
    elif is_new:
        account.news.waiting().update(due_at=next_hours(now)[account.pace])
