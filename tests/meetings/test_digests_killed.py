"""A worker that is killed while it sends news: the next one sends the rest, and nobody hears twice."""

from pathlib import Path

import pytest
from django.utils import timezone

from meetings.models import News
from participants.models import Letter
from tests import factories
from tests.meetings.news import make_news, make_reader
from tests.site.worker import finish, kill, start

SEND = "meetings.digests.send_news"
STATEMENTS = ['INSERT INTO "participants_letter"', 'UPDATE "meetings_news" SET "told_at"']
READERS, SENT = 5, 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_killed_in_the_middle_everybody_has_one_letter(tmp_path: Path, statement: str):
    comment = factories.make_published(factories.make_topic())
    readers = [make_reader() for _ in range(READERS)]
    for reader in readers:
        make_news(reader, comment)
    now = timezone.now()
    kill(start(SEND, now, stop_before=statement, after=SENT, var=tmp_path))
    assert Letter.objects.count() == News.objects.filter(told_at__isnull=False).count() == SENT
    assert [finish(start(SEND, now, var=tmp_path)) for _ in range(2)] == [READERS - SENT, 0]
    assert sorted(Letter.objects.values_list("to", flat=True)) == sorted(reader.email for reader in readers)
    assert not News.objects.waiting().exists()
