"""Copies of a meeting, the next meeting of a forum, and the promises that it begins with.

What comes along is written down field by field. A field that is added later belongs in one of the lists.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, Max, Model, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.agenda_questions import take, waiting_for_next
from meetings.models import AgendaItem, Carried, Commitment, CommitmentEntry, Forum, Meeting, Organiser, Presence
from participants.dates import Precision

PERMISSION = "meetings.add_meeting"
OPENING_TITLE = "Co się stało z naszymi ustaleniami"  # content of the forum, which is written in Polish
OWN = "the row has its own"
AFTER = "is said of the meeting that was held"
STATE = "a draft begins its own life"
Kind = Presence.Kind


class SeriesRefused(Exception):
    """No meeting can be made of this one so; `str()` says why in a sentence."""


@dataclass(frozen=True)
class Fields:
    """What a copy of a row takes over, and what begins anew, each with the reason.

    `moved` are days and moments that keep their distance to the day of the meeting. `printed` are texts that are
    copied where they were typed, and printed anew where they come from an official or an institution.
    """

    copied: frozenset[str]
    reset: dict[str, str]
    moved: frozenset[str] = frozenset()
    printed: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    relations_left: dict[str, str] = field(default_factory=dict)

    def of(self, row: Model) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.copied}


def _all(reason: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, reason)


MEETING = Fields(
    copied=frozenset(
        [
            *["forum", "title", "subtitle", "kind", "invites", "audience", "campaign", "lead", "announcement"],
            *["starts", "ends", "place", "address", "room", "latitude", "longitude"],
            *["step_free", "induction_loop", "sign_language", "is_example"],
            *["takes_registrations", "capacity", "reserved_seats", "seats_each", "first_reminder", "second_reminder"],
        ]
    ),
    moved=frozenset(
        ["sign_language_until", "registration_opens_at", "registration_closes_at", "questions_until"],
    ),
    reset={
        **_all(OWN, "id", "slug", "uid", "revision", "created_at", "changed_at"),
        **_all("is asked for", "date", "date_precision", "last_day"),
        **_all("belongs to one meeting of the forum", "number"),
        **_all("each meeting has a link of its own", "online_url"),
        **_all("names who wrote the other notice, and where", "author", "source_url"),
        **_all(AFTER, "report", "head_count", "head_counted", "not_counted", "reported_in"),
        **_all(AFTER, "no_conclusions", "no_commitments", "no_files"),
        **_all(AFTER, "closing_reminders", "minutes_state", "minutes_until", "minutes_approved_at"),
        **_all(STATE, "state", "state_reason", "publish_at", "published_at", "postponed_at", "cancelled_at"),
        **_all(STATE, "held_at", "closed_at", "archived_at", "moved_at"),
        **_all(STATE, "notice_since", "notice_due_at", "notice_from"),
        **_all("is printed on the day of publication", "forum_name"),
        **_all("comes along with the organisers", "institutions"),
    },
    relations=frozenset(["agenda_items", "organisers", "presences"]),
    relations_left={
        **_all(AFTER, "documents", "photos", "findings", "commitments", "verdicts", "also_reported"),
        **_all(AFTER, "circulations", "errata", "changes", "agenda_questions", "steps"),
        **_all("people sign up and ask for one meeting", "registrations", "asked_questions", "follows"),
        **_all("is asked anew", "survey"),
    },
)
NOT_OF_THE_NEXT = frozenset(["title", "subtitle", "kind", "lead", "announcement"])  # they are about the old subject
AGENDA_ITEM = Fields(
    copied=frozenset(
        ["position", "part", "topic", "title", "starts", "minutes", "institution", "introduced_by", "is_main"]
    ),
    reset={
        **_all(OWN, "id", "meeting"),
        **_all(AFTER, "note", "note_version", "is_skipped", "outcome"),
    },
    relations_left={
        **_all(AFTER, "commitments", "findings", "versions", "errata", "proposals", "agenda_questions"),
        **_all("is filled by carry_over", "carried"),
    },
)
PRESENCE = Fields(
    copied=frozenset(["position", "kind", "role", "appointment", "institution", "group"]),
    printed=frozenset(["rank_text", "name_text", "post_text", "institution_text"]),
    reset={
        **_all(OWN, "id", "meeting"),
        **_all("everybody is invited anew", "attendance", "deputy"),
        **_all(AFTER, "count", "counted"),
        **_all("is printed on the day of publication", "frozen_at", "corrected_at"),
    },
)
ORGANISER = Fields(
    copied=frozenset(["institution", "role", "position"]),
    reset={**_all(OWN, "id", "meeting"), **_all("is printed on the day of publication", "name_text")},
)


@transaction.atomic
def copy_meeting(
    meeting: Meeting, *, by: Any, date: datetime.date, title: str | None = None, now: datetime.datetime | None = None
) -> Meeting:
    """A draft like this meeting on another day, with its agenda, organisers and guests. Locks the forum."""
    _check(by)
    _lock(meeting.forum_id)
    draft = _draft(MEETING.of(meeting), meeting, date, title or meeting.title)
    items = [AgendaItem(meeting=draft, **AGENDA_ITEM.of(item)) for item in meeting.agenda_items.all()]
    AgendaItem.objects.bulk_create(items)
    _bring_people(meeting, draft, now or timezone.now())
    carry_over(draft)
    return draft


@transaction.atomic
def next_of(
    meeting: Meeting, *, by: Any, date: datetime.date, title: str | None = None, now: datetime.datetime | None = None
) -> Meeting:
    """The next meeting of the forum as a draft, which opens with what became of the promises. Locks the forum.

    It has the next number, and of the old meeting its people, place, hours and settings, none of its texts. The lock
    keeps two people from one number; one typed elsewhere at the same moment is refused by the table.
    """
    _check(by)
    forum = _lock(meeting.forum_id)
    if date <= meeting.last_day:
        raise SeriesRefused(_("The next meeting comes after this one. Choose a later day."))
    number = _next_number(forum)
    named = title or (f"{forum.name}: spotkanie nr {number}" if number else forum.name)
    kept = {name: value for name, value in MEETING.of(meeting).items() if name not in NOT_OF_THE_NEXT}
    draft = _draft({**kept, "number": number, "kind": Meeting.Kind.OPENING}, meeting, date, named[:200])
    draft.agenda_items.create(part=AgendaItem.Part.EVALUATION, title=OPENING_TITLE, position=1, starts=draft.starts)
    _bring_people(meeting, draft, now or timezone.now())
    _bring_questions(forum, draft, by, now)
    if carry_over(draft):
        draft.kind = Meeting.Kind.BOTH
        draft.save(update_fields=["kind"])
    return draft


def next_in(
    forum: Forum, *, by: Any, date: datetime.date, title: str | None = None, now: datetime.datetime | None = None
) -> Meeting:
    """The next meeting after the last one of the forum that everybody knows of."""
    last = last_of(forum)
    if last is None:
        raise SeriesRefused(_("This forum has had no meeting yet. Add the first one in the list of meetings."))
    return next_of(last, by=by, date=date, title=title, now=now)


def last_of(forum: Forum) -> Meeting | None:
    """The last meeting that is public and was not called off. One query."""
    return Meeting.objects.public().filter(forum=forum, cancelled_at__isnull=True).latest_first().first()


@transaction.atomic
def carry_over(meeting: Meeting, now: datetime.datetime | None = None) -> int:
    """Put on the agenda what was promised or ended since; returns how many commitments came. Four queries.

    They stand under the first agenda item about earlier promises; a meeting without one gets none. Nothing is taken
    away, and a second call adds nothing. Once the report is out, the list stays as the room saw it.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    item = meeting.agenda_items.filter(part=AgendaItem.Part.EVALUATION).order_by("position", "pk").first()
    if meeting.is_closed or item is None:
        return 0
    missing = commitments_for(meeting).exclude(carried__agenda_item__meeting=meeting)
    rows = [Carried(agenda_item=item, commitment=commitment) for commitment in missing]
    return len(Carried.objects.bulk_create(rows))


def commitments_for(meeting: Meeting) -> QuerySet[Commitment]:
    """Public promises of earlier meetings of the forum: open, or ended since the one before this.

    One that ended, and that a room has accepted since, needs no second hearing. One query to build.
    """
    earlier = _before(meeting)
    last = earlier.public().filter(cancelled_at__isnull=True).latest_first().first()
    settled = CommitmentEntry.objects.filter(
        commitment=OuterRef("pk"), verdict=CommitmentEntry.Verdict.ACCEPTED, at__gte=OuterRef("since")
    )
    due = Q(state__in=Commitment.OPEN)
    if last:
        midnight = timezone.make_aware(datetime.datetime.combine(last.date, datetime.time()))
        due |= Q(since__gte=midnight) & ~Exists(settled)
    return Commitment.objects.public().filter(due, meeting__in=earlier).order_by("meeting__date", "pk")


def shown_carried(today: datetime.date) -> Prefetch:
    """For agenda items: `shown_carried`, the promises under each that everybody may read. One query for all items.

    Each row has `is_late`.
    """
    late = Q(commitment__state__in=Commitment.OPEN, commitment__due__lt=today)
    public = Carried.objects.filter(commitment__published_at__isnull=False)
    rows = public.annotate(is_late=Case(When(late, then=Value(True)), default=Value(False)))
    related = rows.select_related("commitment__institution", "commitment__meeting")
    texts = ["commitment__meeting__announcement", "commitment__meeting__report"]
    ordered = related.defer(*texts).order_by("commitment__meeting__date", "commitment__meeting", "pk")
    return Prefetch("carried", queryset=ordered, to_attr="shown_carried")


def former_guests(meeting: Meeting, now: datetime.datetime) -> list[Presence]:
    """Lines of the list of guests whose bearers hold their posts no longer: they do not come along. One query."""
    today = timezone.localdate(now)
    lines = meeting.presences.select_related("appointment__official", "appointment__rank", "institution")
    return [line for line in lines if line.appointment and line.appointment.is_former(today)]


def _check(by: Any) -> None:
    if not by.has_perm(PERMISSION):
        raise SeriesRefused(_("Only the editors may decide this."))


def _lock(forum: int) -> Forum:
    return Forum.objects.select_for_update(of=("self",)).get(pk=forum)


def _next_number(forum: Forum) -> int | None:
    """One more than the greatest; None where the forum has met before and nobody knows how often."""
    greatest = forum.meetings.aggregate(greatest=Max("number"))["greatest"]
    return None if greatest is None else greatest + 1


def _before(meeting: Meeting) -> QuerySet[Meeting]:
    series = Meeting.objects.filter(forum=meeting.forum_id)
    return series.filter(Q(date__lt=meeting.date) | Q(date=meeting.date, pk__lt=meeting.pk))


def _draft(fields: dict[str, Any], source: Meeting, date: datetime.date, title: str) -> Meeting:
    """Saves it. Days before the meeting keep their distance to it, if the day of the old one is known."""
    moved = {}
    if source.date_precision == Precision.DAY:
        moved = {name: _moved(getattr(source, name), date - source.date) for name in MEETING.moved}
    draft = Meeting(**{**fields, **moved, "date": date, "title": title})
    draft.full_clean(exclude=["slug", "institutions"])
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise SeriesRefused(_("Somebody has just made such a meeting. Try once more.")) from error
    return draft


def _moved(value: Any, by: datetime.timedelta) -> Any:
    """The same hour of the clock on another day, also across the change of the clocks."""
    if not isinstance(value, datetime.datetime):
        return value and value + by
    return timezone.make_aware(timezone.localtime(value).replace(tzinfo=None) + by)


def _bring_questions(forum: Forum, draft: Meeting, by: Any, now: datetime.datetime | None) -> None:
    """Put what was moved to the next meeting on its agenda, each under an item about its topic."""
    for question in waiting_for_next(forum).select_related("topic"):
        last = draft.agenda_items.aggregate(last=Max("position"))["last"]
        item, _made = draft.agenda_items.get_or_create(topic=question.topic, defaults={"position": last + 1})
        take(question, item=item, by=by, now=now)


def _bring_people(source: Meeting, draft: Meeting, now: datetime.datetime) -> None:
    """Organisers, and guests as invited. Private persons are a number of those who came: nobody to invite."""
    organisers = [Organiser(meeting=draft, **ORGANISER.of(row)) for row in source.organisers.all()]
    Organiser.objects.bulk_create(organisers)
    former = {line.pk for line in former_guests(source, now)}
    lines = source.presences.exclude(kind=Kind.PRIVATE).select_related("appointment__official", "institution")
    Presence.objects.bulk_create([_invited(line, draft) for line in lines if line.pk not in former])


def _invited(line: Presence, draft: Meeting) -> Presence:
    copy = Presence(meeting=draft, **PRESENCE.of(line))
    for name in PRESENCE.printed & _typed(line):
        setattr(copy, name, getattr(line, name))
    return copy


def _typed(line: Presence) -> set[str]:
    """The printed texts that no official and no institution would fill in again."""
    own = set() if line.appointment else {"rank_text", "name_text", "post_text"}
    own |= set() if line.appointment or line.institution else {"institution_text"}
    return own | ({"post_text"} if line.kind in {Kind.POST, Kind.LED} else set())
