"""What becomes of a promise: written down, out with the report, then entry by entry to its end.

| state       | goes on to                                   | asks for                                      |
|-------------|----------------------------------------------|-----------------------------------------------|
| PLANNED     | IN_PROGRESS, and every end                   | an end: words; PASSED: the institution as well |
| IN_PROGRESS | every end                                    | the same                                      |
| an end      | IN_PROGRESS, by `reopen` alone               | the reason                                    |

Until the report of its meeting is out a promise is a draft of the editors, and can be mended or taken back. From then
on it changes by entries alone, and entries are never changed: each says the state and the due date before and after.
A moved due date asks for its reason. Words and photos may be added in every state.

Who may: editors every promise; an account that answers for an institution those that it owes or helps with.

Locks: the meeting, then questions, then the commitment.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image

from meetings.models import AgendaItem, Carried, Commitment, CommitmentEntry, EntryPhoto, Meeting
from meetings.uploads import clean_photo, validate_photo
from participants.models import Estate, Institution
from participants.prose import tidy_plain
from topics.questions import institution_of

PERMISSION = "meetings.change_commitment"
EVERY = "meetings.change_meeting"  # the editors; others speak for their own institution
PHOTOS = 6  # at most in one entry
TEXT_LIMIT = Commitment._meta.get_field("text").max_length
POST_LIMIT = Commitment._meta.get_field("post").max_length
WORDS_LIMIT = CommitmentEntry._meta.get_field("text").max_length
ALT_LIMIT = EntryPhoto._meta.get_field("alt").max_length
MOMENT = datetime.timedelta(microseconds=1)
State = Commitment.State
TAKES_PROMISES = frozenset({Meeting.State.ANNOUNCED, Meeting.State.HELD, Meeting.State.ARCHIVED})
ENDS = frozenset(State) - frozenset(Commitment.OPEN)


class CommitmentRefused(Exception):
    """The act does not fit the state of the promise, or the role of who asks; `str()` says it in a sentence."""


class Overtaken(CommitmentRefused):
    """Somebody has added an entry since the form was opened; it is `latest`."""

    def __init__(self, latest: CommitmentEntry | None) -> None:
        self.latest = latest
        super().__init__(_("Somebody was faster: there is a newer entry. Compare, and save again if yours still fits."))


@dataclass(frozen=True)
class NewPhoto:
    """What somebody uploads: how it looked before, or looks now, and what it shows."""

    file: Any
    alt: str
    when: str = EntryPhoto.When.AFTER


def may_promise(by: Any) -> bool:
    """Whether the person writes down what was promised, and mends it before the report is out."""
    return by.has_perm(EVERY)


def may_record(commitment: Commitment, by: Any, now: datetime.datetime) -> bool:
    """Whether the person's role lets them add entries. Two queries at most, and permissions."""
    if by.has_perm(EVERY):
        return True
    if not by.has_perm(PERMISSION):
        return False
    own = institution_of(by, now)
    return own is not None and Commitment.objects.filter(pk=commitment.pk).of_institution(own).exists()


def last_entry(commitment: Commitment) -> int:
    """The key of the newest entry, 0 where there is none. One query."""
    return commitment.entries.order_by("at", "pk").values_list("pk", flat=True).last() or 0


@transaction.atomic
def promise(
    *,
    meeting: Meeting,
    institution: Institution,
    text: str,
    by: Any,
    post: str = "",
    helpers: Iterable[Institution] = (),
    estates: Iterable[Estate] = (),
    due: datetime.date | None = None,
    agenda_item: AgendaItem | None = None,
    now: datetime.datetime | None = None,
) -> Commitment:
    """Write down what an institution promised at a meeting. Out at once if the report is, and with it otherwise."""
    now = now or timezone.now()
    if not may_promise(by):
        raise CommitmentRefused(_("Only the editors may decide this."))
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.state not in TAKES_PROMISES or (meeting.state == Meeting.State.ARCHIVED and meeting.is_cancelled):
        state = meeting.get_state_display()
        raise CommitmentRefused(_("The meeting is “%(state)s”: nothing was promised there yet.") % {"state": state})
    if agenda_item is not None and agenda_item.meeting_id != meeting.pk:
        raise CommitmentRefused(_("Choose an item of the agenda of this meeting."))
    commitment = Commitment.objects.create(
        meeting=meeting,
        institution=institution,
        text=_fitting(text, TEXT_LIMIT, _("Write what was promised.")),
        post=_fitting(post, POST_LIMIT),
        due=due,
        agenda_item=agenda_item,
        since=now,
    )
    commitment.helpers.set(helper for helper in helpers if helper != institution)
    commitment.estates.set(estates)
    if meeting.is_closed:
        _publish(commitment, now=now, by=by)
    return commitment


@transaction.atomic
def withdraw(commitment: Commitment, *, by: Any) -> None:
    """Take back what was written down by mistake, while nobody else has read it."""
    if not may_promise(by):
        raise CommitmentRefused(_("Only the editors may decide this."))
    Meeting.objects.select_for_update(of=("self",)).get(pk=commitment.meeting_id)
    commitment = _locked(commitment)
    if commitment.is_public:
        raise CommitmentRefused(_("Everybody has seen this promise. It cannot be taken back, only ended."))
    if commitment.agenda_questions.exists():
        raise CommitmentRefused(_("A question ended with this promise. Give the question another end first."))
    commitment.delete()


def publish_all(meeting: Meeting, *, now: datetime.datetime) -> list[Commitment]:
    """Publish what was promised at a meeting, each with its first entry; run twice, it changes nothing.

    The caller holds the lock of the meeting. Three queries, and four for each promise.
    """
    waiting = meeting.commitments.select_for_update(of=("self",)).filter(published_at=None)
    published = list(waiting.select_related("institution").order_by("pk"))
    for commitment in published:
        _publish(commitment, now=now)
    return published


def record(
    commitment: Commitment,
    *,
    by: Any,
    text: str,
    state: str | None = None,
    due: datetime.date | None = None,
    changes_due: bool = False,
    passed_to: Institution | None = None,
    photos: Iterable[NewPhoto] = (),
    seen: int | None = None,
    now: datetime.datetime | None = None,
) -> CommitmentEntry:
    """Add an entry: news, another state, another due date, photos. One transaction; photos are read before it.

    `seen` is the last entry that the person saw (`last_entry`); where there is a newer one, raises Overtaken.
    """
    now = now or timezone.now()
    text, cleaned = _fitting(text, WORDS_LIMIT), _cleaned(list(photos))
    with transaction.atomic():
        commitment = _locked(commitment)
        _theirs(commitment, by, now, seen)
        state = state or commitment.state
        _check_state(commitment, state, text, passed_to)
        _check_due(commitment, state, due, changes_due, text, now)
        due = due if changes_due else commitment.due
        if not (text or cleaned or state != commitment.state or changes_due):
            raise CommitmentRefused(_("Write what happened, or choose another state."))
        return _entry(commitment, state=state, due=due, now=now, by=by, text=text, passed_to=passed_to, photos=cleaned)


@transaction.atomic
def reopen(
    commitment: Commitment, *, by: Any, text: str, seen: int | None = None, now: datetime.datetime | None = None
) -> CommitmentEntry:
    """Take up again what had ended, with the reason for everybody."""
    now = now or timezone.now()
    text = _fitting(text, WORDS_LIMIT, _("Write why it is taken up again."))
    commitment = _locked(commitment)
    _theirs(commitment, by, now, seen)
    if commitment.is_open:
        raise CommitmentRefused(_("This promise has not ended."))
    return _entry(commitment, state=State.IN_PROGRESS, due=commitment.due, now=now, by=by, text=text)


@transaction.atomic
def judge(carried: Carried, *, meeting: Meeting, by: Any, now: datetime.datetime) -> CommitmentEntry | None:
    """Write down what the room said of an earlier promise; None where it was not judged, or is written down already.

    The state stays: whoever owes the promise takes it up again with `reopen`. The caller holds the lock of the meeting.
    """
    if not may_promise(by):
        raise CommitmentRefused(_("Only the editors may decide this."))
    commitment = _locked(carried.commitment)
    if not carried.verdict or not commitment.is_public or commitment.entries.filter(meeting=meeting).exists():
        return None
    said = {"meeting": meeting, "verdict": carried.verdict, "text": _fitting(carried.words, WORDS_LIMIT)}
    return _entry(commitment, state=commitment.state, due=commitment.due, now=now, by=by, **said)


def _check_state(commitment: Commitment, state: str, text: str, passed_to: Institution | None) -> None:
    if state != commitment.state:
        if not commitment.is_open:
            raise CommitmentRefused(_("This promise has ended. Take it up again first, with the reason."))
        if state not in ENDS and state != State.IN_PROGRESS:
            raise CommitmentRefused(_("Work on this promise has begun already."))
        if state in ENDS and not text:
            raise CommitmentRefused(_("Write for everybody how it ended."))
    is_passed_on = state == State.PASSED and state != commitment.state
    if is_passed_on and (passed_to is None or passed_to.pk == commitment.institution_id):
        raise CommitmentRefused(_("Choose to which other institution it is passed on."))
    if passed_to is not None and not is_passed_on:
        raise CommitmentRefused(_("Choose “passed on” as well, or leave the institution empty."))


def _check_due(
    commitment: Commitment, state: str, due: datetime.date | None, changes_due: bool, text: str, now: datetime.datetime
) -> None:
    if not changes_due:
        return
    if not commitment.is_open or state in ENDS:
        raise CommitmentRefused(_("A promise that has ended has no other due date."))
    if due == commitment.due:
        raise CommitmentRefused(_("This is the due date that it has."))
    if due is not None and due < timezone.localdate(now):
        raise CommitmentRefused(_("Choose a day that has not passed."))
    if commitment.due is not None and not text:
        raise CommitmentRefused(_("Write why the due date is moved."))


def _theirs(commitment: Commitment, by: Any, now: datetime.datetime, seen: int | None) -> None:
    if not may_record(commitment, by, now):
        raise CommitmentRefused(_("Only the institutions that promised it or help, and the editors, may do this."))
    if not commitment.is_public:
        raise CommitmentRefused(_("The report of the meeting is not out yet. Until then the promise itself is mended."))
    if seen is not None and seen != last_entry(commitment):
        raise Overtaken(commitment.entries.order_by("at", "pk").last())


def _locked(commitment: Commitment) -> Commitment:
    return Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)


def _publish(commitment: Commitment, *, now: datetime.datetime, by: Any = None) -> None:
    """Out for everybody, with the entry that it begins with; the page of who promised opens."""
    commitment.published_at = commitment.since = now
    commitment.institution_text = commitment.institution.name
    commitment.save(update_fields=["published_at", "since", "institution_text"])
    commitment.institution.open_page()
    CommitmentEntry.objects.create(
        commitment=commitment, state=commitment.state, due=commitment.due, by=_account(by), at=now
    )


def _entry(
    commitment: Commitment,
    *,
    state: str,
    due: datetime.date | None,
    now: datetime.datetime,
    by: Any,
    photos: Iterable[EntryPhoto] = (),
    **what: Any,
) -> CommitmentEntry:
    """Write down what happens and change the commitment by it. Entries follow one another, also where clocks differ."""
    before = commitment.entries.order_by("at", "pk").last()
    at = max(now, before.at + MOMENT) if before else now
    entry = CommitmentEntry.objects.create(
        commitment=commitment,
        state_before=commitment.state,
        state=state,
        due_before=commitment.due,
        due=due,
        by=_account(by),
        at=at,
        **what,
    )
    for photo in photos:
        photo.entry = entry
        photo.save()
    if state != commitment.state:
        commitment.since = at
    commitment.state, commitment.due = state, due
    commitment.save(update_fields=["state", "due", "since"])
    return entry


def _account(by: Any) -> Any:
    """The person; nobody where a command of whoever runs the server acts."""
    return by if getattr(by, "pk", None) else None


def _cleaned(photos: list[NewPhoto]) -> list[EntryPhoto]:
    """Made anew without hidden data, each an unsaved row."""
    if len(photos) > PHOTOS:
        raise CommitmentRefused(_("At most %(limit)d photos in one entry.") % {"limit": PHOTOS})
    return [_photo(new) for new in photos]


def _photo(new: NewPhoto) -> EntryPhoto:
    alt = _fitting(new.alt, ALT_LIMIT, _("Write what the photo shows, for those who cannot see it."))
    image, (width, height) = readable_photo(new.file)
    return EntryPhoto(image=image, width=width, height=height, alt=alt, when=new.when)


def readable_photo(file: Any) -> tuple[ContentFile, tuple[int, int]]:
    """The photo as it will be stored. Raises CommitmentRefused where it is none."""
    try:
        validate_photo(file)
        return clean_photo(file)
    except ValidationError as error:
        raise CommitmentRefused(" ".join(error.messages)) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CommitmentRefused(_("This is not a photo that we can read. Use JPEG, PNG or WebP.")) from error


def _fitting(text: str, limit: int, empty: Any = "") -> str:
    text = tidy_plain(text).strip()
    if empty and not text:
        raise CommitmentRefused(empty)
    if len(text) > limit:
        raise CommitmentRefused(_("Shorten the text: at most %(limit)d characters.") % {"limit": limit})
    return text
