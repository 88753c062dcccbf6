"""Documents and photos of a meeting. Both are checked and named anew when they are stored (meetings.uploads)."""

import secrets
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting, sees_drafts
from meetings.uploads import clean_photo, validate_document, validate_photo
from participants.slugs import polish_slug


def document_path(document: "Document", name: str) -> str:
    return f"documents/{secrets.token_hex(16)}.pdf"


def photo_path(photo: "Photo", name: str) -> str:
    return f"photos/{secrets.token_hex(16)}.jpg"


def erase(row: models.Model, field: str) -> None:
    """Delete the file that the table names, once the change is certain: what was taken away is not kept on the disk."""
    if row._state.adding:
        return
    file = getattr(type(row)._base_manager.get(pk=row.pk), field)
    transaction.on_commit(partial(file.storage.delete, file.name))


class PublicFileQuerySet(models.QuerySet[Any]):
    def public(self) -> "PublicFileQuerySet":
        """Of published meetings. What was added while the report was written comes out with it."""
        waiting = Q(with_report=True, meeting__closed_at__isnull=True)
        return self.exclude(meeting__state__in=Meeting.UNPUBLISHED).exclude(waiting)

    def visible_to(self, user: Any) -> "PublicFileQuerySet":
        return self if sees_drafts(user) else self.public()


class MeetingFile(models.Model):
    """`with_report` is set by the guided list (meetings.admin.closing); what the form adds is public at once."""

    with_report = models.BooleanField(_("comes out with the report"), default=False, editable=False)

    objects = PublicFileQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return self.meeting.is_public and (self.meeting.is_closed or not self.with_report)


class Document(MeetingFile):
    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="documents")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(
        _("PDF file"),
        upload_to=document_path,
        validators=[validate_document],
        help_text=_("PDF, at most 10 MB."),
    )
    size = models.PositiveIntegerField(_("size"), editable=False, default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.file._committed:
            self.size = self.file.size
            erase(self, "file")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        erase(self, "file")
        return super().delete(*args, **kwargs)

    @property
    def download_name(self) -> str:
        return f"{polish_slug(self.title) or 'dokument'}.pdf"

    def get_absolute_url(self) -> str:
        return reverse("meetings:document", args=[self.pk, self.download_name])


class Photo(MeetingFile):
    """Art. 81 of the Copyright Act names the grounds on which a likeness may be shown."""

    class Ground(models.TextChoices):
        CONSENT = "consent", _("consent of the people shown")
        PUBLIC_FUNCTION = "function", _("public figure in office")
        DETAIL = "detail", _("people are a detail of a whole")
        NOBODY = "nobody", _("nobody is shown")

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    image = models.ImageField(
        _("photo"),
        upload_to=photo_path,
        validators=[validate_photo],
        help_text=_("JPEG, PNG or WebP, at most 10 MB and 40 megapixels."),
    )
    width = models.PositiveIntegerField(_("width"), editable=False, default=0)
    height = models.PositiveIntegerField(_("height"), editable=False, default=0)
    alt = models.CharField(
        _("what the photo shows"), max_length=250, help_text=_("For those who cannot see it. Name no minors.")
    )
    caption = models.CharField(_("caption"), max_length=250, blank=True)
    source = models.CharField(_("source"), max_length=120, help_text=_("Who took it."))
    ground = models.CharField(_("ground for publication"), max_length=8, choices=Ground.choices)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="photo_has_alt")]

    def __str__(self) -> str:
        return self.alt

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.image and not self.image._committed:
            self.image, (self.width, self.height) = clean_photo(self.image)
            erase(self, "image")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        erase(self, "image")
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The name of the stored file is in the address: another photo in its place gets another address."""
        return reverse("meetings:photo", args=[self.pk, PurePosixPath(self.image.name).name])
