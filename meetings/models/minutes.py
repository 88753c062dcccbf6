"""The minutes: each version of each note, what institutions propose, and what was corrected after approval."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting
from participants.models import AppendOnly, Institution
from participants.prose import RichTextField


def _person(verbose_name: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=verbose_name,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )


class NoteVersion(AppendOnly):
    """The note of an agenda item as it was saved once; the newest one equals AgendaItem.note."""

    agenda_item = models.ForeignKey(
        AgendaItem, verbose_name=_("agenda item"), on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField(_("version"))
    text = RichTextField(_("what was said"), blank=True)
    by = _person(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("version of a note")
        verbose_name_plural = _("versions of notes")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["agenda_item", "number"], name="note_version_number")]

    def __str__(self) -> str:
        return str(self.number)


class CirculationQuerySet(models.QuerySet["Circulation"]):
    def unanswered(self) -> "CirculationQuerySet":
        return self.filter(verdict=Circulation.Verdict.NONE)

    def with_proposals(self) -> "CirculationQuerySet":
        """With other words that nobody has decided on."""
        return self.filter(Exists(Proposal.objects.open().filter(circulation=OuterRef("pk"))))

    def to_remind(self, today: datetime.date) -> "CirculationQuerySet":
        """Without an answer on the day before the deadline, or on the last day where the worker stood still."""
        out = self.unanswered().filter(meeting__minutes_state=Meeting.Minutes.CIRCULATED, reminded_at__isnull=True)
        return out.filter(meeting__minutes_until__range=(today, today + datetime.timedelta(days=1)))


class Circulation(models.Model):
    """The minutes as they were sent to one institution, and whether it agrees with its own part."""

    class Verdict(models.TextChoices):
        NONE = "", _("no answer yet")
        ACCEPTED = "accepted", _("accepted")
        PROPOSED = "proposed", _("proposed other words")

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="circulations"
    )
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="circulations"
    )
    email = models.EmailField(_("sent to"))
    sent_at = models.DateTimeField(_("sent at"))
    verdict = models.CharField(_("answer"), max_length=8, choices=Verdict.choices, blank=True, default=Verdict.NONE)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True, editable=False)

    objects = CirculationQuerySet.as_manager()

    class Meta:
        verbose_name = _("minutes sent round")
        verbose_name_plural = _("minutes sent round")
        ordering = ["institution__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "institution"], name="circulation_once_an_institution")
        ]

    def __str__(self) -> str:
        return str(self.institution)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> "ProposalQuerySet":
        return self.filter(state=Proposal.State.OPEN)


class Proposal(models.Model):
    """Other words for one note, proposed by the institution whose part it is."""

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        TAKEN = "taken", _("taken")
        DECLINED = "declined", _("declined")

    circulation = models.ForeignKey(
        Circulation, verbose_name=_("sent to"), on_delete=models.CASCADE, related_name="proposals"
    )
    agenda_item = models.ForeignKey(
        AgendaItem, verbose_name=_("agenda item"), on_delete=models.CASCADE, related_name="proposals"
    )
    text = RichTextField(_("proposed words"))
    why = models.CharField(_("why"), max_length=500, blank=True)
    seen_version = models.PositiveIntegerField(_("version of the note"), default=0, editable=False)
    made_at = models.DateTimeField(_("proposed at"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    reply = models.CharField(_("reply"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = _person(_("decided by"))

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed words")
        verbose_name_plural = _("proposed words")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.circulation)


class Erratum(AppendOnly):
    """A dated correction under approved minutes. The text above it stays as it was approved."""

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.PROTECT, related_name="errata")
    agenda_item = models.ForeignKey(
        AgendaItem,
        verbose_name=_("agenda item"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="errata",
    )
    text = models.TextField(_("correction"), max_length=1000)
    by = _person(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("erratum")
        verbose_name_plural = _("errata")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text
