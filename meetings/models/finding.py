"""Two of the three lists of a report: what was raised, and what was concluded. The third are the commitments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.approved import OfMinutes
from meetings.models.meeting import Meeting
from participants.models import Institution


class Finding(OfMinutes):
    printed = ("agenda_item", "part", "position", "text", "institution", "addressee", "answered_by")

    class Part(models.TextChoices):
        RAISED = "raised", _("raised by participants")
        CONCLUDED = "concluded", _("conclusion")

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="findings")
    agenda_item = models.ForeignKey(
        AgendaItem,
        verbose_name=_("agenda item"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="findings",
    )
    part = models.CharField(_("part of the report"), max_length=9, choices=Part.choices, default=Part.RAISED)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    text = models.TextField(_("text"), max_length=600)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("for whom"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    addressee = models.CharField(
        _("for whom, in words"), max_length=200, blank=True, help_text=_("Where the institution is not in the portal.")
    )
    answered_by = models.CharField(
        _("answered on the spot by"),
        max_length=250,
        blank=True,
        help_text=_("Who answered at the meeting, so that nothing is left to be done."),
    )

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="finding_has_text"),
            models.CheckConstraint(
                condition=Q(part="raised") | Q(institution__isnull=False) | ~Q(addressee=""),
                name="finding_conclusion_is_for_somebody",
                violation_error_message=_("Choose or write for whom the conclusion is."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def for_whom(self) -> str:
        """As written; the record of a meeting writes the name of the institution down (meetings.archive)."""
        return self.addressee or (self.institution.name if self.institution else "")
