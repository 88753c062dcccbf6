"""What the rows of a page choose from: read once for all of them."""

from typing import Any

from meetings.models import AgendaItem, Commitment, Meeting
from participants.models import Institution

NONE = ("", "–")
Choices = list[tuple[Any, str]]


def institutions() -> Choices:
    """One query."""
    return [NONE, *Institution.objects.order_by("name", "pk").values_list("pk", "name")]


def agenda_items(meeting: Meeting) -> Choices:
    """One query."""
    items = AgendaItem.objects.filter(meeting=meeting).select_related("topic")
    return [NONE, *((item.pk, item.heading) for item in items)]


def commitments(meeting: Meeting) -> Choices:
    """One query."""
    return [NONE, *Commitment.objects.filter(meeting=meeting).order_by("pk").values_list("pk", "text")]
