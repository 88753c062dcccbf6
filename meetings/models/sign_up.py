"""How people sign up for a meeting, until when they ask, and when they are reminded."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignUpSettings(models.Model):
    takes_registrations = models.BooleanField(_("residents sign up"), default=False)
    capacity = models.PositiveSmallIntegerField(
        _("seats in the room"), null=True, blank=True, help_text=_("Empty: as many as come.")
    )
    reserved_seats = models.PositiveSmallIntegerField(
        _("seats kept for guests"), default=0, help_text=_("Not offered to residents.")
    )
    seats_each = models.PositiveSmallIntegerField(_("most seats in one sign-up"), default=4)
    registration_opens_at = models.DateTimeField(_("sign-up opens at"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(
        _("sign-up closes at"), null=True, blank=True, help_text=_("Empty: when the meeting begins.")
    )
    questions_until = models.DateTimeField(
        _("questions until"), null=True, blank=True, help_text=_("Empty: until the meeting begins.")
    )
    first_reminder = models.PositiveSmallIntegerField(
        _("first reminder, days before"), null=True, blank=True, default=3, help_text=_("Empty: none.")
    )
    second_reminder = models.PositiveSmallIntegerField(
        _("second reminder, days before"), null=True, blank=True, default=1, help_text=_("Empty: none.")
    )

    class Meta:
        abstract = True
