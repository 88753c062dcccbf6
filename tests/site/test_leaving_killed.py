"""Erasing and exporting by several workers at once, and by one that is killed: once, whole, or not yet."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from forum_portal.leaving import erase_leavers
from participants.exports import ORPHANED, ask_for_export
from participants.leaving import WAIT, ask
from participants.models import DataExport, Departure, Leaving, Letter, Resident
from tests import factories
from tests.site.worker import finish, kill, start
from tests.topics.parallel import at_once
from topics.models import Comment, Support, Topic
from topics.support import support

pytestmark = pytest.mark.django_db(transaction=True)
ERASE, EXPORT = "forum_portal.leaving.erase_leavers", "forum_portal.my_data.make_exports"
SWEEP = "participants.exports.forget_exports"
TOPICS = 3
STATEMENTS = ['UPDATE "topics_comment"', 'DELETE FROM "participants_resident"', 'INSERT INTO "participants_departure"']


def make_leavers(count: int) -> list[Resident]:
    """They all talk on the same topics, support each other, and are named in the same letters."""
    reader = factories.make_resident("Tomasz")
    leavers = [factories.make_resident(f"Odchodząca {number}") for number in range(count)]
    for topic in [factories.make_topic() for _ in range(TOPICS)]:
        said = [factories.make_published(topic, author=author) for author in (reader, *leavers)]
        for comment, leaver in zip(said, leavers, strict=False):
            support(comment, by=leaver)
    names = ", ".join(leaver.signature for leaver in leavers)
    words = {"subject": "Nowości", "sender": "f@b.example", "try_at": timezone.now(), "body": names}
    for number in range(5):
        Letter.objects.create(to=reader.email, message_id=f"<{number}@x>", **words)
    for leaver in leavers:
        ask(leaver, erases_texts=True)
    return leavers


def left_whole(leavers: list[Resident]) -> bool:
    """Nothing of them is left, and the counts agree."""
    comments = Comment.objects.filter(author__isnull=True, state=Comment.State.WITHDRAWN, author_name="")
    gone = not Resident.objects.filter(pk__in=[leaver.pk for leaver in leavers]).exists()
    counted = all(topic.comment_count == 1 for topic in Topic.objects.all())
    letters = Letter.objects.filter(body__contains="Odchodząca")
    return gone and counted and comments.count() == Comment.objects.count() - TOPICS and not letters.exists()


def test_workers_at_once_erase_each_of_many_once():
    leavers = make_leavers(6)
    now = timezone.now() + WAIT
    results = at_once(*[lambda: erase_leavers(now)] * 4)
    assert sum(results) == len(leavers) == Departure.objects.count()
    assert left_whole(leavers)
    assert erase_leavers(now) == Support.objects.count() == 0


@pytest.mark.parametrize("statement", STATEMENTS)
def test_killed_while_erasing_it_has_done_nothing_and_the_next_does_all(tmp_path: Path, statement):
    leavers = make_leavers(1)
    now = timezone.now() + WAIT
    before = list(Comment.objects.order_by("pk").values())
    kill(start(ERASE, now, stop_before=statement, var=tmp_path))
    assert list(Comment.objects.order_by("pk").values()) == before
    assert (Leaving.objects.count(), Departure.objects.count(), Support.objects.count()) == (1, 0, TOPICS)
    assert [finish(start(ERASE, now, var=tmp_path)) for _ in range(2)] == [1, 0]
    assert left_whole(leavers)
    assert Departure.objects.count() == 1


def test_two_processes_erase_the_same_account_once(tmp_path: Path):
    leavers = make_leavers(1)
    workers = [start(ERASE, timezone.now() + WAIT, var=tmp_path) for _ in range(2)]
    assert sorted(finish(worker) for worker in workers) == [0, 1]
    assert left_whole(leavers)
    assert Departure.objects.count() == 1


def files_in(folder: Path) -> set[str]:
    return {file.name for file in (folder / "exports").glob("*.zip")}


@pytest.mark.parametrize("statement", ['UPDATE "participants_dataexport"', 'INSERT INTO "participants_letter"'])
def test_killed_while_exporting_the_next_makes_it_and_no_file_is_left_over(resident, tmp_path: Path, statement):
    ask_for_export(resident)
    now = timezone.now()
    kill(start(EXPORT, now, stop_before=statement, var=tmp_path))
    assert DataExport.objects.waiting().count() == 1
    assert not Letter.objects.exists()
    assert [finish(start(EXPORT, now, var=tmp_path)) for _ in range(2)] == [1, 0]
    made = DataExport.objects.get().file.name
    assert Letter.objects.count() == 1
    assert len(files_in(tmp_path)) == 2  # one belongs to nothing
    assert finish(start(SWEEP, now + ORPHANED + datetime.timedelta(minutes=5), var=tmp_path)) == 1
    assert files_in(tmp_path) == {made}


def test_two_processes_make_one_file(resident, tmp_path: Path):
    ask_for_export(resident)
    workers = [start(EXPORT, timezone.now(), var=tmp_path) for _ in range(2)]
    assert sorted(finish(worker) for worker in workers) == [0, 1]
    assert files_in(tmp_path) == {DataExport.objects.get().file.name}
    assert Letter.objects.count() == 1
