"""Who was invited and who came, in the order of protocol, as it was printed on the day of publication."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.models.approved import OfMinutes
from meetings.models.counting import people_in_words
from meetings.models.meeting import Meeting
from participants.models import Appointment, Institution


class PresenceQuerySet(models.QuerySet["Presence"]):
    def public(self) -> "PresenceQuerySet":
        return self.exclude(meeting__state__in=Meeting.UNPUBLISHED)

    def in_protocol_order(self) -> "PresenceQuerySet":
        return self.order_by("position", "pk")

    def with_meeting(self) -> "PresenceQuerySet":
        """Without a query per line: the meeting, but for its long texts, and the official."""
        related = self.select_related("meeting", "appointment__official")
        return related.defer("meeting__announcement", "meeting__report")

    def latest_first(self) -> "PresenceQuerySet":
        """The latest meeting first, its lines in protocol order."""
        return self.order_by("-meeting__date", "-meeting", "position", "pk")


class Presence(OfMinutes):
    """One line of the list of guests.

    The printed texts are frozen from the appointment when the meeting is published (meetings.presences.freeze):
    a promotion afterwards changes nothing here; a correction of a mistake sets `corrected_at`.
    """

    printed = (
        *("position", "kind", "role", "attendance", "deputy", "group", "count", "counted"),
        *("rank_text", "name_text", "post_text", "institution_text", "corrected_at"),
    )

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("named official")
        POST = "post", _("post without a name")
        DELEGATION = "delegation", _("delegation of an institution")
        GROUP = "group", _("group")
        PRIVATE = "private", _("private persons (a number only)")
        LED = "led", _("group led by a post")

    class Role(models.TextChoices):
        HOST = "host", pgettext_lazy("at a meeting", "host")
        ORGANISER = "organiser", _("organiser")
        GUEST = "guest", pgettext_lazy("at a meeting", "guest")
        SPEAKER = "speaker", _("speaker")
        CHAIR = "chair", _("chair of the meeting")

    class Attendance(models.TextChoices):
        INVITED = "invited", _("invited")
        CONFIRMED = "confirmed", _("confirmed")
        PRESENT = "present", _("present")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")
        DEPUTISED = "deputised", _("represented by a deputy")

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="presences")
    position = models.PositiveSmallIntegerField(_("order of protocol"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OFFICIAL)
    role = models.CharField(_("role"), max_length=9, choices=Role.choices, default=Role.GUEST)
    attendance = models.CharField(_("attendance"), max_length=9, choices=Attendance.choices, default=Attendance.INVITED)
    deputy = models.CharField(_("represented by"), max_length=200, blank=True)
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("official"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="presences",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="presences",
    )
    group = models.CharField(
        _("group"), max_length=200, blank=True, help_text=_("For example: przewodniczący rad osiedli.")
    )
    count = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    counted = models.CharField(
        _("how counted"), max_length=7, choices=Meeting.Counted.choices, default=Meeting.Counted.UNKNOWN
    )
    rank_text = models.CharField(_("rank as printed"), max_length=40, blank=True)
    name_text = models.CharField(_("name as printed"), max_length=200, blank=True)
    post_text = models.CharField(
        _("post as printed"),
        max_length=220,
        blank=True,
        help_text=_("For a post without a name, and for who leads a group."),
    )
    institution_text = models.CharField(_("institution as printed"), max_length=200, blank=True)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True, editable=False)
    corrected_at = models.DateTimeField(_("corrected at"), null=True, blank=True, editable=False)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("at a meeting", "presence")
        verbose_name_plural = pgettext_lazy("at a meeting", "presences")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="official") | Q(appointment__isnull=False) | ~Q(name_text=""),
                name="presence_official_has_name",
                violation_error_message=_("Choose the official, or write the name."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["post", "led"]) | ~Q(post_text=""),
                name="presence_post_has_post",
                violation_error_message=_("Write the post."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["group", "led"]) | ~Q(group=""),
                name="presence_group_has_label",
                violation_error_message=_("Write what group it is."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="delegation") | Q(institution__isnull=False) | ~Q(institution_text=""),
                name="presence_delegation_has_institution",
                violation_error_message=_("Choose the institution."),
            ),
            models.CheckConstraint(
                condition=Q(counted="unknown", count__isnull=True) | ~Q(counted="unknown") & Q(count__isnull=False),
                name="presence_count_known",
                violation_error_message=_("Give the number of people together with how it was counted."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="private") | Q(name_text="", appointment__isnull=True, count__isnull=False),
                name="presence_private_is_number",
                violation_error_message=_("For private persons give a number only."),
            ),
        ]

    def __str__(self) -> str:
        printed = self.group or " ".join(filter(None, [self.rank_text, self.name_text])) or self.post_text
        return printed or str(self.appointment or self.institution or self.get_kind_display())

    def is_dated_correction(self, stored: "Presence") -> bool:
        """One that is printed with its date, or the second half of it: texts taken anew from the right official."""
        is_dated = self.corrected_at is not None and self.corrected_at != stored.corrected_at
        return (is_dated or stored.frozen_at is None) and self.position == stored.position

    @property
    def is_public(self) -> bool:
        return self.meeting.is_public

    @property
    def is_on_host_side(self) -> bool:
        return self.role in {Presence.Role.HOST, Presence.Role.ORGANISER, Presence.Role.CHAIR}

    @property
    def shown_name(self) -> str:
        """Rank and name as printed; "" for a person who withholds the name, also when that was said later."""
        if self.appointment and self.appointment.official.name_withheld:
            return ""
        return " ".join(filter(None, [self.rank_text, self.name_text]))

    @property
    def count_in_words(self) -> str:
        return people_in_words(self.count, self.counted)
