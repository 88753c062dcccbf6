"""Moving an account to another e-mail address: the old mailbox agrees, the new one confirms; until then the old stays.

Nobody learns whether the new address has an account: its owner gets a letter that says so, and the move waits in vain.
"""

import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from participants.batches import delete, in_batches
from participants.bounces import lift
from participants.letters import queue_letter
from participants.limits import Limit, take, unnamed
from participants.links import key_of, opened_by
from participants.models import AddressChange, Resident

KEPT = datetime.timedelta(hours=24)
SIDES = {"old": "old_agreed_at", "new": "new_confirmed_at"}
ASKED = Limit("address_change", 5, 24 * 60 * 60)
WRITTEN_TO = Limit("address_change_to", 3, 24 * 60 * 60)


class AddressTaken(Exception):
    """Somebody has made an account with the new address in the meantime."""


@transaction.atomic
def ask(account: Resident, *, email: str, now: datetime.datetime) -> AddressChange:
    """In place of an earlier request. Two letters. Raises LimitReached."""
    take((ASKED, account.pk), (WRITTEN_TO, unnamed("participants.address_changes", email)), now=now)
    AddressChange.objects.filter(account=account).delete()
    change = AddressChange.objects.create(account=account, email=email, asked_at=now)
    words = {"new_email": email, "old_email": account.email}
    _write(account.email, "address_change_old", words | {"link": _link("old", change)}, account)
    link = _link("new", change)  # signed in any case, for the same time
    template = "address_change_taken" if _is_taken(email, account) else "address_change_new"
    _write(email, template, words | {"link": link}, account)
    return change


def found(side: str, key: str, *, now: datetime.datetime) -> AddressChange | None:
    """What the key in a letter opens. One query."""
    parts = opened_by(_page(side), key)
    if parts is None:
        return None
    waiting = AddressChange.objects.select_related("account").filter(pk=parts[0], asked_at__gt=now - KEPT)
    return waiting.filter(account__is_active=True).first()


@transaction.atomic
def agree(change: AddressChange, *, side: str, now: datetime.datetime) -> bool:
    """One mailbox says yes; returns whether the account has moved, which the second yes does. Both learn of it.

    A second press of the button changes nothing. Raises AddressTaken, and AddressChange.DoesNotExist when it has been
    called off in this moment.
    """
    account = Resident.objects.select_for_update(of=("self",)).get(pk=change.account_id)
    change = AddressChange.objects.get(pk=change.pk)
    other = next(field for name, field in SIDES.items() if name != side)
    if getattr(change, other) is None:
        setattr(change, SIDES[side], getattr(change, SIDES[side]) or now)
        change.save(update_fields=[SIDES[side]])
        return False
    _move(account, change)
    return True


def call_off(account: Resident) -> int:
    return AddressChange.objects.filter(account=account).delete()[0]


def forget_old(now: datetime.datetime) -> int:
    """Delete the requests whose letters work no more; returns how many."""
    return in_batches(AddressChange.objects.filter(asked_at__lte=now - KEPT), delete)


def _move(account: Resident, change: AddressChange) -> None:
    old, new = account.email, change.email
    change.delete()
    if _is_taken(new, account):
        raise AddressTaken
    account.email = new
    try:
        with transaction.atomic():
            account.save(update_fields=["email"])
            EmailAddress.objects.filter(user=account).delete()
            EmailAddress.objects.create(user=account, email=new, verified=True, primary=True)
    except IntegrityError:
        raise AddressTaken from None
    lift(new)
    _write(old, "address_changed", {"new_email": new, "old_email": old}, account)
    _write(new, "address_changed", {"new_email": new, "old_email": old}, account)


def _is_taken(email: str, account: Resident) -> bool:
    """Two queries, whatever the first one says: nobody learns by the time whether the address is taken."""
    accounts = Resident.objects.exclude(pk=account.pk).filter(email__iexact=email)
    addresses = EmailAddress.objects.exclude(user=account).filter(email__iexact=email)
    return any([accounts.exists(), addresses.exists()])


def _write(to: str, template: str, context: dict[str, str], account: Resident) -> None:
    template = f"account/email/{template}"
    queue_letter(to=to, template=template, context=context, language=account.language, asked_for=True)


def _link(side: str, change: AddressChange) -> str:
    return f"{settings.SITE_URL}{reverse('agree_address', args=[side, key_of(_page(side), change.pk)])}"


def _page(side: str) -> str:
    return f"participants.address_changes.{side}"
