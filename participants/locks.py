"""Too many wrong tries lock a sign-in for a while; the owner of the account learns of it by a letter."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from participants.letters import queue_letter
from participants.limits import Limit, LimitReached, take, unnamed

# Somebody who goes on guessing locks it again and again: that is one lock to its owner, and one letter a day.
TOLD = Limit("locked", 1, 24 * 60 * 60)


def tell_of_lock(email: str) -> None:
    """Tell the owner of the account with this address, once a day. For an address without an account the same work is
    done and undone, so that the time of the answer tells nothing."""
    email = email.strip().lower()
    try:
        take((TOLD, unnamed("participants.locks", email)))
    except LimitReached:
        return
    owner = EmailAddress.objects.filter(email=email, verified=True, user__is_active=True).select_related("user").first()
    with transaction.atomic():
        language = owner.user.language if owner else settings.LANGUAGE_CODE
        queue_letter(to=email, template="account/email/locked", context={}, language=language)
        if owner is None:
            transaction.set_rollback(True)
