"""What people follow, and what has happened there that they are to be told."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda_question import AgendaQuestion
from meetings.models.commitment import Commitment, CommitmentEntry
from meetings.models.forum import Forum
from meetings.models.meeting import Meeting
from meetings.models.meeting_step import MeetingStep
from participants.models import Estate, Institution
from topics.models import Comment, Question, QuestionMute, QuestionStep, Support, Topic
from topics.models.question import QuestionQuerySet

TARGETS = ("topic", "meeting", "institution", "estate", "commitment", "forum")
SOURCES = ("comment", "question_step", "commitment_entry", "meeting_step")


def exactly_one(names: tuple[str, ...]) -> Q:
    """One of the columns has a value, and no other."""
    cases = Q(pk__in=[])
    for chosen in names:
        cases |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return cases


class FollowQuerySet(models.QuerySet["Follow"]):
    def of(self, account: Any) -> "FollowQuerySet":
        return self.filter(account=account.pk)

    def for_list(self) -> "FollowQuerySet":
        """With what a row of a list prints, the latest first. One query."""
        return self.select_related(*TARGETS).order_by("-created_at", "-pk")


class Follow(models.Model):
    """One person follows one thing. Written by meetings.following alone; what is told of it is meetings.news'."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="follows"
    )
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), null=True, on_delete=models.CASCADE, related_name="follows"
    )
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), null=True, on_delete=models.CASCADE, related_name="follows"
    )
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), null=True, on_delete=models.CASCADE, related_name="follows"
    )
    estate = models.ForeignKey(
        Estate, verbose_name=_("estate"), null=True, on_delete=models.CASCADE, related_name="follows"
    )
    commitment = models.ForeignKey(
        Commitment, verbose_name=_("commitment"), null=True, on_delete=models.CASCADE, related_name="follows"
    )
    forum = models.ForeignKey(
        Forum, verbose_name=_("forum"), null=True, on_delete=models.CASCADE, related_name="follows"
    )
    created_at = models.DateTimeField(_("since"))

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed")
        verbose_name_plural = _("what people follow")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=exactly_one(TARGETS), name="follow_exactly_one"),
            *(
                models.UniqueConstraint(
                    fields=["account", name], condition=Q(**{f"{name}__isnull": False}), name=f"follow_{name}_once"
                )
                for name in TARGETS
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def kind(self) -> str:
        return next(name for name in TARGETS if getattr(self, f"{name}_id") is not None)

    @property
    def target(self) -> Any:
        return getattr(self, self.kind)

    @property
    def is_public(self) -> bool:
        """Everybody can read it still; estates and forums always."""
        return self.kind in {"estate", "forum"} or self.target.is_public

    @property
    def label(self) -> str:
        """What is followed, as a list of it says; nothing of what was taken from view: it may be rewritten there."""
        if not self.is_public:
            return gettext("What is not public any more")
        if self.kind == "forum":
            return gettext("New meetings: %(forum)s") % {"forum": self.forum}
        if self.kind == "estate":
            return gettext("Estate: %(name)s") % {"name": self.estate}
        return self.target.title if self.kind == "meeting" else str(self.target)

    def get_absolute_url(self) -> str:
        """Where it can be read; an estate has no page of its own."""
        if self.kind == "forum":
            return reverse("meetings:list")
        if self.kind == "estate":
            return f"{reverse('topics:list')}?osiedle={self.estate.slug}"
        return self.target.get_absolute_url()


def _cared_for() -> QuestionQuerySet:
    """What the account of the outer row asked or supports, where everybody can read it, and has not muted."""
    account = OuterRef(OuterRef("account"))
    supported = Support.objects.filter(comment=OuterRef("comment"), resident=account)
    muted = QuestionMute.objects.filter(question=OuterRef("pk"), account=account)
    theirs = Question.objects.public().filter(Q(comment__author=OuterRef("account")) | Exists(supported))
    return theirs.exclude(Exists(muted))


class NewsQuerySet(models.QuerySet["News"]):
    def waiting(self) -> "NewsQuerySet":
        return self.filter(told_at__isnull=True, closed_at__isnull=True)

    def still_public(self) -> "NewsQuerySet":
        """Of what everybody can read now: hidden or taken back since it was noted, it is told to nobody."""
        comments = Comment.objects.public().published().filter(pk=OuterRef("comment"))
        questions = Question.objects.public().filter(pk=OuterRef("question_step__question"))
        commitments = Commitment.objects.public().filter(pk=OuterRef("commitment_entry__commitment"))
        meetings = Meeting.objects.public().filter(pk=OuterRef("meeting_step__meeting"))
        return self.filter(Exists(comments) | Exists(questions) | Exists(commitments) | Exists(meetings))

    def still_wanted(self) -> "NewsQuerySet":
        """Without replies, and what concerns questions, of which the person wants to hear no more."""
        steps = _cared_for().filter(pk=OuterRef("question_step__question"))
        promises = _cared_for().filter(
            agenda_places__end=AgendaQuestion.End.PROMISED,
            agenda_places__settled_at__isnull=False,
            agenda_places__commitment=OuterRef("commitment_entry__commitment"),
        )
        muted = QuestionMute.objects.filter(question__comment=OuterRef("comment__parent"), account=OuterRef("account"))
        about = self.filter(~Q(why__in=News.ABOUT_QUESTIONS) | Exists(steps) | Exists(promises))
        return about.exclude(Exists(muted) | Q(account__wants_replies=False), why=News.Why.REPLY)

    def settled(self, before: Any) -> "NewsQuerySet":
        return self.filter(Q(told_at__lt=before) | Q(closed_at__lt=before))

    def for_letter(self) -> "NewsQuerySet":
        """With everything that a letter prints, in the order in which it happened. One query."""
        asked = AgendaQuestion.objects.filter(commitment=OuterRef("commitment_entry__commitment"))
        quiet = Exists(asked.filter(question__topic__is_sensitive=True))
        related = [
            "follow",
            *(f"follow__{name}" for name in TARGETS),
            "comment__topic",
            "comment__appointment__official",
            "question_step__institution",
            "question_step__question__topic",
            "commitment_entry__passed_to",
            "commitment_entry__commitment__institution",
            "commitment_entry__commitment__agenda_item__topic",
            "meeting_step__meeting",
        ]
        return self.select_related(*related).annotate(asked_in_quiet=quiet).order_by("noted_at", "pk")


class News(models.Model):
    """One thing that happened, for one person: waits, then is told in a letter, or closed without one.

    Noted by meetings.news together with the mark that the thing was noted, so that each person hears of it once.
    """

    class Why(models.TextChoices):
        OWN = "own", _("their own question")
        SUPPORTS = "supports", _("a question that they support")
        REPLY = "reply", _("a reply to their own comment")
        PROMISE = "promise", _("they follow the promise")
        TOPIC = "topic", _("they follow the topic")
        MEETING = "meeting", _("they follow the meeting")
        INSTITUTION = "institution", _("they follow the institution")
        FORUM = "forum", _("they follow the forum")
        ESTATE = "estate", _("they follow the estate")

    ABOUT_QUESTIONS = [Why.OWN, Why.SUPPORTS]

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="news"
    )
    comment = models.ForeignKey(
        Comment, verbose_name=_("comment"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    question_step = models.ForeignKey(
        QuestionStep, verbose_name=_("step of a question"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    commitment_entry = models.ForeignKey(
        CommitmentEntry, verbose_name=_("entry of a commitment"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    meeting_step = models.ForeignKey(
        MeetingStep, verbose_name=_("step of a meeting"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    why = models.CharField(_("why"), max_length=11, choices=Why.choices)
    # Whoever stops following hears no more of what waits because of it.
    follow = models.ForeignKey(
        Follow, verbose_name=_("followed"), null=True, on_delete=models.CASCADE, related_name="news"
    )
    noted_at = models.DateTimeField(_("noted at"))
    due_at = models.DateTimeField(_("to be told from"), help_text=_("By the pace that the person chose."))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed without a letter at"), null=True, blank=True)

    objects = NewsQuerySet.as_manager()
    asked_in_quiet = False  # the promise came from a question on a sensitive topic: known to for_letter()

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["due_at", "account"], condition=Q(told_at=None, closed_at=None), name="news_due"),
            models.Index(fields=["told_at", "account"], name="news_told"),
        ]
        constraints = [
            models.CheckConstraint(condition=exactly_one(SOURCES), name="news_exactly_one"),
            models.CheckConstraint(condition=Q(told_at=None) | Q(closed_at=None), name="news_told_or_closed"),
            *(
                models.UniqueConstraint(
                    fields=["account", name], condition=Q(**{f"{name}__isnull": False}), name=f"news_{name}_once"
                )
                for name in SOURCES
            ),
        ]

    def __str__(self) -> str:
        return self.get_why_display()

    @property
    def source(self) -> tuple[str, int]:
        """Which row it tells of."""
        name = next(name for name in SOURCES if getattr(self, f"{name}_id") is not None)
        return name, getattr(self, f"{name}_id")
