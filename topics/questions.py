"""The course of a question: asked, answered, passed on, raised at a meeting."""

import datetime

from topics.models import Comment, Question, QuestionStep, Topic


def ask(comment: Comment, *, topic: Topic, now: datetime.datetime) -> Question:
    """Give a question its public number, at the first publication of its comment; the topic says who has it first.

    Two queries. The caller holds the lock of the topic.
    """
    question = Question.objects.create(
        comment=comment, topic=topic, institution=topic.institution, asked_at=now, since=now
    )
    QuestionStep.objects.create(question=question, state=question.state, institution=question.institution, at=now)
    return question
