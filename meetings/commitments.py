"""Commitments."""

import datetime
from typing import Any

from django.utils import timezone

from meetings.models import Carried, Commitment, CommitmentEntry, Meeting


class CommitmentRefused(Exception):
    """`str()` says it in a sentence."""


def promise(
    *,
    meeting: Meeting,
    institution: Any,
    text: str,
    by: Any,
    post: str = "",
    helpers: Any = (),
    estates: Any = (),
    due: datetime.date | None = None,
    agenda_item: Any = None,
    now: datetime.datetime | None = None,
) -> Commitment:
    made = Commitment.objects.create(
        meeting=meeting,
        institution=institution,
        text=text,
        post=post,
        due=due,
        agenda_item=agenda_item,
        since=now or timezone.now(),
    )
    made.helpers.set(helpers)
    made.estates.set(estates)
    return made


def withdraw(commitment: Commitment, *, by: Any) -> None:
    if commitment.is_public or commitment.agenda_questions.exists():
        raise CommitmentRefused("A question ended with this promise. Give the question another end first.")
    commitment.delete()


def publish_all(meeting: Meeting, *, now: datetime.datetime) -> None:
    for commitment in meeting.commitments.filter(published_at__isnull=True):
        commitment.published_at = commitment.since = now
        commitment.save(update_fields=["published_at", "since"])
        CommitmentEntry.objects.create(
            commitment=commitment, state=commitment.state, due=commitment.due, meeting=None, at=now
        )


def judge(carried: Carried, *, meeting: Meeting, by: Any, now: datetime.datetime) -> CommitmentEntry:
    commitment = carried.commitment
    return CommitmentEntry.objects.create(
        commitment=commitment,
        state_before=commitment.state,
        state=commitment.state,
        due_before=commitment.due,
        due=commitment.due,
        meeting=meeting,
        verdict=carried.verdict,
        text=carried.words,
        by=by,
        at=now,
    )
