"""Letters to people: queued in the transaction of their cause, delivered by the worker."""

import contextlib
import datetime
import logging
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.utils import DNS_NAME
from django.db import connection, transaction
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation

from participants.batches import delete, in_batches
from participants.letter_text import paragraphs
from participants.models import Letter
from participants.models.letter import LetterQuerySet

log = logging.getLogger(__name__)
LEASE = datetime.timedelta(minutes=5)  # longer than a delivery can last (EMAIL_TIMEOUT)
LAST_ATTEMPT = 12  # with the delays below, a bit over a day
KEPT = datetime.timedelta(days=30)  # then a letter is forgotten: it holds an address, and often a key


def queue_letter(
    *,
    to: str,
    template: str,
    context: dict[str, Any],
    language: str = settings.LANGUAGE_CODE,
    headers: dict[str, str] | None = None,
) -> None:
    """Queue `<template>_subject.txt` with `<template>_message.txt`, and beside the text HTML: that of
    `<template>_message.html`, or made from the text. One query; sent only if the transaction commits."""
    with translation.override(language):
        context = {**context, "forum": settings.FORUM, "site_url": settings.SITE_URL}
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
        html = _html_of(template, {**context, "subject": subject}, body)
    headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
    message = EmailMultiAlternatives(subject, body, to=[to], headers=headers)
    message.attach_alternative(html, "text/html")
    message.send()


def _html_of(template: str, context: dict[str, Any], body: str) -> str:
    try:
        own = get_template(f"{template}_message.html")
    except TemplateDoesNotExist:
        return render_to_string("email/plain.html", {**context, "paragraphs": paragraphs(body)})
    return own.render(context)


def deliver_due(*, limit: int = 50, now: datetime.datetime | None = None) -> int:
    """Send the letters that are due, each under a lease of its own; returns how many were tried.

    A worker killed before the server took the letter loses nothing: the lease runs out and another sends it.
    A kill between the server's yes and our note of it may send it again, under the same Message-ID.
    """
    mailer = get_connection(settings.DELIVERY_BACKEND)  # connects when the first letter goes out
    tried = 0
    try:
        while tried < limit and (letter := _take(moment := now or timezone.now())):
            tried += 1
            _deliver(letter, mailer, moment)
    finally:
        _hang_up(mailer)
    return tried


def try_again(letters: LetterQuerySet, *, now: datetime.datetime | None = None) -> int:
    """Give the failed ones among `letters` to the worker once more; returns how many."""
    return letters.failed().update(
        state=Letter.State.WAITING, attempts=0, try_at=now or timezone.now(), leased_until=None
    )


def forget_old(now: datetime.datetime | None = None) -> int:
    """Delete the letters that were sent or given up KEPT ago; returns how many."""
    return in_batches(Letter.objects.settled(before=(now or timezone.now()) - KEPT), delete)


def _take(now: datetime.datetime) -> Letter | None:
    """Lease the oldest due letter; workers on other machines skip it."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        letter = Letter.objects.select_for_update(skip_locked=skip).due(now).oldest_first().first()
        if letter:
            letter.leased_until = now + LEASE
            letter.attempts += 1
            letter.save(update_fields=["leased_until", "attempts"])
    return letter


def _deliver(letter: Letter, mailer: Any, now: datetime.datetime) -> None:
    try:
        mailer.open()
        as_message(letter, mailer).send()
    except Exception as error:
        _put_off(letter, error, now)
        _hang_up(mailer)
        return
    letter.state, letter.sent_at, letter.leased_until, letter.last_error = Letter.State.SENT, timezone.now(), None, ""
    letter.save(update_fields=["state", "sent_at", "leased_until", "last_error"])


def _hang_up(mailer: Any) -> None:
    """A connection that failed once is not used for the next letter."""
    with contextlib.suppress(OSError):  # SMTPException is one
        mailer.close()


def _put_off(letter: Letter, error: Exception, now: datetime.datetime) -> None:
    """Try again after 1, 2, 4 … minutes, four hours at most. After LAST_ATTEMPT, or at once where the server says
    that this letter can never be taken, give up and let the staff see it."""
    delay = datetime.timedelta(minutes=min(2 ** (letter.attempts - 1), 240))
    hopeless = letter.attempts >= LAST_ATTEMPT or _is_final(error)
    letter.state = Letter.State.FAILED if hopeless else Letter.State.WAITING
    letter.try_at, letter.leased_until = now + delay, None
    letter.last_error = f"{type(error).__name__}: {error}".replace(letter.to, "…")[:255]
    letter.save(update_fields=["state", "try_at", "leased_until", "last_error"])
    log.warning("letter %s was not sent (attempt %s): %s", letter.pk, letter.attempts, type(error).__name__)


def _is_final(error: Exception) -> bool:
    """A 5xx about the addressee or the text (RFC 5321, 4.2.1). One about our sign-in or sender is ours to mend."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def as_message(letter: Letter, mailer: Any) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        letter.subject,
        letter.body,
        letter.sender,
        [letter.to],
        headers={**letter.headers, "Message-ID": letter.message_id},
        connection=mailer,
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def message_domain() -> str:
    """The host name of Message-ID: that of the site (RFC 5322, 3.6.4), or this machine's."""
    return settings.SITE_URL.partition("//")[2].partition("/")[0].partition(":")[0] or str(DNS_NAME)
