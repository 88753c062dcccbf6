"""Topics of the talk and the categories they stand in."""

import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models import Addressed, Estate, Institution
from participants.prose import RichTextField
from participants.slugs import free_slug


class Category(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(
        _("address"),
        max_length=90,
        unique=True,
        blank=True,
        help_text=_("Left empty, it is made from the name."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    quiet_months = models.PositiveSmallIntegerField(
        _("closes after months without a comment"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Left empty, talks of this category stay open."),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = free_slug(self.name, Category.objects.exclude(pk=self.pk), fallback="kategoria")
        super().save(*args, **kwargs)


class TopicQuerySet(models.QuerySet["Topic"]):
    def public(self) -> "TopicQuerySet":
        return self.exclude(state=Topic.State.DRAFT)

    def visible_to(self, user: Any) -> "TopicQuerySet":
        """What strangers see; drafts as well for those who may change topics. Two queries more for staff."""
        if user.is_staff and user.has_perm("topics.change_topic"):
            return self
        return self.public()

    def accepting_comments(self, today: datetime.date) -> "TopicQuerySet":
        return self.filter(Q(closes_on__isnull=True) | Q(closes_on__gte=today), state=Topic.State.OPEN)

    def closed(self, today: datetime.date) -> "TopicQuerySet":
        """Public ones that take no more comments."""
        over = Q(state=Topic.State.OPEN, closes_on__lt=today)
        return self.filter(over | Q(state__in=[Topic.State.CLOSED, Topic.State.ARCHIVED]))

    def answered(self) -> "TopicQuerySet":
        return self.filter(official_count__gt=0)

    def without_texts(self) -> "TopicQuerySet":
        """For lists: the body and the links are read with the page of one topic only."""
        return self.defer("body", "see_also")

    def for_writing(self) -> "TopicQuerySet":
        """What a comment asks of its topic and changes in it, and no more: half the cost of a row is its columns."""
        return self.only("slug", "state", "closes_on", "held_until", "slow_until", "institution", *Topic.COUNTED)

    def liveliest_first(self) -> "TopicQuerySet":
        return self.order_by("-active_at", "-pk")

    def newest_first(self) -> "TopicQuerySet":
        return self.order_by("-published_at", "-pk")

    def unanswered_first(self) -> "TopicQuerySet":
        """Those without an official answer, the liveliest on top."""
        answered = Case(When(official_count__gt=0, then=1), default=0)
        return self.order_by(answered, "-active_at", "-pk")

    def open_first(self, today: datetime.date) -> "TopicQuerySet":
        """Those that take comments before those that do not; the order within stays."""
        is_open = Q(closes_on__isnull=True) | Q(closes_on__gte=today)
        closed = Case(When(is_open, state=Topic.State.OPEN, then=0), default=1)
        return self.order_by(closed, *self.query.order_by)


class Topic(Addressed):
    """A matter to talk about. The counters are written by topics.discussion and topics.moderation alone,
    under a lock of this row; `manage.py recount` compares and mends them."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        ARCHIVED = "archived", _("Archived")

    class OtherPath(models.TextChoices):
        """Where a resident gets on faster than by writing here."""

        NONE = "", _("none")
        OFFICER = "officer", _("the community officer")
        KMZB = "kmzb", _("the national map of threats (KMZB)")
        BOTH = "both", _("the community officer and the national map of threats")

    COUNTERS = frozenset({"thread_count", "comment_count", "official_count", "last_comment_at"})
    COUNTED = COUNTERS | {"active_at", "pinned"}  # what save_counters writes

    title = models.CharField(_("title"), max_length=200)
    lead = models.TextField(
        _("lead"), max_length=500, help_text=_("One or two sentences: what we ask the residents about.")
    )
    body = RichTextField(_("text"), blank=True)
    see_also = RichTextField(
        _("useful links"), blank=True, help_text=_("For example the national map of threats (KMZB).")
    )
    other_path = models.CharField(
        _("other path"),
        max_length=7,
        choices=OtherPath.choices,
        blank=True,
        default=OtherPath.NONE,
        help_text=_("Shown before the form: where such a matter is dealt with faster than here."),
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("who answers"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="topics",
        help_text=_("Questions on this topic go to this institution first."),
    )
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="topics")
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_("Letters do not name this topic in their subject."),
    )
    estates = models.ManyToManyField(
        Estate,
        verbose_name=_("estates"),
        blank=True,
        related_name="topics",
        help_text=_("None means the whole town."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closes_on = models.DateField(
        _("last day of the talk"),
        null=True,
        blank=True,
        help_text=_("After this day residents can read, but not write."),
    )
    held_until = models.DateTimeField(_("every comment is read first, until"), null=True, blank=True, editable=False)
    slow_until = models.DateTimeField(_("slow mode until"), null=True, blank=True, editable=False)
    pinned = models.ForeignKey(
        "topics.Comment",
        verbose_name=_("pinned answer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    thread_count = models.PositiveIntegerField(_("threads"), default=0, editable=False)
    comment_count = models.PositiveIntegerField(_("comments"), default=0, editable=False)
    official_count = models.PositiveIntegerField(_("official answers"), default=0, editable=False)
    last_comment_at = models.DateTimeField(_("last comment at"), null=True, blank=True, editable=False)
    active_at = models.DateTimeField(_("last active at"), null=True, blank=True, editable=False, db_index=True)

    objects = TopicQuerySet.as_manager()

    questions_waiting = questions_answered = 0  # told by topics.questions.count_in, for lists

    reserved_slugs = frozenset({"rss"})

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        permissions = [("calm_topic", _("May slow a talk down, or have every comment read first"))]
        ordering = ["-active_at", "-pk"]
        indexes = [models.Index(fields=["-published_at", "-id"], name="topic_latest_published")]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="topic_slug_unique"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="topic_public_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "archived"]) | Q(closed_at__isnull=False),
                name="topic_closed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.state != Topic.State.DRAFT

    def accepts_comments(self, today: datetime.date) -> bool:
        return self.state == Topic.State.OPEN and (self.closes_on is None or self.closes_on >= today)

    def holds_everything(self, now: datetime.datetime) -> bool:
        return self.held_until is not None and self.held_until > now

    def is_slow(self, now: datetime.datetime) -> bool:
        return self.slow_until is not None and self.slow_until > now

    def closed_since(self, today: datetime.date) -> datetime.date | None:
        """The first day without new comments; None while they are taken. For public topics."""
        if self.accepts_comments(today):
            return None
        is_over = self.closes_on is not None and self.closes_on < today  # the calendar ends on 31 December 9999
        over = self.closes_on + datetime.timedelta(days=1) if is_over else None
        closed = timezone.localdate(self.closed_at) if self.closed_at else None
        return min(filter(None, [over, closed]), default=None)

    def is_visible_to(self, user: Any) -> bool:
        return self.is_public or (user.is_staff and user.has_perm("topics.change_topic"))

    def get_absolute_url(self) -> str:
        return reverse("topics:detail", args=[self.slug])

    def save_counters(self) -> None:
        """Write what a comment changes. For the holder of this row's lock only (topics.discussion). One query."""
        Topic.objects.filter(pk=self.pk).update(
            thread_count=self.thread_count,
            comment_count=self.comment_count,
            official_count=self.official_count,
            last_comment_at=self.last_comment_at,
            active_at=self.active_at,
            pinned=self.pinned_id,
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """An editor who saves a topic loaded a moment ago does not turn the counters back."""
        if not self.slug:
            self.make_slug(self.title, Topic.objects.exclude(pk=self.pk), fallback="temat")
        if not self._state.adding:
            fields = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            kwargs.setdefault("update_fields", fields - self.COUNTERS)
        super().save(*args, **kwargs)
