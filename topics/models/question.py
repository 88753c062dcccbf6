"""The course of a question: who has it, what became of it, how long it took."""

import datetime
import statistics
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.models import Institution
from topics.models.comment import Comment
from topics.models.topic import Topic

LATEST = 1000  # first words whose median says how long an institution takes


class QuestionQuerySet(models.QuerySet["Question"]):
    OWN = ("state", "since", "asked_at", "answered_at")
    IN_LIST = (*OWN, "comment__text", "topic__title", "topic__slug", "topic__is_example", "institution__name")

    def public(self) -> "QuestionQuerySet":
        """Those whose text everybody can read now."""
        return self.filter(comment__state=Comment.State.PUBLISHED).exclude(topic__state=Topic.State.DRAFT)

    def visible_to(self, user: Any) -> "QuestionQuerySet":
        """Those that have a page: a number and an address stay where the text does not, for whoever asks."""
        return self.exclude(topic__state=Topic.State.DRAFT)

    def open(self) -> "QuestionQuerySet":
        """Those that somebody still has to answer: neither answered nor turned into a promise."""
        return self.exclude(state__in=Question.ENDS)

    def answered(self) -> "QuestionQuerySet":
        return self.filter(state=Question.State.ANSWERED)

    def waiting(self) -> "QuestionQuerySet":
        """Those that an institution has on its table, or would have if somebody had said which."""
        return self.filter(state__in=[Question.State.WAITS, Question.State.PASSED])

    def had_by(self, institution: int) -> "QuestionQuerySet":
        """Those that the institution of this key has, or had once."""
        return self.filter(Exists(QuestionStep.objects.filter(question=OuterRef("pk"), institution=institution)))

    def for_list(self) -> "QuestionQuerySet":
        """With what a row of a list prints, and no more."""
        return self.select_related("comment", "topic", "institution").only(*QuestionQuerySet.IN_LIST)

    def newest_first(self) -> "QuestionQuerySet":
        return self.order_by("-number")

    def longest_waiting_first(self) -> "QuestionQuerySet":
        """By when they were asked: numbers are given in that order."""
        return self.order_by("number")


class Question(models.Model):
    """Made when the comment is first published, and changed by topics.questions alone. The number is public."""

    class State(models.TextChoices):
        WAITS = "waits", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        PASSED = "passed", _("Passed on")
        MEETING = "meeting", _("Will be raised at a meeting")
        PROMISED = "promised", _("A promise was made")

    class Source(models.TextChoices):
        SITE = "site", _("on this site")
        PAPER = "paper", _("on paper")
        PHONE = "phone", _("by telephone")
        HALL = "hall", _("at a meeting")

    ENDS = [State.ANSWERED, State.PROMISED]

    number = models.BigAutoField(_("number"), primary_key=True)
    comment = models.OneToOneField(
        Comment, verbose_name=_("comment"), on_delete=models.PROTECT, related_name="question"
    )
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.PROTECT, related_name="questions")
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("who has it"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
        db_index=False,  # question_of_institution begins with it
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITS)
    source = models.CharField(_("how it was asked"), max_length=5, choices=Source.choices, default=Source.SITE)
    told_step = models.BigIntegerField(_("last step told"), default=0, editable=False)
    asked_at = models.DateTimeField(_("asked at"))
    since = models.DateTimeField(_("in this state since"))
    answered_at = models.DateTimeField(_("first official word at"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["institution", "state", "-number"], name="question_of_institution"),
            models.Index(fields=["state", "-number"], name="question_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="question_answered_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="passed") | Q(institution__isnull=False), name="question_passed_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return gettext("Question no. %(number)s") % {"number": self.number}

    @property
    def is_public(self) -> bool:
        return self.comment.state == Comment.State.PUBLISHED and self.topic.is_public

    @property
    def first_word_took(self) -> datetime.timedelta | None:
        """From the question to the first official word, whoever had it."""
        return self.answered_at - self.asked_at if self.answered_at else None

    def get_absolute_url(self) -> str:
        return reverse("topics:question", args=[self.number])


class QuestionStepQuerySet(models.QuerySet["QuestionStep"]):
    def public(self) -> "QuestionStepQuerySet":
        """Those of questions that everybody can read now."""
        readable = self.filter(question__comment__state=Comment.State.PUBLISHED)
        return readable.exclude(question__topic__state=Topic.State.DRAFT)

    def answers(self) -> "QuestionStepQuerySet":
        """Official words, promises among them, to questions that still have one."""
        return self.filter(state__in=Question.ENDS, question__state__in=Question.ENDS)

    def first_words(self) -> "QuestionStepQuerySet":
        return self.filter(waited__isnull=False)

    def questions(self) -> int:
        """How many questions these are steps of. One query."""
        return self.aggregate(found=Count("question", distinct=True))["found"]

    def usual_wait(self) -> datetime.timedelta | None:
        """The median of how long the latest first words took; None where there is none. One query."""
        waits = list(self.first_words().order_by("-at", "-pk").values_list("waited", flat=True)[:LATEST])
        return statistics.median(waits) if waits else None


class QuestionStep(models.Model):
    """A change of state. Rows are added and never changed; from one to the next, `institution` has the question."""

    question = models.ForeignKey(Question, verbose_name=_("question"), on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=8, choices=Question.State.choices)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("who has it"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="question_steps",
    )
    note = models.CharField(_("note for everybody"), max_length=300, blank=True)
    waited = models.DurationField(
        _("waited for the first word"),
        null=True,
        blank=True,
        help_text=_("Only the time in which this institution had the question."),
    )
    at_meeting = models.BooleanField(_("said at a meeting"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))

    objects = QuestionStepQuerySet.as_manager()
    was_planned = False  # the step before it said that a meeting would raise it; known to the page of the question

    class Meta:
        verbose_name = _("step of a question")
        verbose_name_plural = _("steps of questions")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["institution", "at"], condition=Q(waited__isnull=False), name="question_first_words"),
            models.Index(fields=["-at", "-id"], name="question_step_latest"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class QuestionMute(models.Model):
    """Somebody who asked or supported a question, and wants to hear no more of it."""

    question = models.ForeignKey(
        Question, verbose_name=_("question"), on_delete=models.CASCADE, related_name="mutes", db_index=False
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = _("muted question")
        verbose_name_plural = _("muted questions")
        constraints = [models.UniqueConstraint(fields=["question", "account"], name="question_mute_once")]

    def __str__(self) -> str:
        return str(self.question)
