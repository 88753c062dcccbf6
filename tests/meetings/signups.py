"""What the tests of sign-ups share: a meeting that takes them, and people who sign up."""

import datetime
import uuid

from django.utils import timezone

from meetings.models import Meeting, Registration
from meetings.registration import register
from tests import factories

NOW = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def make_open(**fields) -> Meeting:
    """Announced for 17:00 in three weeks; ten seats."""
    fields = {"date": datetime.date(2026, 12, 10), "starts": datetime.time(17), "capacity": 10} | fields
    return factories.make_meeting(takes_registrations=True, published_at=NOW, **fields)


def make_coming(**fields) -> Meeting:
    """The same for pages, which read the real clock."""
    return make_open(**{"date": timezone.localdate() + 14 * DAY, **fields})


def sign_up(meeting: Meeting, email: str = "", **fields) -> Registration:
    """By a stranger, whose letter is not opened yet."""
    fields = {"name": "Hanna Nowak", "language": "pl", "submission": uuid.uuid4(), "now": NOW, **fields}
    fields.setdefault("visitor", f"gosc{next(factories.count)}")
    return register(meeting=meeting, email=email or f"gosc{next(factories.count)}@poczta.example", **fields)
