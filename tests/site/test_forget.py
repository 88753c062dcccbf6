"""`manage.py forget`, and the page of the panel that shows what the rules did."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from forum_portal.management.commands.work import HOURLY
from forum_portal.my_data import make_exports
from forum_portal.retention import RULES, forget_due
from participants.bounces import pause
from participants.exports import KEPT as EXPORT_KEPT
from participants.exports import ask_for_export
from participants.models import DataExport, JobRun, Letter, PausedAddress
from participants.models.data_export import private_files
from tests.panel import make_administrator
from tests.participants.test_retention import LETTERS, make_old_letters
from tests.refusing import refusing

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def told(*args: str, **options) -> str:
    out = io.StringIO()
    call_command("forget", *args, stdout=out, **options)
    return out.getvalue()


def test_it_says_what_each_rule_removed():
    make_old_letters(2)
    lines = told().splitlines()
    assert [line.split()[0] for line in lines] == [rule.key for rule in RULES]
    [line] = [line for line in lines if line.startswith("letters ")]
    assert line.split()[:3] == ["letters", "removed", "2"]
    assert "letters that were sent or given up, after " in line
    assert Letter.objects.count() == 0


def test_a_rehearsal_says_what_would_go():
    make_old_letters(2)
    assert told("letters", dry_run=True).split()[:4] == ["letters", "would", "remove", "2"]
    assert (Letter.objects.count(), JobRun.objects.count()) == (2, 0)


def test_only_the_rules_that_were_named_are_applied():
    make_old_letters(1)
    assert len(told("news", "tallies").splitlines()) == 2
    assert Letter.objects.count() == 1


def test_an_address_of_nobody_is_written_to_again_after_two_years():
    for email, days in (("dawno@poczta.example", 731), ("niedawno@poczta.example", 729)):
        pause(email, reason="mailbox", code="550 5.1.1", now=timezone.now() - days * DAY)
    assert "removed 1" in " ".join(told("pauses").split())
    assert PausedAddress.objects.get().email == "niedawno@poczta.example"


def test_an_unknown_rule_is_refused_before_anything_goes():
    make_old_letters(1)
    with pytest.raises(CommandError, match=r"There is no rule lettres\. Rules: .*letters"):
        told("letters", "lettres")
    assert Letter.objects.count() == 1


def test_a_failing_rule_fails_the_command_after_all_the_others():
    make_old_letters(1)
    out = io.StringIO()
    with refusing(Letter), pytest.raises(CommandError, match="Failed, see the log: letters"):
        call_command("forget", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(RULES)
    assert [line.endswith("FAILED") for line in lines] == [rule.key == "letters" for rule in RULES]


def test_the_worker_applies_every_rule_each_hour_and_a_failing_one_stops_no_other():
    assert forget_due in HOURLY
    make_old_letters(1)
    with refusing(Letter):
        outcomes = forget_due()
    assert list(outcomes) == [rule.key for rule in RULES]
    assert {key for key, outcome in outcomes.items() if outcome.has_failed} == {"letters"}
    assert JobRun.objects.count() == len(RULES)


def test_rules_have_keys_of_their_own_that_fit():
    keys = [rule.key for rule in RULES]
    assert len(set(keys)) == len(keys)
    assert max(map(len, keys)) <= 18


def test_a_rehearsal_leaves_files_alone(resident, django_capture_on_commit_callbacks):
    ask_for_export(resident)
    make_exports()
    name, later = DataExport.objects.get().file.name, timezone.now() + EXPORT_KEPT + DAY
    rule = next(rule for rule in RULES if rule.key == "exports")
    DataExport.objects.update(expires_at=timezone.now() - DAY)
    with django_capture_on_commit_callbacks(execute=True):
        assert told("exports", dry_run=True).split()[3] != "0"
    assert private_files().exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        assert rule.forget(later) >= 1
    assert not private_files().exists(name)


# -- The page -----------------------------------------------------------------------------------------------


PAGE = reverse("admin:participants_jobrun_changelist")


def test_the_page_shows_what_each_rule_did(editor, as_user):
    make_old_letters(3)
    forget_due()
    page = as_user(editor).get(PAGE)
    html = page.content.decode()
    rows = {row["rule"].key: row for row in page.context["rules"]}
    assert list(rows) == [rule.key for rule in RULES]
    assert (rows["letters"]["all"], rows["news"]["all"]) == (3, 0)
    assert rows["letters"]["last_removal"] > rows["letters"]["last"] - DAY
    assert rows["news"]["last_removal"] is None
    assert all(html.count(f">{capfirst(str(rule.title))}</th>") == 1 for rule in RULES)
    assert page.context["cl"].result_count == len(RULES)
    assert as_user(editor).get(PAGE, {"rule": "letters"}).context["cl"].result_count == 1


def test_a_failed_rule_is_seen(editor, as_user):
    with refusing(Letter):
        make_old_letters(1)
        forget_due()
    html = as_user(editor).get(PAGE).content.decode()
    assert html.count(f"<b>{gettext('failed')}</b>") == 1


def test_nobody_changes_what_is_written(as_user):
    run = JobRun.objects.create(rule=LETTERS.key, started_at=timezone.now(), ended_at=timezone.now(), removed=1)
    client = as_user(make_administrator())
    names = {name: [run.pk] for name in ("change", "delete")} | {"add": []}
    urls = {name: reverse(f"admin:participants_jobrun_{name}", args=args) for name, args in names.items()}
    answers = {name: client.post(url, {"post": "yes", "removed": "9"}).status_code for name, url in urls.items()}
    assert answers == {"change": 403, "delete": 403, "add": 403}
    assert JobRun.objects.get().removed == 1


def test_the_page_costs_the_same_for_any_number_of_runs(editor, as_user, django_assert_max_num_queries):
    client = as_user(editor)
    forget_due()
    client.get(PAGE)
    with django_assert_max_num_queries(9):
        client.get(PAGE)
    for n in range(1, 30):
        JobRun.objects.create(rule="letters", started_at=timezone.now(), ended_at=timezone.now(), removed=n)
    with django_assert_max_num_queries(9):
        client.get(PAGE)
