"""The agenda of a meeting."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.approved import OfMinutes
from meetings.models.meeting import Meeting
from participants.models import Institution
from participants.prose import RichTextField
from topics.models import Topic


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def public(self) -> "AgendaItemQuerySet":
        """Items of published meetings. A draft topic shows its title in the agenda, and is not linked."""
        return self.exclude(meeting__state__in=Meeting.UNPUBLISHED)


class AgendaItem(OfMinutes):
    """Its note is written by meetings.minutes alone, which keeps every version."""

    printed = (
        *("position", "part", "topic", "title", "starts", "minutes", "introduced_by", "is_main"),
        *("note", "note_version", "is_skipped", "outcome"),
    )

    class Part(models.TextChoices):
        EVALUATION = "evaluation", _("what became of earlier promises")
        OPENING = "opening", _("welcome")
        TALK = "talk", _("talk")
        BREAK = "break", _("break")

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="agenda_items"
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    part = models.CharField(_("part"), max_length=10, choices=Part.choices, default=Part.TALK)
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_items",
    )
    title = models.CharField(
        _("title"),
        max_length=200,
        blank=True,
        help_text=_("Only when no topic is chosen: a welcome, a break."),
    )
    starts = models.TimeField(_("begins at"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("whose part it is"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_items",
        help_text=_("The minutes of this item are sent there for correction."),
    )
    introduced_by = models.CharField(_("introduced by"), max_length=200, blank=True)
    is_main = models.BooleanField(_("main topic"), default=False)
    note = RichTextField(_("what was said"), blank=True)
    note_version = models.PositiveIntegerField(_("version of the note"), default=0, editable=False)
    is_skipped = models.BooleanField(_("was not talked about"), default=False)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)

    objects = AgendaItemQuerySet.as_manager()
    questions: Any = ()  # those of residents that stand at it; known to the page of the meeting (agenda_questions)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__isnull=False) | ~Q(title=""),
                name="agenda_item_has_name",
                violation_error_message=_("Choose a topic or write a title."),
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(is_main=True),
                name="agenda_one_main_topic",
                violation_error_message=_("A meeting has one main topic."),
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def heading(self) -> str:
        return self.title or (self.topic.title if self.topic else "")

    @property
    def is_public(self) -> bool:
        return self.meeting.is_public
