"""What was promised at a meeting, and everything that became of it: entries are added and never changed."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting, sees_drafts
from participants.models import AppendOnly, AppendOnlyQuerySet, Estate, Institution

DISPUTED_BY = 3  # residents who say that it is not better


@dataclass(frozen=True)
class Score:
    """How promises stand. The first four together are all of them."""

    on_time: int
    overdue: int
    done: int
    dropped: int
    since: int | None  # the year of the first one

    @property
    def total(self) -> int:
        return self.on_time + self.overdue + self.done + self.dropped


@dataclass(frozen=True)
class Keeping:
    """How an institution keeps its word, by the date that it gave first. Without a date it is neither."""

    in_time: int
    late: int
    moved: int


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def public(self) -> "CommitmentQuerySet":
        """Out with the report of their meeting."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: Any) -> "CommitmentQuerySet":
        """What strangers see; those of a report that is not out yet as well for those who write it."""
        return self if sees_drafts(user) else self.public()

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

    def of_institution(self, institution: int) -> "CommitmentQuerySet":
        """Those that it owes or helps with."""
        helped = Commitment.helpers.through.objects.filter(commitment=OuterRef("pk"), institution=institution)
        return self.filter(Q(institution=institution) | Exists(helped))

    def silent_since(self, moment: datetime.datetime) -> "CommitmentQuerySet":
        """Open, and without an entry from `moment` on."""
        return self.open().exclude(Exists(CommitmentEntry.objects.filter(commitment=OuterRef("pk"), at__gte=moment)))

    def disputed(self) -> "CommitmentQuerySet":
        """Done, but DISPUTED_BY of those who had asked answered that it is not better since."""
        ends = CommitmentEntry.objects.filter(commitment=OuterRef("pk"), at=OuterRef("since")).order_by()
        no = Count("follow_ups", filter=Q(follow_ups__is_better=False))
        return self.done().filter(Exists(ends.annotate(no=no).filter(no__gte=DISPUTED_BY)))

    def for_cards(self) -> "CommitmentQuerySet":
        """With what a card prints: who promised, where, and the latest words for everybody."""
        spoken = CommitmentEntry.objects.filter(commitment=OuterRef("pk"), verdict="").exclude(text="")
        words = spoken.order_by("-at", "-pk").values("text")[:1]
        related = self.select_related("institution", "meeting").defer("meeting__announcement", "meeting__report")
        return related.annotate(latest_words=Subquery(words))

    def score(self, today: datetime.date) -> Score:
        """One query."""
        is_open = Q(state__in=Commitment.OPEN)
        is_overdue = is_open & Q(due__lt=today)
        found = self.order_by().aggregate(
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_overdue),
            done=Count("pk", filter=Q(state=Commitment.State.DONE)),
            dropped=Count("pk", filter=Q(state__in=Commitment.DROPPED)),
            since=Min("meeting__date"),
        )
        opened, since = found.pop("open"), found.pop("since")
        return Score(on_time=opened - found["overdue"], since=since and since.year, **found)

    def keeping(self) -> Keeping:
        """One query."""
        dated = CommitmentEntry.objects.filter(commitment=OuterRef("pk"), due__isnull=False).order_by("at", "pk")
        moved = CommitmentEntry.objects.filter(commitment=OuterRef("pk"), due_before__isnull=False)
        moved = moved.filter(Q(due__isnull=True) | ~Q(due=F("due_before")))
        rows = self.order_by().annotate(first_due=Subquery(dated.values("due")[:1]), was_moved=Exists(moved))
        is_done = Q(state=Commitment.State.DONE)
        found = rows.aggregate(
            in_time=Count("pk", filter=is_done & Q(since__date__lte=F("first_due"))),
            late=Count("pk", filter=is_done & Q(since__date__gt=F("first_due"))),
            moved=Count("pk", filter=Q(was_moved=True)),
        )
        return Keeping(**found)

    def soonest_due_first(self) -> "CommitmentQuerySet":
        return self.order_by(F("due").asc(nulls_last=True), "pk")

    def open_first(self) -> "CommitmentQuerySet":
        """The open ones, soonest due first, then those that ended last."""
        is_open = Case(When(state__in=Commitment.OPEN, then=Value(0)), default=Value(1))
        due = Case(When(state__in=Commitment.OPEN, then=F("due")))
        return self.order_by(is_open, due.asc(nulls_last=True), "-since", "-pk")

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
            models.Index(fields=["-since", "-id"], name="commitment_latest"),
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

    @property
    def is_done(self) -> bool:
        return self.state == Commitment.State.DONE

    @property
    def kind(self) -> str:
        """How its card looks: "ok", "late", "wait" or, ended without being done, "no"."""
        if self.is_done:
            return "ok"
        if not self.is_open:
            return "no"
        return "late" if self.is_overdue(timezone.localdate()) else "wait"

    @property
    def institution_printed(self) -> str:
        """As it was called when the promise came out."""
        return self.institution_text or self.institution.name

    def is_overdue(self, today: datetime.date) -> bool:
        return self.is_open and self.due is not None and self.due < today

    def get_absolute_url(self) -> str:
        return reverse("meetings:commitment", args=[self.pk])


class CommitmentEntryQuerySet(AppendOnlyQuerySet):
    def public(self) -> "CommitmentEntryQuerySet":
        return self.filter(commitment__published_at__isnull=False)

    def latest_first(self) -> "CommitmentEntryQuerySet":
        return self.order_by("-at", "-pk")


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

    objects = CommitmentEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a commitment")
        verbose_name_plural = _("entries of commitments")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["commitment", "at", "id"], name="entry_of_commitment"),
            models.Index(fields=["-at", "-id"], name="entry_latest"),
        ]
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

    @property
    def is_first(self) -> bool:
        return not self.state_before

    @property
    def changes_state(self) -> bool:
        return self.state != self.state_before

    @property
    def moves_due(self) -> bool:
        return not self.is_first and self.due != self.due_before

    @property
    def in_words(self) -> str:
        """What happened, in a word or two."""
        if self.is_first:
            return gettext("promised")
        if self.verdict:
            return self.get_verdict_display()
        if self.changes_state:
            return self.get_state_display()
        return gettext("another due date") if self.moves_due else gettext("news")

    def get_absolute_url(self) -> str:
        return f"{self.commitment.get_absolute_url()}#wpis-{self.pk}"


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
