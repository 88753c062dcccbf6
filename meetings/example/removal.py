"""Taking the example content away: all of it, and nothing else."""

from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.db.models.deletion import Collector

from meetings.example.people import CATEGORIES, ESTATES
from meetings.models import (
    AgendaQuestion,
    Carried,
    Commitment,
    CommitmentEntry,
    Document,
    EntryPhoto,
    Erratum,
    Forum,
    Meeting,
    NoteVersion,
    Photo,
    SurveySheet,
)
from participants.models import Appointment, Estate, FormerAddress, Institution, Official, Resident
from topics.models import (
    Appeal,
    Category,
    Comment,
    Decision,
    Question,
    QuestionStep,
    Report,
    SealedLook,
    SealedText,
    Topic,
)


class Kept:
    """Rows of a record. `delete` refuses them, as it should; what was never real is taken away past it."""

    def __init__(self, rows: models.QuerySet[Any]) -> None:
        self.rows = rows

    def delete(self) -> tuple[int, dict[str, int]]:
        collector = Collector(using=self.rows.db)
        collector.collect(self.rows)
        return collector.delete()


class StillUsed(Exception):
    """Something real hangs on the example content; `args` are its names."""


def comments_of_residents() -> models.QuerySet[Comment]:
    """What real people wrote on example topics."""
    return Comment.objects.filter(topic__is_example=True).exclude(author__is_example=True).order_by("pk")


@transaction.atomic
def remove_example() -> int:
    """Delete from the top down, comments of residents included; the number of rows, or StillUsed and nothing deleted.

    Accounts that spoke in an example's name or live on an example estate stay, without it.
    """
    comments = Comment.objects.filter(topic__is_example=True)
    files = _files()
    doomed = [
        _former_addresses(),
        AgendaQuestion.objects.filter(Q(meeting__is_example=True) | Q(question__topic__is_example=True)),
        Carried.objects.filter(commitment__meeting__is_example=True),
        SurveySheet.objects.filter(survey__meeting__is_example=True),
        EntryPhoto.objects.filter(entry__commitment__meeting__is_example=True),
        Kept(CommitmentEntry.objects.filter(commitment__meeting__is_example=True)),
        Commitment.objects.filter(meeting__is_example=True),
        Kept(Erratum.objects.filter(meeting__is_example=True)),
        Kept(NoteVersion.objects.filter(agenda_item__meeting__is_example=True)),
        Meeting.objects.filter(is_example=True),
        Forum.objects.filter(is_example=True),
        SealedLook.objects.filter(sealed__comment__topic__is_example=True),
        SealedText.objects.filter(comment__topic__is_example=True),
        Report.objects.filter(comment__topic__is_example=True),
        Appeal.objects.filter(decision__comment__topic__is_example=True),
        Decision.objects.filter(comment__topic__is_example=True),
        QuestionStep.objects.filter(question__topic__is_example=True),
        Question.objects.filter(topic__is_example=True),
        comments.filter(parent__isnull=False),
        comments,
        Topic.objects.filter(is_example=True),
        Resident.objects.filter(is_example=True),
        Appointment.objects.filter(Q(official__is_example=True) | Q(institution__is_example=True)),
        Official.objects.filter(is_example=True),
        Institution.objects.filter(is_example=True),
        Category.objects.filter(name__in=CATEGORIES),
        Estate.objects.filter(name__in=ESTATES),
    ]
    try:
        deleted = sum(rows.delete()[0] for rows in doomed)
    except ProtectedError as error:
        raise StillUsed(*sorted(f"{row._meta.verbose_name}: {row}" for row in error.protected_objects)) from error
    transaction.on_commit(lambda: [file.storage.delete(file.name) for file in files])
    return deleted


def _files() -> list[models.fields.files.FieldFile]:
    """What somebody uploaded to an example meeting, and to what was promised there."""
    documents = Document.objects.filter(meeting__is_example=True)
    photos = Photo.objects.filter(meeting__is_example=True)
    before_and_after = EntryPhoto.objects.filter(entry__commitment__meeting__is_example=True)
    return [document.file for document in documents] + [photo.image for photo in [*photos, *before_and_after]]


def _former_addresses() -> models.QuerySet[FormerAddress]:
    pages = [
        page.get_absolute_url()
        for model in (Meeting, Topic, Official, Institution)
        for page in model._default_manager.filter(is_example=True)
    ]
    return FormerAddress.objects.filter(target__in=pages)
