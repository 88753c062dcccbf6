"""When all sending of letters was stopped, by whom and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _


class SendingStopQuerySet(models.QuerySet["SendingStop"]):
    def in_force(self) -> "SendingStopQuerySet":
        return self.filter(ended_at__isnull=True)


class SendingStop(models.Model):
    """Written by participants.sending_stop alone: added, ended once, never deleted. At most one is in force."""

    why = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("stopped by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("stopped at"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("resumed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    ended_at = models.DateTimeField(_("resumed at"), null=True, blank=True)

    objects = SendingStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop of all letters")
        verbose_name_plural = _("stops of all letters")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                IsNull(F("ended_at"), True), condition=Q(ended_at=None), name="sending_stop_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__gte=F("at")), name="sending_stop_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return self.why

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None
