"""The record of a meeting: what its page prints from other rows is written down, so that it stays as it was."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When

from meetings.models import Commitment, CommitmentEntry, Meeting


def write_down(meeting: Meeting) -> None:
    """Copy titles of topics and names of institutions and of the forum into the rows of the meeting that have none.

    Called before minutes are approved, and when a meeting goes to the archive. Run twice, it changes nothing. The
    caller saves the meeting. Four queries, and one for each row that lacks its text.
    """
    meeting.forum_name = meeting.forum_name or meeting.forum.name
    for item in meeting.agenda_items.filter(title="").select_related("topic"):
        item.title = item.topic.title
        item.save(update_fields=["title"])
    for organiser in meeting.organisers.filter(name_text="").select_related("institution"):
        organiser.name_text = organiser.institution.name
        organiser.save(update_fields=["name_text"])
    for finding in meeting.findings.filter(addressee="", institution__isnull=False).select_related("institution"):
        finding.addressee = finding.institution.name
        finding.save(update_fields=["addressee"])
    named = meeting.agenda_questions.filter(institution_text="", institution__isnull=False)
    for place in named.select_related("institution"):
        place.institution_text = place.institution.name
        place.save(update_fields=["institution_text"])


def promised(meeting: Meeting) -> QuerySet[Commitment]:
    """What was promised, with `due_promised`: the date as it was given there, whatever became of it. One query.

    A draft of the meeting shows its drafts.
    """
    first = CommitmentEntry.objects.filter(commitment=OuterRef("pk")).order_by("at", "pk")
    given = Case(When(published_at=None, then=F("due")), default=Subquery(first.values("due")[:1]))
    rows = meeting.commitments.public() if meeting.is_public else meeting.commitments.all()
    return rows.annotate(due_promised=given).order_by("pk")


@dataclass(frozen=True)
class Today:
    """How the promises of an archived meeting stand now."""

    rows: list[Commitment]
    done: int
    overdue: int
    dropped: int

    @property
    def total(self) -> int:
        return len(self.rows)


def promises_today(meeting: Meeting, today: datetime.date) -> Today:
    """One query. A commitment that is late says so by its own `late`."""
    rows = list(meeting.commitments.public().order_by("pk"))
    for row in rows:
        row.late = row.is_overdue(today)
    return Today(
        rows=rows,
        done=sum(row.state == Commitment.State.DONE for row in rows),
        overdue=sum(row.late for row in rows),
        dropped=sum(row.state in Commitment.DROPPED for row in rows),
    )
