"""Who leaves the forum, and that somebody has left."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from participants.models.append_only import AppendOnly


class Leaving(models.Model):
    """An account that its owner has closed. Until `erase_at` the letter brings it back. See participants.leaving."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="leaving"
    )
    asked_at = models.DateTimeField(_("asked at"))
    erase_at = models.DateTimeField(_("to be erased at"), db_index=True)
    erases_texts = models.BooleanField(_("texts go as well"))
    reopens = models.BooleanField(_("opens again with the letter"), help_text=_("It was not closed by anybody else."))
    warned_at = models.DateTimeField(_("reminded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("account that is leaving")
        verbose_name_plural = _("accounts that are leaving")
        ordering = ["erase_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(erase_at__gt=F("asked_at")), name="leaving_leaves_time_to_come_back")
        ]

    def __str__(self) -> str:
        return str(self.account_id)


class Departure(AppendOnly):
    """Somebody has left. Says when and how much went, and nothing of whom."""

    at = models.DateTimeField(_("at"))
    erased_texts = models.BooleanField(_("texts went as well"))
    comments = models.PositiveIntegerField(_("comments"))
    supports = models.PositiveIntegerField(_("supporters"))
    registrations = models.PositiveIntegerField(_("sign-ups"))
    letters = models.PositiveIntegerField(_("letters"))

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return str(self.pk)
