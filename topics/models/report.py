"""What readers report about comments (DSA art. 16)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from topics.models.comment import Comment
from topics.models.decision import Decision
from topics.models.reason import Reason


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> "ReportQuerySet":
        return self.filter(state=Report.State.OPEN)

    def oldest_first(self) -> "ReportQuerySet":
        return self.order_by("created_at", "pk")


class Report(models.Model):
    """One person's report of one comment. Settled by the decision about the comment."""

    class Why(models.TextChoices):
        DANGER = "danger", _("somebody is in danger, or it is about a crime")
        CHILD = "child", _("it shows or offers the sexual abuse of a child")
        PRIVATE_DATA = "private", _("it gives somebody's personal data or picture")
        INSULT = "insult", _("it insults another person")
        THREAT = "threat", _("it threatens somebody")
        HATE = "hate", _("it stirs up hatred")
        CASE = "case", _("it describes details of a pending case")
        ADVERT = "advert", _("it is advertising or spam")
        OFF_TOPIC = "off-topic", _("it is not about the topic")
        UNLAWFUL = "unlawful", _("it breaks the law in another way")

    class State(models.TextChoices):
        OPEN = "open", _("not decided yet")
        UPHELD = "upheld", _("was right")
        REJECTED = "rejected", _("was not right")

    URGENT = frozenset({Why.DANGER, Why.CHILD, Why.THREAT})

    comment = models.ForeignKey(Comment, verbose_name=_("comment"), on_delete=models.PROTECT, related_name="reports")
    why = models.CharField(_("reason"), max_length=9, choices=Why.choices)
    text = models.TextField(_("explanation"), max_length=1000, blank=True)
    resident = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="pl")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    decision = models.ForeignKey(
        Decision, verbose_name=_("decision"), null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    created_at = models.DateTimeField(_("received at"))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="report_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "resident"], condition=Q(state="open"), name="report_once_by_account"
            ),
            models.UniqueConstraint(
                fields=["comment", "email"],
                condition=Q(state="open", resident__isnull=True) & ~Q(email=""),
                name="report_once_by_address",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decision__isnull=True) | ~Q(state="open") & Q(decision__isnull=False),
                name="report_settled_by_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.get_why_display()

    @property
    def is_urgent(self) -> bool:
        return self.why in Report.URGENT

    @property
    def reason(self) -> str:
        """The reason of the published list that the report points at."""
        return self.why if self.why in Reason.values else Reason.UNLAWFUL
