"""Where somebody is signed in: what they see of it, and how they end it."""

import datetime
import time
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from participants.batches import delete, in_batches
from participants.devices import in_words
from participants.models import Resident

SEEN_KEY = "seen_at"
VISIT = 24 * 60 * 60  # seconds; as long as the link in a letter that confirms an address
NOTED_EVERY = 60 * 60  # seconds: writing on each request would cost every page a write
KEPT = datetime.timedelta(days=90)  # the address and the browser of a device
NOWHERE = "0.0.0.0"  # noqa: S104 - nothing listens on it: stands where an address was forgotten


@dataclass(frozen=True)
class Device:
    row: UserSession
    is_this: bool

    @property
    def words(self) -> str:
        return in_words(self.row.user_agent)


def begin(request: HttpRequest) -> None:
    """At sign-in: from now on the session notes when it was used. allauth writes its row."""
    request.session[SEEN_KEY] = int(time.time())


def end_soon(request: HttpRequest) -> None:
    """A visitor's session holds the address that was typed on an account page: it lasts a day then, not two weeks."""
    if request.session.modified and not (request.user.is_authenticated or request.session.is_empty()):
        request.session.set_expiry(VISIT)


def note_seen(request: HttpRequest) -> None:
    """Once in NOTED_EVERY: three queries. Sessions of strangers have no such key."""
    seen, now = request.session.get(SEEN_KEY), int(time.time())
    if seen is not None and seen + NOTED_EVERY < now:
        request.session[SEEN_KEY] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
        Resident.objects.filter(pk=request.user.pk).update(seen_at=timezone.now())


def devices_of(account: Resident, *, current: str | None) -> list[Device]:
    """The newest first, without sessions that have run out or that a new password has ended. Two queries."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=account).order_by("-last_seen_at", "-pk")}
    live = {
        kept.session_key
        for kept in Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now())
        if _is_of(kept, account)
    }
    return [Device(row, key == current) for key, row in rows.items() if key in live]


@transaction.atomic
def end(account: Resident, *, pk: int | None = None, besides: str | None = None) -> int:
    """End one session of the account, or all of them besides the given key; returns how many rows went."""
    rows = UserSession.objects.select_for_update().filter(user=account)
    rows = rows.filter(pk=pk) if pk is not None else rows.exclude(session_key=besides)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return UserSession.objects.filter(session_key__in=keys).delete()[0]


def forget_devices(now: datetime.datetime) -> int:
    """Forget devices KEPT after their last use. One that is still in use stays in its owner's list, and loses the
    network address KEPT after the sign-in; nobody is signed out. Returns how many of both."""
    idle = UserSession.objects.filter(last_seen_at__lt=now - KEPT)
    in_use = UserSession.objects.filter(created_at__lt=now - KEPT).exclude(ip=NOWHERE)
    return in_batches(idle, delete) + in_batches(in_use, lambda batch: batch.update(ip=NOWHERE))


def forget_sessions(now: datetime.datetime) -> int:
    """Delete sessions that have run out."""
    return in_batches(Session.objects.filter(expire_date__lt=now), delete)


def _is_of(kept: Session, account: Resident) -> bool:
    held = kept.get_decoded()
    return held.get(SESSION_KEY) == str(account.pk) and held.get(HASH_SESSION_KEY) == account.get_session_auth_hash()
