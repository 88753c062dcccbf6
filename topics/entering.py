"""Questions that came on paper, by telephone or from the hall, written down by the staff for whoever asked."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from participants.prose import tidy_plain
from participants.validators import validate_private_signature, validate_signature
from topics.discussion import OFFICIALS_MAY_ANSWER, fitting, show
from topics.hints import find_hints
from topics.holding import watched_word
from topics.models import Comment, Question, Topic
from topics.questions import EVERY, PERMISSION
from topics.refusals import CommentRefused, DataFound, TalkClosed

Source = Question.Source
ENTERED = [Source.PAPER, Source.PHONE, Source.HALL]


def enter(
    *,
    topic: Topic,
    text: str,
    source: str,
    by: Any,
    submission: uuid.UUID,
    signature: str = "",
    insists: bool = False,
    now: datetime.datetime | None = None,
) -> Question:
    """Publish a question for somebody without an account. The same `submission` sent twice makes one.

    Nobody stands behind it but the signature, so no rule holds it back and no case is opened: whoever enters it has
    read it, and answers for it. Raises CommentRefused for a wrong role, signature, text or talk, DataFound as
    topics.discussion.add_comment.
    """
    now = now or timezone.now()
    if not (by.has_perm(PERMISSION) and by.has_perm(EVERY)):
        raise CommentRefused(_("Only the editors and moderators may do this."))
    if source not in ENTERED:
        raise CommentRefused(_("Choose from the list how it was asked."))
    text = fitting(text)
    check_words(text, insists=insists)
    name = signed(signature) if signature.strip() else _unsigned(source)
    comment = Comment(topic=topic, author_name=name, kind=Comment.Kind.QUESTION, text=text, created_at=now)
    comment.submission = submission
    try:
        with transaction.atomic():
            return _publish(comment, source=source, by=by, now=now)
    except IntegrityError:
        before = Comment.objects.filter(submission=submission, author=None, topic=topic, text=text)
        question = Question.objects.filter(comment__in=before).first()
        if question is None:
            raise CommentRefused(_("This form was sent already. Check the text and send it once more.")) from None
        return question


def _publish(comment: Comment, *, source: str, by: Any, now: datetime.datetime) -> Question:
    topic = Topic.objects.for_writing().select_for_update(of=("self",)).get(pk=comment.topic_id)
    if topic.state not in OFFICIALS_MAY_ANSWER:
        raise TalkClosed
    show(comment, topic=topic, now=now, source=source, by=by)
    return comment.question


def check_words(text: str, *, insists: bool) -> None:
    """Raises CommentRefused where a watched word keeps it from being sent, DataFound where nobody has looked at it."""
    watched_word(text)
    hints = list(find_hints(text))
    if hints and not insists:
        raise DataFound(text, hints)


def signed(signature: str) -> str:
    """As others sign, and not in the name of an office. Raises CommentRefused."""
    signature = tidy_plain(signature)
    try:
        validate_signature(signature)
        validate_private_signature(signature)
    except ValidationError as error:
        raise CommentRefused(error.messages[0]) from error
    return signature


def _unsigned(source: str) -> str:
    """Who wants no name stands there by the way in which they asked, in the language of the forum."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            Source.PAPER: _("Question on paper"),
            Source.PHONE: _("Question by telephone"),
            Source.HALL: _("Question from the hall"),
        }[Source(source)]
