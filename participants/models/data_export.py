"""The file with everything that the forum holds of somebody, made for them."""

import datetime

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def private_files() -> Storage:
    """Files that no web server hands out."""
    return storages["exports"]


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def waiting(self) -> "DataExportQuerySet":
        return self.filter(made_at__isnull=True)

    def ready(self, now: datetime.datetime) -> "DataExportQuerySet":
        return self.filter(expires_at__gt=now)

    def over(self, now: datetime.datetime) -> "DataExportQuerySet":
        return self.filter(expires_at__lte=now)

    def newest_first(self) -> "DataExportQuerySet":
        return self.order_by("-asked_at", "-pk")


class DataExport(models.Model):
    """Asked for by participants.exports, filled by the worker, deleted with its file a week later."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="exports"
    )
    asked_at = models.DateTimeField(_("asked at"))
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True, db_index=True)
    file = models.FileField(_("file"), storage=private_files, max_length=200, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of somebody's data")
        verbose_name_plural = _("copies of people's data")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(made_at__isnull=True), name="data_export_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, expires_at__isnull=True, file="")
                | Q(made_at__isnull=False, expires_at__isnull=False) & ~Q(file=""),
                name="data_export_made_has_file",
            ),
        ]

    def __str__(self) -> str:
        return str(self.asked_at)
