"""Which meetings a reader asks for: by year, by what they were about, by estate. For the list, and for its calendar."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from meetings.models.meeting import MeetingQuerySet
from participants.models import Estate
from topics.models import Category, Topic


@dataclass(frozen=True)
class Choice:
    """What may be chosen, and what is: None where nothing."""

    years: list[int]
    categories: list[Category]
    estates: list[Estate]
    year: int | None
    category: Category | None
    estate: Estate | None

    @property
    def is_made(self) -> bool:
        return any([self.year, self.category, self.estate])

    def narrow(self, meetings: MeetingQuerySet) -> MeetingQuerySet:
        topics = Topic.objects.public()
        if self.category:
            topics = topics.filter(category=self.category)
        if self.estate:
            topics = topics.filter(estates=self.estate)
        if self.year:
            meetings = meetings.filter(date__year=self.year)
        return meetings.about(topics) if self.category or self.estate else meetings

    @property
    def query(self) -> str:
        """The choice as it stands in an address, "" where there is none."""
        asked = {
            "rok": self.year,
            "kategoria": self.category and self.category.slug,
            "osiedle": self.estate and self.estate.slug,
        }
        return urlencode({name: value for name, value in asked.items() if value})


def read_choice(request: HttpRequest, meetings: MeetingQuerySet, asked_year: str) -> Choice:
    """Three queries."""
    years = [first.year for first in meetings.dates("date", "year", order="DESC")]
    categories, estates = list(Category.objects.all()), list(Estate.objects.all())
    return Choice(
        years,
        categories,
        estates,
        year=one_of({str(year): year for year in years}, asked_year),
        category=one_of({known.slug: known for known in categories}, request.GET.get("kategoria", "")),
        estate=one_of({known.slug: known for known in estates}, request.GET.get("osiedle", "")),
    )


def one_of(known: dict[str, Any], value: str) -> Any:
    """What the value of a filter stands for, None for an empty one. Http404 for one that was never offered."""
    if not value:
        return None
    if value not in known:
        raise Http404
    return known[value]
