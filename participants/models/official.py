"""Officials, the posts they hold, and police ranks."""

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models.addresses import Addressed
from participants.models.institution import Institution


class Rank(models.Model):
    """A police rank. Art. 47 of the Police Act of 6 April 1990 gives the order; 1 is the highest."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    abbreviation = models.CharField(_("abbreviation"), max_length=20, unique=True)
    seniority = models.PositiveSmallIntegerField(_("seniority"), unique=True, help_text=_("1 is the highest rank."))

    class Meta:
        verbose_name = _("police rank")
        verbose_name_plural = _("police ranks")
        ordering = ["seniority"]

    def __str__(self) -> str:
        return self.abbreviation


class OfficialQuerySet(models.QuerySet["Official"]):
    def public(self) -> "OfficialQuerySet":
        """Those with an open page; a person whose name is withheld never has one."""
        return self.filter(published_at__isnull=False, name_withheld=False)

    def visible_to(self, user: Any) -> "OfficialQuerySet":
        """Editors see pages before they open; a withheld name has no page for anybody."""
        if user.is_staff and user.has_perm("participants.change_official"):
            return self.filter(name_withheld=False)
        return self.public()


class Official(Addressed):
    first_names = models.CharField(_("first names"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    degree = models.CharField(_("academic degree"), max_length=40, blank=True, help_text=_("For example: dr inż."))
    note = models.TextField(
        _("about the work"),
        max_length=1000,
        blank=True,
        help_text=_("What this person answers for. No private matters."),
    )
    name_withheld = models.BooleanField(
        _("show the post only"),
        default=False,
        help_text=_("The person did not agree to have the name published."),
    )
    published_at = models.DateTimeField(_("page open since"), null=True, blank=True, editable=False)

    objects = OfficialQuerySet.as_manager()

    class Meta:
        verbose_name = _("official")
        verbose_name_plural = _("officials")
        ordering = ["last_name", "first_names", "pk"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="official_slug_unique")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, [self.degree, self.first_names, self.last_name]))

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and not self.name_withheld

    def get_absolute_url(self) -> str:
        return reverse("participants:official", args=[self.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            name = f"{self.first_names} {self.last_name}"
            self.make_slug(name, Official.objects.exclude(pk=self.pk), fallback="osoba")
        super().save(*args, **kwargs)

    # What other apps keep about this person, by the reverse names of their foreign keys: they may not be imported here.

    @property
    def presences(self) -> models.QuerySet[Any]:
        """Lines of lists of guests (meetings.Presence)."""
        return _referring_to_appointments("presences").filter(appointment__official=self)

    @property
    def answers(self) -> models.QuerySet[Any]:
        """What was written in the name of this person's posts (topics.Comment)."""
        return _referring_to_appointments("answers").filter(appointment__official=self)

    def open_page(self) -> None:
        """Make the page public; a second call changes nothing. One query at most."""
        if not self.published_at:
            self.published_at = timezone.now()
            Official.objects.filter(pk=self.pk).update(published_at=self.published_at)


def _referring_to_appointments(reverse_name: str) -> models.QuerySet[Any]:
    return Appointment._meta.get_field(reverse_name).related_model._default_manager.all()


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def named(self) -> "AppointmentQuerySet":
        """Without those of people who withhold their names."""
        return self.filter(official__name_withheld=False)

    def public(self) -> "AppointmentQuerySet":
        return self.named().filter(official__published_at__isnull=False, institution__published_at__isnull=False)

    def current(self, today: datetime.date) -> "AppointmentQuerySet":
        return self.filter(Q(starts__isnull=True) | Q(starts__lte=today), Q(ends__isnull=True) | Q(ends__gte=today))

    def former(self, today: datetime.date) -> "AppointmentQuerySet":
        return self.filter(ends__lt=today).order_by("-ends", "official__last_name", "pk")


class Appointment(models.Model):
    """A post that a person holds for a time. What a meeting printed about it lives on in the presence."""

    official = models.ForeignKey(
        Official, verbose_name=_("official"), on_delete=models.PROTECT, related_name="appointments"
    )
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="appointments"
    )
    post = models.CharField(_("post"), max_length=200, help_text=_("As written: “Wiceprezydent Miasta”."))
    rank = models.ForeignKey(Rank, verbose_name=_("police rank"), null=True, blank=True, on_delete=models.PROTECT)
    other_rank = models.CharField(
        _("other rank"), max_length=40, blank=True, help_text=_("Of another service, for example: st. bryg.")
    )
    acting = models.BooleanField(_("acting (p.o.)"), default=False)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("to"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = [F("rank__seniority").asc(nulls_last=True), "official__last_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(other_rank=""),
                name="appointment_one_rank",
                violation_error_message=_("Choose a police rank or write another one, not both."),
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                name="appointment_ends_after_start",
                violation_error_message=_("The last day comes before the first one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official}, {self.post_as_held}, {self.institution}"

    @property
    def rank_label(self) -> str:
        return self.rank.abbreviation if self.rank else self.other_rank

    @property
    def post_as_held(self) -> str:
        return f"p.o. {self.post}" if self.acting else self.post

    @property
    def is_dated(self) -> bool:
        """Without a date we know only that the post was held once: pages do not say that it is held today."""
        return self.starts is not None or self.ends is not None

    def is_current(self, today: datetime.date) -> bool:
        return (self.starts is None or self.starts <= today) and (self.ends is None or self.ends >= today)

    def is_former(self, today: datetime.date) -> bool:
        return self.ends is not None and self.ends < today
