"""Another e-mail address for an account, while both mailboxes are asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AddressChange(models.Model):
    """At most one an account. Written by participants.address_changes alone; its key stands in both letters."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="address_change"
    )
    email = models.EmailField(_("new e-mail address"))
    asked_at = models.DateTimeField(_("asked at"))
    old_agreed_at = models.DateTimeField(_("old mailbox agreed at"), null=True, blank=True)
    new_confirmed_at = models.DateTimeField(_("new mailbox confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(old_agreed_at=None) | Q(new_confirmed_at=None), name="address_change_done_is_gone"
            )
        ]

    def __str__(self) -> str:
        return self.email
