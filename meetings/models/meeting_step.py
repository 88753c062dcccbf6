"""What became of a meeting, as those who follow it are told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting


class MeetingStepQuerySet(models.QuerySet["MeetingStep"]):
    def untold(self) -> "MeetingStepQuerySet":
        """Of meetings that everybody can read now."""
        return self.filter(told_at__isnull=True).exclude(meeting__state__in=Meeting.UNPUBLISHED)


class MeetingStep(models.Model):
    """Rows are added in the transaction of the act, and never changed; `told_at` alone is noted by meetings.news."""

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        MOVED = "moved", _("moved")
        POSTPONED = "postponed", _("postponed")
        CANCELLED = "cancelled", _("cancelled")
        REPORT = "report", _("report published")
        MINUTES = "minutes", _("minutes approved")

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True, editable=False)

    objects = MeetingStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a meeting")
        verbose_name_plural = _("steps of meetings")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at", "id"], condition=Q(told_at__isnull=True), name="meeting_step_untold")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_change(self) -> bool:
        """It says whether, when and where; a later one takes its place."""
        return self.kind not in {MeetingStep.Kind.REPORT, MeetingStep.Kind.MINUTES}


def newest(steps: list[MeetingStep]) -> list[MeetingStep]:
    """Of several changes of one meeting the last; a meeting that was announced and moved at once is announced."""
    changes = [step for step in steps if step.is_change]
    announced = [step for step in changes if step.kind == MeetingStep.Kind.ANNOUNCED]
    last = changes[-1:]
    if last and last[0].kind == MeetingStep.Kind.MOVED and announced:
        last = announced[-1:]
    return [*last, *(step for step in steps if not step.is_change)]
