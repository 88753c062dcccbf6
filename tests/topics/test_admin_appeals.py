"""Reports and appeals in the panel: read by the roles that have them, changed by nobody, and nobody's address."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from topics import appeals, moderation
from topics.models import Appeal, Comment, Decision, Reason, Report
from topics.reports import report


@pytest.fixture
def comment(db: None) -> Comment:
    return factories.make_published(factories.make_topic("Oświetlenie"), "Tajny tekst")


@pytest.fixture
def reports(comment, resident) -> list[Report]:
    stranger = {"name": "Anna Nowak", "email": "gosc@poczta.example", "visitor": "x"}
    return [
        report(comment, why=Report.Why.HATE, text="Treść zgłoszenia", language="pl", resident=resident),
        report(comment, why=Report.Why.INSULT, text="Treść zgłoszenia", language="pl", **stranger),
    ]


@pytest.fixture
def appeal(comment, moderator) -> Appeal:
    moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    return appeals.appeal(Decision.objects.get(), text="To był cytat.")


@pytest.fixture
def people(moderator, editor, resident) -> dict[str, Resident]:
    judge = factories.make_resident("Jan", roles=[Role.APPEALS])
    return {
        "administrator": make_administrator(),
        "judge": judge,
        "moderator": moderator,
        "editor": editor,
        "resident": resident,
    }


def change(row: Report | Appeal, act: str = "change") -> str:
    return reverse(f"admin:topics_{row._meta.model_name}_{act}", args=[row.pk])


def list_of(model: type) -> str:
    return reverse(f"admin:topics_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("persona", ["administrator", "judge", "moderator", "editor", "resident"])
def test_lists_and_rows_open_for_their_roles(reports, appeal, people, as_user, persona: str):
    client = as_user(people[persona])
    for row, readers in ((reports[0], {"administrator", "moderator"}), (appeal, {"administrator", "judge"})):
        expected = 302 if persona == "resident" else 200 if persona in readers else 403
        assert client.get(list_of(type(row))).status_code == expected
        assert client.get(change(row)).status_code == expected


@pytest.mark.parametrize("persona", ["administrator", "judge", "moderator"])
def test_nobody_adds_changes_or_deletes(reports, appeal, people, as_user, persona: str):
    client = as_user(people[persona])
    for row in (reports[0], appeal):
        before = type(row).objects.filter(pk=row.pk).values().get()
        assert client.post(change(row), {"text": "Podmienione", "state": "upheld"}).status_code == 403
        assert client.post(change(row, "delete"), {"post": "yes"}).status_code == 403
        assert client.get(reverse(f"admin:topics_{row._meta.model_name}_add")).status_code == 403
        assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_reporters_are_known_to_those_who_may_see_accounts(reports, resident, people, as_user):
    addresses = [resident.email, "gosc@poczta.example", "Anna Nowak"]
    seen = {}
    for persona in ("administrator", "moderator"):
        client = as_user(people[persona])
        pages = [client.get(url).content.decode() for url in (list_of(Report), *(change(row) for row in reports))]
        assert "Treść zgłoszenia" in pages[1]
        seen[persona] = [word for word in addresses if any(word in page for page in pages)]
    assert seen == {"administrator": addresses, "moderator": []}


def test_address_of_a_reporter_cannot_be_searched_or_filtered(reports, moderator, as_user):
    client = as_user(moderator)
    for query in ({"email": "gosc@poczta.example"}, {"resident__email": "x"}, {"name": "Anna Nowak"}):
        assert client.get(list_of(Report), query).status_code in {302, 400}


def test_what_was_handed_over_is_not_quoted(comment, reports, moderator, as_user):
    moderation.hand_over(comment, "Dyżurny", "RSD 1", by=moderator, reason=Reason.THREAT)
    client = as_user(moderator)
    for url in (list_of(Report), change(reports[0])):
        assert "Tajny tekst" not in client.get(url).content.decode()


def test_nobody_reads_what_is_said_against_themselves(appeal, moderator, as_user):
    moderator.groups.add(*factories.make_resident(roles=[Role.APPEALS]).groups.all())
    client = as_user(moderator)
    assert client.get(list_of(Appeal)).context["cl"].result_count == 0
    assert "To był cytat." not in client.get(change(appeal), follow=True).content.decode()


def test_appeal_of_a_program_s_decision_says_who_decided(comment, people, as_user):
    decision = Decision.objects.create(
        comment=comment,
        act=Decision.Act.SET_ASIDE,
        reason=Reason.HATE,
        role=Decision.Role.PROGRAM,
        rules_version="2026-11",
        decided_at=timezone.now(),
    )
    Comment.objects.filter(pk=comment.pk).update(state="waiting")
    decision.comment.refresh_from_db()
    made = appeals.appeal(decision, text="To był cytat.")
    page = as_user(people["judge"]).get(change(made)).content.decode()
    assert str(Decision.Role.PROGRAM.label) in page
    assert comment.author.email not in page


def test_nobody_reads_what_is_said_against_their_own_comment(comment, reports, appeal, as_user):
    author = comment.author
    author.groups.set(Group.objects.filter(name__in=[Role.MODERATOR, Role.APPEALS]))
    author.is_staff = True
    author.save(update_fields=["is_staff"])
    client = as_user(author)
    for row in (reports[0], appeal):
        page = client.get(list_of(type(row)))
        assert page.status_code == 200
        assert change(row) not in page.content.decode()
        assert client.get(change(row)).status_code == 302


def test_judge_reads_what_was_decided_and_is_not_led_to_the_archive(appeal, people, as_user):
    client = as_user(people["judge"])
    case = reverse("admin:topics_case_change", args=[appeal.case.pk])
    for address in (change(appeal), case):
        page = client.get(address)
        assert page.status_code == 200
        assert appeal.decision.get_act_display() in page.content.decode()
        assert "topics/decision/" not in page.content.decode()
    assert client.get(reverse("admin:topics_decision_change", args=[appeal.decision.pk])).status_code == 403
