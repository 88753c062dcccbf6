"""Accounts that nobody uses any more: two letters, and then the account is erased (forum_portal.leaving).

| last use                | day of the first letter | of the second   | of the erasing                  |
|-------------------------|-------------------------|-----------------|---------------------------------|
| 24 months ago on day D  | D – 30 days             | D – 7 days      | D                               |
| longer ago              | at once                 | 23 days later   | 7 days after the second letter  |

Using the account in between calls it off: letters count only when they are younger than the last use, and only when
they went out and did not come back. Where they could not, it begins anew after ROUND.
"""

import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Lower
from django.urls import reverse
from django.utils import timezone

from participants.batches import one_by_one
from participants.dates import months_before
from participants.letters import KEPT, queue_letter
from participants.models import Letter, Resident

MONTHS = 24
FIRST, SECOND = datetime.timedelta(days=30), datetime.timedelta(days=7)  # before the end
ROUND = KEPT  # by then the letters are forgotten, and nobody knows what became of them
AT_ONCE = 500  # in an hour: the worker has other things to do


def _unused_since(moment: datetime.datetime, now: datetime.datetime) -> QuerySet[Resident]:
    """Open, confirmed accounts of residents who used them last before then, with `used_at`. Accounts that a moderator
    has closed or suspended stay: who is kept out for a time does not come back under the same address before."""
    used = [F("date_joined"), *(Coalesce(F(name), F("date_joined")) for name in ("last_login", "seen_at"))]
    rows = Resident.objects.filter(is_active=True, is_example=False, appointment=None, groups=None)
    rows = rows.filter(is_staff=False, is_superuser=False).exclude(suspended_until__gt=now)
    rows = rows.filter(Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)))
    return rows.annotate(used_at=Greatest(*used)).filter(used_at__lte=moment)


def to_warn(now: datetime.datetime) -> QuerySet[Resident]:
    rows = _unused_since(months_before(now + FIRST, MONTHS), now)
    return rows.filter(Q(warned_at=None) | Q(warned_at__lte=F("used_at")) | Q(warned_at__lte=now - ROUND))


def to_warn_again(now: datetime.datetime) -> QuerySet[Resident]:
    rows = _unused_since(months_before(now + SECOND, MONTHS), now)
    rows = rows.filter(warned_at__gt=F("used_at"), warned_at__lte=now - (FIRST - SECOND))
    return rows.filter(Q(warned_again_at=None) | Q(warned_again_at__lt=F("warned_at")))


def due(now: datetime.datetime) -> QuerySet[Resident]:
    """Those to erase: both letters went out, the second SECOND ago, and no other letter waits for them. Whom we could
    not tell stays: the mailbox may be there again, or the fault ours."""
    rows = _unused_since(months_before(now, MONTHS), now).filter(warned_at__gt=F("used_at"))
    rows = rows.filter(warned_again_at__gt=F("warned_at"), warned_again_at__lte=now - SECOND)
    rows = rows.filter(_was_told("warned_at", now), _was_told("warned_again_at", now - SECOND))
    waiting = Letter.objects.waiting().with_address()
    return rows.exclude(Exists(waiting.filter(address=Lower(OuterRef("email")))))


def _was_told(mark: str, by: datetime.datetime) -> Exists:
    key = Concat(Value(_key(mark, "")), Cast(OuterRef("pk"), CharField()))
    letters = Letter.objects.exclude(key="").filter(key=key, sent_at__lte=by, returned_at=None)
    return Exists(letters.filter(sent_at__gte=OuterRef(mark)))


def _key(mark: str, pk: int | str) -> str:
    return f"inactive:{mark}:{pk}"


def warn_inactive(now: datetime.datetime | None = None) -> int:
    """Write to those whose account is erased soon; returns how many letters. Each once, whoever runs it and how often:
    the note and the letter are one transaction. PartlyDone where some failed."""
    now = now or timezone.now()
    due_now = [(pk, False) for pk in to_warn_again(now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]]
    due_now += [(pk, True) for pk in to_warn(now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]]
    return one_by_one(due_now, lambda one: _warn(*one, now))


@transaction.atomic
def _warn(pk: int, is_first: bool, now: datetime.datetime) -> int:
    account = locked(to_warn(now) if is_first else to_warn_again(now), pk)
    if account is None:
        return 0
    mark = "warned_at" if is_first else "warned_again_at"
    setattr(account, mark, now)
    account.save(update_fields=[mark])
    end = max(months_before(account.used_at, -MONTHS), now + (FIRST if is_first else SECOND))
    context = {"end": end, "is_first": is_first, "months": MONTHS}
    context["sign_in"] = f"{settings.SITE_URL}{reverse('account_login')}"
    key, template = _key(mark, pk), "participants/email/inactive"
    Letter.objects.filter(key=key).delete()  # of a round that came to nothing
    queue_letter(to=account.email, template=template, context=context, language=account.language, key=key)
    return 1


def locked(rows: QuerySet[Resident], pk: int) -> Resident | None:
    """The account, if it is still among the rows and no other worker has it. Writing rows that point at it goes on
    meanwhile: news of the same moment must not wait for us while we wait for it."""
    skip = connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(of=("self",), skip_locked=skip, no_key=skip).filter(pk=pk).first()
