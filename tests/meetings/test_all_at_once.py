"""Everything that may happen around the closing of a meeting, at one moment: nobody waits for each other for ever."""

import datetime
import random

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from meetings import agenda_questions, closing, commitments, digests, news, publication
from meetings.models import AgendaQuestion
from participants.roles import Role
from tests import factories
from tests.meetings.closing import make_past, make_placed, write_up
from tests.meetings.promises import faults_of
from tests.topics.parallel import at_once
from topics import moderation, questions, support
from topics.models import Comment, Question, Reason

ROUNDS, CROWD = 6, 10
REFUSALS = (agenda_questions.AgendaRefused, closing.ClosingRefused, commitments.CommitmentRefused)
REFUSALS += (publication.ChangeRefused, questions.QuestionRefused, moderation.DecisionRefused)
REFUSALS += (support.SupportRefused,)
NO_LONGER = datetime.timedelta(days=1)


class Evening:
    """A meeting to close, with two questions of one talk and one of another, and a promise of an earlier meeting."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.editors = [factories.make_resident(f"Redakcja {n}", roles=[Role.EDITOR]) for n in range(2)]
        self.moderator = factories.make_resident("Ewa", roles=[Role.MODERATOR])
        self.resident = factories.make_resident("Tomasz")
        self.institution = factories.make_institution()
        self.earlier = factories.make_commitment(institution=self.institution)
        self.meeting = make_past()
        talks = [factories.make_topic(institution=self.institution) for _ in range(2)]
        self.places = [make_placed(self.meeting, self.editors[0], topic=talk) for talk in (*talks, talks[0])]
        write_up(self.meeting)
        self.promise = commitments.promise(
            meeting=self.meeting, institution=self.institution, text="Lampy do maja", by=self.editors[0]
        )
        agenda_questions.end(self.places[0], end="promised", commitment=self.promise, by=self.editors[0])
        for place in self.places[1:]:
            agenda_questions.end(place, end="answered", answer="Tak, od maja.", by=self.editors[0])

    def acts(self):
        editor, place = self.chance.choice(self.editors), self.chance.choice(self.places)
        comment = Comment.objects.get(question=place.question_id)
        later = timezone.now() + NO_LONGER
        return [
            lambda: closing.publish_report(self.meeting, by=editor),
            lambda: agenda_questions.take_off(place, by=editor),
            lambda: agenda_questions.end(place, end="moved", by=editor),
            lambda: agenda_questions.end(place, end="", by=editor),
            lambda: commitments.record(self.promise, by=editor, text="Zamówione."),
            lambda: commitments.record(self.promise, by=editor, text="Wiszą.", state="done"),
            lambda: commitments.reopen(self.promise, by=editor, text="Znów ciemno."),
            lambda: commitments.record(self.earlier, by=editor, text="Trwa.", state="progress"),
            lambda: questions.pass_on(place.question, to=self.institution, by=editor),
            lambda: moderation.hide(comment, by=self.moderator, reason=Reason.INSULT),
            lambda: support.support(comment, by=self.resident),
            lambda: publication.archive(self.meeting, by=editor),
            lambda: news.note_news(later),
            lambda: digests.send_news(later + NO_LONGER),
            lambda: factories.make_published(place.question.topic, "I jeszcze chodnik.", kind="question"),
        ]

    def faults(self) -> list[str]:
        self.meeting.refresh_from_db()
        found = faults_of(self.promise) + faults_of(self.earlier)
        if self.promise.is_public != self.meeting.is_closed:
            found.append("the promise is out without the report")
        open_ones = AgendaQuestion.objects.filter(meeting=self.meeting, settled_at=None).exists()
        if self.meeting.is_closed and open_ones:
            found.append("a question has no end")
        waiting = AgendaQuestion.objects.unsettled().values("question")
        lost = Question.objects.filter(state=Question.State.MEETING).exclude(pk__in=waiting)
        if lost.exclude(agenda_places__end="moved").exists():
            found.append("a question waits for a meeting on whose agenda it is not")
        return found


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_closing_among_everything_else_ends_in_order(transactional_db, seed: int):
    evening = Evening(seed)
    for _ in range(4):
        acts = evening.chance.sample(evening.acts(), CROWD)
        results = at_once(*acts)
        strange = [r for r in results if isinstance(r, Exception) and not isinstance(r, REFUSALS)]
        if connection.vendor == "sqlite":  # one writer at a time
            strange = [error for error in strange if not isinstance(error, OperationalError)]
        assert strange == []
        assert evening.faults() == []
