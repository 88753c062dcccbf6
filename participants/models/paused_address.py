"""Addresses to which letters do not come: nothing is sent there until their owner confirms them again."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from participants.models.resident import Resident


class PausedAddressQuerySet(models.QuerySet["PausedAddress"]):
    def of(self, *emails: str) -> "PausedAddressQuerySet":
        return self.filter(email__in=[email.lower() for email in emails])

    def of_nobody(self) -> "PausedAddressQuerySet":
        """Those that no account has."""
        accounts = Resident.objects.annotate(address=Lower("email")).filter(address=OuterRef("email"))
        return self.filter(~Exists(accounts))


class PausedAddress(models.Model):
    """Written by participants.bounces alone, the address in lower case. Lifting the pause deletes the row."""

    class Reason(models.TextChoices):
        NO_MAILBOX = "mailbox", _("there is no such mailbox")
        NO_DOMAIN = "domain", _("there is no mail under this domain")
        WRONG = "wrong", _("the address is written wrong")
        REFUSED = "refused", _("the server refuses the address and does not say why")

    email = models.EmailField(_("address"), max_length=320)
    since = models.DateTimeField(_("paused since"))
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices)
    code = models.CharField(_("code of the mail server"), max_length=20)
    last_bounce_at = models.DateTimeField(_("last came back at"))

    objects = PausedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("paused address")
        verbose_name_plural = _("paused addresses")
        ordering = ["-last_bounce_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["email"], name="paused_address_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="paused_address_in_lower_case"),
        ]

    def __str__(self) -> str:
        """Without the address: the panel's log keeps this when the row is gone."""
        label: Any = self.get_reason_display()
        return f"{label} ({self.code})"
