"""Words that hold a comment, or keep it from being sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WatchedWord(models.Model):
    class Act(models.TextChoices):
        HOLD = "hold", _("a moderator reads the comment first")
        REFUSE = "refuse", _("the comment cannot be sent")

    word = models.CharField(
        _("word"),
        max_length=60,
        unique=True,
        help_text=_("Capitals, Polish letters and look-alikes do not matter. A star at the end stands for any ending."),
    )
    act = models.CharField(_("what happens"), max_length=6, choices=Act.choices, default=Act.HOLD)
    note = models.CharField(_("why it is here"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("watched word")
        verbose_name_plural = _("watched words")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word
