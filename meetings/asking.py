"""Questions that residents ask for a meeting: of its topics, until its deadline, with or without an account."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import AskedFor, GuestQuestion, Meeting
from participants.accounts import account_of_mailbox
from participants.batches import delete, in_batches
from participants.letters import queue_letter
from participants.limits import Limit, take, unnamed
from participants.links import key_of, opened_by
from topics.discussion import add_comment, appointment_of, fitting
from topics.entering import check_words, enter, signed
from topics.models import Comment, Question, Topic
from topics.refusals import CommentRefused, TalkClosed

KEPT = datetime.timedelta(days=2)  # an unconfirmed question
PAGE = "meetings.asking"
HOUR, DAY = 3600, 86_400
BY_ADDRESS = (Limit("guest-question", 10, HOUR), Limit("guest-question-day", 30, DAY))
BY_MAILBOX = Limit("guest-question-to", 3, DAY)  # nobody is flooded with letters that somebody else asked for


class AskingClosed(TalkClosed):
    """The meeting takes no questions now, or not on this topic; `str()` says why in a sentence."""


@dataclass(frozen=True)
class Card:
    """What the page of a meeting says about asking."""

    until: datetime.datetime | None
    count: int


def deadline(meeting: Meeting) -> datetime.datetime | None:
    """Until when questions are taken: as the editors say, else until the meeting begins. None: no hour is known."""
    if meeting.questions_until:
        return meeting.questions_until
    if meeting.starts is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(meeting.date, meeting.starts))


def takes_questions(meeting: Meeting, now: datetime.datetime) -> bool:
    """An announced meeting before its deadline; without an hour, until the first day of it. No query."""
    if meeting.state != Meeting.State.ANNOUNCED:
        return False
    until = deadline(meeting)
    return now < until if until else timezone.localdate(now) < meeting.date


def topics_of(meeting: Meeting, now: datetime.datetime) -> QuerySet[Topic]:
    """The open talks on its agenda, in the order of the agenda's topics."""
    on_agenda = meeting.agenda_items.filter(topic__isnull=False).values("topic")
    return Topic.objects.public().accepting_comments(timezone.localdate(now)).filter(pk__in=on_agenda).order_by("title")


def card(meeting: Meeting, now: datetime.datetime) -> Card | None:
    """What the page tells; None where nothing can be asked. Two queries, none for a meeting that takes no questions."""
    if not takes_questions(meeting, now) or not topics_of(meeting, now).exists():
        return None
    return Card(deadline(meeting), meeting.asked_questions.public().count())


def ask(*, meeting: Meeting, topic: Topic, author: Any, now: datetime.datetime | None = None, **sent: Any) -> Comment:
    """Write a question in the talk of the topic, and note for which meeting it is. `sent` as in add_comment.

    The meeting is locked before the topic, as when it is closed. Raises what add_comment raises, and AskingClosed.
    """
    now = now or timezone.now()
    refusal: CommentRefused | None = None
    with transaction.atomic():
        meeting = _open(meeting, topic, now)
        if appointment_of(author, now):
            raise CommentRefused(_("This account answers for an institution. Questions are asked by residents."))
        try:
            comment = add_comment(topic=topic, author=author, kind=Comment.Kind.QUESTION, now=now, **sent)
        except CommentRefused as error:
            refusal = error  # raised below: what add_comment has counted stays counted
        else:
            AskedFor.objects.get_or_create(comment=comment, defaults={"meeting": meeting})
    if refusal:
        raise refusal
    return comment


def enter_for(*, meeting: Meeting | None, topic: Topic, **entered: Any) -> Question:
    """A question written down for somebody (topics.entering), for a meeting or for none."""
    with transaction.atomic():
        if meeting:
            meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        question = enter(topic=topic, **entered)
        if meeting:
            AskedFor.objects.get_or_create(comment=question.comment, defaults={"meeting": meeting})
    return question


def _open(meeting: Meeting, topic: Topic, now: datetime.datetime) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if not takes_questions(meeting, now):
        raise AskingClosed(_("This meeting takes no more questions. You can ask in the talk about the topic."))
    if not topics_of(meeting, now).filter(pk=topic.pk).exists():
        raise AskingClosed(_("The talk about this topic is closed. Choose another topic of the meeting."))
    return meeting


# -- Without an account -----------------------------------------------------------------------------------


def ask_as_guest(
    *,
    meeting: Meeting,
    topic: Topic,
    email: str,
    signature: str,
    text: str,
    submission: uuid.UUID,
    insists: bool = False,
    language: str = settings.LANGUAGE_CODE,
    visitor: str = "",
    now: datetime.datetime | None = None,
) -> GuestQuestion:
    """Keep a question until its author confirms the address, and send the link. The same form sent twice writes once.

    Says nothing of whether the address has an account. Raises CommentRefused, DataFound, AskingClosed, LimitReached.
    """
    now, email = now or timezone.now(), email.strip().lower()
    text, signature = fitting(text), signed(signature)
    check_words(text, insists=insists)
    # Named after the mailbox too: a form that somebody sends again with the address mended is another question.
    submission = uuid.uuid5(submission, email)
    with transaction.atomic():
        meeting = _open(meeting, topic, now)
        before = GuestQuestion.objects.filter(submission=submission).first()
        if before:
            return before
        take(
            *[(limit, visitor) for limit in BY_ADDRESS if visitor],
            (BY_MAILBOX, unnamed("meetings.asking", email)),
            now=now,
        )
        words = {"email": email, "signature": signature, "text": text, "insists": insists, "language": language}
        guest = GuestQuestion.objects.create(
            meeting=meeting, topic=topic, submission=submission, created_at=now, **words
        )
        context = {"guest": guest, "confirm_url": confirm_url(guest), "days": KEPT.days}
        template = "meetings/email/guest_question"
        queue_letter(to=email, template=template, context=context, language=language, asked_for=True)
    return guest


def confirm_url(guest: GuestQuestion) -> str:
    return reverse("meetings:confirm_question", args=[key_of(PAGE, guest.submission.hex)])


def submission_in(token: str) -> uuid.UUID | None:
    """Which question a link is about; None for one that is not ours. No query."""
    parts = opened_by(PAGE, token)
    return uuid.UUID(parts[0]) if parts else None


def confirm(submission: uuid.UUID, *, visitor: str = "", now: datetime.datetime | None = None) -> Comment | None:
    """Write a guest's question in their name; None where it is too late. Pressed twice, it writes once.

    The link came by mail, so the mailbox is theirs: who has an account with it is that person, who has none gets one
    without a password. Where the question is refused, it stays as it was, and no account is made.
    """
    now = now or timezone.now()
    with transaction.atomic():
        guest = GuestQuestion.objects.select_for_update(of=("self",)).filter(submission=submission).first()
        if guest is None or guest.created_at < now - KEPT:
            return written_as(submission)
        _open(guest.meeting, guest.topic, now)
        Topic.objects.select_for_update(of=("self",)).get(pk=guest.topic_id)  # before the account, as moderators do
        author = account_of_mailbox(guest.email, signature=guest.signature, now=now)
        comment = ask(
            meeting=guest.meeting,
            topic=guest.topic,
            author=author,
            text=guest.text,
            insists=guest.insists,
            submission=guest.submission,
            visitor=visitor,
            now=now,
        )
        guest.delete()
    return comment


def written_as(submission: uuid.UUID) -> Comment | None:
    """What a guest's question became, for whoever has the link; its text is not for showing. One query."""
    return Comment.objects.filter(submission=submission).select_related("topic", "question").first()


def forget_unconfirmed(now: datetime.datetime | None = None) -> int:
    """Delete the questions whose authors did not confirm them in time; returns how many."""
    return in_batches(GuestQuestion.objects.filter(created_at__lt=(now or timezone.now()) - KEPT), delete)
