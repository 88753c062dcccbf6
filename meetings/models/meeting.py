"""Meetings, with what is known of them: nearly everything may be missing in the real notices."""

import datetime
import uuid
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.approved import keep_meeting
from meetings.models.counting import Counted, people_in_words
from meetings.models.forum import Forum
from meetings.models.sign_up import SignUpSettings
from participants.dates import (
    Precision,
    first_day,
    first_day_constraint,
    in_words,
    last_day,
    precision_field,
    validate_sensible_year,
)
from participants.models import Addressed, Institution
from participants.prose import RichTextField


def sees_drafts(user: Any) -> bool:
    """Whether somebody reads what is not published: who may change meetings. Two queries for staff, then none."""
    return user.is_staff and user.has_perm("meetings.change_meeting")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def public(self) -> "MeetingQuerySet":
        return self.exclude(state__in=Meeting.UNPUBLISHED)

    def visible_to(self, user: Any) -> "MeetingQuerySet":
        """What strangers see; drafts as well for those who may change meetings. Two queries more for staff."""
        return self if sees_drafts(user) else self.public()

    def due(self, now: datetime.datetime) -> "MeetingQuerySet":
        """Scheduled ones whose hour of publication has come."""
        return self.filter(state=Meeting.State.SCHEDULED, publish_at__lte=now)

    def upcoming(self, today: datetime.date) -> "MeetingQuerySet":
        """Announced or waiting for a new date; cancelled ones too, until their day has passed."""
        ahead = Q(state__in=[Meeting.State.ANNOUNCED, Meeting.State.CANCELLED], last_day__gte=today)
        return self.filter(ahead | Q(state=Meeting.State.POSTPONED))

    def unpublished(self) -> "MeetingQuerySet":
        return self.filter(state__in=Meeting.UNPUBLISHED)

    def to_close(self, today: datetime.date) -> "MeetingQuerySet":
        """Their day has come, and their report is not out."""
        on_or_after = Q(state=Meeting.State.ANNOUNCED, date__lte=today)
        return self.filter(on_or_after | Q(state=Meeting.State.HELD), closed_at__isnull=True)

    def announced(self) -> "MeetingQuerySet":
        """Those that keep their date: neither cancelled nor postponed."""
        return self.filter(state=Meeting.State.ANNOUNCED)

    def past(self, today: datetime.date) -> "MeetingQuerySet":
        over = Q(state__in=[Meeting.State.ANNOUNCED, Meeting.State.CANCELLED], last_day__lt=today)
        return self.public().filter(over | Q(state__in=[Meeting.State.HELD, Meeting.State.ARCHIVED]))

    def about(self, topics: models.QuerySet[Any]) -> "MeetingQuerySet":
        """Those with one of the topics on the agenda."""
        return self.filter(pk__in=Meeting.objects.filter(agenda_items__topic__in=topics).values("pk"))

    def beside(self, meeting: "Meeting") -> "MeetingQuerySet":
        """The last meeting of the same forum before this one and the first after it: two rows at most, one query."""
        series = self.filter(forum=meeting.forum_id)
        before = series.filter(Q(date__lt=meeting.date) | Q(date=meeting.date, pk__lt=meeting.pk))
        after = series.filter(Q(date__gt=meeting.date) | Q(date=meeting.date, pk__gt=meeting.pk))
        nearest = Q(pk__in=before.order_by("-date", "-pk").values("pk")[:1])
        return self.filter(nearest | Q(pk__in=after.order_by("date", "pk").values("pk")[:1])).order_by("date", "pk")

    def without_texts(self) -> "MeetingQuerySet":
        """For lists: announcement and report are read with the page of one meeting only."""
        return self.defer("announcement", "report")

    def soonest_first(self) -> "MeetingQuerySet":
        """The postponed ones last: their date has no meaning any more."""
        waiting = Case(When(state=Meeting.State.POSTPONED, then=Value(1)), default=Value(0))
        return self.order_by(waiting, "date", F("starts").asc(nulls_last=True), "pk")

    def latest_first(self) -> "MeetingQuerySet":
        return self.order_by("-date", F("starts").desc(nulls_last=True), "-pk")


class Meeting(SignUpSettings, Addressed):
    """One meeting. Its state is changed by meetings.publication alone."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        ANNOUNCED = "announced", _("Announced")
        POSTPONED = "postponed", _("Postponed")
        CANCELLED = "cancelled", _("Cancelled")
        HELD = "held", _("Held")
        ARCHIVED = "archived", _("Archived")

    class Minutes(models.TextChoices):
        DRAFT = "draft", _("being written")
        CIRCULATED = "sent", _("sent round for correction")
        APPROVED = "approved", _("approved")

    UNPUBLISHED = [State.DRAFT, State.SCHEDULED]
    LIVE = [State.ANNOUNCED, State.POSTPONED, State.HELD]  # public, and not called off

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening meeting")
        EVALUATION = "evaluation", _("evaluation meeting")
        BOTH = "both", _("evaluation and opening")
        CONFERENCE = "conference", _("conference")
        CONSULTATION = "consultation", _("consultation")
        OTHER = "other", _("other")

    Counted = Counted

    forum = models.ForeignKey(Forum, verbose_name=_("forum"), on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField(
        _("number in the forum"),
        null=True,
        blank=True,
        help_text=_("For example 2 for the second meeting. Leave it empty when not known."),
    )
    title = models.CharField(_("title"), max_length=200)
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    invites = models.CharField(
        _("who invites"), max_length=250, blank=True, help_text=_("As printed: post, rank and name.")
    )
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    campaign = models.CharField(
        _("campaign"), max_length=200, blank=True, help_text=_("The name of the cycle, if it has one.")
    )

    date = models.DateField(_("date"), validators=[validate_sensible_year])
    date_precision = precision_field(_("how exact the date is"))
    last_day = models.DateField(_("last possible day"), editable=False, db_index=True)
    starts = models.TimeField(_("begins at"), null=True, blank=True)
    ends = models.TimeField(_("ends at"), null=True, blank=True)

    place = models.CharField(_("place"), max_length=200, blank=True)
    address = models.CharField(_("address of the place"), max_length=200, blank=True)
    room = models.CharField(_("room, floor"), max_length=100, blank=True)
    online_url = models.URLField(_("online link"), blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    step_free = models.BooleanField(_("entrance without steps"), null=True, blank=True)
    induction_loop = models.BooleanField(_("induction loop"), null=True, blank=True)
    sign_language = models.BooleanField(_("sign language interpreter"), null=True, blank=True)
    sign_language_until = models.DateField(_("ask for the interpreter until"), null=True, blank=True)

    lead = models.TextField(
        _("lead"),
        max_length=600,
        blank=True,
        help_text=_("One or two sentences for lists and the top of the page."),
    )
    announcement = RichTextField(_("announcement"), blank=True)
    report = RichTextField(_("report"), blank=True, help_text=_("What was said. It appears once the meeting was held."))
    head_count = models.PositiveIntegerField(_("how many people came"), null=True, blank=True)
    head_counted = models.CharField(_("how counted"), max_length=7, choices=Counted.choices, default=Counted.UNKNOWN)
    not_counted = models.BooleanField(_("nobody counted people"), default=False)
    no_conclusions = models.BooleanField(_("nobody submitted conclusions"), default=False)
    no_commitments = models.BooleanField(_("nothing was promised"), default=False)
    no_files = models.BooleanField(_("there are no photos or documents"), default=False)
    reported_in = models.ForeignKey(
        "self",
        verbose_name=_("its report stands at"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="also_reported",
        help_text=_("Another meeting whose report covers this one as well."),
    )
    author = models.CharField(_("author of the notice"), max_length=120, blank=True)
    source_url = models.URLField(_("source"), blank=True)

    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT, editable=False)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    moved_at = models.DateTimeField(_("moved at"), null=True, blank=True, editable=False)
    postponed_at = models.DateTimeField(_("postponed at"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    held_at = models.DateTimeField(_("closed as held at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("report published at"), null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)
    state_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    uid = models.UUIDField(_("name in calendars"), default=uuid.uuid4, unique=True, editable=False)
    notice_since = models.DateTimeField(_("changes to tell since"), null=True, blank=True, editable=False)
    notice_due_at = models.DateTimeField(_("changes are told at"), null=True, blank=True, editable=False)
    notice_from = models.CharField(_("state before those changes"), max_length=9, blank=True, editable=False)
    closing_reminders = models.PositiveSmallIntegerField(_("reminders to close"), default=0, editable=False)
    minutes_state = models.CharField(
        _("state of the minutes"), max_length=8, choices=Minutes.choices, default=Minutes.DRAFT, editable=False
    )
    minutes_until = models.DateField(_("corrections until"), null=True, blank=True, editable=False)
    forum_name = models.CharField(_("name of the forum as printed"), max_length=200, blank=True, editable=False)
    minutes_approved_at = models.DateTimeField(_("minutes approved at"), null=True, blank=True, editable=False)

    institutions = models.ManyToManyField(
        Institution,
        verbose_name=_("organisers"),
        through="meetings.Organiser",
        related_name="organised_meetings",
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-date", "-pk"]
        indexes = [
            models.Index(fields=["state", "date"], name="meeting_state_date"),
            models.Index(fields=["forum", "date", "id"], name="meeting_in_forum"),
            models.Index(fields=["-published_at", "-id"], name="meeting_latest_published"),
            models.Index(fields=["notice_due_at"], condition=Q(notice_due_at__isnull=False), name="meeting_notice_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                ExtractYear("date"),
                "slug",
                name="meeting_slug_unique_in_year",
                violation_error_message=_("Another meeting of this year has this address. Choose another one."),
            ),
            models.UniqueConstraint(
                fields=["forum", "number"],
                name="meeting_number_unique_in_forum",
                violation_error_message=_("This forum has a meeting with this number already."),
            ),
            first_day_constraint("date", "date_precision", "meeting_date_first_day"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=False, ends__gt=F("starts")),
                name="meeting_ends_after_start",
                violation_error_message=_("The meeting ends before it begins. Check both hours."),
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(date_precision=Precision.DAY),
                name="meeting_hour_needs_day",
                violation_error_message=_("An hour needs an exact day."),
            ),
            models.CheckConstraint(
                condition=Q(head_counted="unknown", head_count__isnull=True)
                | ~Q(head_counted="unknown") & Q(head_count__isnull=False),
                name="meeting_head_count_known",
                violation_error_message=_("Give the number of people together with how it was counted."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="meeting_map_point_whole",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(publish_at__isnull=False),
                name="meeting_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled"]) | Q(published_at__isnull=False),
                name="meeting_public_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False) & ~Q(state_reason=""),
                name="meeting_cancelled_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(held_at__isnull=False), name="meeting_closed_was_held"
            ),
            models.CheckConstraint(
                condition=~Q(minutes_state="approved") | Q(minutes_approved_at__isnull=False),
                name="meeting_approved_has_time",
            ),
            models.CheckConstraint(
                condition=Q(seats_each__gte=1),
                name="meeting_seats_each_positive",
                violation_error_message=_("At least one seat in a sign-up."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.when}"

    @property
    def when(self) -> str:
        return in_words(self.date, self.date_precision)

    @property
    def is_public(self) -> bool:
        return self.state not in Meeting.UNPUBLISHED

    @property
    def begins_at(self) -> datetime.datetime:
        """The earliest moment at which it may begin: where no hour is known, the beginning of the day."""
        return timezone.make_aware(datetime.datetime.combine(self.date, self.starts or datetime.time.min))

    def is_visible_to(self, user: Any) -> bool:
        return self.is_public or sees_drafts(user)

    def is_upcoming(self, today: datetime.date) -> bool:
        if self.state in {Meeting.State.ANNOUNCED, Meeting.State.CANCELLED}:
            return self.last_day >= today
        return self.state == Meeting.State.POSTPONED

    def is_past(self, today: datetime.date) -> bool:
        return self.is_public and not self.is_upcoming(today)

    def took_place(self, today: datetime.date) -> bool:
        """It was held; a draft of a past meeting is shown as it will look when published."""
        return self.held_at is not None or (not self.is_public and self.last_day < today)

    @property
    def is_closed(self) -> bool:
        """Its report is out. What is written before that, everybody but the editors waits for."""
        return self.closed_at is not None

    def is_to_close(self, today: datetime.date) -> bool:
        come = self.state == Meeting.State.ANNOUNCED and self.date <= today
        return (come or self.state == Meeting.State.HELD) and not self.is_closed

    @property
    def is_cancelled(self) -> bool:
        """Also in the archive: a meeting that never took place does not turn into one that did."""
        return self.cancelled_at is not None

    @property
    def where(self) -> str:
        return ", ".join(filter(None, [self.place, self.room, self.address]))

    @property
    def map_url(self) -> str:
        if self.latitude is None or self.longitude is None:
            return ""
        return (
            f"https://www.openstreetmap.org/?mlat={self.latitude}&mlon={self.longitude}"
            f"#map=17/{self.latitude}/{self.longitude}"
        )

    @property
    def head_count_in_words(self) -> str:
        return people_in_words(self.head_count, self.head_counted)

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.date.year, self.slug])

    def clean(self) -> None:
        """Any day stands for its month or year. Without a date there is no address to check: the form asks for it."""
        if self.date:
            self.date = first_day(self.date, self.date_precision)
            super().clean()
        self._check_where_reported()

    def _check_where_reported(self) -> None:
        """One report may cover several meetings, and stands itself nowhere else: so there is no circle. Two queries."""
        if self.reported_in is None:
            return
        if self.reported_in_id == self.pk or self.reported_in.reported_in_id:
            raise ValidationError(_("Choose a meeting that has a report of its own."))
        if self.pk and self.also_reported.exists():
            raise ValidationError(_("The report of this meeting covers others: it has to stand here."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.last_day = last_day(self.date, self.date_precision)
        if not self.slug:
            same_year = Meeting.objects.filter(date__year=self.date.year).exclude(pk=self.pk)
            self.make_slug(self.title, same_year, fallback="spotkanie")
        super().save(*args, **kwargs)

    def check_change(self, stored: "Meeting", update_fields: Collection[str] | None) -> None:
        keep_meeting(stored, self, update_fields)

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Documents and photos one by one, so that their files go as well."""
        for row in [*self.documents.all(), *self.photos.all()]:
            row.delete()
        return super().delete(*args, **kwargs)
