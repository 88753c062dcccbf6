"""Reports of mail servers that a letter was not delivered (RFC 3464), read with mistrust: anybody can send one.

A report counts if it names the Message-ID of a letter of ours, which nobody but its addressee and the servers on its
way have seen, and refuses that addressee for good.
"""

import datetime
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from django.db import transaction
from django.utils import timezone

from participants.bounces import ENHANCED, REASONS, pause
from participants.models import Letter

MOST = 1_000_000  # bytes of a report that are looked at
MOST_PARTS = 30  # with a letter of ours inside it has seven; parts within parts cost a second for every twenty
MESSAGE_ID = re.compile(r"<[!-~]{1,253}>")
RETURNED = ("message/rfc822", "text/rfc822-headers")  # the letter, or its headers alone


@dataclass(frozen=True)
class Report:
    message_id: str
    refused: dict[str, str]  # address in lower case → code, of those refused for good


def read_report(raw: bytes) -> Report | None:
    """None for whatever is no delivery report, or too broken to be read as one."""
    raw = raw[:MOST]
    if raw.lower().count(b"content-type") > MOST_PARTS:
        return None
    message = email.message_from_bytes(raw)
    parts = message.get_payload() if message.get_content_type() == "multipart/report" else ""
    found = {part.get_content_type(): part for part in parts if isinstance(part, Message)}
    if "message/delivery-status" not in found:
        return None
    original = next((found[kind] for kind in RETURNED if kind in found), None)
    return Report(_message_id(original), dict(_refused(found["message/delivery-status"])))


def take_report(report: Report, *, now: datetime.datetime | None = None) -> bool:
    """Pause the addressee whom the report refuses; whether it did. Each letter comes back once: read again, also after
    the pause was lifted, the report changes nothing.

    One query for a letter that is not ours, five at most.
    """
    now = now or timezone.now()
    with transaction.atomic():
        letters = Letter.objects.select_for_update().filter(message_id=report.message_id, returned_at=None)
        letter = letters.first() if report.message_id and report.refused else None
        code = report.refused.get(letter.to.lower()) if letter else None
        if letter is None or code is None:
            return False
        letter.returned_at = now
        letter.save(update_fields=["returned_at"])
        pause(letter.to, reason=REASONS[code], code=code, now=now)
    return True


def _message_id(original: Message | None) -> str:
    if original is None:
        return ""
    inside = original.get_payload()
    headers = inside[0] if isinstance(inside, list) else HeaderParser().parsestr(str(inside))
    found = MESSAGE_ID.fullmatch(str(headers.get("Message-ID", "")).strip())
    return found[0] if found else ""


def _refused(status: Message) -> Iterator[tuple[str, str]]:
    """Each addressee under both names that a block may give them."""
    for block in status.get_payload():
        if isinstance(block, Message) and (code := _code(block)) in REASONS:
            for name in ("Original-Recipient", "Final-Recipient"):
                yield _value(block, name).partition(";")[2].strip().strip("<>").lower(), code


def _code(block: Message) -> str:
    """The code of a failure for good; that of the server, where it said one, before the reporter's own."""
    status = _value(block, "Status")
    if _value(block, "Action").lower() != "failed" or not status.startswith("5"):
        return ""
    found = ENHANCED.search(_value(block, "Diagnostic-Code")) or ENHANCED.search(status)
    return found[0] if found else ""


def _value(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip()
