"""What an institution does with its part of the minutes, by the link in its letter and without an account."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.minutes import MinutesRefused
from meetings.minutes_letters import circulation_key
from meetings.models import AgendaItem, Circulation, Commitment, Meeting, Proposal
from participants.prose import plain_to_html, rich_to_plain

Minutes, Verdict = Meeting.Minutes, Circulation.Verdict
WORDS_LIMIT = 20_000
WHY_LIMIT = Proposal._meta.get_field("why").max_length


def circulation_of(token: str) -> Circulation:
    """The circulation that the link was made for, with its meeting; Http404 for a link that is not ours. One query."""
    key = circulation_key(token)
    if key is None:
        raise Http404
    return get_object_or_404(Circulation.objects.select_related("meeting", "institution"), pk=key)


def own_items(circulation: Circulation) -> list[AgendaItem]:
    """The items that are the institution's part, and those where it promised something, each with its `own` open
    proposals. Two queries."""
    promised = circulation.meeting.commitments.filter(institution=circulation.institution_id).values("agenda_item")
    theirs = Q(institution=circulation.institution_id) | Q(pk__in=promised)
    proposed = Prefetch("proposals", Proposal.objects.filter(circulation=circulation), to_attr="own")
    items = circulation.meeting.agenda_items.filter(theirs).select_related("topic").prefetch_related(proposed)
    return list(items)


def own_promises(circulation: Circulation) -> list[Commitment]:
    return list(circulation.meeting.commitments.filter(institution=circulation.institution_id).order_by("pk"))


def why_closed(meeting: Meeting, today: datetime.date) -> Any:
    """Why nothing can be answered now, in a sentence, or ""."""
    if meeting.minutes_state == Minutes.APPROVED:
        return _("The minutes are approved.")
    if meeting.minutes_state == Minutes.DRAFT or meeting.state == Meeting.State.ARCHIVED:
        return _("The editors have taken the minutes back and are working on them.")
    if meeting.minutes_until and meeting.minutes_until < today:
        return _("The time for corrections is over.")
    return ""


@transaction.atomic
def accept(circulation: Circulation, *, now: datetime.datetime | None = None) -> Circulation:
    """The institution agrees with its part. Words that it had proposed, and nobody decided about, are taken back."""
    now = now or timezone.now()
    circulation = _locked(circulation, now)
    circulation.proposals.open().delete()
    return _answered(circulation, Verdict.ACCEPTED, now)


@transaction.atomic
def propose(
    circulation: Circulation, *, words: dict[int, tuple[str, str, int]], now: datetime.datetime | None = None
) -> list[Proposal]:
    """Propose other words: item → (plain text, why, version of the note that was seen). Replaces open proposals.

    Words that say what stands there already are none; when nothing is left, it is refused.
    """
    now = now or timezone.now()
    circulation = _locked(circulation, now)
    made = []
    for item in own_items(circulation):
        text, why, seen = words.get(item.pk, ("", "", 0))
        if not text.strip() or same_words(text, item.note):
            continue
        circulation.proposals.open().filter(agenda_item=item).delete()
        made.append(
            circulation.proposals.create(
                agenda_item=item, text=plain_to_html(text), why=why.strip(), seen_version=seen, made_at=now
            )
        )
    if not made:
        raise MinutesRefused(_("Nothing is changed in the words. Change what should be otherwise, or agree."))
    _answered(circulation, Verdict.PROPOSED, now)
    return made


def same_words(text: str, note: str) -> bool:
    """Whatever the line ends and the formatting."""
    return text.split() == rich_to_plain(note).split()


def _answered(circulation: Circulation, verdict: str, now: datetime.datetime) -> Circulation:
    circulation.verdict, circulation.answered_at = verdict, now
    circulation.save(update_fields=["verdict", "answered_at"])
    return circulation


def _locked(circulation: Circulation, now: datetime.datetime) -> Circulation:
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=circulation.meeting_id)
    if refusal := why_closed(meeting, timezone.localdate(now)):
        raise MinutesRefused(refusal)
    circulation = Circulation.objects.select_for_update(of=("self",)).get(pk=circulation.pk)
    circulation.meeting = meeting
    return circulation
