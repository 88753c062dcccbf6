"""`manage.py recount`"""

import pytest
from django.core.management import call_command

from tests import factories
from topics import appeals, moderation
from topics.cases import open_case
from topics.models import Appeal, Case, Comment, Decision, Reason, Report, Topic
from topics.reports import report
from topics.support import support, take_back


@pytest.fixture
def topic(moderator) -> Topic:
    """A talk in which everything has happened: replies, an official answer, hiding, restoring, refusing."""
    topic = factories.make_topic()
    first = factories.make_published(topic)
    factories.make_published(topic, parent=first, voice="Kierownik, Komenda")
    waiting = factories.make_comment(topic)
    open_case(waiting, kind=Case.Kind.HELD, now=waiting.created_at)
    hidden = factories.make_published(topic)
    moderation.hide(hidden, by=moderator, reason=Reason.INSULT)
    back = moderation.hide(factories.make_published(topic, parent=first), by=moderator, reason=Reason.THREAT)
    moderation.restore(back, by=moderator)
    moderation.hide(factories.make_comment(topic), by=moderator, reason=Reason.ADVERT)
    support(first, by=moderator)
    support(back, by=moderator)
    take_back(back, by=moderator)
    topic.refresh_from_db()
    return topic


def counters(topic: Topic) -> dict:
    topic.refresh_from_db()
    names = ("thread_count", "comment_count", "official_count", "last_comment_at", "active_at")
    return {name: getattr(topic, name) for name in names}


def test_counters_kept_by_the_rules_are_right(topic, capsys):
    call_command("recount", "--dry-run")
    assert capsys.readouterr().out == "All counters and cases are right (1 topics).\n"
    assert topic.comment_count == 3


def test_dry_run_says_what_differs_and_changes_nothing(topic, capsys):
    Topic.objects.update(comment_count=7, official_count=2)
    call_command("recount", "--dry-run")
    said = capsys.readouterr().out
    assert f"topic {topic.pk}: comment_count 7 → 3" in said
    assert f"topic {topic.pk}: official_count 2 → 1" in said
    assert "Wrong: 1. Nothing was changed." in said
    assert counters(topic)["comment_count"] == 7


def test_recount_mends_topics_and_comments(topic, capsys):
    right = counters(topic)
    replies = Comment.objects.get(position=1, parent=None)
    assert replies.reply_count == 2
    Topic.objects.update(comment_count=9, thread_count=1, official_count=0, last_comment_at=None, active_at=None)
    Comment.objects.update(reply_count=5, support_count=3)
    call_command("recount")
    assert "All were mended." in capsys.readouterr().out
    assert counters(topic) == right
    assert list(Comment.objects.exclude(reply_count=0).values_list("pk", "reply_count")) == [(replies.pk, 2)]
    assert list(Comment.objects.exclude(support_count=0).values_list("pk", "support_count")) == [(replies.pk, 1)]


def recounted(capsys) -> str:
    """What a first run says; a second one finds nothing more."""
    call_command("recount")
    said = capsys.readouterr().out
    call_command("recount")
    assert "All counters and cases are right" in capsys.readouterr().out
    return said


def open_cases() -> list[tuple]:
    return list(Case.objects.open().order_by("pk").values_list("comment", "kind", "report_count", "is_urgent"))


def test_waiting_comment_without_its_case_comes_to_the_queue(topic, capsys):
    [case] = Case.objects.open()
    Case.objects.all().delete()
    assert f"case of comment {case.comment_id} (held): is missing" in recounted(capsys)
    again = Case.objects.open().get()
    assert (again.comment_id, again.kind, again.opened_at) == (case.comment_id, "held", case.comment.created_at)


def test_case_of_a_comment_that_does_not_wait_is_closed(topic, capsys):
    [case] = Case.objects.open()
    Comment.objects.filter(pk=case.comment_id).update(state="withdrawn", withdrawn_at=case.opened_at)
    assert f"case of comment {case.comment_id} (held): stands for nothing" in recounted(capsys)
    assert not Case.objects.open().exists()


@pytest.fixture
def reported(topic, moderator) -> Comment:
    """Reported by two, and in the queue as it should be; the only case."""
    Comment.objects.waiting().delete()
    comment = Comment.objects.published().first()
    for why in (Report.Why.INSULT, Report.Why.DANGER):
        report(comment, why=why, resident=factories.make_resident(), language="pl")
    return comment


def test_reports_are_counted_again(reported, capsys):
    right = open_cases()
    Case.objects.update(report_count=7)
    assert f"case of comment {reported.pk} (reported): report_count 7 → 2" in recounted(capsys)
    assert open_cases() == right == [(reported.pk, "reported", 2, True)]


def test_reported_comment_without_its_case_comes_back_as_urgent_as_it_was(reported, capsys):
    right = open_cases()
    Case.objects.all().delete()
    assert "(reported): is missing" in recounted(capsys)
    assert open_cases() == right


def test_case_without_an_open_report_is_closed(reported, capsys):
    Report.objects.all().delete()
    assert "(reported): stands for nothing" in recounted(capsys)
    assert open_cases() == []


def test_comment_set_aside_waits_in_the_case_of_its_reports_alone(reported, capsys):
    moderation.set_aside(reported, reason=Reason.INSULT)
    call_command("recount")
    assert "All counters and cases are right" in capsys.readouterr().out
    Report.objects.all().delete()
    recounted(capsys)
    assert open_cases() == [(reported.pk, "held", 0, False)]


@pytest.mark.parametrize("outcome", ["", Appeal.Outcome.UPHELD])
def test_appeal_is_in_the_queue_until_it_is_decided(reported, capsys, outcome: str):
    made = appeals.appeal(Decision.objects.filter(act="hide", comment__state="hidden").get(), text="To żart.")
    Case.objects.filter(appeal=made).update(closed_at=None if outcome else made.created_at)
    Appeal.objects.update(outcome=outcome, decided_at=made.created_at if outcome else None)
    assert ("stands for nothing" if outcome else "is missing") in recounted(capsys)
    assert Case.objects.open().filter(appeal=made).exists() is not bool(outcome)


def test_appeal_without_any_case_gets_one(reported, capsys):
    made = appeals.appeal(Decision.objects.filter(act="hide", comment__state="hidden").get(), text="To żart.")
    Case.objects.filter(appeal=made).delete()
    assert "(appeal): is missing" in recounted(capsys)
    assert Case.objects.open().get(appeal=made).opened_at == made.created_at


@pytest.mark.parametrize("topics", [1, 3])
def test_recount_costs_the_same_for_any_number_of_topics(moderator, django_assert_num_queries, topics: int):
    for _ in range(topics):
        topic = factories.make_topic()
        factories.make_published(topic, parent=factories.make_published(topic))
    Topic.objects.update(comment_count=0)
    Comment.objects.update(reply_count=0, support_count=1)
    # The list; then in a savepoint: lock, count, compare replies; compare, lock and count voices; look for cases that
    # are missing, or stand for nothing; three updates.
    with django_assert_num_queries(17):
        call_command("recount", verbosity=0)
