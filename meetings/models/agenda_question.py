"""Questions of residents at a meeting: asked for it, taken on its agenda, and what became of each there."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.commitment import Commitment
from meetings.models.meeting import Meeting
from participants.models import Institution
from topics.models import Comment, Question, Topic


class AgendaQuestionQuerySet(models.QuerySet["AgendaQuestion"]):
    def public(self) -> "AgendaQuestionQuerySet":
        """Of published meetings, where everybody can read the question now."""
        readable = self.filter(question__comment__state=Comment.State.PUBLISHED)
        return readable.exclude(meeting__state__in=Meeting.UNPUBLISHED).exclude(question__topic__state="draft")

    def for_question(self) -> "AgendaQuestionQuerySet":
        """With what the page of a question prints of each place, the first meeting first. One query."""
        told = ["meeting", "agenda_item__topic", "institution", "commitment"]
        stands = Q(meeting__cancelled_at__isnull=True) | Q(settled_at__isnull=False)
        return self.public().filter(stands).select_related(*told).order_by("taken_at", "pk")

    def for_agenda(self) -> "AgendaQuestionQuerySet":
        """With what the page of a meeting prints. Where the text cannot be read now, the number stays. One query."""
        told = ["question__comment", "question__topic", "institution", "commitment"]
        return self.exclude(question__topic__state=Topic.State.DRAFT).select_related(*told).in_order()

    def settled(self) -> "AgendaQuestionQuerySet":
        return self.filter(settled_at__isnull=False)

    def without_end(self) -> "AgendaQuestionQuerySet":
        return self.filter(end=AgendaQuestion.End.OPEN)

    def unsettled(self) -> "AgendaQuestionQuerySet":
        """On the agenda of a meeting whose report is not out."""
        return self.filter(settled_at__isnull=True)

    def promised(self) -> "AgendaQuestionQuerySet":
        """Those that became a promise which everybody can read."""
        ended = self.filter(end=AgendaQuestion.End.PROMISED, settled_at__isnull=False)
        return ended.filter(commitment__published_at__isnull=False)

    def for_story(self) -> "AgendaQuestionQuerySet":
        """With who asked and where, and what was answered; the oldest question first."""
        related = ["question__topic", "question__comment__appointment__official", "agenda_item__topic", "meeting"]
        return self.select_related(*related).order_by("question__asked_at", "pk")

    def in_order(self) -> "AgendaQuestionQuerySet":
        return self.order_by("agenda_item__position", "agenda_item", "taken_at", "pk")


class AgendaQuestion(models.Model):
    """A question on the agenda. Its end is noted while the meeting is closed, and counts once the report is out.

    It leaves an agenda by agenda_questions.take_off alone, which lets the question wait again: no meeting and no item
    goes from under it.
    """

    class End(models.TextChoices):
        OPEN = "", _("no end yet")
        ANSWERED = "answered", _("answered")
        PROMISED = "promised", _("became a commitment")
        PASSED = "passed", _("passed on to another institution")
        MOVED = "moved", _("moved to the next meeting")

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.PROTECT, related_name="agenda_questions", db_index=False
    )
    agenda_item = models.ForeignKey(
        AgendaItem, verbose_name=_("agenda item"), on_delete=models.PROTECT, related_name="agenda_questions"
    )
    question = models.ForeignKey(
        Question, verbose_name=_("question"), on_delete=models.PROTECT, related_name="agenda_places"
    )
    taken_at = models.DateTimeField(_("taken on the agenda at"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    end = models.CharField(_("end"), max_length=8, choices=End.choices, blank=True, default=End.OPEN)
    answer = models.TextField(_("what was answered"), max_length=2000, blank=True)
    answered_by = models.CharField(
        _("who answered"), max_length=250, blank=True, help_text=_("Post and institution, as in the minutes.")
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Whose answer it was, or to whom the question is passed on."),
    )
    commitment = models.ForeignKey(
        Commitment,
        verbose_name=_("commitment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_questions",
    )
    institution_text = models.CharField(_("institution as printed"), max_length=200, blank=True, editable=False)
    ended_at = models.DateTimeField(_("end written down at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("counts since"), null=True, blank=True, editable=False)

    objects = AgendaQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question on the agenda")
        verbose_name_plural = _("questions on the agenda")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "question"], name="agenda_question_once_a_meeting"),
            models.UniqueConstraint(
                fields=["question"], condition=Q(settled_at__isnull=True), name="agenda_question_one_meeting_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(end="answered") | ~Q(answer=""),
                name="agenda_question_answer_has_words",
                violation_error_message=_("Write what was answered."),
            ),
            models.CheckConstraint(
                condition=~Q(end="promised") | Q(commitment__isnull=False),
                name="agenda_question_promise_is_known",
                violation_error_message=_("Choose the commitment."),
            ),
            models.CheckConstraint(
                condition=~Q(end="passed") | Q(institution__isnull=False),
                name="agenda_question_passed_to_somebody",
                violation_error_message=_("Choose the institution to which the question goes."),
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | ~Q(end=""), name="agenda_question_settled_has_end"
            ),
        ]

    def __str__(self) -> str:
        return str(self.question)

    @property
    def institution_printed(self) -> str:
        """As it was called when the meeting went to the archive, until then as it is called today."""
        return self.institution_text or (self.institution.name if self.institution else "")

    @property
    def asked_by(self) -> str:
        """The signature under the question; the post alone of an official who withholds the name since."""
        comment = self.question.comment
        if comment.appointment and comment.appointment.official.name_withheld:
            return comment.appointment.post
        return comment.signed


class AskedForQuerySet(models.QuerySet["AskedFor"]):
    def public(self) -> "AskedForQuerySet":
        """Those that everybody can read now."""
        readable = self.filter(comment__state=Comment.State.PUBLISHED)
        return readable.exclude(meeting__state__in=Meeting.UNPUBLISHED).exclude(comment__topic__state="draft")

    def untaken(self) -> "AskedForQuerySet":
        """Open questions on no agenda, for meetings that take place and whose report is not out."""
        still = self.public().filter(meeting__state__in=Meeting.LIVE, meeting__closed_at__isnull=True)
        on_agenda = AgendaQuestion.objects.unsettled().filter(meeting__cancelled_at__isnull=True)
        return still.exclude(comment__question__state__in=Question.ENDS).exclude(
            comment__question__in=on_agenda.values("question")
        )

    def coming(self, today: datetime.date) -> "AskedForQuerySet":
        return self.filter(meeting__in=Meeting.objects.upcoming(today))


class AskedFor(models.Model):
    """For which meeting a question was asked; it is one of the topic all the same."""

    comment = models.OneToOneField(
        Comment, verbose_name=_("comment"), on_delete=models.CASCADE, related_name="asked_for"
    )
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="asked_questions"
    )

    objects = AskedForQuerySet.as_manager()

    class Meta:
        verbose_name = _("question asked for a meeting")
        verbose_name_plural = _("questions asked for meetings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.comment)


class GuestQuestion(models.Model):
    """What somebody without an account wrote, until they confirm their address. Then it becomes a comment."""

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail address"), max_length=254)
    signature = models.CharField(_("signature"), max_length=40)
    text = models.TextField(_("text"), max_length=2000)
    insists = models.BooleanField(_("checked by the author"), default=False)
    language = models.CharField(_("language of letters"), max_length=10, default="pl")
    submission = models.UUIDField(_("submission"), unique=True, editable=False)
    created_at = models.DateTimeField(_("written at"), db_index=True)

    class Meta:
        verbose_name = _("question that waits for its author")
        verbose_name_plural = _("questions that wait for their authors")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.signature
