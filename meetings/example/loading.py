"""Loading the example content, and where it may be loaded."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from meetings.example.acts import act_in
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
    """People first, then their talks, then the meetings where the talks stand on the agenda; what hangs on all of
    that comes last: an institution is public once it has a meeting."""
    now = now or timezone.now()
    cast = make_people(timezone.localdate(now))
    topics = make_topics(cast, now)
    make_meetings(cast, topics, now)
    act_in(topics["way"], cast, now)
