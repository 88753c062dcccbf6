"""What was promised at a meeting, and everything that became of it: entries are added and never changed."""

import datetime
import secrets
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting
from meetings.uploads import validate_photo
from participants.models import AppendOnly, Estate, Institution


def entry_photo_path(photo: "EntryPhoto", name: str) -> str:
    return f"commitments/{secrets.token_hex(16)}.jpg"


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def public(self) -> "CommitmentQuerySet":
        """Out with the report of their meeting."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: Any) -> "CommitmentQuerySet":
        """What strangers see; those of a report that is not out yet as well for those who write it."""
        if user.is_staff and user.has_perm("meetings.change_meeting"):
            return self
        return self.public()

    def open(self) -> "CommitmentQuerySet":
        return self.filter(state__in=Commitment.OPEN)

    def overdue(self, today: datetime.date) -> "CommitmentQuerySet":
        return self.open().filter(due__lt=today)

    def on_time(self, today: datetime.date) -> "CommitmentQuerySet":
        """Open, and not overdue."""
        return self.open().filter(Q(due__isnull=True) | Q(due__gte=today))

    def done(self) -> "CommitmentQuerySet":
        return self.filter(state=Commitment.State.DONE)

    def dropped(self) -> "CommitmentQuerySet":
        """Ended without being done by whoever promised: passed on, impossible, needed no longer."""
        return self.filter(state__in=Commitment.DROPPED)

    def of_forum(self, forum: int) -> "CommitmentQuerySet":
        return self.filter(meeting__forum=forum)

    def soonest_due_first(self) -> "CommitmentQuerySet":
        return self.order_by(F("due").asc(nulls_last=True), "pk")

    def latest_change_first(self) -> "CommitmentQuerySet":
        return self.order_by("-since", "-pk")


class Commitment(models.Model):
    """A promise of an institution. Its state and its due date are changed by meetings.commitments alone."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        IN_PROGRESS = "progress", _("in progress")
        DONE = "done", _("done")
        PASSED = "passed", _("passed on")
        IMPOSSIBLE = "impossible", _("cannot be done")
        NOT_NEEDED = "unneeded", _("no longer needed")

    OPEN = [State.PLANNED, State.IN_PROGRESS]
    DROPPED = [State.PASSED, State.IMPOSSIBLE, State.NOT_NEEDED]

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.PROTECT, related_name="commitments", db_index=False
    )
    agenda_item = models.ForeignKey(
        AgendaItem,
        verbose_name=_("agenda item"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commitments",
    )
    text = models.CharField(_("what was promised"), max_length=300)
    institution = models.ForeignKey(
        Institution, verbose_name=_("who promised"), on_delete=models.PROTECT, related_name="commitments"
    )
    institution_text = models.CharField(_("who promised, as printed"), max_length=200, blank=True, editable=False)
    post = models.CharField(_("post"), max_length=200, blank=True, help_text=_("Who answers for it there."))
    helpers = models.ManyToManyField(
        Institution, verbose_name=_("who helps"), blank=True, related_name="helped_commitments"
    )
    estates = models.ManyToManyField(Estate, verbose_name=_("estates"), blank=True, related_name="commitments")
    due = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False)
    since = models.DateTimeField(_("in this state since"), editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    told_entry = models.BigIntegerField(_("last entry told"), default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["meeting", "id"], name="commitment_of_meeting"),
            models.Index(fields=["institution", "state", "due"], name="commitment_of_institution"),
            models.Index(fields=["state", "due", "id"], name="commitment_due"),
            models.Index(fields=["state", "-since", "-id"], name="commitment_since"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="commitment_has_text")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_public(self) -> bool:
        return self.published_at is not None

    @property
    def is_open(self) -> bool:
        return self.state in Commitment.OPEN

    def is_overdue(self, today: datetime.date) -> bool:
        return self.is_open and self.due is not None and self.due < today

    def get_absolute_url(self) -> str:
        return reverse("meetings:commitment", args=[self.pk])


class CommitmentEntry(AppendOnly):
    """What happened to a commitment: its state or due date before and after, and the words for everybody."""

    class Verdict(models.TextChoices):
        NONE = "", _("not judged")
        ACCEPTED = "accepted", _("the room accepted it")
        DISPUTED = "disputed", _("the room disputed it")
        CARRIED = "carried", _("carried on")

    commitment = models.ForeignKey(
        Commitment, verbose_name=_("commitment"), on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    state_before = models.CharField(_("state before"), max_length=10, choices=Commitment.State.choices, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=Commitment.State.choices)
    due_before = models.DateField(_("due before"), null=True, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    passed_to = models.ForeignKey(
        Institution,
        verbose_name=_("passed on to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    meeting = models.ForeignKey(
        Meeting,
        verbose_name=_("meeting that judged it"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="verdicts",
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices, blank=True, default=Verdict.NONE)
    text = models.TextField(_("words for everybody"), max_length=2000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("entry of a commitment")
        verbose_name_plural = _("entries of commitments")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["commitment", "at", "id"], name="entry_of_commitment")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "progress"]) | Q(state=F("state_before")) | ~Q(text=""),
                name="entry_end_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="passed") | Q(state_before="passed") | Q(passed_to__isnull=False),
                name="entry_passed_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(meeting__isnull=False), name="entry_verdict_of_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class EntryPhoto(models.Model):
    """How it looked before, and how it looks now. Kept like the entry, but for a likeness that has to go."""

    class When(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")

    entry = models.ForeignKey(CommitmentEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="photos")
    when = models.CharField(_("before or after"), max_length=6, choices=When.choices, default=When.AFTER)
    image = models.ImageField(_("photo"), upload_to=entry_photo_path, validators=[validate_photo])
    width = models.PositiveIntegerField(_("width"), editable=False, default=0)
    height = models.PositiveIntegerField(_("height"), editable=False, default=0)
    alt = models.CharField(
        _("what the photo shows"), max_length=250, help_text=_("For those who cannot see it. Name no minors.")
    )

    class Meta:
        verbose_name = _("photo of an entry")
        verbose_name_plural = _("photos of entries")
        ordering = ["-when", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="entry_photo_has_alt")]

    def __str__(self) -> str:
        return self.alt

    def get_absolute_url(self) -> str:
        return reverse("meetings:entry_photo", args=[self.pk, PurePosixPath(self.image.name).name])


class Carried(models.Model):
    """An earlier commitment on the agenda of a later meeting, and what the room said of it."""

    agenda_item = models.ForeignKey(
        AgendaItem, verbose_name=_("agenda item"), on_delete=models.CASCADE, related_name="carried", db_index=False
    )
    commitment = models.ForeignKey(
        Commitment, verbose_name=_("commitment"), on_delete=models.PROTECT, related_name="carried"
    )
    verdict = models.CharField(
        _("verdict"), max_length=8, choices=CommitmentEntry.Verdict.choices, blank=True, default=""
    )
    words = models.TextField(_("what was said"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("carried-over commitment")
        verbose_name_plural = _("carried-over commitments")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["agenda_item", "commitment"], name="carried_once")]

    def __str__(self) -> str:
        return str(self.commitment)


class FollowUp(models.Model):
    """ "Is it better?", asked of somebody who had asked for it, six weeks after it was done."""

    entry = models.ForeignKey(
        CommitmentEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="follow_ups", db_index=False
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="follow_ups",
    )
    asked_at = models.DateTimeField(_("asked at"))
    is_better = models.BooleanField(_("is it better"), null=True, blank=True)
    words = models.TextField(_("words"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "account"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(is_better__isnull=True, answered_at__isnull=True)
                | Q(is_better__isnull=False, answered_at__isnull=False),
                name="follow_up_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)
