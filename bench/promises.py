"""What the meetings of the town ended with: commitments with their entries, and a large meeting with its questions."""

import datetime
import itertools
from collections.abc import Iterator

from django.utils import timezone

from meetings.models import AgendaQuestion, Commitment, CommitmentEntry, Meeting, Presence
from participants.models import Institution
from topics.models import Question

COMMITMENTS, GUESTS, QUESTIONS = 5_000, 300, 100
BATCH = 2000
State = Commitment.State
ENDS = [State.DONE, State.DONE, State.DONE, State.IN_PROGRESS, State.IMPOSSIBLE, State.PLANNED]
YEAR = datetime.timedelta(days=365)


def load_promises(meetings: list[Meeting], institutions: list[Institution], words: Iterator[str]) -> None:
    """5,000 commitments of the held meetings, each with the entry that it began with, most with a second one."""
    held = [meeting for meeting in meetings if meeting.closed_at]
    rows = [_commitment(held[n % len(held)], institutions[n % len(institutions)], n, words) for n in range(COMMITMENTS)]
    commitments = Commitment.objects.bulk_create(rows, batch_size=BATCH)
    entries = itertools.chain.from_iterable(_entries(commitment) for commitment in commitments)
    CommitmentEntry.objects.bulk_create(entries, batch_size=BATCH)


def _commitment(meeting: Meeting, institution: Institution, n: int, words: Iterator[str]) -> Commitment:
    promised_at = meeting.closed_at
    state = ENDS[n % len(ENDS)]
    return Commitment(
        meeting=meeting,
        institution=institution,
        institution_text=institution.name,
        text=next(words)[:200],
        due=meeting.date + datetime.timedelta(days=30 + n % 400),
        state=state,
        since=promised_at if state == State.PLANNED else promised_at + datetime.timedelta(days=20 + n % 90),
        published_at=promised_at,
    )


def _entries(commitment: Commitment) -> Iterator[CommitmentEntry]:
    first = {"state": State.PLANNED, "due": commitment.due, "at": commitment.published_at}
    yield CommitmentEntry(commitment=commitment, **first)
    if commitment.state != State.PLANNED:
        yield CommitmentEntry(
            commitment=commitment,
            state_before=State.PLANNED,
            state=commitment.state,
            due_before=commitment.due,
            due=commitment.due,
            text="Prace idą zgodnie z planem.",
            at=commitment.since,
        )


def load_large_meeting(meeting: Meeting) -> None:
    """300 guests and 100 questions, each with its end."""
    now = timezone.now()
    Presence.objects.bulk_create(
        [
            Presence(
                meeting=meeting,
                position=100 + n,
                kind=Presence.Kind.POST,
                post_text=f"Przewodniczący Rady Osiedla nr {n}",
                attendance=Presence.Attendance.PRESENT,
                frozen_at=now,
            )
            for n in range(GUESTS - meeting.presences.count())
        ],
        batch_size=BATCH,
    )
    items = list(meeting.agenda_items.all())
    AgendaQuestion.objects.bulk_create(
        AgendaQuestion(
            meeting=meeting,
            agenda_item=items[n % len(items)],
            question=question,
            taken_at=now,
            end=AgendaQuestion.End.ANSWERED,
            answer="Sprawdzimy to miejsce i odpowiemy na piśmie.",
            answered_by="Kierownik Rewiru Dzielnicowych",
            ended_at=now,
            settled_at=now,
        )
        for n, question in enumerate(Question.objects.order_by("number")[:QUESTIONS])
    )
