"""The outbox: letters wait here, in the transaction of what caused them, until the worker has sent them."""

import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> "LetterQuerySet":
        return self.filter(state=Letter.State.WAITING)

    def failed(self) -> "LetterQuerySet":
        return self.filter(state=Letter.State.FAILED)

    def sent_since(self, moment: datetime.datetime) -> "LetterQuerySet":
        return self.filter(sent_at__gte=moment)

    def with_address(self) -> "LetterQuerySet":
        """With the addressee in lower case, as `address`."""
        return self.annotate(address=Lower("to"))

    def due(self, now: datetime.datetime) -> "LetterQuerySet":
        """Those to send now: nobody holds a lease on them, and their next try has come."""
        return self.waiting().filter(Q(leased_until__isnull=True) | Q(leased_until__lt=now), try_at__lte=now)

    def settled(self, before: datetime.datetime) -> "LetterQuerySet":
        """Sent or given up, and tried for the last time before then."""
        return self.exclude(state=Letter.State.WAITING).filter(try_at__lt=before)

    def asked_for_first(self) -> "LetterQuerySet":
        """Those that somebody waits for at the screen before the rest, the oldest first."""
        return self.order_by("-is_asked_for", "try_at", "pk")


class Letter(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    to = models.EmailField(_("to"), max_length=320)
    subject = models.CharField(_("subject"), max_length=255)
    body = models.TextField(_("body"))
    html = models.TextField(_("HTML"), blank=True)
    sender = models.CharField(_("from"), max_length=255)
    headers: Any = models.JSONField(_("headers"), default=dict, blank=True)
    message_id = models.CharField(_("message id"), max_length=255, unique=True)
    key = models.CharField(_("event and person"), max_length=120, blank=True)
    is_asked_for = models.BooleanField(_("somebody waits for it"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    try_at = models.DateTimeField(_("next try at"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    handed_over_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    returned_at = models.DateTimeField(_("came back at"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["-is_asked_for", "try_at", "id"], condition=Q(state="waiting"), name="letter_waiting"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="letter_failed"),
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="letter_sent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="letter_key_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="letter_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
