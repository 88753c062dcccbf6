"""What people say on a topic."""

from hashlib import blake2s
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.models import Appointment
from participants.prose import plain_to_html
from participants.validators import folded
from topics.models.reason import Reason
from topics.models.topic import Topic

PER_PAGE = 20
INLINE_REPLIES = 3
HANDED_OVER = "handed-over"  # stands as the reason of hiding where a neutral line is all that the public may read
TEXT_LIMIT = 2000  # of what is written at once
WHOLE_LIMIT = 2 * TEXT_LIMIT  # of a comment with everything that its author has added
REPEATABLE = 20  # letters and digits: who says "Popieram" says what others have said, and is welcome


def fingerprint(text: str) -> str:
    """The same for texts that differ in capitals, accents, look-alikes, spaces and punctuation; "" for short ones."""
    letters = "".join(char for char in folded(text) if char.isalnum())
    return blake2s(letters.encode(), digest_size=8).hexdigest() if len(letters) >= REPEATABLE else ""


class CommentQuerySet(models.QuerySet["Comment"]):
    def public(self) -> "CommentQuerySet":
        """What has a place on the page of a public topic: published comments, and notices where one was."""
        return self.filter(position__isnull=False).exclude(topic__state=Topic.State.DRAFT)

    def visible_to(self, user: Any) -> "CommentQuerySet":
        """What strangers see, and the author's own comments that wait. Whose text is shown, the page decides."""
        if not user.is_authenticated:
            return self.public()
        own = Q(author=user, state=Comment.State.WAITING)
        return self.filter(Q(position__isnull=False) | own).exclude(topic__state=Topic.State.DRAFT)

    def published(self) -> "CommentQuerySet":
        return self.filter(state=Comment.State.PUBLISHED)

    def waiting(self) -> "CommentQuerySet":
        return self.filter(state=Comment.State.WAITING)

    def waiting_of(self, user: Any) -> "CommentQuerySet":
        """The author's own comments that nobody else has ever seen; one that waits again stands in its place."""
        return self.waiting().filter(author=user, position=None) if user.is_authenticated else self.none()

    def own_of(self, user: Any) -> "CommentQuerySet":
        """All that somebody wrote, whatever became of it: for pages that they alone see."""
        return self.filter(author=user.pk).exclude(topic__state=Topic.State.DRAFT)

    def for_author(self) -> "CommentQuerySet":
        """With what a row of their own list prints, the latest first."""
        return self.select_related("topic").defer("html", "submission", "digest").order_by("-created_at", "-pk")

    def official(self) -> "CommentQuerySet":
        return self.exclude(voice="")

    def untold(self) -> "CommentQuerySet":
        """Those that everybody can read, and of which no follower was told."""
        return self.public().published().filter(told_at__isnull=True)

    def threads(self) -> "CommentQuerySet":
        return self.filter(parent__isnull=True)

    def on_page(self, number: int) -> "CommentQuerySet":
        """One page of threads or of replies. The position is the page index: a deep page costs what the first does.

        The limit takes nothing away: without it PostgreSQL takes low positions for frequent ones, and reads the
        whole talk for its first page.
        """
        on_it = self.filter(position__gt=(number - 1) * PER_PAGE, position__lte=number * PER_PAGE)
        return on_it.in_order()[:PER_PAGE]

    def on_page_from_end(self, number: int, last: int) -> "CommentQuerySet":
        """The same counted from the newest, whose position is `last`: the first page is full."""
        first = last - (number - 1) * PER_PAGE
        return self.filter(position__gt=max(first - PER_PAGE, 0), position__lte=first).newest_first()[:PER_PAGE]

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
        question = {
            "question_number": F("question__number"),
            "question_state": F("question__state"),
            "question_holder": F("question__institution__name"),
        }
        return self.annotate(**speaker, **question).defer("text", "submission", "digest", "told_at")

    def newest_first(self) -> "CommentQuerySet":
        return self.order_by("-position", "-pk")

    def most_supported_first(self) -> "CommentQuerySet":
        return self.order_by("-support_count", "position", "pk")

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
        DATA = "data", _("what looks like somebody's data")
        WORD = "word", _("a word from the list")
        YOUNG = "young", _("many comments from a new account")
        FAST = "fast", _("sent faster than anybody types")
        REPEAT = "repeat", _("the same text again")
        TOPIC = "topic", _("every comment on this topic is read first")
        FLOOD = "flood", _("a flood of comments")
        REPORTS = "reports", _("reports of several people")

    class Kind(models.TextChoices):
        OPINION = "opinion", _("Opinion")
        QUESTION = "question", _("Question")
        PROPOSAL = "proposal", _("Proposal")
        THANKS = "thanks", _("Thanks")

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
        db_index=False,  # comment_of_author begins with it
    )
    author_name = models.CharField(
        _("signature"), max_length=250, blank=True, help_text=_("Empty where the author has left the forum.")
    )
    author_estate = models.CharField(
        _("estate beside the signature"), max_length=80, blank=True, help_text=_("Only if the author chose it.")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.OPINION)
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
    text = models.TextField(_("text"), max_length=WHOLE_LIMIT)
    html = models.TextField(_("text as shown"), editable=False)
    digest = models.CharField(_("fingerprint of the text"), max_length=16, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    hold = models.CharField(_("held because of"), max_length=7, choices=Hold.choices, blank=True, default=Hold.NONE)
    submission = models.UUIDField(_("submission"), unique=True, editable=False)
    position = models.PositiveIntegerField(_("position"), null=True, blank=True, editable=False)
    reply_count = models.PositiveIntegerField(_("replies"), default=0, editable=False)
    support_count = models.PositiveIntegerField(_("supporters"), default=0, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    created_at = models.DateTimeField(_("written at"))
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_reason = models.CharField(_("reason of hiding"), max_length=12, blank=True)
    told_at = models.DateTimeField(_("followers told at"), null=True, blank=True, editable=False)

    objects = CommentQuerySet.as_manager()
    speaker_slug = speaker_since = speaker_withheld = speaker_post = None
    question_number = question_state = question_holder = None
    may_support = supported = own_act = None  # what a reader may do with it: topics.acts

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["created_at", "id"], condition=Q(state="waiting"), name="comment_waiting"),
            models.Index(fields=["state", "-id"], name="comment_state"),
            models.Index(fields=["author", "-created_at"], name="comment_of_author"),
            models.Index(
                fields=["published_at", "id"], condition=Q(state="published", told_at=None), name="comment_untold"
            ),
            models.Index(fields=["created_at", "hold"], name="comment_written"),
            models.Index(fields=["digest", "created_at"], condition=~Q(digest=""), name="comment_same_text"),
            models.Index(fields=["-published_at"], condition=Q(voice=""), name="comment_residents_latest"),
            models.Index(
                fields=["topic", "-support_count", "position", "id"],
                condition=Q(state="published", parent__isnull=True),
                name="comment_most_supported",
            ),
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
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False), name="comment_withdrawn_has_date"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="comment_not_empty"),
            models.CheckConstraint(
                condition=~Q(author_name="") | Q(author__isnull=True), name="comment_without_name_has_no_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signed}: {Truncator(self.text).chars(60)}"

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """What is made of the text is made again whenever the text is written."""
        if update_fields is None or "text" in update_fields:
            self.html, self.digest = plain_to_html(self.text), fingerprint(self.text)
            update_fields = update_fields and {*update_fields, "html", "digest"}
        super().save(*args, update_fields=update_fields, **kwargs)

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
    def is_question(self) -> bool:
        return self.kind == Comment.Kind.QUESTION

    @property
    def is_handed_over(self) -> bool:
        return self.hidden_reason == HANDED_OVER

    @property
    def reason_label(self) -> str:
        """Why it was hidden, in the words of the published list."""
        return dict(Reason.choices).get(self.hidden_reason, self.hidden_reason)

    @property
    def signed(self) -> str:
        """The signature; who has left has none, and is called so in the reader's language."""
        return self.author_name or gettext("former participant")

    @property
    def shown_name(self) -> str:
        """Who signs: rank and name as they were, or the post of an official who withholds the name since."""
        return (self.speaker_withheld and self.speaker_post) or self.signed

    @property
    def speaker_url(self) -> str:
        """The open page of the official who speaks, or "". Known to `for_reading()` only."""
        is_open = self.speaker_since and not self.speaker_withheld
        return reverse("participants:official", args=[self.speaker_slug]) if is_open else ""

    def get_absolute_url(self) -> str:
        return reverse("topics:permalink", args=[self.topic.slug, self.pk])
