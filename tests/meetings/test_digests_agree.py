"""A digest holds what letters at once would have held, whatever happened when."""

import datetime
import re

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings import publication
from meetings.commitments import record
from meetings.digests import send_news
from meetings.models import Meeting, News
from meetings.news import PAUSE, note_news
from participants.models import Letter, Resident
from participants.roles import SYSTEM, Role
from tests import factories
from tests.meetings.news import at, make_follow, make_reader, say
from tests.topics.test_questions import make_question
from topics.questions import pass_on
from topics.support import support

pytestmark = pytest.mark.django_db
Pace = Resident.Pace
DAY = datetime.timedelta(days=1)


EVENTS = ["comment", "official", "reply", "answer", "to me", "passed", "entry", "moved", "postponed"]
COURSES = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 14 * 24)), min_size=1, max_size=7)
QUIET = st.tuples(st.integers(0, 23), st.integers(0, 23))


class Town:
    """Readers of each pace who follow the same, and support the same question."""

    def __init__(self, quiet: tuple[int, int]) -> None:
        self.editor = factories.make_resident(roles=[Role.EDITOR])
        self.institution = factories.make_institution()
        self.post = factories.make_appointment(institution=self.institution)
        self.topic = factories.make_topic(institution=self.institution)
        self.question = make_question(self.topic, created_at=at(0, day=-3))
        past = factories.make_meeting(state=Meeting.State.HELD, date=at(0, day=-9).date(), closed_at=at(0, day=-9))
        self.promise = factories.make_commitment(meeting=past, now=at(0, day=-9))
        self.meeting = factories.make_meeting("Zima", date=at(0, day=60).date(), published_at=at(0, day=-9))
        self.readers = {pace: make_reader(pace, quiet=quiet) for pace in (Pace.NOW, Pace.DAY, Pace.WEEK)}
        self.theirs = [say(self.topic, at(0, day=-2), author=reader) for reader in self.readers.values()]
        note_news(at(0, day=-1))
        for reader in self.readers.values():
            support(self.question.comment, by=reader)
            for target in (self.topic, self.institution, self.promise, self.meeting):
                make_follow(reader, target)
        self.written = 0

    def happen(self, event: str, now: datetime.datetime) -> None:
        self.written += 1
        text = f"Słowa numer {self.written}."
        official = {"appointment": self.post, "voice": "Kierownik"}
        if event in {"comment", "official", "reply", "answer"}:
            parent = self.question.comment if event in {"reply", "answer"} else None
            say(self.topic, now, text, parent=parent, **(official if event in {"official", "answer"} else {}))
        elif event == "to me":
            for mine in self.theirs:
                say(self.topic, now, f"Odpowiedź {self.written} dla {mine.author_id}.", parent=mine)
        elif event == "passed" and self.fresh().state in {"waits", "passed"}:
            pass_on(self.fresh(), to=factories.make_institution(), by=self.editor, note=text, now=now)
        elif event == "entry":
            record(self.promise, by=SYSTEM, text=text, now=now)
        elif event == "moved":
            publication.move(self.meeting, by=self.editor, place=text, now=now)
        elif event == "postponed":
            self.meeting.refresh_from_db()
            if self.meeting.state == Meeting.State.ANNOUNCED:
                publication.postpone(self.meeting, by=self.editor, reason="Brak sali.", now=now)

    def fresh(self):
        self.question.refresh_from_db()
        return self.question

    def told(self, pace: str) -> list[tuple[str, str]]:
        """Why, and what: there is a reply to each reader's own comment, and their words are alike."""
        reader = self.readers[pace]
        rows = News.objects.filter(account=reader, told_at__isnull=False).select_related("comment")
        assert rows.count() == len({row.source for row in rows}) == self.counted(reader)
        things = [row.comment.text.partition(" dla ")[0] if row.comment else str(row.source) for row in rows]
        return sorted(zip([row.why for row in rows], things, strict=True))

    def counted(self, reader: Resident) -> int:
        """What the headings of their letters say."""
        bodies = Letter.objects.filter(to=reader.email).values_list("body", flat=True)
        return sum(int(re.search(r"\d+", body)[0]) for body in bodies)

    def quoted(self, pace: str) -> set[str]:
        bodies = Letter.objects.filter(to=self.readers[pace].email).values_list("body", flat=True)
        return {words for body in bodies for words in re.findall(r"„Słowa numer \d+\.”", body)}


@given(course=COURSES, quiet=QUIET)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_digest_holds_exactly_what_immediate_letters_would(db, course, quiet):
    with transaction.atomic():
        town = Town(quiet)
        for event, hour in sorted(course, key=lambda one: one[1]):
            now = at(0) + datetime.timedelta(hours=hour)
            town.happen(event, now)
            for moment in (now + PAUSE, now + 2 * PAUSE):
                note_news(moment)
                send_news(moment)
        for hours in range(0, 9 * 24, 1 if quiet[0] != quiet[1] else 24):
            if not News.objects.waiting().exists():
                break
            send_news(at(8, day=15) + datetime.timedelta(hours=hours))
        assert not News.objects.waiting().exists()
        paces = list(town.readers)
        assert town.told(paces[0]) == town.told(paces[1]) == town.told(paces[2])
        assert town.quoted(paces[0]) == town.quoted(paces[1]) == town.quoted(paces[2])
        transaction.set_rollback(True)
