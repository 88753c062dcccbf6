"""Where and when a meeting was to be before it was moved."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting
from participants.dates import in_words, precision_field


class Change(models.Model):
    """A former date or place of a published meeting. It stays readable beside the new one."""

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="changes")
    date = models.DateField(_("former date"))
    date_precision = precision_field(_("how exact the date is"))
    starts = models.TimeField(_("former beginning"), null=True, blank=True)
    ends = models.TimeField(_("former end"), null=True, blank=True)
    place = models.CharField(_("former place"), max_length=520, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("change of date or place")
        verbose_name_plural = _("changes of date or place")
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return in_words(self.date, self.date_precision)
