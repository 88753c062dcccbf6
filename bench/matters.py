"""What the town has beside its talks: questions and who has them, supports, and cases that wait for a moderator."""

import datetime
import random
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Q
from django.utils import timezone

from participants.models import Institution, Resident
from participants.roles import PERMISSIONS, Role
from topics.models import Case, Comment, Question, QuestionStep, Support

QUESTION_EVERY, SUPPORTED_EVERY, SUPPORTERS = 10, 4, 3
STATES = [Question.State.WAITS, Question.State.PASSED, Question.State.ANSWERED]
WAITED = datetime.timedelta(days=3)
BATCH = 2000


def kind_and_supporters(index: int) -> dict[str, Any]:
    """What the thread of this number is like."""
    is_question = index % QUESTION_EVERY == QUESTION_EVERY // 3
    return {
        "kind": Comment.Kind.QUESTION if is_question else Comment.Kind.OPINION,
        "support_count": SUPPORTERS if index % SUPPORTED_EVERY == 0 else 0,
    }


def load_questions(comments: list[Comment], institutions: list[Institution]) -> None:
    """One for each comment of the kind: a third waits, a third is passed on, a third is answered."""
    asked = [comment for comment in comments if comment.kind == Comment.Kind.QUESTION]
    rows = [_question(comment, n, institutions) for n, comment in enumerate(asked)]
    questions = Question.objects.bulk_create(rows, batch_size=BATCH)
    QuestionStep.objects.bulk_create(
        [
            QuestionStep(question=question, state=question.state, institution=question.institution, at=question.since)
            for question in questions
        ],
        batch_size=BATCH,
    )


def _question(comment: Comment, n: int, institutions: list[Institution]) -> Question:
    state, asked_at = STATES[n % len(STATES)], comment.published_at
    return Question(
        comment=comment,
        topic=comment.topic,
        institution=institutions[n % len(institutions)] if state != Question.State.WAITS else None,
        state=state,
        asked_at=asked_at,
        since=asked_at if state == Question.State.WAITS else asked_at + WAITED,
        answered_at=asked_at + WAITED if state == Question.State.ANSWERED else None,
    )


def load_supports(comments: list[Comment], residents: list[Resident]) -> None:
    rows = [
        Support(comment=comment, resident=resident)
        for n, comment in enumerate(comments)
        for resident in _around(residents, n, comment.support_count)
    ]
    Support.objects.bulk_create(rows, batch_size=BATCH)


def _around(residents: list[Resident], n: int, count: int) -> Iterator[Resident]:
    for step in range(count):
        yield residents[(n + step) % len(residents)]


def load_cases(comments: list[Comment]) -> None:
    """A held comment each, of the last week; one in fifty is urgent."""
    waiting = Comment.objects.bulk_create(comments, batch_size=BATCH)
    rows = [
        Case(kind=Case.Kind.HELD, comment=comment, is_urgent=n % 50 == 0, opened_at=comment.created_at)
        for n, comment in enumerate(waiting)
    ]
    Case.objects.bulk_create(rows, batch_size=BATCH)


def held(comment: Comment) -> Comment:
    """A comment of the talk as it is before anybody has read it."""
    comment.state, comment.hold = Comment.State.WAITING, Comment.Hold.FIRST
    comment.position, comment.published_at, comment.reply_count, comment.support_count = None, None, 0, 0
    comment.created_at = timezone.now() - datetime.timedelta(minutes=random.randint(30, 10_000))
    return comment


def make_role(role: Role) -> Group:
    """As the migration makes it; emptying a database takes it away."""
    group, _made = Group.objects.get_or_create(name=role)
    wanted = Q(pk__in=[])
    for model, acts in PERMISSIONS[role].items():
        app, name = model.split(".")
        wanted |= Q(content_type__app_label=app, codename__in=[f"{act}_{name}" for act in acts])
    group.permissions.set(Permission.objects.filter(wanted))
    return group


def sessions_of(residents: list[Resident]) -> list[str]:
    """The keys of sessions in which they are signed in: signing in fifty times would be most of a measurement."""
    keys = []
    for resident in residents:
        session = SessionStore()
        session[SESSION_KEY] = str(resident.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = resident.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
    return keys
