"""Who holds a meeting."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting
from participants.models import Institution


class Organiser(models.Model):
    """An institution that organises a meeting, or helps to."""

    class Role(models.TextChoices):
        ORGANISER = "organiser", _("organiser")
        CO_ORGANISER = "co", _("co-organiser")

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="organisers")
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="organiser_roles"
    )
    role = models.CharField(_("role"), max_length=9, choices=Role.choices, default=Role.ORGANISER)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    name_text = models.CharField(_("name as printed"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "institution"],
                name="organiser_once",
                violation_error_message=_("This institution is listed already."),
            )
        ]

    @property
    def printed_name(self) -> str:
        """As it was called when the meeting was published."""
        return self.name_text or self.institution.name

    def __str__(self) -> str:
        return str(self.institution)
