from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from participants.models.append_only import AppendOnly


class RulesAcceptance(AppendOnly):
    """Somebody has accepted a version of the rules. Written by participants.rules; goes with the account."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="accepted_rules",
    )
    version = models.CharField(_("version of the rules"), max_length=20)
    at = models.DateTimeField(_("accepted at"))

    class Meta:
        verbose_name = _("acceptance of the rules")
        verbose_name_plural = _("acceptances of the rules")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.version
