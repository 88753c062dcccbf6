"""What meetings forget of somebody who leaves."""

import datetime

from django.db.models.functions import Lower

from meetings.models import AskedFor, FollowUp, GuestQuestion, Meeting, Registration, SurveyAnswer
from meetings.registration import leave
from participants.leaving import addresses_of, forget_in_log, forget_words
from participants.models import Resident


def forget_account(account: Resident, *, erases_texts: bool, now: datetime.datetime) -> dict[str, int]:
    """In the caller's transaction: seats go to whoever waits, what was signed up for loses its name, and what was said
    of kept promises its words; counts stay. Sheets of surveys are nobody's: they lose the address, if it is there.
    Locks the meetings in one order, then the sign-ups."""
    addresses = addresses_of(account)
    questions = AskedFor.objects.filter(comment__author=account)
    forget_in_log(AskedFor, questions.values_list("pk", flat=True))
    FollowUp.objects.filter(account=account).update(account=None, words="")
    guest = GuestQuestion.objects.annotate(address=Lower("email")).filter(address__in=addresses)
    forget_in_log(GuestQuestion, guest.values_list("pk", flat=True))
    guest.delete()
    forget_words(SurveyAnswer.objects.all(), ["words"], addresses)
    return {"registrations": _forget_registrations(account, addresses, now)}


def _forget_registrations(account: Resident, addresses: list[str], now: datetime.datetime) -> int:
    found = Registration.objects.of_person(account, addresses).filter(erased_at=None)
    keys = list(found.values_list("pk", flat=True))
    meetings = Meeting.objects.select_for_update(of=("self",)).filter(registrations__in=keys).order_by("pk")
    coming = {meeting.pk: meeting for meeting in meetings if meeting.begins_at > now}
    rows = Registration.objects.filter(pk__in=keys)
    forget_in_log(Registration, keys)
    for row in rows.exclude(state=Registration.State.PENDING).select_related("meeting").order_by("meeting", "pk"):
        if row.meeting_id in coming:
            leave(row, now=now)
    rows.pending().delete()
    rows.update(name="", email="", account=None, other_needs="", erased_at=now)
    return len(keys)
