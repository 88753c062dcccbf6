"""Letters to people: queued in the transaction of their cause, delivered by the worker."""

import contextlib
import datetime
import logging
import smtplib
import time
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.utils import DNS_NAME
from django.db import InterfaceError, OperationalError, connection, transaction
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation

from participants.batches import delete, in_batches
from participants.bounces import hold_back, note_refusal
from participants.letter_text import paragraphs
from participants.mail_server import TAKING
from participants.models import Letter
from participants.models.letter import LetterQuerySet
from participants.sending_stop import is_stopped

log = logging.getLogger(__name__)
# Longer than what comes before the text can last: five lines and five answers, each EMAIL_TIMEOUT. From the text on,
# longer than the text, its answer and the note of it. Who overruns the first all the same is stopped by `_hand_over`.
LEASE = datetime.timedelta(minutes=4)
LEASE_OF_TEXT = datetime.timedelta(seconds=TAKING) + datetime.timedelta(minutes=5)
PAUSE = datetime.timedelta(minutes=1)  # while the server cannot be reached
ROUND = 20  # seconds; the worker has other work, and is told to stop
NOTING = 60  # seconds that a database may be away
LAST_ATTEMPT = 12  # with the delays below, a bit over a day
KEPT = datetime.timedelta(days=90)  # then a letter is forgotten: it holds an address, and often a key


class LeaseLost(Exception):
    """Another worker has the letter now, or it was deleted."""


class QueuedMessage(EmailMultiAlternatives):
    """With what the outbox notes of it."""

    key = ""
    is_asked_for = False


def queue_letter(
    *,
    to: str,
    template: str,
    context: dict[str, Any],
    language: str = settings.LANGUAGE_CODE,
    headers: dict[str, str] | None = None,
    asked_for: bool = False,
    key: str = "",
) -> None:
    """Queue `<template>_subject.txt` with `<template>_message.txt`, and beside the text HTML: that of
    `<template>_message.html`, or made from the text. One query; sent only if the transaction commits.

    `asked_for` is a letter that somebody waits for at the screen: it goes before all others, and to a
    paused address too. Of letters with the same `key` ("event:person") only the first is queued; for where no row of
    the event notes that the person was told.
    """
    with translation.override(language):
        context = {**context, "forum": settings.FORUM, "site_url": settings.SITE_URL}
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
        html = _html_of(template, {**context, "subject": subject}, body)
    headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
    message = QueuedMessage(subject, body, to=[to], headers=headers)
    message.key, message.is_asked_for = key, asked_for
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

    Ends after `limit` letters or ROUND seconds, and when the server cannot be reached or wants to be left alone: that
    costs no letter an attempt. A worker killed before the text loses nothing, and another sends the letter when the
    lease is over. A kill between the text and our note that it was taken sends it again, under the same Message-ID:
    docs/adr/0030. Between two letters it looks whether sending was stopped.
    """
    if not Letter.objects.due(now or timezone.now()).exists():
        return 0
    mailer = get_connection(settings.DELIVERY_BACKEND)
    tried, ends = 0, time.monotonic() + ROUND
    try:
        while not is_stopped() and _is_open(mailer, moment := now or timezone.now()) and (letter := _take(moment)):
            tried += 1
            is_free = hold_back(letter) or _deliver(letter, mailer, moment)
            if not is_free or tried == limit or time.monotonic() > ends:
                break
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


def _is_open(mailer: Any, now: datetime.datetime) -> bool:
    """Before a letter is taken: what goes wrong here is no letter's fault."""
    try:
        mailer.open()
    except OSError as error:  # SMTPException is one
        _pause(_in_words(error), now)
        return False
    return True


def _pause(why: str, now: datetime.datetime) -> None:
    """Leave the server alone for a while. One query."""
    waiting = Letter.objects.due(now).update(try_at=now + PAUSE, last_error=why)
    log.warning("the mail server takes nothing now; letters that wait: %s", waiting)


def _take(now: datetime.datetime) -> Letter | None:
    """Lease the next due letter; workers on other machines skip it."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        letter = Letter.objects.select_for_update(skip_locked=skip).due(now).asked_for_first().first()
        if letter:
            letter.leased_until = now + LEASE
            letter.attempts += 1
            letter.save(update_fields=["leased_until", "attempts"])
    if letter and letter.handed_over_at:
        log.warning("letter %s goes out again and may come twice: nobody knows if the server took it", letter.pk)
    return letter


def _deliver(letter: Letter, mailer: Any, now: datetime.datetime) -> bool:
    """Whether the server may be given another one."""
    mailer.hand_over = partial(_hand_over, letter)
    try:
        as_message(letter, mailer).send()
    except LeaseLost:
        log.warning("letter %s was not sent: its lease is lost", letter.pk)
        _hang_up(mailer)
    except Exception as error:
        is_sent_away = _is_sent_away(error)
        if is_sent_away:
            _pause(_in_words(error, letter), now)
        _put_off(letter, error, now, counts=not is_sent_away)
        note_refusal(letter, error, now)
        _hang_up(mailer)
        return not is_sent_away
    else:
        _note_sent(letter)
    return True


def _hand_over(letter: Letter) -> None:
    """Note that the text goes out now, under a longer lease. Raises LeaseLost, and the text does not go out: a worker
    that stood still (a suspended machine, a server that dawdles) finds here that another has taken its letter."""
    held = Letter.objects.waiting().filter(pk=letter.pk, leased_until=letter.leased_until)
    now = timezone.now()
    until = max(letter.leased_until, now + LEASE_OF_TEXT)
    if not held.update(handed_over_at=now, leased_until=until):
        raise LeaseLost
    letter.leased_until = until


def _note_sent(letter: Letter) -> None:
    """One query, and the next thing after the server's word. To a database that is away for a moment it is said again:
    what is not noted goes out twice."""
    ends = time.monotonic() + NOTING
    sent = {"state": Letter.State.SENT, "sent_at": timezone.now(), "leased_until": None, "last_error": ""}
    while True:
        try:
            Letter.objects.filter(pk=letter.pk).update(**sent)
        except (OperationalError, InterfaceError):
            if time.monotonic() > ends:
                raise
            connection.close()
            time.sleep(1)
        else:
            return


def _hang_up(mailer: Any) -> None:
    """A connection that failed once is not used for the next letter."""
    with contextlib.suppress(OSError):
        mailer.close()


def _put_off(letter: Letter, error: Exception, now: datetime.datetime, *, counts: bool) -> None:
    """Try again after 1, 2, 4 … minutes, four hours at most. After LAST_ATTEMPT, or at once where the server says
    that this letter can never be taken, give up and let the staff see it.

    One that does not count goes after those that wait for the server: should it be the cause, it holds up nobody.
    """
    delay = datetime.timedelta(minutes=min(2 ** (letter.attempts - 1), 240)) if counts else 2 * PAUSE
    hopeless = counts and (letter.attempts >= LAST_ATTEMPT or _is_final(error))
    noted = {
        "state": Letter.State.FAILED if hopeless else Letter.State.WAITING,
        "attempts": letter.attempts if counts else letter.attempts - 1,
        "try_at": now + delay,
        "leased_until": None,
        "last_error": _in_words(error, letter),
    }
    if _is_answer(error):
        noted["handed_over_at"] = letter.handed_over_at  # as it was before this time
    Letter.objects.filter(pk=letter.pk, leased_until=letter.leased_until).update(**noted)
    log.warning("letter %s was not sent (attempt %s): %s", letter.pk, letter.attempts, type(error).__name__)


def _in_words(error: Exception, letter: Letter | None = None) -> str:
    """Without the address, which servers repeat: it may be noted at others' letters."""
    words = f"{type(error).__name__}: {error}"
    return (words.replace(letter.to, "…") if letter else words)[:255]


def _is_answer(error: Exception) -> bool:
    """The server said no: it has surely not taken the letter this time."""
    return isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)


def _is_sent_away(error: Exception) -> bool:
    """421: the server closes, or has had enough of us (RFC 5321, 3.8); it says nothing about the letter."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code == 421


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
