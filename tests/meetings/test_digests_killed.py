"""A worker that is killed while it sends news: the next one sends the rest, and nobody hears twice."""

import os
import signal
import time

import pytest
from django.utils import timezone

from meetings.digests import send_news
from meetings.models import News
from participants.models import Letter
from tests import factories
from tests.meetings.news import make_news
from tests.participants.test_outbox import start_worker
from tests.smtp import mail_server

READERS, ROUNDS, PATIENCE = 40, 3, 60


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_everybody_has_one_letter():
    comment = factories.make_published(factories.make_topic())
    readers = [factories.make_resident(pace="now", quiet_from=0, quiet_until=0) for _ in range(READERS)]
    for reader in readers:
        make_news(reader, comment)
    with mail_server() as server:
        for _ in range(ROUNDS):
            seen, worker = Letter.objects.count(), start_worker(server)
            until = time.monotonic() + PATIENCE
            while Letter.objects.count() < min(seen + 3, READERS) and time.monotonic() < until:
                assert worker.poll() is None
            os.kill(worker.pid, signal.SIGKILL)
            worker.communicate()
            assert Letter.objects.count() == News.objects.filter(told_at__isnull=False).count()
    assert Letter.objects.count() < READERS
    send_news(timezone.now())
    assert sorted(Letter.objects.values_list("to", flat=True)) == sorted(reader.email for reader in readers)
    assert not News.objects.waiting().exists()
