"""Answering a question from the panel: an official reply in the talk, in the name of the account's post."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics.discussion import CommentRefused, add_comment
from topics.models import Comment, Question
from topics.questions import OPEN, PERMISSION, QuestionRefused, institution_of, locked


def answer(
    question: Question,
    *,
    by: Any,
    text: str,
    submission: uuid.UUID,
    seen: int | None = None,
    now: datetime.datetime | None = None,
) -> Comment:
    """Reply officially to a question that nobody has answered yet. One transaction, in which the question is locked.

    Raises QuestionRefused where somebody was faster (`seen` as in questions.pass_on), where the account answers for no
    institution today, or where the talk does not take the text.
    """
    now = now or timezone.now()
    if not by.has_perm(PERMISSION) or institution_of(by, now) is None:
        raise QuestionRefused(_("Only an account that answers for an institution may do this."))
    with transaction.atomic():
        question = locked(question, seen=seen, expected=OPEN)
        try:
            return add_comment(
                topic=question.topic, author=by, text=text, submission=submission, parent=question.comment, now=now
            )
        except CommentRefused as refusal:
            raise QuestionRefused(str(refusal)) from refusal
