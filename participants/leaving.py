"""Leaving the forum: asked for, taken back for fourteen days, then carried out.

| account           | ask            | come_back | erase at its time |
|-------------------|----------------|-----------|-------------------|
| open              | closed, waits  | –         | –                 |
| closed, waits     | the same again | open      | gone              |
| gone              | –              | –         | –                 |

What the other apps hold is forgotten by functions of their own; forum_portal.leaving calls them in one transaction.
"""

import datetime
import re
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.letters import queue_letter
from participants.links import key_of, opened_by
from participants.models import AddressChange, DataExport, Leaving, Letter, Resident

WAIT = datetime.timedelta(days=14)
WARNING = datetime.timedelta(days=3)  # before the end
PAGE = "participants.leaving"


class LeavingRefused(Exception):
    """Somebody else has to look first; `str()` says whom to ask."""


def why_not(account: Resident) -> str:
    """Why the account cannot leave by itself, in a sentence; "" if it can. One query."""
    if account.is_staff or account.is_superuser or account.appointment_id or account.groups.exists():
        return str(
            _(
                "This account works for the forum or speaks for an institution. "
                "Ask an administrator to take the role away first; then you can leave."
            )
        )
    return ""


def ask(account: Resident, *, erases_texts: bool, now: datetime.datetime | None = None) -> Leaving:
    """Close the account, sign it out everywhere, and write how to come back. Asked again, the first time stands.

    One transaction. Raises LeavingRefused.
    """
    now = now or timezone.now()
    with transaction.atomic():
        account = Resident.objects.select_for_update(of=("self",)).get(pk=account.pk)
        refusal = why_not(account)
        if refusal:
            raise LeavingRefused(refusal)
        asked = {"asked_at": now, "erase_at": now + WAIT, "erases_texts": erases_texts, "reopens": account.is_active}
        leaving, is_new = Leaving.objects.get_or_create(account=account, defaults=asked)
        if not is_new and account.is_active:  # an administrator had opened it again
            Leaving.objects.filter(pk=leaving.pk).update(**asked, warned_at=None)
            leaving.refresh_from_db()
        elif not is_new:
            return leaving
        leaving.account = account
        account.is_active = False
        account.sign_outs += 1
        account.save(update_fields=["is_active", "sign_outs"])
        _tell(leaving, "leaving")
    return leaving


def come_back(leaving: Leaving) -> bool:
    """Give the account back, unless somebody else had closed it before; whether there was anything to give."""
    with transaction.atomic():
        found = Leaving.objects.select_for_update(of=("self",)).filter(pk=leaving.pk).first()
        if found is None:
            return False
        if found.reopens:
            Resident.objects.filter(pk=found.account_id).update(is_active=True)
        found.delete()
    return True


def is_leaving(account: Resident) -> bool:
    """One query, none for an open account."""
    return not account.is_active and Leaving.objects.filter(account=account).exists()


def way_back(leaving: Leaving) -> str:
    return reverse("come_back", args=[key_of(PAGE, leaving.pk)])


def of_key(key: str) -> Leaving | None:
    """Whose letter the address was in; None where it is not ours, or nothing can be taken back any more. One query."""
    parts = opened_by(PAGE, key)
    return parts and Leaving.objects.filter(pk=parts[0]).first()


def due(now: datetime.datetime) -> models.QuerySet[Leaving]:
    """Those whose time is over. An account that an administrator has opened again stays."""
    return Leaving.objects.filter(erase_at__lte=now, account__is_active=False)


def warn_leavers(now: datetime.datetime | None = None) -> int:
    """Write once more to those who are erased soon; returns how many. Each once, whoever runs it and how often."""
    now = now or timezone.now()
    soon = Leaving.objects.filter(erase_at__lte=now + WARNING, erase_at__gt=now, warned_at=None)
    return sum(_warn(pk, now) for pk in list(soon.filter(account__is_active=False).values_list("pk", flat=True)))


@transaction.atomic
def _warn(pk: int, now: datetime.datetime) -> int:
    leaving = Leaving.objects.select_for_update(of=("self",)).filter(pk=pk, warned_at=None).first()
    if leaving is None:
        return 0
    leaving.warned_at = now
    leaving.save(update_fields=["warned_at"])
    _tell(leaving, "leaving_soon")
    return 1


def _tell(leaving: Leaving, letter: str) -> None:
    account = leaving.account
    context = {"leaving": leaving, "way_back": f"{settings.SITE_URL}{way_back(leaving)}"}
    queue_letter(to=account.email, template=f"participants/email/{letter}", context=context, language=account.language)


# -- Carrying it out --------------------------------------------------------------------------------------


def addresses_of(account: Resident) -> list[str]:
    """Mailboxes that are known to be theirs, in lower case: what hangs on one hangs on them. One query."""
    confirmed = EmailAddress.objects.filter(user=account, verified=True).values_list("email", flat=True)
    return sorted({address.lower() for address in confirmed})


def sessions_of(account: Resident) -> list[str]:
    """Keys of sessions that are the account's or name its address. Reads them all: call it outside of a transaction."""
    words, found = {account.email.lower()}, []
    for session in Session.objects.iterator():
        data = session.get_decoded()
        theirs = data.get("_auth_user_id") == str(account.pk)
        if theirs or words & {str(value).lower() for value in data.values()}:
            found.append(session.pk)
    return found


def forget_in_log(model: type[models.Model], keys: Iterable[object]) -> None:
    """Take the words off what the panel has noted about these rows. One query."""
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys]).update(
        object_repr="", change_message=""
    )


def forget_account(account: Resident, *, erases_texts: bool, now: datetime.datetime) -> dict[str, int]:
    """Delete the account with its letters, files and addresses; the other apps have forgotten it before.

    Rows of the staff that it once decided or wrote stay, with the role and without the account.
    """
    wanted = AddressChange.objects.filter(account=account).annotate(address=Lower("email"))
    emails = [account.email.lower(), *addresses_of(account), *wanted.values_list("address", flat=True)]
    letters, _rows = Letter.objects.annotate(address=Lower("to")).filter(address__in=emails).delete()
    _forget_in_letters([*emails, account.signature])
    files = [export.file for export in DataExport.objects.filter(account=account).exclude(file="")]
    forget_in_log(Resident, [account.pk])
    forget_in_log(EmailAddress, EmailAddress.objects.filter(user=account).values_list("pk", flat=True))
    account.delete()
    transaction.on_commit(lambda: [file.storage.delete(file.name) for file in files])
    return {"letters": letters}


def _forget_in_letters(words: list[str]) -> None:
    """Letters to others that name the person: what was sent is deleted, what waits goes out without the name."""
    named = Q(pk__in=[])
    for word in words:
        named |= Q(body__icontains=word) | Q(html__icontains=word) | Q(subject__icontains=word)
    found = Letter.objects.filter(named)
    found.exclude(state=Letter.State.WAITING).delete()
    with translation.override(settings.LANGUAGE_CODE):
        nobody = gettext("former participant")
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)
    for letter in found.select_for_update():
        for name in ("subject", "body", "html"):
            setattr(letter, name, pattern.sub(nobody, getattr(letter, name)))
        letter.save(update_fields=["subject", "body", "html"])
