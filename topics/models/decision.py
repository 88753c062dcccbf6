"""What moderators decide about comments and their authors, and what authors say against it."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from topics.models.comment import Comment
from topics.models.reason import Reason

APPEAL_LIMIT = 2000
APPEAL_DAYS = 183  # DSA art. 20(1): at least six months


class Decision(models.Model):
    """What was decided, and why. Rows are added and never changed (DSA art. 17: a statement of reasons).

    A decision about an author (suspension, closed account) hangs on the comment that was its occasion.
    """

    class Act(models.TextChoices):
        PUBLISH = "publish", _("published")
        REFUSE = "refuse", _("refused")
        HIDE = "hide", _("hidden")
        RESTORE = "restore", _("restored")
        KEEP = "keep", _("left as it is")
        CUT_OUT = "cut-out", _("a passage cut out")
        HAND_OVER = "hand-over", _("handed to the duty officer")
        SET_ASIDE = "set-aside", _("set aside after reports")
        SUSPEND = "suspend", _("author suspended")
        CLOSE = "close", _("account closed")
        LIFT = "lift", _("author let in again")

    class Role(models.TextChoices):
        """Who decided, as the public and the author may know it."""

        MODERATOR = "moderator", _("moderator")
        APPEALS = "appeals", _("person who considers appeals")
        PROGRAM = "program", _("program")

    # Those that take something from the author: each has a reason, is told by letter, and can be appealed against.
    AGAINST = frozenset({"refuse", "hide", "cut-out", "hand-over", "set-aside", "suspend", "close"})
    # Those that take a comment from view, and all that say whether it is seen.
    OUT_OF_SIGHT = frozenset({Act.REFUSE, Act.HIDE, Act.HAND_OVER, Act.SET_ASIDE})
    ABOUT_SIGHT = OUT_OF_SIGHT | {Act.PUBLISH, Act.RESTORE}

    comment = models.ForeignKey(Comment, verbose_name=_("comment"), on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(_("decision"), max_length=9, choices=Act.choices)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    note = models.CharField(_("note to the author"), max_length=500, blank=True)
    rule = models.CharField(
        _("rule that held it"), max_length=7, choices=Comment.Hold.choices, blank=True, default=Comment.Hold.NONE
    )
    rules_version = models.CharField(_("version of the rules"), max_length=20)
    hours = models.PositiveSmallIntegerField(_("hours of suspension"), null=True, blank=True)
    after_report = models.BooleanField(_("after a report"), default=False)
    role = models.CharField(_("role"), max_length=9, choices=Role.choices, default=Role.MODERATOR)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="decisions",
    )
    decided_by_name = models.CharField(_("name of who decided"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided at"), db_index=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=["refuse", "hide", "cut-out", "hand-over", "set-aside", "suspend", "close"])
                | ~Q(reason=""),
                name="decision_against_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(act="suspend", hours__isnull=False) | ~Q(act="suspend") & Q(hours__isnull=True),
                name="decision_suspension_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.get_act_display()

    @property
    def is_against(self) -> bool:
        return self.act in Decision.AGAINST

    @property
    def appeal_until(self) -> datetime.datetime:
        return self.decided_at + datetime.timedelta(days=APPEAL_DAYS)

    @property
    def ends_at(self) -> datetime.datetime | None:
        """When a suspension is over by itself; nothing else ends so."""
        return self.decided_at + datetime.timedelta(hours=self.hours) if self.hours else None


class AppealQuerySet(models.QuerySet["Appeal"]):
    def waiting(self) -> "AppealQuerySet":
        return self.filter(outcome="")

    def for_judge(self, user: Any) -> "AppealQuerySet":
        """Those that somebody may decide: not against their own decision, and not about their own comment."""
        return self.exclude(against=user).exclude(decision__comment__author=user)


class Appeal(models.Model):
    """The author's word against a decision, once. Decided by somebody else (DSA art. 20), and then never changed."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("the decision stands")
        REVERSED = "reversed", _("the decision was changed")

    decision = models.OneToOneField(
        Decision, verbose_name=_("decision"), on_delete=models.PROTECT, related_name="appeal"
    )
    against = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who decided first"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    text = models.TextField(_("why"), max_length=APPEAL_LIMIT)
    created_at = models.DateTimeField(_("received at"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    note = models.CharField(_("note to the author"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_by_name = models.CharField(_("name of who decided"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-created_at", "-pk"]
        permissions = [("decide_appeal", _("May decide appeals"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True) | ~Q(outcome="") & Q(decided_at__isnull=False),
                name="appeal_decided_has_date",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(against__isnull=True) | ~Q(decided_by=F("against")),
                name="appeal_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.decision)
