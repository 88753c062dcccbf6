"""Leaving the forum: asked for, taken back for fourteen days, then carried out.

| account           | ask            | come_back | erase at its time |
|-------------------|----------------|-----------|-------------------|
| open              | closed, waits  | –         | –                 |
| closed, waits     | the same again | open      | gone              |
| gone              | –              | –         | –                 |

What the other apps hold is forgotten by functions of their own; forum_portal.leaving calls them in one transaction.
"""

import contextlib
import datetime
import itertools
import json
import re
from collections.abc import Iterable
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.batches import one_by_one
from participants.letters import queue_letter
from participants.limits import Limit, LimitReached, take
from participants.links import key_of, opened_by
from participants.models import AddressChange, DataExport, Leaving, Letter, PausedAddress, Resident
from participants.sessions import VISIT

WAIT = datetime.timedelta(days=14)
WARNING = datetime.timedelta(days=3)  # before the end
AGAIN = Limit("leaving_again", 1, 24 * 60 * 60)
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
        _tell(leaving, "leaving", asked_for=True)
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


def show_way_back(account: Resident) -> bool:
    """Whether the account is leaving; then its mailbox gets the way back once more, once a day. For whoever tries to
    sign in, and could: by the password, the mailbox or a passkey. One query for an account that is not leaving."""
    leaving = Leaving.objects.select_related("account").filter(account=account, account__is_active=False).first()
    if leaving is None:
        return False
    with contextlib.suppress(LimitReached), transaction.atomic():
        take((AGAIN, account.pk))
        _tell(leaving, "leaving")
    return True


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
    """Write once more to those who are erased soon; returns how many. Each once, whoever runs it and how often.
    PartlyDone where some failed."""
    now = now or timezone.now()
    soon = Leaving.objects.filter(erase_at__lte=now + WARNING, erase_at__gt=now, warned_at=None)
    return one_by_one(
        list(soon.filter(account__is_active=False).values_list("pk", flat=True)), lambda pk: _warn(pk, now)
    )


@transaction.atomic
def _warn(pk: int, now: datetime.datetime) -> int:
    leaving = Leaving.objects.select_for_update(of=("self",)).filter(pk=pk, warned_at=None).first()
    if leaving is None:
        return 0
    leaving.warned_at = now
    leaving.save(update_fields=["warned_at"])
    _tell(leaving, "leaving_soon")
    return 1


def _tell(leaving: Leaving, letter: str, *, asked_for: bool = False) -> None:
    account = leaving.account
    context = {"leaving": leaving, "way_back": f"{settings.SITE_URL}{way_back(leaving)}"}
    template = f"participants/email/{letter}"
    queue_letter(to=account.email, template=template, context=context, language=account.language, asked_for=asked_for)


# -- Carrying it out --------------------------------------------------------------------------------------


def addresses_of(account: Resident) -> list[str]:
    """Mailboxes that are known to be theirs, in lower case: what hangs on one hangs on them. One query."""
    confirmed = EmailAddress.objects.filter(user=account, verified=True).values_list("email", flat=True)
    return sorted({address.lower() for address in confirmed})


def mailboxes_of(account: Resident) -> list[str]:
    """Those, and the one that it was made with, confirmed or not. One query."""
    return sorted({account.email.lower(), *addresses_of(account)})


def sessions_of(account: Resident, *, now: datetime.datetime) -> list[str]:
    """Keys of sessions that are the account's or in which a visitor wrote its address. Reads of the others those that
    end within a visit: call it outside of a transaction."""
    own = list(UserSession.objects.filter(user=account).values_list("session_key", flat=True))
    words = mailboxes_of(account)
    ending = Session.objects.filter(expire_date__lt=now + datetime.timedelta(seconds=VISIT))
    named = [kept.pk for kept in ending.iterator() if _is_about(kept.get_decoded(), account, words)]
    return own + named


def _is_about(held: dict[str, Any], account: Resident, words: list[str]) -> bool:
    begun = (held.get(LOGIN_SESSION_KEY) or {}).get("user_pk")
    is_theirs = held.get(SESSION_KEY) == str(account.pk) or begun == user_pk_to_url_str(account)
    text = json.dumps(held, ensure_ascii=False).lower()
    named = "|".join(map(re.escape, words))  # an@x.example is not in jan@x.example
    return is_theirs or bool(re.search(rf"(?<![\w.+-])(?:{named})(?!\w|[.-]\w)", text))


def forget_in_log(model: type[models.Model], keys: Iterable[object]) -> None:
    """Take the words off what the panel has noted about these rows. One query."""
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys]).update(
        object_repr="", change_message=""
    )


def forget_words(rows: models.QuerySet[Any], fields: list[str], words: list[str], *, name: str = "") -> None:
    """Write "former participant" wherever one of the words or the name stands by itself, as text, HTML or JSON have it.
    One query, and one for each row that has it.

    The name is left alone in what a program reads: somebody may sign as "konto", "href" or "changed", and leave to
    spoil the links of letters that wait for others, or the log of the panel.
    """
    named = Q(pk__in=[])
    for form, field in itertools.product(_forms_of([*words, name]), fields):
        named |= Q(**{f"{field}__icontains": form})
    with translation.override(settings.LANGUAGE_CODE):
        nobody = gettext("former participant")
    every, careful = _standing(words), {field: _standing([name], beside=_read_by_programs(field)) for field in fields}
    for row in rows.filter(named).select_for_update(of=("self",)).order_by("pk"):
        for field in fields:
            text = every.sub(nobody, getattr(row, field))
            text = careful[field].sub(lambda found: found["kept"] or nobody, text)
            setattr(row, field, text[: row._meta.get_field(field).max_length])
        row.save(update_fields=fields)


def _forms_of(words: list[str]) -> list[str]:
    """The longest first."""
    forms = {form for word in filter(None, words) for form in (word, escape(word), json.dumps(word)[1:-1])}
    return sorted(forms, key=len, reverse=True)


def _standing(words: list[str], *, beside: str = "(?!)") -> re.Pattern[str]:
    """The words by themselves, and, as `kept`, what stands beside them. Without words it finds nothing new."""
    forms = "|".join(map(re.escape, _forms_of(words))) or "(?!)"
    return re.compile(rf"(?P<kept>{beside})|(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE | re.DOTALL)


def _read_by_programs(field: str) -> str:
    link = rf"{re.escape(settings.SITE_URL)}[^\s<>\"]*"
    kinds = {"html": rf"<style.*?</style>|<[^<>]*>|{link}", "body": link, "change_message": r'"\w+": '}
    return kinds.get(field, "(?!)")


def forget_account(account: Resident, *, erases_texts: bool, now: datetime.datetime) -> dict[str, int]:
    """Delete the account with its letters, files and addresses; the other apps have forgotten it before. Letters to
    others that name it stay, or go out, without the name.

    Rows of the staff that it once decided or wrote stay, with the role and without the account.
    """
    emails = mailboxes_of(account)
    letters = _forget_letters(account, emails)
    forget_words(Letter.objects.all(), ["subject", "body", "html"], emails, name=account.signature)
    files = [export.file for export in DataExport.objects.filter(account=account).exclude(file="")]
    forget_in_log(Resident, [account.pk])
    for model in (EmailAddress, UserSession, Authenticator):
        forget_in_log(model, model.objects.filter(user=account).values_list("pk", flat=True))
    forget_in_log(AddressChange, AddressChange.objects.filter(account=account).values_list("pk", flat=True))
    forget_words(LogEntry.objects.all(), ["object_repr", "change_message"], emails, name=account.signature)
    account.delete()
    transaction.on_commit(lambda: [file.storage.delete(file.name) for file in files])
    return {"letters": letters}


def _forget_letters(account: Resident, emails: list[str]) -> int:
    """Those to the account's own mailboxes, and what came back from there. An address that it wanted to move to may be
    somebody else's: of the letters there, only those go that are about the account, and a pause only if it is nobody's.
    """
    wanted = list(AddressChange.objects.filter(account=account).values_list(Lower("email"), flat=True))
    PausedAddress.objects.of(*emails).delete()
    PausedAddress.objects.of(*wanted).of_nobody().delete()
    theirs = Q(address__in=emails) | Q(address__in=wanted, body__icontains=account.email)
    return Letter.objects.with_address().filter(theirs).delete()[0]
