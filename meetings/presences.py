"""Freezing the list of guests: what was printed on the day stays, whatever becomes of people afterwards."""

import datetime

from django.utils.translation import gettext

from meetings.models import Meeting, Presence

PRINTED = ("rank_text", "name_text", "post_text", "institution_text")
# All that the line says; after the approval of the minutes, or in the archive, any change of it gets a date.
SAID = (*PRINTED, "kind", "role", "attendance", "deputy", "group", "count", "counted")
NAME_LIMIT = Presence._meta.get_field("name_text").max_length
SOURCES = ("appointment__official", "appointment__institution", "appointment__rank", "institution")


def fill(presence: Presence) -> None:
    """Copy rank, name, post and institution from the appointment into the empty printed texts. Saves nothing.

    A name that its bearer withholds is not printed; the line becomes a post without a name.
    """
    appointment = presence.appointment
    if appointment:
        withheld = appointment.official.name_withheld
        presence.rank_text = presence.rank_text or ("" if withheld else appointment.rank_label)
        presence.name_text = presence.name_text or ("" if withheld else appointment.official.full_name[:NAME_LIMIT])
        presence.post_text = presence.post_text or appointment.post_as_held
        presence.institution = presence.institution or appointment.institution
        if withheld:
            presence.kind = Presence.Kind.POST
    if presence.institution:
        presence.institution_text = presence.institution_text or presence.institution.name


def freeze(presence: Presence, now: datetime.datetime) -> None:
    """Fill in the printed texts for good. Saves once."""
    fill(presence)
    presence.frozen_at = presence.frozen_at or now
    presence.save()


def freeze_all(meeting: Meeting, now: datetime.datetime) -> None:
    """Freeze every line that is not frozen yet, and open the pages of the people and institutions it names."""
    for presence in meeting.presences.select_related(*SOURCES):
        if presence.frozen_at is None:
            freeze(presence, now)
        if presence.institution:
            presence.institution.open_page()
        if presence.appointment and not presence.appointment.official.name_withheld:
            presence.appointment.official.open_page()
    for organiser in meeting.organisers.select_related("institution"):
        if not organiser.name_text:
            organiser.name_text = organiser.institution.name
            organiser.save(update_fields=["name_text"])
        organiser.institution.open_page()


def printed(meeting: Meeting, today: datetime.date, *, as_record: bool = True) -> list[Presence]:
    """The list of guests as the page shows it; lines not frozen yet as they would be frozen. One query.

    Each line gets `attendance_note`: what is to be said of coming, "" where the heading says it already. After a
    meeting that is part of the record: without it (`as_record`) nothing is said of coming, and whom nobody had
    announced is not there.
    """
    lines = list(meeting.presences.in_protocol_order().select_related(*SOURCES))
    if meeting.held_at and not as_record:
        return [_unsaid(line) for line in lines if line.frozen_at]
    attendance = Presence.Attendance
    expected = attendance.PRESENT if meeting.took_place(today) else attendance.INVITED
    for line in lines:
        if line.frozen_at is None:
            fill(line)
        line.attendance_note = "" if line.attendance == expected else line.get_attendance_display()
        if line.attendance == attendance.DEPUTISED and line.deputy:
            line.attendance_note = gettext("represented by %(deputy)s") % {"deputy": line.deputy}
    return lines


def _unsaid(line: Presence) -> Presence:
    line.attendance_note = ""
    return line


def note_correction(
    before: Presence, after: Presence, now: datetime.datetime, names: tuple[str, ...] = PRINTED
) -> bool:
    """Mark a frozen line whose printed text was mended: the page then says "corrected on …". True if it was."""
    changed = before.frozen_at is not None and any(getattr(before, f) != getattr(after, f) for f in names)
    if changed:
        after.corrected_at = now
    return changed
