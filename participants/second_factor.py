"""The second factor of an account: an app with codes, a passkey, or a recovery code.

Whoever is staff enters the panel with one that was used in this session (docs/adr/0026). What allauth keeps of an app
and of the recovery codes is locked with a key that is derived from SECRET_KEY.
"""

import base64

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.letters import queue_letter
from participants.models import Resident

METHOD = "mfa"  # what allauth writes into the session for each of the kinds
APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
LOCKED_FIELDS = {APP: "secret", CODES: "seed"}


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is wrong. Try again."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Set up another one first, then you can remove this one."
        ),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def get_totp_issuer(self) -> str:
        return str(settings.FORUM["name"])

    def build_totp_svg(self, url: str) -> str:
        """The picture has an address of its own (participants.security_views.app_picture)."""
        return ""

    def encrypt(self, text: str) -> str:
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _lock().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keeps one: without it the panel would be shut, and the next thief of a password could set one up."""
        return not authenticator.user.is_staff or _main(authenticator.user).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Resident, type: Authenticator.Type) -> str:
        return gettext("Passkey %(number)d") % {"number": _main(user).filter(type=PASSKEY).count() + 1}


def is_used(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed later, with a second factor. No query beside the session's."""
    return any(record["method"] == METHOD for record in get_authentication_records(request, request.user))


def kinds_of(account: Resident) -> set[str]:
    """What the account can show besides a password; recovery codes alone are none. One query."""
    return set(_main(account).values_list("type", flat=True))


@transaction.atomic
def take_away(account: Resident) -> int:
    """For somebody who has lost the telephone and the codes: all of it goes, and they are told. Returns how many."""
    removed, _by_model = Authenticator.objects.filter(user=account).delete()
    if removed:
        queue_letter(to=account.email, template="mfa/email/taken_away", context={}, language=account.language)
    return removed


@transaction.atomic
def lock_anew() -> int:
    """After a change of SECRET_KEY: lock with the new key what the keys in SECRET_KEY_FALLBACKS can open."""
    changed = 0
    for kept in Authenticator.objects.select_for_update().filter(type__in=LOCKED_FIELDS).iterator(chunk_size=500):
        field = LOCKED_FIELDS[kept.type]
        kept.data[field] = _lock().rotate(kept.data[field].encode()).decode()
        kept.save(update_fields=["data"])
        changed += 1
    return changed


def _main(account: Resident) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=account).exclude(type=CODES)


def _lock() -> MultiFernet:
    """Locks with the first key; opens with any."""
    return MultiFernet([Fernet(_key_from(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key_from(secret: str) -> bytes:
    """HKDF (RFC 5869): SECRET_KEY is long and random, so nothing slow is needed."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"participants.second_factor").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
