"""The rules of discussion have versions, and what writes waits until the one in force is accepted."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from meetings import asking
from participants import rules
from participants.accounts import account_of_mailbox
from participants.models import RecordKept, Resident, RulesAcceptance
from participants.roles import Role
from tests import factories
from topics import editing, support
from topics.discussion import add_comment
from topics.models import Comment, Report, Support
from topics.refusals import RulesChanged
from topics.reports import RulesFirst, report

NOW = datetime.datetime(2026, 11, 27, 12, tzinfo=datetime.UTC)
OLD = "2025-01"
ROLES = {"resident": None, "moderator": [Role.MODERATOR], "editor": [Role.EDITOR]}


@pytest.fixture
def late(db) -> Resident:
    """Somebody who accepted rules that are not in force any more."""
    return factories.make_resident("Jan", rules_version=OLD)


def version(name: str, *changes: str) -> rules.Version:
    return rules.Version(name, datetime.date(2026, 1, 1), changes)


def consent(back: str) -> str:
    return f"{reverse('accept_rules')}?{urlencode({'next': back})}"


def test_news_are_the_versions_since_the_accepted_one():
    one, two, three = version("1"), version("2"), version("3")
    versions = (one, two, three)
    assert rules.news_for("1", versions) == [three, two]
    assert rules.news_for("3", versions) == []
    assert rules.news_for("", versions) == rules.news_for("unknown", versions) == [three, two, one]


def test_versions_have_names_and_changes_and_come_in_order():
    names = [one.name for one in rules.VERSIONS]
    assert len(set(names)) == len(names)
    assert [one.since for one in rules.VERSIONS] == sorted(one.since for one in rules.VERSIONS)
    assert all(one.changes for one in rules.VERSIONS)


def test_accepting_is_written_down_once(late):
    rules.accept(late, now=NOW)
    rules.accept(late, now=NOW + datetime.timedelta(days=1))
    [row] = RulesAcceptance.objects.all()
    assert (row.account, row.version, row.at) == (late, rules.CURRENT.name, NOW)
    late.refresh_from_db()
    assert (late.rules_version, late.rules_accepted_at) == (rules.CURRENT.name, NOW)


def test_acceptance_cannot_be_changed(late):
    rules.accept(late)
    with pytest.raises(RecordKept):
        RulesAcceptance.objects.get().save()
    with pytest.raises(RecordKept):
        RulesAcceptance.objects.all().delete()


def test_guest_who_confirms_accepts(db):
    guest = account_of_mailbox("gosc@poczta.example", signature="Zofia", now=NOW)
    assert RulesAcceptance.objects.get(account=guest).at == NOW


def test_owner_of_a_mailbox_accepts_anew_what_a_stranger_had_accepted(db):
    taken = factories.make_resident("Obcy", email="gosc@poczta.example", confirmed=False)
    account_of_mailbox("gosc@poczta.example", signature="Zofia", now=NOW)
    taken.refresh_from_db()
    assert taken.rules_accepted_at == NOW


# -- Whatever writes is refused by its rule ---------------------------------------------------------------


@pytest.mark.parametrize("accepted", ["", OLD, rules.CURRENT.name])
@pytest.mark.parametrize("role", ROLES)
def test_only_who_accepted_the_rules_in_force_comments(db, role, accepted):
    author = factories.make_resident(roles=ROLES[role], rules_version=accepted)
    sent = {"topic": factories.make_topic(), "author": author, "text": "Popieram.", "submission": uuid.uuid4()}
    if accepted == rules.CURRENT.name:
        assert add_comment(**sent).author == author
    else:
        with pytest.raises(RulesChanged):
            add_comment(**sent)
    assert Comment.objects.exists() == (accepted == rules.CURRENT.name)


def test_official_has_to_accept_too(official):
    Resident.objects.filter(pk=official.pk).update(rules_version=OLD)
    official.refresh_from_db()
    with pytest.raises(RulesChanged):
        add_comment(topic=factories.make_topic(), author=official, text="Tak.", submission=uuid.uuid4())


def test_nothing_else_is_written_either(late):
    topic = factories.make_topic()
    own, other = factories.make_published(topic, author=late), factories.make_published(topic)
    meeting = factories.make_meeting()
    factories.make_agenda_item(meeting, topic)
    with pytest.raises(RulesChanged):
        editing.edit(own, by=late, text="Inaczej")
    with pytest.raises(RulesChanged):
        support.support(other, by=late)
    with pytest.raises(RulesFirst):
        report(other, why=Report.Why.values[0], text="Powód", resident=late, language="pl")
    with pytest.raises(RulesChanged):
        asking.ask(meeting=meeting, topic=topic, author=late, text="Kiedy?", submission=uuid.uuid4())
    assert not Support.objects.exists()
    assert not Report.objects.exists()
    assert Comment.objects.count() == 2


def test_what_takes_back_stays_open(late):
    own = factories.make_published(factories.make_topic(), author=late)
    assert editing.withdraw(own, by=late).state == Comment.State.WITHDRAWN


# -- The page ---------------------------------------------------------------------------------------------


def test_form_leads_to_the_rules_and_back(late, as_user):
    client = as_user(late)
    form = reverse("topics:comment", args=[factories.make_topic().slug])
    response = client.get(form)
    assert response.url == consent(form)
    page = client.get(response.url)
    assert str(rules.CURRENT.changes[0]) in page.content.decode()
    response = client.post(reverse("accept_rules"), {"next": form, "rules": "on"})
    assert response.url == form
    assert client.get(form).status_code == 200
    assert client.get(reverse("accept_rules")).url == reverse("my_account")  # asked once


def test_text_typed_before_is_kept(late, as_user):
    client, topic = as_user(late), factories.make_topic()
    form = reverse("topics:comment", args=[topic.slug])
    sent = {"text": "Lampa nie świeci.", "submission": str(uuid.uuid4()), "danger": "no", "kind": "opinion"}
    assert client.post(form, sent).url == consent(form)
    client.post(reverse("accept_rules"), {"next": form, "rules": "on"})
    assert "Lampa nie świeci." in client.get(form).content.decode()


def test_change_of_a_comment_is_kept(late, as_user):
    client = as_user(late)
    comment = factories.make_published(factories.make_topic(), author=late)
    form = reverse("topics:edit", args=[comment.topic.slug, comment.pk])
    assert client.post(form, {"text": "Dopisek", "revision": comment.revision}).url == consent(form)
    rules.accept(late)
    assert "Dopisek" in client.get(form).content.decode()


def test_support_leads_to_the_rules(late, as_user):
    comment = factories.make_published(factories.make_topic())
    where = reverse("topics:support", args=[comment.topic.slug, comment.pk])
    assert as_user(late).post(where).url.startswith(reverse("accept_rules"))


def test_report_keeps_its_text(late, as_user):
    client = as_user(late)
    comment = factories.make_published(factories.make_topic())
    form = reverse("topics:report", args=[comment.topic.slug, comment.pk])
    assert client.post(form, {"why": "insult", "text": "Numer telefonu", "good_faith": "on"}).url == consent(form)
    rules.accept(late)
    assert "Numer telefonu" in client.get(form).content.decode()


def test_without_the_box_nothing_is_accepted(late, as_user):
    page = as_user(late).post(reverse("accept_rules"), {"next": "/tematy/"})
    assert page.status_code == 422
    assert 'value="/tematy/"' in page.content.decode()
    assert not RulesAcceptance.objects.exists()


@pytest.mark.parametrize("address", ["https://zly.example/", "//zly.example", "javascript:alert(1)", "/" + "a" * 3000])
def test_leads_to_no_other_site(late, as_user, address):
    response = as_user(late).post(reverse("accept_rules"), {"next": address, "rules": "on"})
    assert response.url == reverse("my_account")


def test_strangers_sign_in_first_and_other_methods_are_refused(late, as_user):
    assert as_user(None).get(reverse("accept_rules")).url.startswith(reverse("account_login"))
    assert as_user(late).put(reverse("accept_rules")).status_code == 405
    assert "no-store" in as_user(late).get(reverse("accept_rules"))["Cache-Control"]


def test_reading_and_taking_back_need_no_consent(late, as_user):
    client, topic = as_user(late), factories.make_topic()
    for address in (topic.get_absolute_url(), reverse("home"), reverse("rules"), reverse("my_account")):
        assert client.get(address).status_code == 200


def test_choosing_a_language_is_kept_for_letters(resident, as_user):
    as_user(resident).post(reverse("set_language"), {"language": "uk", "next": "/"})
    resident.refresh_from_db()
    assert resident.language == "uk"
    as_user(resident).post(reverse("set_language"), {"language": "xx", "next": "/"})
    resident.refresh_from_db()
    assert resident.language == "uk"
