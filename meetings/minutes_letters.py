"""Letters about the minutes: sent round, the day before the time is over, and what became of proposed words."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from meetings.models import Circulation, Meeting, Proposal
from participants.batches import one_by_one
from participants.letters import queue_letter
from participants.links import key_of, opened_by

PAGE = "meetings.minutes"


def part_url(circulation: Circulation) -> str:
    return reverse("meetings:minutes_part", args=[key_of(PAGE, circulation.pk)])


def circulation_key(token: str) -> str | None:
    """The key of the circulation that a link was made for; None where the link is not ours."""
    parts = opened_by(PAGE, token)
    return parts and parts[0]


def tell_sent(circulation: Circulation) -> None:
    _letter(circulation, "minutes_sent")


def tell_decided(proposal: Proposal) -> None:
    _letter(proposal.circulation, "minutes_decided", proposal=proposal, item=proposal.agenda_item)


def remind_of_minutes(now: datetime.datetime | None = None) -> int:
    """On the day before the deadline, those that have not answered, once each; how many.

    Each in a transaction of its own, with its state looked at anew: run late, twice or killed, none is asked twice.
    PartlyDone where some failed.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    due = Circulation.objects.to_remind(today).filter(sent_at__lt=_midnight(now)).values_list("pk", "meeting")
    return one_by_one(list(due), lambda keys: _remind(*keys, today, now))


def _midnight(now: datetime.datetime) -> datetime.datetime:
    """Who got the letter today needs no reminder today."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


@transaction.atomic
def _remind(pk: int, meeting: int, today: datetime.date, now: datetime.datetime) -> int:
    Meeting.objects.select_for_update(of=("self",)).get(pk=meeting)
    waiting = Circulation.objects.select_for_update(of=("self",)).to_remind(today)
    circulation = waiting.filter(pk=pk).select_related("meeting", "institution").first()
    if circulation is None:
        return 0
    circulation.reminded_at = now
    circulation.save(update_fields=["reminded_at"])
    _letter(circulation, "minutes_reminder")
    return 1


def _letter(circulation: Circulation, name: str, **more: object) -> None:
    about = {"meeting": circulation.meeting, "institution": circulation.institution}
    context = {**about, "part_url": part_url(circulation), **more}
    queue_letter(to=circulation.email, template=f"meetings/email/{name}", context=context)
