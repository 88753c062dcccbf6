"""Originals that were taken out of sight: sealed by a decision, opened for a stated purpose, erased after 90 days.

An original is kept as JSON, since it is one thing that is put away and brought back whole: the text, the former texts
with their dates, and the revision by which one sees whether the comment was changed since.
"""

import datetime
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from participants.batches import in_batches
from topics.models import Comment, CommentVersion, Decision, SealedLook, SealedText

PERMISSION = "topics.open_sealedtext"
KEPT = datetime.timedelta(days=90)
PURPOSE_LIMIT = SealedLook._meta.get_field("why").max_length
BETWEEN = "\n\n---\n\n"


class SealRefused(Exception):
    """The original cannot be opened, or not by who asks; `str()` says it in a sentence."""


def seal(
    comment: Comment, decision: Decision, *, replacement: str, handed_to: str = "", reference: str = ""
) -> SealedText:
    """Put the text away with its former texts, and let `replacement` stand instead. Five queries at most.

    The caller holds the lock of the comment, and has written the decision.
    """
    versions = list(comment.versions.in_order())
    kept = {
        "text": comment.text,
        "revision": comment.revision + 1,
        "versions": [
            {
                "number": version.number,
                "text": version.text,
                "was_public": version.was_public,
                "written_at": version.written_at,
                "replaced_at": version.replaced_at,
            }
            for version in versions
        ],
    }
    comment.versions.all().delete()
    replace_text(comment, replacement)
    return SealedText.objects.create(
        comment=comment,
        decision=decision,
        text=json.dumps(kept, cls=DjangoJSONEncoder, ensure_ascii=False),
        handed_to=handed_to,
        reference=reference,
        sealed_at=decision.decided_at,
        erase_at=decision.decided_at + KEPT,
    )


def replace_text(comment: Comment, text: str) -> None:
    """Whoever has the comment open for a decision is told. One query."""
    comment.text = text
    comment.revision += 1
    comment.save(update_fields=["text", "revision"])


def bring_back(comment: Comment, decision: Decision) -> bool:
    """Put the original that the decision sealed back in its place, with its former texts.

    False where there is none any more, or the text was changed since. The caller holds the lock of the comment.
    """
    sealed = SealedText.objects.filter(decision=decision, erased_at__isnull=True).first()
    kept = json.loads(sealed.text) if sealed else None
    if kept is None or kept["revision"] != comment.revision:
        return False
    replace_text(comment, kept["text"])
    CommentVersion.objects.bulk_create(
        CommentVersion(
            comment=comment,
            number=version["number"],
            text=version["text"],
            was_public=version["was_public"],
            written_at=parse_datetime(version["written_at"]),
            replaced_at=parse_datetime(version["replaced_at"]),
        )
        for version in kept["versions"]
    )
    return True


@transaction.atomic
def open_sealed(sealed: SealedText, *, by: Any, why: str, now: datetime.datetime | None = None) -> str:
    """The original, its former texts after it. Writes down who looked and what for; raises SealRefused."""
    why = " ".join(why.split())
    if not by.has_perm(PERMISSION):
        raise SealRefused(_("Only those with the permission open sealed originals."))
    if not why:
        raise SealRefused(_("Write what you need it for."))
    if len(why) > PURPOSE_LIMIT:
        raise SealRefused(_("Shorten what you need it for: at most %(limit)d characters.") % {"limit": PURPOSE_LIMIT})
    sealed = SealedText.objects.select_for_update().get(pk=sealed.pk)
    if sealed.erased_at:
        raise SealRefused(_("This original was erased already."))
    SealedLook.objects.create(sealed=sealed, by=by, by_name=by.signature, why=why, at=now or timezone.now())
    kept = json.loads(sealed.text)
    return BETWEEN.join([kept["text"], *(version["text"] for version in kept["versions"])])


def erase_due(now: datetime.datetime | None = None) -> int:
    """Erase the originals whose time is over; returns how many. Who handed what to whom stays written."""
    now = now or timezone.now()
    due = SealedText.objects.filter(erased_at__isnull=True, erase_at__lte=now)
    return in_batches(due, lambda batch: batch.update(text="", erased_at=now))
