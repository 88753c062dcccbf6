"""Whom a thing that happened concerns, and why: the first reason that fits counts. Who never wants news is left out."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q

from meetings.models import AgendaQuestion, Commitment, CommitmentEntry, Follow, MeetingStep, News
from participants.models import Estate, Institution, Resident
from topics.models import Comment, Question, QuestionMute, QuestionStep
from topics.telling import listeners, reachable

Why, Step = News.Why, MeetingStep.Kind
People = dict[int, tuple[str, str, int | None]]  # account → their pace, why, and the row of what they follow
Followed = dict[str, list[int]]  # kind of what is followed → keys
# Of what somebody follows, in the order in which it is named as the reason.
REASONS = {
    "commitment": Why.PROMISE,
    "topic": Why.TOPIC,
    "meeting": Why.MEETING,
    "institution": Why.INSTITUTION,
    "forum": Why.FORUM,
    "estate": Why.ESTATE,
}
CHANGES = frozenset({Step.MOVED, Step.POSTPONED, Step.CANCELLED})  # whoever signed up has a letter of their own
MILESTONES = frozenset({Step.ANNOUNCED, Step.REPORT})


def of_comment(comment: Comment, now: datetime.datetime) -> People:
    """The author of what it answers, and followers. Four queries, two more for an answer to a question.

    Official words that answer a question are told to who asked and who supports it as a step of the question.
    """
    topic = comment.topic
    follows = {"topic": [topic.pk], "estate": _keys(topic.estates)}
    if comment.appointment:
        follows["institution"] = [comment.appointment.institution_id]
    without = {comment.author_id}
    question = Question.objects.public().select_related("comment").filter(comment=comment.parent_id).first()
    if question and _is_step_of(comment, question):
        without |= set(listeners(question, now).values_list("pk", flat=True))
    return _gather(_answered(comment, question, now), follows, now, without=without)


def _answered(comment: Comment, question: Question | None, now: datetime.datetime) -> People:
    parent = comment.parent
    if parent is None or parent.author_id is None or parent.author_id == comment.author_id:
        return {}
    if question and QuestionMute.objects.filter(question=question, account=parent.author_id).exists():
        return {}
    found = reachable(now).filter(pk=parent.author_id, wants_replies=True).values_list("pk", "pace")
    return {pk: (pace, Why.REPLY, None) for pk, pace in found}


def _is_step_of(comment: Comment, question: Question) -> bool:
    answered = question.steps.filter(state=Question.State.ANSWERED, at_meeting=False)
    return comment.is_official and answered.filter(at=comment.published_at).exists()


def of_question_step(step: QuestionStep, question: Question, now: datetime.datetime) -> People:
    """Who asked and who supports it; what a meeting answered or promised is for followers too. Three queries."""
    people: People = {
        pk: (pace, Why.OWN if pk == question.comment.author_id else Why.SUPPORTS, None)
        for pk, pace in listeners(question, now).values_list("pk", "pace")
    }
    follows: Followed = {}
    if step.state in Question.ENDS and step.at_meeting:
        follows = {"topic": [question.topic_id], "estate": _keys(question.topic.estates)}
        if step.institution_id:
            follows["institution"] = [step.institution_id]
    return _gather(people, follows, now, without={step.by_id})


def of_entry(entry: CommitmentEntry, commitment: Commitment, now: datetime.datetime) -> People:
    """Who asked for it or supports that, and followers. The first entry says that there is a promise: the question's
    own step tells that to who asked, and the report to who follows the meeting. Four queries, one for each question.
    """
    institutions = [commitment.institution_id, *_keys(commitment.helpers)]
    follows = {"institution": institutions, "estate": _keys(commitment.estates)}
    if entry.is_first:
        return _gather({}, follows, now, without={entry.by_id})
    follows |= {"commitment": [commitment.pk], "meeting": [commitment.meeting_id]}
    people: People = {}
    for person, questions in askers(commitment, now).items():
        own = any(question.comment.author_id == person.pk for question in questions)
        people[person.pk] = (person.pace, Why.OWN if own else Why.SUPPORTS, None)
    return _gather(people, follows, now, without={entry.by_id})


def of_meeting_step(step: MeetingStep, now: datetime.datetime) -> People:
    """Followers; of a change without those who signed up. Three queries at most."""
    meeting = step.meeting
    follows = {"meeting": [meeting.pk]}
    if step.kind in CHANGES or step.kind == Step.ANNOUNCED:
        follows["forum"] = [meeting.forum_id]
    if step.kind in MILESTONES:
        follows["institution"] = _keys(Institution.objects.filter(organised_meetings=meeting))
        follows["estate"] = _keys(Estate.objects.filter(topics__agenda_items__meeting=meeting))
    without: set[int | None] = set()
    if step.kind in CHANGES:
        without = set(meeting.registrations.coming().filter(account__isnull=False).values_list("account", flat=True))
    return _gather({}, follows, now, without=without)


def _keys(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def _gather(people: People, follows: Followed, now: datetime.datetime, *, without: Iterable[int | None]) -> People:
    """Direct reasons first, then those of what is followed. One query, by keys alone: each finds its index, whatever
    else the site's people follow, where a join would read it all."""
    rank = list(REASONS)
    followed = Q(pk__in=[])
    for kind, keys in follows.items():
        followed |= Q(**{f"{kind}__in": keys})
    rows = Follow.objects.filter(followed, account__in=reachable(now)).annotate(pace=F("account__pace"))
    found, out = dict(people), set(without)
    for follow in sorted(rows.order_by("pk"), key=lambda row: rank.index(row.kind)):
        found.setdefault(follow.account_id, (follow.pace, REASONS[follow.kind], follow.pk))
    return {pk: person for pk, person in found.items() if pk not in out and person[0] != Resident.Pace.NEVER}


# -- Promises that came from questions


def askers(commitment: Commitment, now: datetime.datetime) -> dict[Resident, list[Question]]:
    """Who asked or supports a question that became the promise and everybody can read. One query and one for each."""
    people: dict[Resident, list[Question]] = {}
    for question in questions_of(commitment):
        for person in listeners(question, now):
            people.setdefault(person, []).append(question)
    return people


def questions_of(commitment: Commitment) -> list[Question]:
    places = AgendaQuestion.objects.public().promised().filter(commitment=commitment)
    rows = places.select_related("question__comment", "question__topic").order_by("question")
    return list(dict.fromkeys(place.question for place in rows))
