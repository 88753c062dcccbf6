"""What a moderator has to decide: one row for each comment that waits, was reported, or is appealed about."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from topics.models.comment import Comment
from topics.models.decision import Appeal

CLAIM_LASTS = datetime.timedelta(minutes=30)


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        return self.filter(closed_at__isnull=True)

    def visible_to(self, user: Any) -> "CaseQuerySet":
        """Moderators see what was held or reported; appeals are for those who may decide them, not on themselves.

        Nobody sees a matter of their own comment: they do not decide it, and need not know who says what against them.
        """
        seen = Q(pk__in=[])
        if user.has_perm("topics.change_comment"):
            seen |= Q(appeal__isnull=True)
        if user.has_perm("topics.decide_appeal"):
            seen |= Q(appeal__isnull=False) & ~Q(appeal__against=user)
        return self.filter(seen).exclude(comment__author=user)

    def urgent_first(self) -> "CaseQuerySet":
        return self.order_by("-is_urgent", "opened_at", "pk")

    def free_for(self, user: Any, now: datetime.datetime) -> "CaseQuerySet":
        """Those that nobody else is at."""
        return self.filter(Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - CLAIM_LASTS) | Q(claimed_by=user))

    def after(self, case: "Case") -> "CaseQuerySet":
        """What comes later when the urgent are first."""
        later = Q(opened_at__gt=case.opened_at) | Q(opened_at=case.opened_at, pk__gt=case.pk)
        found = Q(is_urgent=case.is_urgent) & later
        return self.filter(found | Q(is_urgent=False) if case.is_urgent else found)

    def before(self, case: "Case") -> "CaseQuerySet":
        earlier = Q(opened_at__lt=case.opened_at) | Q(opened_at=case.opened_at, pk__lt=case.pk)
        found = Q(is_urgent=case.is_urgent) & earlier
        return self.filter(found if case.is_urgent else found | Q(is_urgent=True))


class Case(models.Model):
    """Opened and closed by topics.cases alone, in the transaction of what causes it."""

    class Kind(models.TextChoices):
        HELD = "held", _("waits")
        REPORTED = "reported", _("reported")
        APPEAL = "appeal", _("appeal")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    comment = models.ForeignKey(Comment, verbose_name=_("comment"), on_delete=models.CASCADE, related_name="cases")
    appeal = models.OneToOneField(
        Appeal, verbose_name=_("appeal"), null=True, blank=True, on_delete=models.CASCADE, related_name="case"
    )
    is_urgent = models.BooleanField(_("danger or crime"), default=False)
    report_count = models.PositiveIntegerField(_("reports"), default=0)
    opened_at = models.DateTimeField(_("since"))
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    claimed_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter to decide")
        verbose_name_plural = _("matters to decide")
        ordering = ["-is_urgent", "opened_at", "pk"]
        indexes = [
            models.Index(
                fields=["-is_urgent", "opened_at", "id"], condition=Q(closed_at__isnull=True), name="case_open"
            ),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_closed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "kind"],
                condition=Q(closed_at__isnull=True, appeal__isnull=True),
                name="case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(kind="appeal", appeal__isnull=False) | ~Q(kind="appeal") & Q(appeal__isnull=True),
                name="case_of_appeal_has_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.comment}"

    def is_claimed(self, now: datetime.datetime) -> bool:
        """Somebody is at it; a claim that nobody acted on runs out."""
        return self.claimed_at is not None and self.claimed_at > now - CLAIM_LASTS

    def is_taken_from(self, user: Any, now: datetime.datetime) -> bool:
        """Somebody else is at it."""
        return self.is_claimed(now) and self.claimed_by_id not in (None, user.pk)
