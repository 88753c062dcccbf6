"""What those who had asked say some weeks after a promise was kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.commitment import CommitmentEntry


class FollowUp(models.Model):
    """ "Is it better?", asked of somebody who had asked for it, six weeks after it was done."""

    entry = models.ForeignKey(
        CommitmentEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="follow_ups", db_index=False
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="follow_ups",
    )
    asked_at = models.DateTimeField(_("asked at"))
    is_better = models.BooleanField(_("is it better"), null=True, blank=True)
    words = models.TextField(_("words"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "account"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(is_better__isnull=True, answered_at__isnull=True)
                | Q(is_better__isnull=False, answered_at__isnull=False),
                name="follow_up_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)
