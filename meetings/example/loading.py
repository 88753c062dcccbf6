"""Loading the example content, and where it may be loaded."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from meetings.example.evenings import make_meetings
from meetings.example.people import make_people
from meetings.example.talks import make_topics
from meetings.models import Forum

THIS_MACHINE = {"localhost", "127.0.0.1", "::1", "[::1]"}


def is_own_machine() -> bool:
    """Whether nobody but this machine can reach the site: a site for others must name itself in both settings."""
    return {*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname} <= THIS_MACHINE


def is_loaded() -> bool:
    return Forum.objects.filter(is_example=True).exists()


@transaction.atomic
def load_example(*, now: datetime.datetime | None = None) -> None:
    """People first, then their talks, then the meetings where the talks stand on the agenda."""
    now = now or timezone.now()
    cast = make_people(timezone.localdate(now))
    make_meetings(cast, make_topics(cast, now), now)
