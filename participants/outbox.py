"""The mail backend that posts into the outbox: allauth and we send in one way, and a request never waits for SMTP."""

import uuid
from collections.abc import Iterable

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from participants.letters import message_domain
from participants.models import Letter


class OutboxBackend(BaseEmailBackend):
    """Writes one Letter per addressee: rolled back with the current transaction, kept with it. One query a message."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        letters = [letter for message in email_messages for letter in _letters(message)]
        Letter.objects.bulk_create(letters)
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
            try_at=timezone.now(),
        )
        for address in message.recipients()
    ]
