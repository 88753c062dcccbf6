"""How long institutions take to the first official word. Only what everybody can read now is counted."""

import datetime
import statistics
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from topics.models import Question, QuestionStep

ONE_DAY = datetime.timedelta(days=1)
AT_MOST = 100_000  # first words of one period; a town has a few hundred


@dataclass(frozen=True)
class ResponseTimes:
    """Days count the time in which the institution had the question; None where it has not spoken yet."""

    institution: str
    answered: int
    waiting: int
    median_days: float | None


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
        ResponseTimes(name, len(answered[key]), waiting.get(key, 0), _median(waits[key]))
        for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))
    ]


def _median(waits: list[datetime.timedelta]) -> float | None:
    return round(statistics.median(waits) / ONE_DAY, 1) if waits else None
