"""Telling those whose question became a promise what happens to it."""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from meetings.models import AgendaQuestion, Commitment, CommitmentEntry
from meetings.models.commitment import CommitmentQuerySet
from participants.letters import queue_letter
from participants.models import Resident
from topics.models import Question
from topics.telling import listeners, mute_url

PAUSE = datetime.timedelta(minutes=10)  # entries that are written one after the other make one letter


def tell_entries(now: datetime.datetime | None = None) -> int:
    """Write of every entry that nobody has heard of, in one letter for each promise and person; returns how many.

    Each promise in a transaction of its own: run late, twice, by several workers or killed half-way, it writes once.
    """
    now = now or timezone.now()
    return sum(_tell(pk, now) for pk in list(_due(now).order_by("pk").values_list("pk", flat=True)))


def _due(now: datetime.datetime) -> CommitmentQuerySet:
    """Public ones with entries to tell of, the newest of which is PAUSE old."""
    untold = CommitmentEntry.objects.filter(commitment=OuterRef("pk"), pk__gt=OuterRef("told_entry"))
    return Commitment.objects.public().filter(Exists(untold)).exclude(Exists(untold.filter(at__gt=now - PAUSE)))


@transaction.atomic
def _tell(pk: int, now: datetime.datetime) -> int:
    """Letters and the note that they were written, or neither. Five queries, two for each question, one a letter.

    The first entry says that there is a promise, and that the question's own letter says (topics.telling).
    """
    Commitment.objects.select_for_update(of=("self",)).get(pk=pk)
    commitment = _due(now).select_related("institution", "meeting").filter(pk=pk).first()
    if commitment is None:
        return 0
    entries = list(commitment.entries.select_related("passed_to", "meeting").filter(pk__gt=commitment.told_entry))
    news = [entry for entry in entries if not entry.is_first]
    people = audience(commitment, now) if news else {}
    for person, questions in people.items():
        _write(commitment, news, person, questions)
    commitment.told_entry = max(entry.pk for entry in entries)
    commitment.save(update_fields=["told_entry"])
    return len(people)


def audience(commitment: Commitment, now: datetime.datetime) -> dict[Resident, list[Question]]:
    """Who asked or supports a question that became the promise and everybody can read. One query and one for each."""
    people: dict[Resident, list[Question]] = {}
    for question in questions_of(commitment):
        for person in listeners(question, now):
            people.setdefault(person, []).append(question)
    return people


def questions_of(commitment: Commitment) -> list[Question]:
    places = AgendaQuestion.objects.public().promised().filter(commitment=commitment)
    rows = places.select_related("question__comment", "question__topic").order_by("question")
    return list(dict.fromkeys(place.question for place in rows))


def _write(commitment: Commitment, news: list[CommitmentEntry], person: Resident, questions: list[Question]) -> None:
    context: dict[str, Any] = {
        "commitment": commitment,
        "news": news,
        "is_author": any(question.comment.author_id == person.pk for question in questions),
        "mutes": [(question, f"{settings.SITE_URL}{mute_url(question, person)}") for question in questions],
    }
    template = "meetings/email/promise_news"
    queue_letter(to=person.email, template=template, context=context, language=person.language)
