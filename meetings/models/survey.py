"""The survey of a meeting: what is asked, and what people said, with nothing that tells who they are."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting, sees_drafts

ENOUGH = 5  # sheets from which results are shown: fewer could be told apart in a small hall


class SurveyQuerySet(models.QuerySet["Survey"]):
    def public(self) -> "SurveyQuerySet":
        return self.exclude(meeting__state__in=Meeting.UNPUBLISHED)

    def visible_to(self, user: Any) -> "SurveyQuerySet":
        return self if sees_drafts(user) else self.public()


class Survey(models.Model):
    meeting = models.OneToOneField(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="survey")
    introduction = models.TextField(_("introduction"), max_length=600, blank=True)
    opens_on = models.DateField(_("open from"))
    closes_on = models.DateField(_("open until"))

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")),
                name="survey_ends_after_start",
                violation_error_message=_("The last day comes before the first one."),
            )
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    def is_open(self, today: datetime.date) -> bool:
        return self.opens_on <= today <= self.closes_on

    def get_absolute_url(self) -> str:
        return reverse("meetings:survey", args=[self.meeting.date.year, self.meeting.slug])


class SurveyQuestion(models.Model):
    class Kind(models.TextChoices):
        SCALE = "scale", _("scale from 1 to 5")
        CHOICE = "choice", _("one of the answers")
        CHOICES = "choices", _("any of the answers")
        TEXT = "text", _("own words")

    survey = models.ForeignKey(Survey, verbose_name=_("survey"), on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices, default=Kind.SCALE)
    text = models.CharField(_("question"), max_length=250)
    lowest = models.CharField(_("what 1 means"), max_length=60, blank=True)
    highest = models.CharField(_("what 5 means"), max_length=60, blank=True)
    answers = models.TextField(
        _("answers"), max_length=1000, blank=True, help_text=_("One in a line; for a choice only.")
    )

    class Meta:
        verbose_name = _("question of a survey")
        verbose_name_plural = _("questions of a survey")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def options(self) -> list[str]:
        return [line.strip() for line in self.answers.splitlines() if line.strip()]


class SurveySheet(models.Model):
    """One filled-in survey. No account, no address, no hour: only the day."""

    survey = models.ForeignKey(Survey, verbose_name=_("survey"), on_delete=models.PROTECT, related_name="sheets")
    submission = models.UUIDField(_("submission"), unique=True, editable=False)
    on_paper = models.BooleanField(_("on paper"), default=False)
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("keyed in by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("sheet of a survey")
        verbose_name_plural = _("sheets of a survey")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)


class SurveyAnswer(models.Model):
    sheet = models.ForeignKey(SurveySheet, verbose_name=_("sheet"), on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(
        SurveyQuestion, verbose_name=_("question"), on_delete=models.PROTECT, related_name="given"
    )
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    option = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    words = models.TextField(_("own words"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(1, 5)), name="survey_score_in_scale"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=False) | Q(option__isnull=False) | ~Q(words=""),
                name="survey_answer_says_something",
            ),
            models.UniqueConstraint(fields=["sheet", "question", "option"], name="survey_option_once"),
        ]

    def __str__(self) -> str:
        return self.words or str(self.score or self.option)
