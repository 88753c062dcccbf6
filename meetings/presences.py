"""Freezing the list of guests: what was printed on the day stays, whatever becomes of people afterwards."""

import datetime

from meetings.models import Meeting, Presence

PRINTED = ("rank_text", "name_text", "post_text", "institution_text")


def freeze(presence: Presence, now: datetime.datetime) -> None:
    """Copy rank, name, post and institution from the appointment into the empty printed texts. Saves once.

    A name that its bearer withholds is not printed; the line becomes a post without a name.
    """
    appointment = presence.appointment
    if appointment:
        withheld = appointment.official.name_withheld
        presence.rank_text = presence.rank_text or ("" if withheld else appointment.rank_label)
        presence.name_text = presence.name_text or ("" if withheld else appointment.official.full_name)
        presence.post_text = presence.post_text or appointment.post_as_held
        presence.institution = presence.institution or appointment.institution
        if withheld:
            presence.kind = Presence.Kind.POST
    if presence.institution:
        presence.institution_text = presence.institution_text or presence.institution.name
    presence.frozen_at = presence.frozen_at or now
    presence.save()


def freeze_all(meeting: Meeting, now: datetime.datetime) -> None:
    """Freeze every line that is not frozen yet, and open the pages of the people and institutions it names."""
    presences = meeting.presences.select_related(
        "appointment__official", "appointment__institution", "appointment__rank", "institution"
    )
    for presence in presences:
        if presence.frozen_at is None:
            freeze(presence, now)
        if presence.institution:
            presence.institution.open_page()
        if presence.appointment and not presence.appointment.official.name_withheld:
            presence.appointment.official.open_page()
    for organiser in meeting.organisers.select_related("institution"):
        organiser.institution.open_page()


def note_correction(before: Presence, after: Presence, now: datetime.datetime) -> bool:
    """Mark a frozen line whose printed text was mended: the page then says "corrected on …". True if it was."""
    changed = before.frozen_at is not None and any(getattr(before, f) != getattr(after, f) for f in PRINTED)
    if changed:
        after.corrected_at = now
    return changed
