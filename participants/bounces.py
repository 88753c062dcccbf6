"""What mail servers refuse for good: the address is paused, and open again once its owner confirms it.

Only a refusal of the addressee counts (RFC 3463, 5.1.x): not of the text (5.6.x), of us (5.1.7, 5.1.8, 5.7.x), nor a
full or resting mailbox (5.2.x), whose owner is there. What is in doubt pauses nobody.
"""

import datetime
import re
import smtplib

from django.utils import timezone

from participants.models import Letter, PausedAddress

Reason = PausedAddress.Reason
PAUSED = "address paused"  # the error of a letter that was held back
KEPT = datetime.timedelta(days=2 * 365)
ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
REASONS = {
    "5.1.1": Reason.NO_MAILBOX,
    "5.1.2": Reason.NO_DOMAIN,
    "5.1.3": Reason.WRONG,
    "5.1.6": Reason.NO_MAILBOX,  # moved, and nobody knows where
    "5.1.10": Reason.NO_DOMAIN,
}
BARE = {550, 551, 553}
# 550 means "no such mailbox" and "not from you" alike (RFC 5321, 4.2.3); without an enhanced code words have to tell.
ABOUT_US = re.compile(r"relay|rcpthosts|authenti|sender|spam|block|listed|polic|reput|denied|spf|dkim|dmarc|quota")


def hold_back(letter: Letter) -> bool:
    """Give up a letter to a paused address before it is tried; whether it was. One query, two when it was.

    What somebody asks for while they wait at their screen is tried all the same.
    """
    if letter.is_asked_for or not PausedAddress.objects.of(letter.to).exists():
        return False
    letter.state, letter.leased_until, letter.last_error = Letter.State.FAILED, None, PAUSED
    letter.save(update_fields=["state", "leased_until", "last_error"])
    return True


def note_refusal(letter: Letter, error: Exception, now: datetime.datetime) -> None:
    """Pause the address if the server refused it for good while we were talking to it."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return
    for code, text in error.recipients.values():
        words = text.decode("ascii", "replace")
        if reason := _reason_of(code, words):
            pause(letter.to, reason=reason, code=" ".join([str(code), *ENHANCED.findall(words)[:1]]), now=now)


def pause(email: str, *, reason: str, code: str, now: datetime.datetime) -> None:
    """Or note that a letter came back again. Three queries at most."""
    told = {"reason": reason, "code": code, "last_bounce_at": now}
    PausedAddress.objects.update_or_create(email=email.lower(), defaults=told, create_defaults={**told, "since": now})


def lift(*emails: str) -> int:
    """Whoever is there was seen, or the staff knows better; returns how many were paused. One query.

    Letters that were held back stay given up: the staff may try them again.
    """
    return PausedAddress.objects.of(*emails).delete()[0]


def forget_pauses(now: datetime.datetime | None = None) -> int:
    """Delete the addresses that no account has, KEPT after a letter last came back; returns how many."""
    before = (now or timezone.now()) - KEPT
    return PausedAddress.objects.of_nobody().filter(last_bounce_at__lt=before).delete()[0]


def _reason_of(code: int, words: str) -> str:
    """Why an address was refused; "" if it was not the address, or not for good."""
    if code < 500:
        return ""
    if enhanced := ENHANCED.search(words):
        return REASONS.get(enhanced[0], "")
    return Reason.REFUSED if code in BARE and not ABOUT_US.search(words.lower()) else ""
