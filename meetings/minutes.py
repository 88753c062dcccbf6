"""The minutes of a meeting: written note by note, sent round for correction, approved, and from then on kept.

Locks are taken in one order: the meeting, the agenda item, the circulation, its proposals.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.archive import write_down
from meetings.minutes_letters import tell_decided, tell_sent
from meetings.models import AgendaItem, Circulation, Erratum, Meeting, MeetingStep, NoteVersion, Proposal
from meetings.publication import PERMISSION
from participants.models import Institution
from participants.prose import clean_rich

State, Minutes, Verdict = Meeting.State, Meeting.Minutes, Circulation.Verdict
ERRATUM_LIMIT = Erratum._meta.get_field("text").max_length


class MinutesRefused(Exception):
    """The act does not fit the state of the minutes, or the role of who asks; `str()` says it in a sentence."""


class Overtaken(MinutesRefused):
    """Somebody has saved the note since: `stored` is what it says now, `who` saved it, and `when`."""

    def __init__(self, stored: str, who: str, when: datetime.datetime | None) -> None:
        self.stored, self.who, self.when = stored, who, when
        super().__init__(_("Somebody has saved this note since you opened it. Compare the two, and save again."))


@dataclass
class Round:
    """To whom the minutes went, and which institutions have a part but no e-mail: they are asked by other means."""

    sent: list[Circulation] = field(default_factory=list)
    without_email: list[Institution] = field(default_factory=list)


@transaction.atomic
def write_note(item: AgendaItem, *, text: str, by: Any, seen: int, now: datetime.datetime | None = None) -> AgendaItem:
    """Save what was said under an item as a new version. `seen` is the version that the writer had before them.

    A text that says what is stored, or what stood there when the form was opened, writes nothing.
    """
    _item_of_open_minutes(item, by)
    item = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    text = clean_rich(text)
    if text == item.note or (seen != item.note_version and text == _text_of(item, seen)):
        return item
    if seen != item.note_version:
        raise _overtaken(item)
    return _write(item, text, by, now or timezone.now())


@transaction.atomic
def circulate(meeting: Meeting, *, by: Any, until: datetime.date, now: datetime.datetime | None = None) -> Round:
    """Send the minutes to each institution with a part in them. After a recall only to those that did not get them."""
    now = now or timezone.now()
    meeting = _locked(meeting.pk, by, expected={Minutes.DRAFT})
    if meeting.state != State.HELD:
        raise MinutesRefused(_("Minutes are sent round after the meeting, until it is in the archive."))
    if until < timezone.localdate(now):
        raise MinutesRefused(_("The date has passed. Choose a later one."))
    parts = institutions_with_part(meeting)
    if not parts:
        raise MinutesRefused(_("No institution has a part in the minutes. Write under an item whose part it is."))
    meeting.minutes_state, meeting.minutes_until = Minutes.CIRCULATED, until
    _saved(meeting)
    known = set(meeting.circulations.values_list("institution", flat=True))
    round_ = Round(without_email=[institution for institution in parts if not institution.email])
    for institution in parts:
        if institution.email and institution.pk not in known:
            sent = Circulation.objects.create(
                meeting=meeting, institution=institution, email=institution.email, sent_at=now
            )
            tell_sent(sent)
            round_.sent.append(sent)
    return round_


@transaction.atomic
def recall(meeting: Meeting, *, by: Any) -> Meeting:
    """Take the minutes back to be written on. The links stay, and say so; what was answered stays too."""
    meeting = _locked(meeting.pk, by, expected={Minutes.CIRCULATED})
    meeting.minutes_state, meeting.minutes_until = Minutes.DRAFT, None
    return _saved(meeting)


@transaction.atomic
def decide(
    proposal: Proposal,
    *,
    take: bool,
    by: Any,
    reply: str = "",
    seen: int | None = None,
    now: datetime.datetime | None = None,
) -> Proposal:
    """Take the proposed words into the note, or decline them with a reply. The institution gets a letter.

    Where the note changed after they were proposed, taking them raises Overtaken, until an editor has looked: `seen`
    is then the version of the note that stood beside them.
    """
    now = now or timezone.now()
    item = proposal.agenda_item
    _item_of_open_minutes(item, by)
    item = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.state != Proposal.State.OPEN:
        raise MinutesRefused(_("This proposal is decided already."))
    if take:
        _take(proposal, item, by, proposal.seen_version if seen is None else seen, now)
    elif not reply.strip():
        raise MinutesRefused(_("Write why the words are not taken."))
    proposal.state = Proposal.State.TAKEN if take else Proposal.State.DECLINED
    proposal.reply, proposal.decided_at, proposal.decided_by = reply.strip(), now, by
    proposal.save()
    tell_decided(proposal)
    return proposal


@transaction.atomic
def approve(meeting: Meeting, *, by: Any, now: datetime.datetime | None = None) -> Meeting:
    """From now on the text stays. Small meetings approve their draft, without sending it round."""
    now = now or timezone.now()
    meeting = _locked(meeting.pk, by, expected={Minutes.DRAFT, Minutes.CIRCULATED})
    if refusal := why_not_approved(meeting, timezone.localdate(now)):
        raise MinutesRefused(refusal)
    write_down(meeting)
    meeting.minutes_state, meeting.minutes_approved_at = Minutes.APPROVED, now
    meeting.steps.create(kind=MeetingStep.Kind.MINUTES, at=now)
    return _saved(meeting)


def why_not_approved(meeting: Meeting, today: datetime.date) -> Any:
    """In a sentence, or "". Two queries at most."""
    if meeting.state != State.HELD or not meeting.is_closed:
        return _("Minutes are approved when the report is published, and before the meeting goes to the archive.")
    if Proposal.objects.open().filter(circulation__meeting=meeting).exists():
        return _("Decide about the proposed words first.")
    if meeting.minutes_until and meeting.minutes_until >= today and meeting.circulations.unanswered().exists():
        return _("Not all institutions have answered, and their time is not over.")
    return ""


@transaction.atomic
def correct(
    meeting: Meeting, *, item: AgendaItem | None, text: str, by: Any, now: datetime.datetime | None = None
) -> Erratum:
    """Say under an approved or archived text, with the date, what was wrong in it. `item` None: in the report."""
    meeting = _locked(meeting.pk, by, expected=set(Minutes))
    if meeting.minutes_state != Minutes.APPROVED and meeting.state != State.ARCHIVED:
        raise MinutesRefused(_("The minutes are not approved yet: correct the text itself."))
    if item is not None and item.meeting_id != meeting.pk:
        raise MinutesRefused(_("This item belongs to another meeting."))
    if not text.strip() or len(text.strip()) > ERRATUM_LIMIT:
        raise MinutesRefused(_("Write the correction, in %(limit)d characters at most.") % {"limit": ERRATUM_LIMIT})
    return Erratum.objects.create(meeting=meeting, agenda_item=item, text=text.strip(), by=by, at=now or timezone.now())


def institutions_with_part(meeting: Meeting) -> list[Institution]:
    """Whose part an item is, or who promised something there. One query."""
    items = meeting.agenda_items.filter(institution__isnull=False).values("institution")
    promised = meeting.commitments.values("institution")
    return list(Institution.objects.filter(Q(pk__in=items) | Q(pk__in=promised)).order_by("name", "pk"))


def is_open(meeting: Meeting) -> bool:
    """Whether the notes may still be written."""
    return meeting.minutes_state != Minutes.APPROVED and meeting.state != State.ARCHIVED


def _take(proposal: Proposal, item: AgendaItem, by: Any, seen: int, now: datetime.datetime) -> None:
    if seen != item.note_version:
        raise _overtaken(item)
    if proposal.text != item.note:
        _write(item, proposal.text, by, now)


def _write(item: AgendaItem, text: str, by: Any, now: datetime.datetime) -> AgendaItem:
    """A new version. A note from before there were versions is kept as the first."""
    if item.note and item.note_version == 0:
        item.note_version = 1
        item.versions.create(number=1, text=item.note, at=item.meeting.changed_at)
    item.note, item.note_version = text, item.note_version + 1
    item.save(update_fields=["note", "note_version"])
    item.versions.create(number=item.note_version, text=text, by=by if getattr(by, "pk", None) else None, at=now)
    return item


def _text_of(item: AgendaItem, version: int) -> str | None:
    if version == 0:
        return None
    return item.versions.filter(number=version).values_list("text", flat=True).first()


def _overtaken(item: AgendaItem) -> Overtaken:
    last = NoteVersion.objects.filter(agenda_item=item).select_related("by").order_by("-number").first()
    return Overtaken(item.note, last.by.signature if last and last.by else "", last.at if last else None)


def _item_of_open_minutes(item: AgendaItem, by: Any) -> Meeting:
    meeting = _locked(item.meeting_id, by, expected=set(Minutes))
    if not is_open(meeting):
        raise MinutesRefused(_("The minutes are approved or in the archive. Their text stays; add an erratum."))
    return meeting


def _saved(meeting: Meeting) -> Meeting:
    meeting.revision += 1  # whoever has the form open is told
    meeting.save()
    return meeting


def _locked(pk: int, by: Any, *, expected: set[str]) -> Meeting:
    if not by.has_perm(PERMISSION):
        raise MinutesRefused(_("Only the editors may decide this."))
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=pk)
    if meeting.minutes_state not in expected:
        state = meeting.get_minutes_state_display()
        raise MinutesRefused(_("The minutes are “%(state)s” already.") % {"state": state})
    return meeting
