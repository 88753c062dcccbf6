"""Accounts whose owners never confirmed the address: nobody could use them, and the mailbox may be a stranger's."""

import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet

from participants.batches import delete, in_batches
from participants.leaving import forget_in_log
from participants.models import Letter, Resident, RulesAcceptance

KEPT = datetime.timedelta(days=14)
OF_SIGNING_UP = {EmailAddress, RulesAcceptance, UserSession}  # what the sign-up itself writes


def due(now: datetime.datetime) -> QuerySet[Resident]:
    """Never confirmed, never signed in, without a role, and nothing in the database points at them besides what their
    sign-up wrote: whatever else there is, a person has to look at it first."""
    rows = Resident.objects.filter(date_joined__lte=now - KEPT, last_login=None, appointment=None, is_example=False)
    rows = rows.filter(is_staff=False, is_superuser=False, groups=None, user_permissions=None)
    rows = rows.exclude(Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)))
    traces = Q()
    for pointer in Resident._meta.related_objects:
        if pointer.related_model not in OF_SIGNING_UP:
            traces |= Exists(pointer.related_model._base_manager.filter(**{pointer.field.name: OuterRef("pk")}))
    return rows.exclude(traces)


def forget_unconfirmed(now: datetime.datetime) -> int:
    """Delete them with the letters that they were sent; returns how many. What waits for the mailbox goes out: it may
    be for somebody else. No letter to others names them."""
    return in_batches(due(now), _forget)


def _forget(batch: QuerySet[Resident]) -> int:
    """Whoever confirms at this moment keeps the account."""
    addresses = list(EmailAddress.objects.select_for_update(of=("self",)).filter(user__in=batch).order_by("pk"))
    accounts = batch.exclude(pk__in={address.user_id for address in addresses if address.verified})
    emails = [email.lower() for email in accounts.values_list("email", flat=True)]
    settled = Letter.objects.exclude(state=Letter.State.WAITING)
    settled.with_address().filter(address__in=emails).delete()
    forget_in_log(Resident, accounts.values_list("pk", flat=True))
    forget_in_log(EmailAddress, [address.pk for address in addresses if not address.verified])
    return delete(accounts)
