"""How it looked before a promise was kept, and how it looks now."""

import secrets
from pathlib import PurePosixPath
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models.commitment import Commitment, CommitmentEntry
from meetings.models.files import erase
from meetings.uploads import validate_photo


def entry_photo_path(photo: "EntryPhoto", name: str) -> str:
    return f"commitments/{secrets.token_hex(16)}.jpg"


class EntryPhotoQuerySet(models.QuerySet["EntryPhoto"]):
    def visible_to(self, user: Any) -> "EntryPhotoQuerySet":
        return self.filter(entry__commitment__in=Commitment.objects.visible_to(user))


class EntryPhoto(models.Model):
    """How it looked before, and how it looks now. Kept like the entry, but for a likeness that has to go."""

    class When(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")

    entry = models.ForeignKey(CommitmentEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="photos")
    when = models.CharField(_("before or after"), max_length=6, choices=When.choices, default=When.AFTER)
    image = models.ImageField(_("photo"), upload_to=entry_photo_path, validators=[validate_photo])
    width = models.PositiveIntegerField(_("width"), editable=False, default=0)
    height = models.PositiveIntegerField(_("height"), editable=False, default=0)
    alt = models.CharField(
        _("what the photo shows"), max_length=250, help_text=_("For those who cannot see it. Name no minors.")
    )

    objects = EntryPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of an entry")
        verbose_name_plural = _("photos of entries")
        ordering = ["-when", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="entry_photo_has_alt")]

    def __str__(self) -> str:
        return self.alt

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        erase(self, "image")
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("meetings:entry_photo", args=[self.pk, PurePosixPath(self.image.name).name])
