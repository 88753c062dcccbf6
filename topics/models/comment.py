"""Comments, and the decisions of moderators about them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from participants.models import Appointment
from participants.prose import plain_to_html
from topics.models.topic import Topic

PER_PAGE = 20
INLINE_REPLIES = 3
TEXT_LIMIT = 2000


class CommentQuerySet(models.QuerySet["Comment"]):
    def public(self) -> "CommentQuerySet":
        """What has a place on the page of a public topic: published comments, and notices where one was."""
        return self.filter(position__isnull=False).exclude(topic__state=Topic.State.DRAFT)

    def visible_to(self, user: Any) -> "CommentQuerySet":
        """What strangers see, and the author's own comments that wait."""
        if not user.is_authenticated:
            return self.public()
        own = Q(author=user, state=Comment.State.WAITING)
        return self.filter(Q(position__isnull=False) | own).exclude(topic__state=Topic.State.DRAFT)

    def published(self) -> "CommentQuerySet":
        return self.filter(state=Comment.State.PUBLISHED)

    def waiting(self) -> "CommentQuerySet":
        return self.filter(state=Comment.State.WAITING)

    def waiting_of(self, user: Any) -> "CommentQuerySet":
        """The author's own comments that nobody else sees yet."""
        return self.waiting().filter(author=user) if user.is_authenticated else self.none()

    def official(self) -> "CommentQuerySet":
        return self.exclude(voice="")

    def threads(self) -> "CommentQuerySet":
        return self.filter(parent__isnull=True)

    def on_page(self, number: int) -> "CommentQuerySet":
        """One page of threads or of replies. The position is the page index: a deep page costs what the first does.

        The limit takes nothing away: without it PostgreSQL takes low positions for frequent ones, and reads the
        whole talk for its first page.
        """
        on_it = self.filter(position__gt=(number - 1) * PER_PAGE, position__lte=number * PER_PAGE)
        return on_it.in_order()[:PER_PAGE]

    def first_replies(self) -> "CommentQuerySet":
        """Those that stand under their comment on the topic's page."""
        return self.filter(parent__isnull=False, position__lte=INLINE_REPLIES)

    def for_reading(self) -> "CommentQuerySet":
        """With what a page prints and no more: columns cost more than rows where a page has eighty comments."""
        # Plain columns: building a CASE for each query costs more than choosing among them in Python.
        speaker = {
            "speaker_slug": F("appointment__official__slug"),
            "speaker_since": F("appointment__official__published_at"),
            "speaker_withheld": F("appointment__official__name_withheld"),
            "speaker_post": F("appointment__post"),
        }
        return self.annotate(**speaker).defer("text", "submission")

    def in_order(self) -> "CommentQuerySet":
        return self.order_by("position", "pk")

    def oldest_first(self) -> "CommentQuerySet":
        return self.order_by("created_at", "pk")


class Comment(models.Model):
    """What somebody said on a topic. Created by topics.discussion; its state is changed by topics.moderation alone.

    `position` is given once, at first publication: the place among the topic's threads, or among the replies
    of the parent. It never changes, so pages and permalinks stay; a comment never published has none.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a moderator")
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")
        WITHDRAWN = "withdrawn", _("Withdrawn by the author")

    class Hold(models.TextChoices):
        NONE = "", _("nothing")
        FIRST = "first", _("one of the author's first two comments")
        LINK = "link", _("a link")
        PHONE = "phone", _("a telephone number")
        PLATE = "plate", _("a number plate")

    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.PROTECT, related_name="comments")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("reply to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replies",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="comments",
    )
    author_name = models.CharField(_("signature"), max_length=250)
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("in the name of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="answers",
    )
    voice = models.CharField(
        _("official voice"),
        max_length=420,
        blank=True,
        help_text=_("Post and institution as they were when this was written."),
    )
    text = models.TextField(_("text"), max_length=TEXT_LIMIT)
    html = models.TextField(_("text as shown"), editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    hold = models.CharField(_("held because of"), max_length=5, choices=Hold.choices, blank=True, default=Hold.NONE)
    submission = models.UUIDField(_("submission"), unique=True, editable=False)
    position = models.PositiveIntegerField(_("position"), null=True, blank=True, editable=False)
    reply_count = models.PositiveIntegerField(_("replies"), default=0, editable=False)
    created_at = models.DateTimeField(_("written at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_reason = models.CharField(_("reason of hiding"), max_length=12, blank=True)

    objects = CommentQuerySet.as_manager()
    speaker_slug = speaker_since = speaker_withheld = speaker_post = None

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["created_at", "id"], condition=Q(state="waiting"), name="comment_waiting"),
            models.Index(fields=["state", "-id"], name="comment_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "position"], condition=Q(parent__isnull=True), name="comment_thread_position"
            ),
            models.UniqueConstraint(
                fields=["parent", "position"],
                condition=Q(parent__isnull=False),
                name="comment_reply_position",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False, position__isnull=False),
                name="comment_published_has_place",
            ),
            models.CheckConstraint(
                condition=~Q(state="hidden") | Q(hidden_at__isnull=False) & ~Q(hidden_reason=""),
                name="comment_hidden_has_reason",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="comment_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {Truncator(self.text).chars(60)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.html = plain_to_html(self.text)
        super().save(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        return self.position is not None and self.topic.is_public

    def is_visible_to(self, user: Any) -> bool:
        own = user.is_authenticated and self.author_id == user.pk and self.state == Comment.State.WAITING
        return self.is_public or (own and self.topic.is_public)

    @property
    def is_official(self) -> bool:
        return bool(self.voice)

    @property
    def page(self) -> int:
        """The page of the topic (for a thread) or of the thread (for a reply) that shows it. No query."""
        return ((self.position or 1) - 1) // PER_PAGE + 1

    @property
    def reason_label(self) -> str:
        """Why it was hidden, in the words of the published list."""
        return dict(Reason.choices).get(self.hidden_reason, self.hidden_reason)

    @property
    def shown_name(self) -> str:
        """Who signs: rank and name as they were, or the post of an official who withholds the name since."""
        return (self.speaker_withheld and self.speaker_post) or self.author_name

    @property
    def speaker_url(self) -> str:
        """The open page of the official who speaks, or "". Known to `for_reading()` only."""
        is_open = self.speaker_since and not self.speaker_withheld
        return reverse("participants:official", args=[self.speaker_slug]) if is_open else ""

    def get_absolute_url(self) -> str:
        return reverse("topics:permalink", args=[self.topic.slug, self.pk])


class Reason(models.TextChoices):
    """The published list of reasons. Criticism of the police is not among them, and never becomes one."""

    PRIVATE_DATA = "private", _("gave somebody's personal data")
    INSULT = "insult", _("insulted another person")
    THREAT = "threat", _("threatened somebody")
    HATE = "hate", _("stirred up hatred")
    CASE = "case", _("described details of a pending case")
    ADVERT = "advert", _("advertised")
    OFF_TOPIC = "off-topic", _("was not about the topic")
    UNLAWFUL = "unlawful", _("broke the law")


class Decision(models.Model):
    """What a moderator decided, and why. Rows are added and never changed (DSA art. 17: a statement of reasons)."""

    class Act(models.TextChoices):
        PUBLISH = "publish", _("published")
        REFUSE = "refuse", _("refused")
        HIDE = "hide", _("hidden")
        RESTORE = "restore", _("restored")

    comment = models.ForeignKey(Comment, verbose_name=_("comment"), on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(_("decision"), max_length=7, choices=Act.choices)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    note = models.CharField(_("note to the author"), max_length=500, blank=True)
    rules_version = models.CharField(_("version of the rules"), max_length=20)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="decisions",
    )
    decided_by_name = models.CharField(_("name of who decided"), max_length=120)
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=["refuse", "hide"]) | ~Q(reason=""), name="decision_against_has_reason"
            )
        ]

    def __str__(self) -> str:
        return self.get_act_display()
