"""Everything that can happen to a talk, at one moment: nobody waits for each other, and all is counted."""

import itertools
import random
import uuid

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from participants.limits import LimitReached
from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.topics.parallel import at_once
from topics import appeals, moderation, publication, questions
from topics.answers import answer
from topics.cases import open_case
from topics.discussion import add_comment
from topics.editing import add_to, edit, withdraw
from topics.models import Appeal, Case, Category, Comment, Decision, Question, Reason, Report, Topic
from topics.refusals import CommentRefused
from topics.reports import ReportRefused, report
from topics.support import support, take_back

ROUNDS, CROWD = 30, 10
REFUSALS = (CommentRefused, LimitReached, ReportRefused, moderation.DecisionRefused, questions.QuestionRefused)
REFUSALS += (appeals.AppealRefused,)
number = itertools.count(1)


@pytest.fixture
def people(official, moderator) -> dict[str, list[Resident]]:
    residents = [factories.make_resident(f"Osoba {n}") for n in range(6)]
    elsewhere = factories.make_topic("Gdzie indziej")
    for person in residents * 2:
        factories.make_published(elsewhere, author=person)
    official.groups.set(Group.objects.filter(name=Role.ANSWERER))
    return {
        "residents": residents,
        "moderators": [moderator, factories.make_resident("Ola", roles=[Role.MODERATOR])],
        "judges": [factories.make_resident("Olga", roles=[Role.APPEALS])],
        "officials": [official],
    }


@pytest.fixture
def topic(official) -> Topic:
    Category.objects.update(quiet_months=1)
    return factories.make_topic("Wszystko naraz", institution=official.appointment.institution)


class Mixture:
    """Acts by whoever is at hand on whatever there is. The seed chooses them; who is faster, chance."""

    def __init__(self, topic: Topic, people: dict[str, list[Resident]], seed: int) -> None:
        self.topic, self.people, self.chance = topic, people, random.Random(seed)

    def acts(self) -> list:
        known = [self.write, self.reply, self.voice, self.no_voice, self.change, self.add, self.remove, self.tell]
        known += [self.publish, self.hide, self.restore, self.cut, self.answer, self.pass_on, self.judge, self.calm]
        return self.chance.sample(known, CROWD)

    def one(self, role: str) -> Resident:
        return self.chance.choice(self.people[role])

    def comment(self, **which) -> Comment:
        return self.chance.choice(list(Comment.objects.filter(topic=self.topic, author__isnull=False, **which)))

    def say(self, **how) -> Comment:
        text = f"Wieczorem przy szkole jest ciemno, wpis {next(number)}."
        return add_comment(topic=self.topic, author=self.one("residents"), text=text, submission=uuid.uuid4(), **how)

    def write(self) -> None:
        self.say(kind=self.chance.choice(Comment.Kind.values))

    def reply(self) -> None:
        self.say(parent=self.comment())

    def voice(self) -> None:
        support(self.comment(), by=self.one("residents"))

    def no_voice(self) -> None:
        take_back(self.comment(), by=self.one("residents"))

    def change(self) -> None:
        comment = self.comment()
        edit(comment, by=comment.author, text=f"Poprawka numer {next(number)}, www.strona.example")

    def add(self) -> None:
        comment = self.comment()
        add_to(comment, by=comment.author, text=f"Dopisek numer {next(number)}.")

    def remove(self) -> None:
        comment = self.comment()
        withdraw(comment, by=comment.author)

    def tell(self) -> None:
        report(self.comment(), why=Report.Why.INSULT, resident=self.one("residents"), language="pl")

    def publish(self) -> None:
        moderation.publish(self.comment(), by=self.one("moderators"))

    def hide(self) -> None:
        moderation.hide(self.comment(), by=self.one("moderators"), reason=Reason.INSULT)

    def restore(self) -> None:
        moderation.restore(self.comment(), by=self.one("moderators"))

    def cut(self) -> None:
        moderation.cut_out(self.comment(), ["ciemno"], by=self.one("moderators"), reason=Reason.PRIVATE_DATA)

    def question(self) -> Question:
        return self.chance.choice(list(Question.objects.filter(topic=self.topic)))

    def answer(self) -> None:
        answer(self.question(), by=self.one("officials"), text="Sprawdzimy.", submission=uuid.uuid4())

    def pass_on(self) -> None:
        to = self.people["officials"][0].appointment.institution
        questions.pass_on(self.question(), to=to, by=self.one("moderators"))

    def judge(self) -> None:
        against = Decision.objects.filter(act__in=Decision.AGAINST, comment__topic=self.topic, appeal=None).first()
        if against:
            said = appeals.appeal(against, text="Nie zgadzam się.")
            appeals.decide(said, by=self.one("judges"), outcome=Appeal.Outcome.REVERSED, note="Racja.")

    def calm(self) -> None:
        publication.close_quiet()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("seed", [3, 17])
def test_all_at_one_moment_without_a_deadlock_and_counted(topic, people, capsys, monkeypatch, seed: int):
    monkeypatch.setattr("topics.holding.is_flood", lambda shown, held, asked: False)
    for person in people["residents"]:
        kind = Comment.Kind.QUESTION
        factories.make_published(topic, "Czy jest tam ciemno?", author=person, kind=kind)
        open_case(factories.make_comment(topic, author=person), kind=Case.Kind.HELD, now=timezone.now())
    mixture = Mixture(Topic.objects.get(pk=topic.pk), people, seed)
    results, done = [], set()
    for _ in range(ROUNDS):
        acts = mixture.acts()
        found = at_once(*acts)
        results += found
        done |= {act.__name__ for act, result in zip(acts, found, strict=True) if result is None}
    errors = [result for result in results if isinstance(result, Exception) and not isinstance(result, REFUSALS)]
    if connection.vendor == "sqlite":  # one writer at a time: it may say that it is busy
        errors = [error for error in errors if not isinstance(error, OperationalError)]
    assert errors == []
    assert len(done) >= CROWD, f"Too little of the mixture did anything: {done}"
    call_command("recount", "--dry-run")
    assert "All counters and cases are right" in capsys.readouterr().out
