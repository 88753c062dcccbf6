"""How long institutions take to the first official word. Only what everybody can read now is counted."""

import datetime
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from participants.models import Institution
from topics.models import Question, QuestionStep
from topics.models.question import LATEST

ONE_DAY = datetime.timedelta(days=1)
AT_MOST = 100_000  # first words of one period; a town has a few hundred


@dataclass(frozen=True)
class ResponseTimes:
    """Days count the time in which the institution had the question; None where it has not spoken yet."""

    institution: str
    answered: int
    waiting: int
    median_days: float | None
    mean_days: float | None


def figures(institution: Institution) -> ResponseTimes:
    """What is answered and waits today, and how long the latest first words took. Three queries."""
    steps = institution.question_steps.public()
    waits = steps.first_words().order_by("-at", "-pk").values_list("waited", flat=True)[:LATEST]
    return _figures(
        institution.name,
        answered=steps.answers().questions(),
        waiting=institution.questions.public().waiting().count(),
        waits=waits,
    )


def by_institution(start: datetime.datetime, end: datetime.datetime) -> list[ResponseTimes]:
    """Institutions by name: what each answered from `start` to before `end`, how fast, and what of the questions asked
    before `end` it has on its table today. Two queries, whatever the number of institutions."""
    answers = QuestionStep.objects.public().answers().filter(at__gte=start, at__lt=end, institution__isnull=False)
    said = answers.order_by("pk").values_list("institution", "institution__name", "question", "waited")[:AT_MOST]
    names, answered, waits = {}, defaultdict(set), defaultdict(list)
    for key, name, question, waited in said:
        names[key] = name
        answered[key].add(question)
        if waited is not None:
            waits[key].append(waited)
    held = Question.objects.public().waiting().filter(asked_at__lt=end, institution__isnull=False).order_by()
    waiting = {}
    for key, name, count in held.values_list("institution", "institution__name").annotate(count=Count("pk")):
        names[key], waiting[key] = name, count
    return [
        _figures(name, answered=len(answered[key]), waiting=waiting.get(key, 0), waits=waits[key])
        for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))
    ]


def _figures(institution: str, *, answered: int, waiting: int, waits: Iterable[datetime.timedelta]) -> ResponseTimes:
    days = [wait / ONE_DAY for wait in waits]
    return ResponseTimes(
        institution=institution,
        answered=answered,
        waiting=waiting,
        median_days=round(statistics.median(days), 1) if days else None,
        mean_days=round(statistics.fmean(days), 1) if days else None,
    )
