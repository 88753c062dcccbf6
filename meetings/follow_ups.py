"""“Is it better?”: what those who had asked say, some weeks after a promise was kept."""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.audience import askers
from meetings.models import AgendaQuestion, Commitment, CommitmentEntry, FollowUp
from meetings.models.commitment import CommitmentEntryQuerySet
from participants.batches import one_by_one
from participants.letters import queue_letter
from participants.limits import Limit, take
from participants.links import key_of, opened_by
from participants.prose import tidy_plain

WAIT = datetime.timedelta(weeks=6)
TOO_LATE = datetime.timedelta(weeks=26)  # nobody is asked about what was done half a year ago
MAY_CHANGE = datetime.timedelta(days=1)
LIMIT = Limit("follow-up", times=20, seconds=3600)
WORDS_LIMIT = FollowUp._meta.get_field("words").max_length
PAGE = "meetings.follow_ups"
State = Commitment.State


class FollowUpRefused(Exception):
    """The question is not asked any more, or the answer does not fit; `str()` says it in a sentence."""


class FollowUpOver(FollowUpRefused):
    """Nothing can be answered here any more."""


def ask_if_better(now: datetime.datetime | None = None) -> int:
    """Ask once those who had asked for what was done WAIT ago; returns how many letters went out.

    Each end in a transaction of its own: run late, twice, by several workers or killed half-way, it asks once. What
    was taken up again meanwhile is not asked about; done once more, it is. PartlyDone where some failed.
    """
    now = now or timezone.now()
    return one_by_one(list(_due(now).order_by("pk").values_list("commitment", "pk")), lambda keys: _ask(*keys, now))


def _due(now: datetime.datetime) -> CommitmentEntryQuerySet:
    """Entries by which a promise is done now, that came from a question, and about which nobody was asked."""
    asked = FollowUp.objects.filter(entry=OuterRef("pk"))
    from_question = AgendaQuestion.objects.promised().filter(commitment=OuterRef("commitment"))
    ends = CommitmentEntry.objects.public().filter(state=State.DONE, commitment__state=State.DONE)
    ends = ends.filter(at=F("commitment__since"), at__lte=now - WAIT, at__gt=now - TOO_LATE)
    return ends.filter(Exists(from_question)).exclude(Exists(asked))


@transaction.atomic
def _ask(commitment: int, pk: int, now: datetime.datetime) -> int:
    """Rows and letters, or neither, under the lock of the commitment."""
    Commitment.objects.select_for_update(of=("self",)).get(pk=commitment)
    entry = _due(now).select_related("commitment__institution").filter(pk=pk).first()
    if entry is None:
        return 0
    people = askers(entry.commitment, now)
    theirs = [one for one, questions in people.items() if any(q.comment.author_id == one.pk for q in questions)]
    for person in theirs:
        row = FollowUp.objects.create(entry=entry, account=person, asked_at=now)
        context = {"commitment": entry.commitment, "entry": entry, "link": f"{settings.SITE_URL}{address_of(row)}"}
        template = "meetings/email/is_it_better"
        queue_letter(to=person.email, template=template, context=context, language=person.language)
    return len(theirs)


def address_of(row: FollowUp) -> str:
    """The page of one person's answer; whoever has the letter may answer."""
    return reverse("meetings:follow_up", args=[key_of(PAGE, row.pk)])


def asked_at(token: str) -> FollowUp | None:
    """What the token of an address stands for. One query, none for a token that is not ours."""
    parts = opened_by(PAGE, token)
    related = ["entry__commitment__institution", "entry__commitment__meeting"]
    return parts and FollowUp.objects.select_related(*related).filter(pk=parts[0]).first()


def is_over(row: FollowUp, now: datetime.datetime) -> bool:
    """Whether it is too late: the promise was taken up again, or the answer stands for a day already. No query."""
    commitment = row.entry.commitment
    if commitment.state != State.DONE or commitment.since != row.entry.at:
        return True
    return row.answered_at is not None and now - row.answered_at > MAY_CHANGE


def answer(row: FollowUp, *, is_better: bool, words: str = "", now: datetime.datetime | None = None) -> FollowUp:
    """Say whether it is better, once; for a day the answer can be changed. Raises LimitReached as well.

    Three people who say no put the promise before the staff (Commitment.objects.disputed).
    """
    now = now or timezone.now()
    words = tidy_plain(words[: 10 * WORDS_LIMIT]).strip()  # megabytes cost the server more than the sender
    if len(words) > WORDS_LIMIT:
        raise FollowUpRefused(_("Shorten the text: at most %(limit)d characters.") % {"limit": WORDS_LIMIT})
    take((LIMIT, row.pk), now=now)
    with transaction.atomic():
        commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=row.entry.commitment_id)
        row = FollowUp.objects.select_for_update(of=("self",)).select_related("entry").get(pk=row.pk)
        row.entry.commitment = commitment
        if is_over(row, now):
            raise FollowUpOver(_("This cannot be answered any more."))
        row.is_better, row.words, row.answered_at = is_better, words, row.answered_at or now
        row.save(update_fields=["is_better", "words", "answered_at"])
    return row


def complaints(commitment: Commitment) -> Any:
    """Who says that it is not better since it was done; the newest first."""
    rows = FollowUp.objects.filter(entry__commitment=commitment, entry__at=commitment.since, is_better=False)
    return rows.order_by("-answered_at", "-pk")
