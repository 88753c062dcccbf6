"""Accounts that nobody uses: two letters, then erased; coming back calls it off."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum_portal.leaving import erase_inactive
from participants.batches import PartlyDone
from participants.bounces import hold_back, pause
from participants.dates import months_before
from participants.inactivity import FIRST, MONTHS, ROUND, SECOND, warn_inactive
from participants.leaving import ask
from participants.models import Departure, Letter, Resident
from participants.retention import Rule, run_rule
from participants.roles import Role
from tests import factories
from tests.everywhere import found_in_database
from tests.factories import PASSWORD
from tests.mailbox import last_letter, link_in
from tests.refusing import refusing
from tests.topics.parallel import at_once

END = timezone.now()
USED = months_before(END, MONTHS)
DAY, SECOND_OF_TIME = datetime.timedelta(days=1), datetime.timedelta(seconds=1)
EMAIL, SIGNATURE = "dawna@poczta.example", "Dawna Osoba"


@pytest.fixture
def quiet(db) -> Resident:
    """Used for the last time 24 months before END."""
    return factories.make_resident(SIGNATURE, email=EMAIL, date_joined=USED - 100 * DAY, last_login=USED)


def warned(now: datetime.datetime) -> int:
    """The letters go out at once."""
    count = warn_inactive(now)
    Letter.objects.waiting().update(state=Letter.State.SENT, sent_at=now)
    return count


def warn_twice() -> None:
    assert [warned(END - FIRST), warned(END - SECOND)] == [1, 1]


def test_two_letters_at_their_time_and_each_once(quiet):
    moments = [END - FIRST - DAY, END - FIRST, END - FIRST + DAY, END - SECOND - SECOND_OF_TIME, END - SECOND, END]
    assert [warned(moment) for moment in moments] == [0, 1, 0, 0, 1, 0]
    first, second = Letter.objects.filter(to=EMAIL).order_by("pk")
    assert first.body != second.body
    assert link_in(last_letter(EMAIL), "/konto/zaloguj/") == "/konto/zaloguj/"


def test_the_letter_names_the_day(quiet):
    Resident.objects.update(language="en")
    warned(END - FIRST)
    assert f"On {timezone.localtime(END).day} " in last_letter(EMAIL).body
    assert "We write once more before that." in last_letter(EMAIL).body


def test_nothing_of_the_person_is_found_and_the_comment_stays(quiet):
    comment = factories.make_published(factories.make_topic(), "Przy szkole brak pasów.", author=quiet)
    Resident.objects.filter(pk=quiet.pk).update(last_login=USED)
    warn_twice()
    assert [erase_inactive(END - SECOND_OF_TIME), erase_inactive(END), erase_inactive(END)] == [0, 1, 0]
    assert found_in_database(EMAIL, SIGNATURE) == []
    comment.refresh_from_db()
    assert (comment.text, comment.state, comment.author_name) == ("Przy szkole brak pasów.", "published", "")
    assert Departure.objects.count() == 0


@pytest.mark.parametrize("mark", ["last_login", "seen_at"])
def test_using_the_account_calls_it_off(quiet, mark):
    warn_twice()
    Resident.objects.update(**{mark: END - DAY})
    assert erase_inactive(END + 600 * DAY) == 0
    later = months_before(END - DAY, -MONTHS)
    assert [warned(later - FIRST), warned(later - SECOND)] == [1, 1]  # old letters do not count
    assert [erase_inactive(later - DAY), erase_inactive(later)] == [0, 1]


def test_signing_in_calls_it_off(quiet):
    warn_twice()
    Client().post("/konto/zaloguj/", {"login": EMAIL, "password": PASSWORD})
    assert erase_inactive(timezone.now() + DAY) == 0


def test_who_was_away_longer_still_gets_both_letters_and_their_time(quiet):
    """The worker stood still, or the rule is new."""
    start = END + 300 * DAY
    again = start + (FIRST - SECOND)
    assert [warned(start), warned(start), warned(again - DAY), warned(again)] == [1, 0, 0, 1]
    assert [erase_inactive(again + SECOND - SECOND_OF_TIME), erase_inactive(again + SECOND)] == [0, 1]


def test_nobody_is_erased_while_a_letter_waits(quiet):
    warn_twice()
    Letter.objects.filter(pk=last_letter(EMAIL).pk).update(state=Letter.State.WAITING, sent_at=None)
    assert erase_inactive(END) == 0


@pytest.mark.parametrize("mark", ["warned_at", "warned_again_at"])
def test_nobody_is_erased_whom_a_letter_did_not_reach(quiet, mark):
    """Given up by the outbox, held back since the address is paused, or returned by a server on the way."""
    warn_twice()
    letter = Letter.objects.filter(key__startswith=f"inactive:{mark}:")
    sent_at = letter.get().sent_at
    letter.update(state=Letter.State.FAILED, sent_at=None)
    assert erase_inactive(END) == 0
    letter.update(state=Letter.State.SENT, sent_at=sent_at, returned_at=END)
    assert erase_inactive(END) == 0
    letter.update(returned_at=None)
    assert erase_inactive(END) == 1


def test_letters_to_a_paused_address_erase_nobody(quiet):
    pause(EMAIL, reason="mailbox", code="550 5.1.1", now=END - 60 * DAY)
    for moment in (END - FIRST, END - SECOND):
        assert warn_inactive(moment) == 1
        assert hold_back(Letter.objects.waiting().get())
    assert erase_inactive(END) == 0


def test_a_letter_that_went_out_late_leaves_its_days(quiet):
    """Sending was stopped, or an administrator had it tried again."""
    warn_twice()
    Letter.objects.filter(pk=last_letter(EMAIL).pk).update(sent_at=END)
    assert [erase_inactive(END), erase_inactive(END + SECOND - SECOND_OF_TIME), erase_inactive(END + SECOND)] == [
        0,
        0,
        1,
    ]


def test_whom_letters_did_not_reach_is_written_to_again(quiet):
    warn_twice()
    Letter.objects.update(state=Letter.State.FAILED, sent_at=None)
    again = END - FIRST + ROUND
    assert [warned(again - DAY), warned(again), warned(again + FIRST - SECOND)] == [0, 1, 1]
    assert [erase_inactive(again + FIRST - DAY), erase_inactive(again + FIRST)] == [0, 1]


@pytest.mark.parametrize(
    "fields",
    [
        {"is_staff": True},
        {"is_superuser": True},
        {"is_active": False},
        {"is_example": True},
        {"suspended_until": END + 1000 * DAY},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_staff_and_who_is_kept_out_stay(quiet, fields):
    Resident.objects.update(**fields)
    assert warn_inactive(END) == 0
    Resident.objects.update(warned_at=END - FIRST, warned_again_at=END - SECOND)
    assert erase_inactive(END) == 0


def test_whoever_has_a_role_or_a_post_stays(quiet):
    other = factories.make_resident(date_joined=USED, appointment=factories.make_appointment())
    quiet.groups.set(Group.objects.filter(name=Role.EDITOR))
    Resident.objects.update(warned_at=END - FIRST, warned_again_at=END - SECOND)
    assert [warn_inactive(END), erase_inactive(END)] == [0, 0]
    assert Resident.objects.filter(pk__in=[quiet.pk, other.pk]).count() == 2


def test_unconfirmed_accounts_get_no_letter(db):
    factories.make_resident(confirmed=False, date_joined=USED)
    assert warn_inactive(END) == 0


def test_who_leaves_by_themselves_is_not_warned(quiet):
    ask(quiet, erases_texts=True, now=END - FIRST - DAY)
    assert warn_inactive(END) == 0


def test_a_warning_that_fails_leaves_no_note_and_stops_no_other(quiet):
    other = factories.make_resident(date_joined=USED)
    with refusing(Resident, act="UPDATE", pk=quiet.pk), pytest.raises(PartlyDone) as partly:
        warn_inactive(END - FIRST)
    assert partly.value.done == 1
    assert [letter.to for letter in Letter.objects.all()] == [other.email]
    assert warned(END - FIRST) == 1


def test_an_erasing_that_fails_stops_no_other_and_is_written_down(quiet):
    other = factories.make_resident(date_joined=USED)
    assert [warned(END - FIRST), warned(END - SECOND)] == [2, 2]
    rule = Rule("inactive", "inactive", "", erase_inactive)
    with refusing(Resident, pk=quiet.pk):
        outcome = run_rule(rule, END)
    assert (outcome.removed, outcome.has_failed) == (1, True)
    assert not Resident.objects.filter(pk=other.pk).exists()
    assert run_rule(rule, END).removed == 1


def test_a_rehearsal_erases_nobody(quiet):
    warn_twice()
    rule = Rule("inactive", "inactive", "", erase_inactive)
    assert run_rule(rule, END, is_dry=True).removed == 1
    quiet.refresh_from_db()
    assert quiet.signature == SIGNATURE


def test_an_hour_without_work_costs_the_same_for_any_number_of_accounts(quiet):
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert [warn_inactive(USED + DAY), erase_inactive(USED + DAY)] == [0, 0]
        return len(found)

    few = cost()
    for _ in range(5):
        factories.make_resident()
    assert few == cost() == 3


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_write_once_and_erase_once():
    for _ in range(6):
        person = factories.make_resident(date_joined=USED)
        factories.make_published(factories.make_topic(), author=person)
    for moment in (END - FIRST, END - SECOND):
        assert sum(at_once(*[lambda now=moment: warn_inactive(now)] * 3)) == 6
        Letter.objects.waiting().update(state=Letter.State.SENT, sent_at=moment)
    assert Letter.objects.count() == 12
    assert sum(at_once(*[lambda: erase_inactive(END)] * 3)) + erase_inactive(END) == 6
    assert Resident.objects.count() == 0
