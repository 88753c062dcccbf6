"""Who comes to a meeting: seats, the waiting list, and what people need to take part."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def seated(self) -> "RegistrationQuerySet":
        return self.filter(state=Registration.State.SEATED)

    def waiting(self) -> "RegistrationQuerySet":
        return self.filter(state=Registration.State.WAITING)

    def coming(self) -> "RegistrationQuerySet":
        """Those who hear of changes: they have seats, or wait for them."""
        return self.filter(state__in=[Registration.State.SEATED, Registration.State.WAITING])

    def live(self) -> "RegistrationQuerySet":
        return self.exclude(state=Registration.State.LEFT)

    def pending(self) -> "RegistrationQuerySet":
        return self.filter(state=Registration.State.PENDING)

    def of_address(self, email: str) -> "RegistrationQuerySet":
        """However the address is written; one index serves it."""
        return self.annotate(address=Lower("email")).filter(address=email.lower())

    def of_person(self, account: Any, addresses: list[str]) -> "RegistrationQuerySet":
        """Made with the account, or for one of the mailboxes, in small letters, that are known to be theirs."""
        return self.annotate(address=Lower("email")).filter(Q(account=account) | Q(address__in=addresses))

    def to_come(self, today: datetime.date) -> "RegistrationQuerySet":
        """For public meetings that are not over, with the meeting; the soonest first."""
        ahead = self.filter(meeting__in=Meeting.objects.public().upcoming(today)).select_related("meeting")
        return ahead.defer("meeting__announcement", "meeting__report").order_by("meeting__date", "pk")

    def seats(self) -> int:
        """How many seats these take. One query."""
        return self.aggregate(taken=Sum("seats"))["taken"] or 0

    def in_queue_order(self) -> "RegistrationQuerySet":
        return self.order_by("confirmed_at", "pk")


class Registration(models.Model):
    """A sign-up of one person, for one seat or several. Its state is changed by meetings.registration alone.

    Nothing is held for an address that nobody has confirmed. Personal data are erased some time after the meeting.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("not confirmed yet")
        SEATED = "seated", _("has a seat")
        WAITING = "waiting", _("on the waiting list")
        LEFT = "left", _("gave the seat back")

    NEEDS = ("sign_language", "induction_loop", "wheelchair", "ukrainian")

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="registrations", db_index=False
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="registrations",
    )
    name = models.CharField(_("first and last name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    seats = models.PositiveSmallIntegerField(_("how many people"), default=1)
    sign_language = models.BooleanField(_("Polish Sign Language interpreter"), default=False)
    induction_loop = models.BooleanField(_("induction loop"), default=False)
    wheelchair = models.BooleanField(_("place for a wheelchair"), default=False)
    ukrainian = models.BooleanField(_("Ukrainian interpreter"), default=False)
    other_needs = models.CharField(_("other needs"), max_length=300, blank=True)
    language = models.CharField(_("language of letters"), max_length=10, default="pl")
    submission = models.UUIDField(_("submission"), unique=True, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(_("signed up at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    seated_at = models.DateTimeField(_("got the seats at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    reminded_first_at = models.DateTimeField(_("first reminder at"), null=True, blank=True, editable=False)
    reminded_second_at = models.DateTimeField(_("second reminder at"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("data erased at"), null=True, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["confirmed_at", "pk"]
        indexes = [models.Index(fields=["meeting", "state", "confirmed_at", "id"], name="registration_queue")]
        constraints = [
            models.UniqueConstraint(
                "meeting",
                Lower("email"),
                condition=~Q(state="left") & ~Q(email=""),
                name="registration_once_an_address",
                violation_error_message=_("This address is signed up already."),
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1),
                name="registration_has_seats",
                violation_error_message=_("At least one seat in a sign-up."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "left"]) | Q(confirmed_at__isnull=False),
                name="registration_seated_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="seated") | Q(seated_at__isnull=False), name="registration_seated_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(left_at__isnull=False), name="registration_left_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_state_display()

    @property
    def needs(self) -> list[Any]:
        """What the person asks for, in words."""
        asked = [name for name in Registration.NEEDS if getattr(self, name)]
        return [self._meta.get_field(name).verbose_name for name in asked] + list(filter(None, [self.other_needs]))
