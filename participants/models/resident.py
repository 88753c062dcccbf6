"""The account: a resident, or a member of the staff. It signs in with an e-mail address."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models.estate import Estate
from participants.models.official import Appointment
from participants.validators import validate_private_signature, validate_signature


class ResidentManager(BaseUserManager["Resident"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Resident":
        resident = self.model(email=email.strip().lower(), **fields)
        resident.set_password(password)
        resident.save(using=self._db)
        return resident

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Resident":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Resident":
        return self.get(email__iexact=username)


class Resident(AbstractBaseUser, PermissionsMixin):
    class Pace(models.TextChoices):
        """When news of what somebody follows is sent. Letters about their own account and acts always go at once."""

        NOW = "now", _("At once")
        DAY = "day", _("Once a day, in one letter")
        WEEK = "week", _("Once a week, on Monday")
        NEVER = "never", _("Never")

    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("An account with this address exists already.")},
    )
    signature = models.CharField(
        _("signature"),
        max_length=40,
        validators=[validate_signature],
        help_text=_("For example a first name and an estate. Everybody sees it beside comments."),
    )
    estate = models.ForeignKey(
        Estate,
        verbose_name=_("estate"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="residents",
    )
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("answers in the name of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="accounts",
        help_text=_("Comments of this account appear as official answers of this post."),
    )
    language = models.CharField(
        _("language of letters"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    pace = models.CharField(_("how often news is sent"), max_length=5, choices=Pace.choices, default=Pace.DAY)
    quiet_from = models.PositiveSmallIntegerField(
        _("no letters from hour"), default=21, validators=[MaxValueValidator(23)]
    )
    quiet_until = models.PositiveSmallIntegerField(
        _("no letters until hour"),
        default=7,
        validators=[MaxValueValidator(23)],
        help_text=_("The same hour: no rest."),
    )
    wants_replies = models.BooleanField(_("hears of replies to their comments"), default=True)
    rules_version = models.CharField(_("accepted rules"), max_length=20, blank=True, editable=False)
    rules_accepted_at = models.DateTimeField(_("rules accepted at"), null=True, blank=True, editable=False)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the panel"), default=False)
    sign_outs = models.PositiveIntegerField(_("times signed out everywhere"), default=0, editable=False)
    seen_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    warned_at = models.DateTimeField(_("warned of disuse at"), null=True, blank=True, editable=False)
    warned_again_at = models.DateTimeField(_("warned again at"), null=True, blank=True, editable=False)
    is_example = models.BooleanField(_("example content"), default=False, editable=False)
    date_joined = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    objects = ResidentManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["signature"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="resident_email_unique_any_case",
                violation_error_message=_("An account with this address exists already."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__lt=24, quiet_until__lt=24), name="resident_quiet_hours_exist"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.signature

    def get_short_name(self) -> str:
        return self.signature

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()
        if not self.is_staff:
            validate_private_signature(self.signature)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Counting `sign_outs` up ends every session, as a new password would."""
        own = super()._get_session_auth_hash(secret)
        return f"{own}-{self.sign_outs}" if self.sign_outs else own

    def is_suspended(self, now: Any) -> bool:
        return self.suspended_until is not None and self.suspended_until > now
