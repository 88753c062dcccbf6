"""A forum: the named series that meetings belong to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from participants.dates import first_day, first_day_constraint, in_words, precision_field, validate_sensible_year


class Forum(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)
    founder = models.CharField(
        _("founder"), max_length=250, blank=True, help_text=_("As printed: post, rank and name.")
    )
    founded_on = models.DateField(
        _("founded"),
        null=True,
        blank=True,
        validators=[validate_sensible_year],
        help_text=_("Any day of the period when the day is not known."),
    )
    founded_precision = precision_field(_("how exact the founding date is"))
    territory = models.CharField(_("territory"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    archive_after_days = models.PositiveSmallIntegerField(
        _("archive after (days)"),
        default=30,
        help_text=_("Held meetings move to the archive by themselves after this time."),
    )
    is_example = models.BooleanField(_("example content"), default=False, editable=False)

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        ordering = ["name", "pk"]
        constraints = [first_day_constraint("founded_on", "founded_precision", "forum_founded_first_day")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Any day stands for its month or year."""
        super().clean()
        if self.founded_on:
            self.founded_on = first_day(self.founded_on, self.founded_precision)

    @property
    def founded(self) -> str:
        return in_words(self.founded_on, self.founded_precision) if self.founded_on else ""
