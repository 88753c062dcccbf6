"""Two mail backends: one posts into the outbox, so that a request never waits for SMTP; one prints for developers."""

import uuid
from collections.abc import Iterable

from django.core.mail import EmailMessage
from django.core.mail.backends import console
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from participants.letters import message_domain
from participants.models import Letter

NOWHERE = ".invalid"  # a name that never resolves (RFC 6761, 6.4); accounts of example content have it


class OutboxBackend(BaseEmailBackend):
    """Writes one Letter per addressee: rolled back with the current transaction, kept with it. One query a message.

    A letter that can arrive nowhere is not written, nor one whose key another has.
    """

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        letters = [letter for message in email_messages for letter in _letters(message)]
        # Only where there is a key: SQLite would pass over any other mistake as well, and lose the letter.
        Letter.objects.bulk_create(letters, ignore_conflicts=any(letter.key for letter in letters))
        return len(letters)


def _letters(message: EmailMessage) -> list[Letter]:
    html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
    return [
        Letter(
            to=address,
            subject=message.subject,
            body=message.body,
            html=html,
            sender=message.from_email,
            headers=message.extra_headers,
            message_id=f"<{uuid.uuid4()}@{message_domain()}>",
            key=getattr(message, "key", ""),
            is_asked_for=getattr(message, "is_asked_for", False),
            try_at=timezone.now(),
        )
        for address in message.recipients()
        if not address.endswith(NOWHERE)
    ]


class ConsoleBackend(console.EmailBackend):
    """Prints letters as a person reads them, so that the link can be clicked in the terminal (EMAIL_URL=consolemail://)."""

    def write_message(self, message: EmailMessage) -> None:
        lines = ["-" * 79, f"To: {', '.join(message.recipients())}", f"Subject: {message.subject}", "", message.body]
        self.stream.write("\n".join(lines) + "\n")
