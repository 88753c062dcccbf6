"""What the tests of promises share: a night on which one was made, who may do what, and the shape of a right course."""

import datetime
import io
import itertools
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from meetings.commitments import NewPhoto
from meetings.models import Commitment, EntryPhoto
from participants.models import Institution, Resident
from participants.roles import Role
from tests import factories

START = datetime.datetime(2026, 5, 14, 18, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
DUE = datetime.date(2026, 10, 31)
DAY = datetime.timedelta(days=1)


def later(days: float) -> datetime.datetime:
    return START + days * DAY


def make_answerer(institution: Institution, signature: str = "Marta") -> Resident:
    """An account that answers in the name of an institution."""
    post = factories.make_appointment(institution=institution)
    return factories.make_resident(signature, roles=[Role.ANSWERER], appointment=post)


def a_photo(alt: str = "Nowe lampy", when: str = EntryPhoto.When.AFTER) -> NewPhoto:
    jpeg, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "Telefon Marty"
    Image.new("RGB", (60, 40), "navy").save(jpeg, "JPEG", exif=exif)
    return NewPhoto(SimpleUploadedFile("IMG_1.jpg", jpeg.getvalue(), "image/jpeg"), alt, when)


def faults_of(commitment: Commitment) -> list[str]:
    """What is wrong with the course of a promise. Nothing, always."""
    commitment.refresh_from_db()
    entries = list(commitment.entries.all())
    if not commitment.is_public:
        return ["a draft has entries"] if entries else []
    faults = [] if entries and entries[0].state_before == "" else ["it does not begin with a first entry"]
    for before, after in itertools.pairwise(entries):
        if (after.state_before, after.due_before) != (before.state, before.due):
            faults.append(f"{after.pk} does not begin where {before.pk} ended")
        if after.at <= before.at or after.pk <= before.pk:
            faults.append(f"{after.pk} is not later than {before.pk}")
    if entries and (commitment.state, commitment.due) != (entries[-1].state, entries[-1].due):
        faults.append("the promise says something else than its last entry")
    changes = [entry.at for entry in entries if entry.changes_state]
    if changes and commitment.since != changes[-1]:
        faults.append("it is in its state since another moment")
    return faults
