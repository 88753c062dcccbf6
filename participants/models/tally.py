"""How often something was done within a stretch of time, counted for all processes of the site."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """Written by participants.limits alone. `key` holds no address: what identifies a visitor is hashed with a key."""

    key = models.CharField(_("key"), max_length=80)
    window = models.DateTimeField(_("window begins at"))
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        ordering = ["-window", "key"]
        indexes = [models.Index(fields=["window"], name="tally_window")]
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="tally_once")]

    def __str__(self) -> str:
        return self.key
