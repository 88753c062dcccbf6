"""Accounts that nobody confirmed go after fourteen days; whoever is anything more than that stays."""

import datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from participants import batches
from participants.models import Letter, Resident
from participants.roles import Role
from participants.unconfirmed import KEPT, forget_unconfirmed
from tests import factories
from tests.everywhere import found_in_database
from tests.topics.parallel import at_once
from topics.models import Report, Support

NOW = timezone.now()
OLD = NOW - KEPT
EMAIL, SIGNATURE = "zapomniana@poczta.example", "Zapomniana Osoba"


def make_unconfirmed(**fields) -> Resident:
    return factories.make_resident(confirmed=False, **{"date_joined": OLD, **fields})


def test_nothing_of_them_is_found(moderator, neighbour):
    account = make_unconfirmed(email=EMAIL, signature=SIGNATURE)
    account.accepted_rules.create(version="2026-11", at=OLD)
    LogEntry.objects.create(
        user=moderator,
        content_type=ContentType.objects.get_for_model(account),
        object_id=str(account.pk),
        object_repr=account.email,
        action_flag=CHANGE,
    )
    sent = {"subject": "Potwierdź", "body": f"Do {EMAIL}", "sender": "f@b.example", "try_at": OLD}
    Letter.objects.create(to=EMAIL.title(), state="sent", sent_at=OLD, message_id="<1@x>", **sent)
    assert set(found_in_database(EMAIL, SIGNATURE)) >= {"participants_resident.email", "participants_letter.to"}
    assert [forget_unconfirmed(NOW), forget_unconfirmed(NOW)] == [1, 0]
    assert found_in_database(EMAIL, SIGNATURE) == []
    assert Resident.objects.filter(pk__in=[moderator.pk, neighbour.pk]).count() == 2


@pytest.mark.django_db
def test_what_waits_for_the_mailbox_goes_out():
    """Whoever it belongs to may have signed up for a meeting without an account."""
    make_unconfirmed(email=EMAIL)
    letter = {"subject": "Spotkanie", "body": "Jutro.", "sender": "f@b.example", "try_at": NOW}
    Letter.objects.create(to=EMAIL, message_id="<1@x>", **letter)
    assert forget_unconfirmed(NOW) == 1
    assert Letter.objects.get().body == "Jutro."


@pytest.mark.django_db
def test_they_stay_for_fourteen_days():
    make_unconfirmed()
    assert forget_unconfirmed(NOW - datetime.timedelta(seconds=1)) == 0
    assert forget_unconfirmed(NOW) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"is_staff": True}, {"is_superuser": True}, {"last_login": OLD}, {"is_example": True}], ids=str
)
def test_staff_and_those_who_were_here_stay(fields):
    make_unconfirmed()
    Resident.objects.update(**fields)
    assert forget_unconfirmed(NOW) == 0


@pytest.mark.django_db
def test_whoever_has_a_role_or_a_post_stays():
    make_unconfirmed(appointment=factories.make_appointment())
    make_unconfirmed().groups.set(Group.objects.filter(name=Role.EDITOR))
    assert forget_unconfirmed(NOW) == 0


def test_confirmed_ones_stay_also_with_a_second_address(resident):
    Resident.objects.update(date_joined=OLD)
    EmailAddress.objects.create(user=resident, email="druga@poczta.example", verified=False)
    assert forget_unconfirmed(NOW) == 0


def comment_of(account: Resident) -> None:
    factories.make_published(factories.make_topic(), author=account)


def support_of(account: Resident) -> None:
    Support.objects.create(comment=factories.make_published(factories.make_topic()), resident=account, created_at=NOW)


def report_of(account: Resident) -> None:
    comment = factories.make_published(factories.make_topic())
    Report.objects.create(comment=comment, resident=account, why="insult", created_at=NOW)


def sign_up_of(account: Resident) -> None:
    factories.make_registration(factories.make_meeting(), account=account)


def decision_of(account: Resident) -> None:
    comment = factories.make_comment(factories.make_topic())
    when = {"rules_version": "1", "decided_by_name": "Ewa", "decided_at": NOW}
    comment.decisions.create(act="publish", decided_by=account, **when)


def entry_of(account: Resident) -> None:
    LogEntry.objects.create(user=account, object_repr="x", action_flag=CHANGE)


@pytest.mark.django_db
@pytest.mark.parametrize("trace", [comment_of, support_of, report_of, sign_up_of, decision_of, entry_of])
def test_whoever_has_left_a_trace_stays(trace):
    account = make_unconfirmed()
    trace(account)
    other = make_unconfirmed()
    assert forget_unconfirmed(NOW) == 1
    assert Resident.objects.filter(pk=account.pk).exists()
    assert not Resident.objects.filter(pk=other.pk).exists()


@pytest.mark.django_db
def test_a_batch_costs_the_same_whatever_its_size(monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 4)

    def cost(count: int) -> int:
        for _ in range(count):
            make_unconfirmed()
        with CaptureQueriesContext(connection) as found:
            assert forget_unconfirmed(NOW) == count
        return len(found)

    cost(1)  # content types are kept by the process
    assert cost(1) == cost(3)
    assert cost(7) == 2 * cost(3)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_delete_each_account_once(monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 3)
    for _ in range(20):
        make_unconfirmed()
    done = at_once(*[lambda: forget_unconfirmed(NOW)] * 3)
    assert sum(done) + forget_unconfirmed(NOW) == 20
    assert Resident.objects.count() == 0
