"""What the tests of news share."""

import datetime
from typing import Any

from django.utils import timezone

from meetings.following import follow
from meetings.models import Follow, News
from meetings.news import PAUSE, note_news
from participants.models import Letter, Resident
from tests import factories
from topics.models import Comment, Topic


def make_follow(account: Resident, target: Any) -> Follow:
    return follow(account, target._meta.model_name, target)


def make_news(account: Resident, comment: Comment, **fields: Any) -> News:
    now = timezone.now()
    return News.objects.create(account=account, comment=comment, why="topic", noted_at=now, due_at=now, **fields)


def heard(account: Resident) -> list[tuple[str, str]]:
    """Why, and of what kind of thing, in the order in which it was noted."""
    return [(row.why, row.source[0]) for row in News.objects.filter(account=account).order_by("pk")]


def at(hour: int, *, day: int = 0, minute: int = 0) -> datetime.datetime:
    """In a week that begins on Monday 2 March 2026, by the clock of Warsaw."""
    moment = datetime.datetime(2026, 3, 2, hour, minute) + datetime.timedelta(days=day)
    return timezone.make_aware(moment)


def make_reader(pace: str = Resident.Pace.NOW, *, quiet: tuple[int, int] = (0, 0), **fields) -> Resident:
    return factories.make_resident(pace=pace, quiet_from=quiet[0], quiet_until=quiet[1], **fields)


def say(topic: Topic, when: datetime.datetime, text: str = "", **fields) -> Comment:
    return factories.make_published(topic, text, created_at=when, **fields)


def bring(topic: Topic, reader: Resident, when: datetime.datetime, text: str = "", **fields) -> Comment:
    """A comment that the reader is to be told of, noted at `when`."""
    make_follow(reader, topic)
    comment = say(topic, when - PAUSE, text, **fields)
    assert note_news(when) >= 1
    return comment


def letters_to(reader: Resident) -> int:
    return Letter.objects.filter(to=reader.email).count()
