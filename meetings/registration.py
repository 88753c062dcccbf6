"""Signing up for a meeting: seats, the waiting list, and giving seats back.

| state   | confirm          | leave | capacity grows, or somebody leaves |
|---------|------------------|-------|------------------------------------|
| PENDING | SEATED / WAITING | LEFT  | –                                  |
| SEATED  | –                | LEFT  | –                                  |
| WAITING | –                | LEFT  | SEATED, first come first served    |
| LEFT    | refused          | –     | –                                  |

Nothing is held for an address that nobody has confirmed. The queue is strict (ADR 0019): a small party does not pass a
larger one that does not fit yet; only one that is larger than the whole room is passed over. Whoever waits may ask for
fewer seats.

Locks: the meeting, then its registrations. Whatever changes a state, or reads one to act on it, holds the first.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Registration
from meetings.seats import KEPT_DAYS, Obstacle, most_seats, obstacle, offered, offers_interpreter
from participants.batches import delete, in_batches
from participants.bounces import lift
from participants.letters import queue_letter
from participants.limits import Limit, take, unnamed
from participants.links import key_of, opened_by
from participants.prose import tidy_plain

PERMISSION = "meetings.change_registration"
PENDING_FOR = datetime.timedelta(days=2)
POSTPONED_FOR = datetime.timedelta(days=365)  # a meeting without a date is no reason to keep people's data for ever
FASTEST = 2  # seconds from opening the form to sending it, for whoever has no account
HOUR, DAY = 3600, 86400
BY_ACCOUNT = Limit("signup-account", 20, HOUR)
BY_STRANGER = Limit("signup-stranger", 20, HOUR)  # a whole household, or a library, has one address
BY_EMAIL = Limit("signup-email", 6, DAY)  # each sends a letter there
NAME_LIMIT = Registration._meta.get_field("name").max_length
OTHER_LIMIT = Registration._meta.get_field("other_needs").max_length
ABSURD_LIMIT = 5000  # what lies beyond would cost the server more than the sender
PAGE = "meetings.registration"
State = Registration.State


class RegistrationRefused(Exception):
    """It cannot be done; `str()` says why in a sentence."""


def register(
    *,
    meeting: Meeting,
    name: str,
    email: str,
    seats: int = 1,
    needs: Iterable[str] = (),
    other_needs: str = "",
    submission: uuid.UUID,
    account: Any = None,
    language: str,
    visitor: str = "",
    seconds: float | None = None,
    now: datetime.datetime | None = None,
) -> Registration:
    """Sign somebody up. An account's own confirmed address is believed at once, any other gets a letter with a link.

    `needs` are names of Registration.NEEDS. An address that is signed up already gets a letter that says so, and the
    row stays as it is; one that is not confirmed yet takes over what was typed last. The same `submission` twice makes
    one row and one letter. `visitor` counts a stranger, `seconds` tells how long their form was open.

    Raises RegistrationRefused and LimitReached.
    """
    now, name, other_needs = now or timezone.now(), tidied(name), tidied(other_needs)
    email, needs = email.strip().lower(), set(needs) & set(Registration.NEEDS)
    asked = {"name": name, "seats": seats, "other_needs": other_needs, "language": language}
    asked |= {need: need in needs for need in Registration.NEEDS}
    _refuse(meeting, name=name, seats=seats, needs=needs, other_needs=other_needs, now=now)
    if account is None and seconds is not None and seconds < FASTEST:
        raise RegistrationRefused(_("We could not tell you from a program. Send the form once more."))
    own = account if account and is_own(account, email) else None
    take(*_claims(account, visitor, email if own is None else ""), now=now)
    with transaction.atomic():
        meeting = _locked(meeting)
        _refuse(meeting, name=name, seats=seats, needs=needs, other_needs=other_needs, now=now)
        known = meeting.registrations.live().of_address(email).first()
        if known and (known.submission == submission or known.state != State.PENDING):
            if known.submission != submission and own is None:
                _tell(known, "registration_known", asked_for=True)
            return known
        registration = known or Registration(meeting=meeting, email=email)
        registration.submission, registration.created_at = _free(submission), now
        for field, value in {**asked, "account": own}.items():
            setattr(registration, field, value)
        if own:
            return _take_place(registration, meeting, now)
        registration.save()
        _tell(registration, "registration_confirm", asked_for=True)
    return registration


def is_own(account: Any, email: str) -> bool:
    """Whether the account has confirmed this address. One query."""
    return EmailAddress.objects.filter(user=account, email__iexact=email, verified=True).exists()


def confirm(registration: Registration, *, now: datetime.datetime | None = None) -> Registration:
    """The link from the letter was followed, and the button pressed: now a seat is taken, or a place in the queue.

    A second press changes nothing.
    """
    now = now or timezone.now()
    with transaction.atomic():
        meeting = _locked(registration.meeting)
        registration = _own_row(registration, meeting)
        if registration.state != State.PENDING:
            return registration
        reason = obstacle(meeting, now)
        if reason:
            raise RegistrationRefused(reason.label)
        lift(registration.email)
        return _take_place(registration, meeting, now)


def leave(registration: Registration, *, now: datetime.datetime | None = None) -> Registration:
    """Give the seats back; whoever waits moves up at once. A second press changes nothing."""
    now = now or timezone.now()
    with transaction.atomic():
        meeting = _locked(registration.meeting)
        registration = _own_row(registration, meeting)
        _leave(registration, meeting, now)
    return registration


def take_fewer(registration: Registration, *, seats: int, now: datetime.datetime | None = None) -> Registration:
    """Keep the place with fewer seats: those given back go to whoever waits, and a smaller party fits sooner."""
    now = now or timezone.now()
    with transaction.atomic():
        meeting = _locked(registration.meeting)
        registration = _own_row(registration, meeting)
        if registration.state not in {State.SEATED, State.WAITING} or not 1 <= seats < registration.seats:
            raise RegistrationRefused(_("Choose fewer seats than you have."))
        registration.seats = seats
        registration.save(update_fields=["seats"])
        move_up(meeting, now=now)
        registration.refresh_from_db()
    return registration


def enter(registration: Registration, *, by: Any, now: datetime.datetime | None = None) -> Registration:
    """Sign somebody up who has phoned or written on paper: confirmed at once, with a letter where there is an address.

    `registration` is a new row with what the staff typed; the window of sign-up does not bind them.
    """
    now = now or timezone.now()
    if not by.has_perm("meetings.add_registration"):
        raise RegistrationRefused(_("Only the editors may do this."))
    with transaction.atomic():
        meeting = _locked(registration.meeting)
        check_entry(meeting, now=now)
        registration.submission, registration.created_at = uuid.uuid4(), now
        return _take_place(registration, meeting, now)


def check_entry(meeting: Meeting, *, now: datetime.datetime | None = None) -> None:
    """Raises RegistrationRefused where even the staff can sign nobody up. No query."""
    reason = obstacle(meeting, now or timezone.now())
    if reason and reason not in {Obstacle.EARLY, Obstacle.CLOSED}:
        raise RegistrationRefused(_("Only for a meeting that is announced, takes sign-ups and has not begun."))


def accept(registration: Registration, *, by: Any, now: datetime.datetime | None = None) -> Registration:
    """Confirm for somebody who asked the staff for it, as they cannot open the letter."""
    _only_editors(by)
    return confirm(registration, now=now)


def take_off(registration: Registration, *, by: Any, now: datetime.datetime | None = None) -> Registration:
    """The staff give the seats of somebody back, who is told so."""
    _only_editors(by)
    now = now or timezone.now()
    with transaction.atomic():
        meeting = _locked(registration.meeting)
        registration = _own_row(registration, meeting)
        was_coming = registration.state in {State.SEATED, State.WAITING}
        _leave(registration, meeting, now)
        if was_coming:
            _tell(registration, "registration_taken_off")
    return registration


def move_up(
    meeting: Meeting, *, now: datetime.datetime | None = None, newcomer: Registration | None = None
) -> list[Registration]:
    """Give free seats to whoever waits, in the order of the queue, with a letter each; returns who got them.

    A `newcomer` has not waited, and reads so. The caller holds the lock of the meeting, and has saved what makes seats
    free. Two queries, and two for each who gets a seat.
    """
    now = now or timezone.now()
    if meeting.state != Meeting.State.ANNOUNCED or meeting.begins_at <= now:
        return []
    moved = _next(meeting)
    for registration in moved:
        registration.state, registration.seated_at = State.SEATED, now
        registration.save(update_fields=["state", "seated_at"])
        _tell(registration, "registration_seated" if registration == newcomer else "registration_moved_up")
    return moved


def _next(meeting: Meeting) -> list[Registration]:
    """Those for whom there are seats: from the head of the queue to the first party that does not fit."""
    queue, room = meeting.registrations.waiting().in_queue_order().select_related("meeting"), offered(meeting)
    if room is None:
        return list(queue)
    free, found = room - meeting.registrations.seated().seats(), []
    for registration in queue.filter(seats__lte=room)[: max(0, free)]:
        if registration.seats > free:
            break
        free -= registration.seats
        found.append(registration)
    return found


def place_in_queue(registration: Registration) -> int:
    """1 for the first of those who wait. One query."""
    queue = registration.meeting.registrations.waiting().in_queue_order().values_list("pk", flat=True)
    return [*queue].index(registration.pk) + 1


def token_of(registration: Registration) -> str:
    """Whoever has it may see the sign-up, confirm it and leave."""
    return key_of(PAGE, registration.pk)


def of_token(token: str) -> Registration | None:
    """None where the link does not work (any more). One query, with the meeting."""
    parts = opened_by(PAGE, token)
    return parts and Registration.objects.filter(pk=parts[0], erased_at=None).select_related("meeting__forum").first()


def address_of(registration: Registration) -> str:
    return reverse("meetings:registration", args=[token_of(registration)])


def own_of(meeting: Meeting, user: Any) -> Registration | None:
    """What an account has at the meeting, a seat or a place in the queue. One query, none for strangers."""
    if not user.is_authenticated or not meeting.takes_registrations:
        return None
    return meeting.registrations.coming().filter(account=user).first()


def forget_registrations(now: datetime.datetime | None = None) -> int:
    """Erase who signed up for meetings over KEPT_DAYS ago, and delete what nobody confirmed; returns how many.

    Counts of seats and needs stay. A postponed meeting is not over: its people wait for the new date, for POSTPONED_FOR
    at most.
    """
    now = now or timezone.now()
    until = timezone.localdate(now) - datetime.timedelta(days=KEPT_DAYS)
    unconfirmed = Registration.objects.pending().filter(created_at__lt=now - PENDING_FOR)
    old = Registration.objects.filter(erased_at=None, meeting__last_day__lt=until)
    old = old.exclude(meeting__state=Meeting.State.POSTPONED, meeting__postponed_at__gt=now - POSTPONED_FOR)
    nobody = {"name": "", "email": "", "account": None, "other_needs": "", "erased_at": now}
    return in_batches(unconfirmed, delete) + in_batches(old, lambda batch: batch.update(**nobody))


def tidied(typed: str) -> str:
    """One line, of what can be seen."""
    return " ".join(tidy_plain(typed[:ABSURD_LIMIT]).split())


def _refuse(
    meeting: Meeting, *, name: str, seats: int, needs: set[str], other_needs: str, now: datetime.datetime
) -> None:
    reason = obstacle(meeting, now)
    if reason:
        raise RegistrationRefused(reason.label)
    for sentence in faults(meeting, name=name, seats=seats, needs=needs, other_needs=other_needs, now=now).values():
        raise RegistrationRefused(sentence)


def faults(
    meeting: Meeting, *, name: str, seats: int, needs: Iterable[str], other_needs: str, now: datetime.datetime
) -> dict[str, Any]:
    """Field → sentence for what is missing, too long or too many. No query."""
    found = {}
    if not name:
        found["name"] = _("Write your first and last name.")
    if len(name) > NAME_LIMIT:
        found["name"] = _("Shorten the name: at most %(limit)d characters.") % {"limit": NAME_LIMIT}
    if not 1 <= seats <= most_seats(meeting):
        found["seats"] = _("Choose from the list how many people will come.")
    if "sign_language" in needs and not offers_interpreter(meeting, now):
        found["needs"] = _("It is too late to ask for a sign language interpreter. Send the form without it.")
    if len(other_needs) > OTHER_LIMIT:
        found["other_needs"] = _("Shorten the text: at most %(limit)d characters.") % {"limit": OTHER_LIMIT}
    return found


def _claims(account: Any, visitor: str, email: str) -> list[tuple[Limit, Any]]:
    """`email` is given where a letter goes to an address that nobody has confirmed."""
    who = (BY_ACCOUNT, account.pk) if account else (BY_STRANGER, visitor)
    by_email = [(BY_EMAIL, unnamed("meetings.registration", email))] if email else []
    return [who, *by_email]


def _locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)


def _own_row(registration: Registration, meeting: Meeting) -> Registration:
    """The row as it is now, under its lock; the meeting is locked already."""
    found = meeting.registrations.select_for_update(of=("self",)).filter(pk=registration.pk, erased_at=None).first()
    if found is None:
        raise RegistrationRefused(_("This link does not work any more."))
    found.meeting = meeting
    return found


def _free(submission: uuid.UUID) -> uuid.UUID:
    """Whoever goes back, mends the address and sends the form again, means it: under another name."""
    return uuid.uuid4() if Registration.objects.filter(submission=submission).exists() else submission


def _take_place(registration: Registration, meeting: Meeting, now: datetime.datetime) -> Registration:
    """To the end of the queue, and from there to a seat where there is one for them; the letter says which."""
    registration.state, registration.confirmed_at = State.WAITING, now
    registration.save()
    if registration in move_up(meeting, now=now, newcomer=registration):
        registration.refresh_from_db()
    else:
        _tell(registration, "registration_waiting")
    return registration


def _leave(registration: Registration, meeting: Meeting, now: datetime.datetime) -> None:
    if registration.state != State.LEFT:
        registration.state, registration.left_at = State.LEFT, now
        registration.save(update_fields=["state", "left_at"])
        move_up(meeting, now=now)


def _only_editors(by: Any) -> None:
    if not by.has_perm(PERMISSION):
        raise RegistrationRefused(_("Only the editors may do this."))


def _tell(registration: Registration, letter: str, *, asked_for: bool = False) -> None:
    """Queue `meetings/email/<letter>`. One query, none without an address."""
    if registration.email:
        context = {"registration": registration, "meeting": registration.meeting, "page": address_of(registration)}
        context |= {"kept_days": KEPT_DAYS}
        template = f"meetings/email/{letter}"
        queue_letter(
            to=registration.email,
            template=template,
            context=context,
            language=registration.language,
            asked_for=asked_for,
        )
