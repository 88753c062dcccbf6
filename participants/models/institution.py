"""Institutions that come to the meetings, and the names they had before."""

from typing import Any

from django.db import models
from django.db.models import Case, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models.addresses import Addressed


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def public(self) -> "InstitutionQuerySet":
        """Those whose page is open to everybody: published by hand, or named by a published meeting."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: Any) -> "InstitutionQuerySet":
        if user.is_staff and user.has_perm("participants.change_institution"):
            return self
        return self.public()

    def by_name(self) -> "InstitutionQuerySet":
        return self.order_by("name", "pk")

    def by_kind(self) -> "InstitutionQuerySet":
        """The kinds in the order in which they are declared, names within a kind."""
        order = [When(kind=kind, then=Value(place)) for place, kind in enumerate(Institution.Kind.values)]
        return self.order_by(Case(*order), "name", "pk")


class Institution(Addressed):
    class Kind(models.TextChoices):
        POLICE = "police", _("Police")
        MUNICIPALITY = "municipality", _("Municipality")
        COUNCIL = "council", _("Town council")
        MUNICIPAL_GUARD = "guard", _("Municipal guard")
        FIRE_SERVICE = "fire", _("Fire service")
        INSPECTORATE = "inspectorate", _("Inspectorate")
        COOPERATIVE = "cooperative", _("Housing cooperative")
        PROPERTY_MANAGER = "manager", _("Property manager")
        ESTATE_COUNCIL = "estate", _("Estate council")
        SCHOOL = "school", _("School")
        CHURCH = "church", _("Church")
        NGO = "ngo", _("Association or foundation")
        MEDIA = "media", _("Media")
        OTHER = "other", _("Other")

    name = models.CharField(
        _("name"), max_length=200, unique=True, help_text=_("In full, as the institution writes it.")
    )
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    description = models.TextField(
        _("description"), max_length=2000, blank=True, help_text=_("Two or three plain sentences.")
    )
    seat = models.CharField(_("seat"), max_length=80, blank=True, help_text=_("The town."))
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("superior institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="units",
    )
    active_from = models.DateField(_("active from"), null=True, blank=True)
    active_to = models.DateField(_("active to"), null=True, blank=True)
    published_at = models.DateTimeField(_("page open since"), null=True, blank=True, editable=False)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="institution_slug_unique"),
            models.CheckConstraint(
                condition=models.Q(active_to__isnull=True) | models.Q(active_to__gte=models.F("active_from")),
                name="institution_ends_after_start",
                violation_error_message=_("The last day comes before the first one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.published_at is not None

    def get_absolute_url(self) -> str:
        return reverse("participants:institution", args=[self.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.make_slug(self.name, Institution.objects.exclude(pk=self.pk), fallback="instytucja")
        super().save(*args, **kwargs)

    def open_page(self) -> None:
        """Make the page public; a second call changes nothing. One query at most."""
        if not self.published_at:
            self.published_at = timezone.now()
            Institution.objects.filter(pk=self.pk).update(published_at=self.published_at)


class FormerName(models.Model):
    """A name that old records may still use."""

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.CASCADE, related_name="former_names"
    )
    name = models.CharField(_("name"), max_length=200)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        ordering = ["-until", "pk"]

    def __str__(self) -> str:
        return self.name
