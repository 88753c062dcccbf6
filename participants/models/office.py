"""What the office says of itself on two pages that the law asks of it: one row each, filled in by the editors."""

import datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.dates import validate_sensible_year

LINE, TEXT = 200, 4000
BY_LINE = _("Each line becomes an entry of a list.")


class OfficePageQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Everybody reads these pages."""
        return self

    def current(self) -> Any:
        """The row, or what the page says until there is one; that is content, and so in Polish. One query."""
        if row := self.first():
            return row
        with translation.override(settings.LANGUAGE_CODE):
            return self.model.beginning()


class OfficePage(models.Model):
    """The only row of its table. `revision` as in Addressed (participants.admin.conflicts)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = OfficePageQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="%(class)s_is_one")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def beginning(cls) -> Self:
        """An unsaved row with what the settings and the portal itself know. Nothing is invented."""
        raise NotImplementedError


class InformationClause(OfficePage):
    """Art. 13 of the GDPR, field by field; the rights of people are the same everywhere and stand in the template."""

    controller = models.CharField(_("controller of the data"), max_length=LINE, blank=True)
    address = models.CharField(_("postal address"), max_length=LINE, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    inspector_name = models.CharField(_("name of the data protection officer"), max_length=LINE, blank=True)
    inspector_email = models.EmailField(_("e-mail of the data protection officer"), blank=True)
    inspector_phone = models.CharField(_("telephone of the data protection officer"), max_length=40, blank=True)
    recipients = models.TextField(
        _("recipients"), max_length=TEXT, blank=True, help_text=_("Who else gets the data, and on what ground.")
    )
    transfer = models.TextField(
        _("transfer outside the European Economic Area"),
        max_length=TEXT,
        blank=True,
        help_text=_("That there is none, or where to and on what ground."),
    )
    required = models.TextField(
        _("whether the data have to be given"),
        max_length=TEXT,
        blank=True,
        help_text=_("And what follows if somebody does not give them."),
    )
    automated = models.TextField(_("automated decisions and profiling"), max_length=TEXT, blank=True)

    class Meta(OfficePage.Meta):
        verbose_name = _("information clause")
        verbose_name_plural = _("information clause")

    @classmethod
    def beginning(cls) -> Self:
        forum = settings.FORUM
        return cls(
            controller=forum["controller"],
            address=forum["address"],
            email=forum["email"],
            phone=forum["phone"],
            recipients=gettext(
                "Signatures and comments are public. Other data are seen by the editors and moderators of the forum, "
                "and by those who run its servers and mail for us."
            ),
            required=gettext(
                "Giving the data is voluntary. Without an e-mail address and a signature you can read, but not write."
            ),
            automated=gettext(
                "No decision about you is left to a program alone, and we build no profile. A program only lets a "
                "comment wait until a moderator reads it: by the rules that stand in the rules of discussion, or "
                "after several reports. For that it counts how many of a reporter's reports were right."
            ),
        )

    def get_absolute_url(self) -> str:
        return reverse("clause")


class Processing(models.Model):
    """What is done with which data: a row of the clause, complete or not there at all."""

    clause = models.ForeignKey(
        InformationClause,
        verbose_name=_("information clause"),
        on_delete=models.CASCADE,
        related_name="processings",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    what = models.CharField(_("which data"), max_length=LINE)
    purpose = models.CharField(_("what for"), max_length=500)
    legal_basis = models.CharField(
        _("legal basis"), max_length=500, help_text=_("The article of the GDPR, and the act that gives the task.")
    )
    kept = models.CharField(_("how long"), max_length=LINE)

    class Meta:
        verbose_name = _("purpose of processing")
        verbose_name_plural = _("purposes of processing")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.what


def _not_before(later: str, earlier: str, words: Any) -> models.CheckConstraint:
    known = Q(**{f"{later}__isnull": True}) | Q(**{f"{earlier}__isnull": True})
    condition = known | Q(**{f"{later}__gte": F(earlier)})
    return models.CheckConstraint(
        condition=condition, name=f"statement_{later}_not_before", violation_error_message=words
    )


class AccessibilityStatement(OfficePage):
    """The fields of the ministry's form, version 2.0 of 31 July 2024; its fixed sentences stand in the template."""

    class Status(models.TextChoices):
        FULL = "full", _("fully compliant")
        PARTIAL = "partial", _("partially compliant")
        NONE = "none", _("not compliant")

    class Basis(models.TextChoices):
        SELF = "self", _("self-assessment")
        AUDIT = "audit", _("audit by somebody from outside")
        CONTRACTOR = "contractor", _("declaration of the contractor")

    entity = models.CharField(_("public body"), max_length=LINE, blank=True)
    published_on = models.DateField(
        _("website published on"), null=True, blank=True, validators=[validate_sensible_year]
    )
    updated_on = models.DateField(
        _("website last changed on"),
        null=True,
        blank=True,
        validators=[validate_sensible_year],
        help_text=_("The last change that matters to accessibility."),
    )
    status = models.CharField(_("status"), max_length=7, choices=Status.choices, blank=True)
    not_conforming = models.TextField(
        _("non-compliance with the annex"), max_length=TEXT, blank=True, help_text=BY_LINE
    )
    not_covered = models.TextField(
        _("content that the act does not cover"), max_length=TEXT, blank=True, help_text=BY_LINE
    )
    burden = models.TextField(_("disproportionate burden"), max_length=TEXT, blank=True, help_text=BY_LINE)
    assessment_url = models.URLField(_("assessment of the burden"), blank=True)
    prepared_on = models.DateField(
        _("statement drawn up on"),
        null=True,
        blank=True,
        validators=[validate_sensible_year],
        help_text=_("The first time. A review does not move this date."),
    )
    reviewed_on = models.DateField(
        _("statement last reviewed on"),
        null=True,
        blank=True,
        validators=[validate_sensible_year],
        help_text=_("Every year by 31 March, and after each change that matters."),
    )
    basis = models.CharField(_("drawn up on the basis of"), max_length=10, choices=Basis.choices, blank=True)
    basis_by = models.CharField(_("name of the auditor or contractor"), max_length=LINE, blank=True)
    basis_url = models.URLField(_("report or document"), blank=True)
    conveniences = models.TextField(_("conveniences and limitations"), max_length=TEXT, blank=True, help_text=BY_LINE)
    shortcuts = models.TextField(
        _("keyboard shortcuts"), max_length=TEXT, blank=True, help_text=_("Only those of our own, one a line.")
    )
    contact = models.CharField(_("contact person or unit"), max_length=LINE, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    apps = models.TextField(
        _("mobile apps"), max_length=TEXT, blank=True, help_text=_("One a line, with the address of its statement.")
    )
    address = models.CharField(_("address of the seat"), max_length=LINE, blank=True)
    architecture = models.TextField(
        _("access to the building"),
        max_length=TEXT,
        blank=True,
        help_text=_("Entrances, corridors, stairs, lifts, toilets, parking, assistance dogs, induction loop."),
    )
    architecture_url = models.URLField(_("page that describes the building"), blank=True)
    communication = models.TextField(
        _("communication and information"),
        max_length=TEXT,
        blank=True,
        help_text=_("Ways of contact, a sign language interpreter or that there is none, easy-to-read texts."),
    )

    class Meta(OfficePage.Meta):
        verbose_name = _("accessibility statement")
        verbose_name_plural = _("accessibility statement")
        constraints = [
            *OfficePage.Meta.constraints,
            _not_before("updated_on", "published_on", _("The website cannot change before it is published.")),
            _not_before("reviewed_on", "prepared_on", _("The review comes after the drawing up.")),
        ]

    @classmethod
    def beginning(cls) -> Self:
        """With what is known of the portal's own pages: an audit may find that they are better, or worse."""
        known_limits = [
            gettext(
                "Documents and pictures that the editors attach to meetings may lack a text layer or a full "
                "description. The page of the meeting gives the most important facts as text."
            ),
            gettext("The website has not been tried with people who use screen readers yet."),
        ]
        known_conveniences = [
            gettext("The website works without scripts and from the keyboard alone."),
            gettext("You can choose a light or a dark appearance, or leave it to the settings of your device."),
            gettext("Enlarged four times, the text flows in one column."),
            gettext(
                "The interface is in Polish, English and Ukrainian. Meetings, topics and comments stay in the "
                "language in which they were written."
            ),
            gettext("The website has no keyboard shortcuts of its own."),
        ]
        return cls(
            entity=settings.FORUM["owner"],
            status=cls.Status.PARTIAL,
            not_conforming="\n".join(known_limits),
            basis=cls.Basis.SELF,
            conveniences="\n".join(known_conveniences),
            address=settings.FORUM["address"],
        )

    def get_absolute_url(self) -> str:
        return reverse("accessibility")

    def clean(self) -> None:
        """A date to come would silence the reminder of the review for years."""
        super().clean()
        self.refuse_days_to_come(timezone.localdate())

    def refuse_days_to_come(self, today: datetime.date) -> None:
        names = ["published_on", "updated_on", "prepared_on", "reviewed_on"]
        late = [name for name in names if (date := getattr(self, name)) and date > today]
        if late:
            raise ValidationError({name: _("This day is still to come.") for name in late})
