"""What was written, reported and decided in a quarter, in numbers for everybody."""

import datetime
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F
from django.utils import timezone

from topics.models import Appeal, Case, Comment, Decision, Reason, Report
from topics.response_times import by_institution

KEPT = 3600  # seconds in the shared cache
HOUR = datetime.timedelta(hours=1)
FEW = 3  # of people: a smaller number would let neighbours guess who it was
Act, Hold = Decision.Act, Comment.Hold
HELD = [hold for hold in Hold if hold not in {Hold.NONE, Hold.REPORTS}]


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: datetime.date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @property
    def slug(self) -> str:
        return f"{self.year}-{self.number}"

    @property
    def start(self) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime(self.year, 3 * self.number - 2, 1))

    @property
    def end(self) -> datetime.datetime:
        return self.before(-1).start

    def before(self, count: int) -> "Quarter":
        quarters = self.year * 4 + self.number - 1 - count
        return Quarter(quarters // 4, quarters % 4 + 1)


def quarters(today: datetime.date) -> list[Quarter]:
    """From the current one back to that of the first comment. One query, kept for an hour."""
    now = Quarter.of(today)
    first = cache.get_or_set("figures:first", _first_day, KEPT) or today
    found = [now]
    while found[-1] > Quarter.of(first):
        found.append(found[-1].before(1))
    return found


def _first_day() -> datetime.date | None:
    first = Comment.objects.order_by("pk").values_list("created_at", flat=True).first()
    return timezone.localdate(first) if first else None


def figures_of(quarter: Quarter, *, now: datetime.datetime | None = None) -> dict[str, Any]:
    """Numbers under the names of what they count, as of `at`. Eight queries, whatever the size; kept for an hour.

    What was written or received in the quarter is counted there with what became of it since; a decision is counted
    in the quarter in which it was taken. Nothing here comes from what is sealed, nor says why it was.
    """
    key = f"figures:{quarter.slug}"
    return cache.get_or_set(key, lambda: _count(quarter, now or timezone.now()), KEPT)


def _count(quarter: Quarter, now: datetime.datetime) -> dict[str, Any]:
    start, end = quarter.start, quarter.end
    holds = _by("hold", Comment.objects.filter(created_at__gte=start, created_at__lt=end))
    received = _by("state", Report.objects.filter(created_at__gte=start, created_at__lt=end))
    appeals = _by("outcome", Appeal.objects.filter(created_at__gte=start, created_at__lt=end))
    return {
        "at": now,
        "written": holds.total(),
        "held": {hold.value: holds[hold] for hold in HELD if holds[hold]},
        "held_count": sum(holds[hold] for hold in HELD),
        "reports": {"received": received.total(), **{state: received[state] for state in Report.State.values}},
        "appeals": {
            "received": appeals.total(),
            "waiting": appeals[""],
            **{outcome: appeals[outcome] for outcome in Appeal.Outcome.values},
        },
        "median_hours": _median_hours(start, end),
        "institutions": [asdict(times) for times in by_institution(start, end)],
        **_decided(start, end),
    }


def _by(column: str, rows: Any) -> Counter[str]:
    return Counter(dict(rows.order_by().values_list(column).annotate(count=Count("pk"))))


def _decided(start: datetime.datetime, end: datetime.datetime) -> dict[str, Any]:
    """One query."""
    decisions = Decision.objects.filter(decided_at__gte=start, decided_at__lt=end).order_by()
    acts, reasons = Counter(), Counter()
    for act, reason, rule, count in decisions.values_list("act", "reason", "rule").annotate(count=Count("pk")):
        acts[act] += count
        reasons[act, reason] += count
        acts["published"] += count if act == Act.PUBLISH and rule != Hold.REPORTS else 0
    rows = [(reason.value, reasons[Act.REFUSE, reason], reasons[Act.HIDE, reason]) for reason in Reason]
    return {
        "published": acts["published"],
        "refused": acts[Act.REFUSE],
        "hidden": acts[Act.HIDE],
        "reasons": [row for row in rows if any(row[1:])],
        "set_aside": acts[Act.SET_ASIDE],
        "cut_out": acts[Act.CUT_OUT],
        "handed_over": acts[Act.HAND_OVER],
        "suspended": acts[Act.SUSPEND],
        "closed": acts[Act.CLOSE],
    }


def _median_hours(start: datetime.datetime, end: datetime.datetime) -> float | None:
    """From the opening of a case to the decision that closed it. Two queries; the rows in the middle only are read."""
    took = Case.objects.filter(closed_at__gte=start, closed_at__lt=end).annotate(took=F("closed_at") - F("opened_at"))
    count = took.count()
    middle = (
        took.order_by("took", "pk").values_list("took", flat=True)[(count - 1) // 2 : count // 2 + 1] if count else []
    )
    return round(sum(time / HOUR for time in middle) / len(middle), 1) if middle else None
