"""What the rules of retention did: when, and how much went. Nothing of whom."""

from django.db import models
from django.db.models import F, Max, Q, Sum
from django.utils.translation import gettext_lazy as _


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def by_rule(self) -> dict[str, dict[str, object]]:
        """For each rule its last run, its last removal, and how much went in all. One query."""
        rows = (
            self.order_by()
            .values("rule")
            .annotate(
                last=Max("ended_at"),
                last_removal=Max("ended_at", filter=Q(removed__gt=0)),
                last_failure=Max("ended_at", filter=Q(has_failed=True)),
                all=Sum("removed"),
            )
        )
        return {row["rule"]: row for row in rows}


class JobRun(models.Model):
    """A run that removed something, or failed; of those that found nothing to do only the last one is kept, since the
    worker looks every hour. Written by participants.retention alone."""

    rule = models.SlugField(_("key of the rule"), max_length=40, db_index=False)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), db_index=True)
    removed = models.PositiveIntegerField(_("how much went"))
    has_failed = models.BooleanField(_("failed"), default=False)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a retention rule")
        verbose_name_plural = _("what the forum forgets")
        ordering = ["-ended_at", "-pk"]
        indexes = [models.Index(fields=["rule", "ended_at"], name="job_run_of_rule")]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="job_run_ends_after_start"),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(removed=0, has_failed=False), name="job_run_one_without_work"
            ),
        ]

    def __str__(self) -> str:
        return self.rule
