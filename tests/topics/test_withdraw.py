"""Removing one's own comment: the notice, the counts, and what goes on without it."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from participants.models import Resident
from tests import factories
from tests.topics.pages import get, ids_of
from tests.topics.parallel import at_once
from topics import moderation
from topics.cases import open_case
from topics.editing import NotChangeable, withdraw
from topics.models import HANDED_OVER, Case, Comment, Question, Reason, Topic
from topics.refusals import CommentRefused
from topics.support import support

SAID = "Tekst, którego żałuję"


@pytest.fixture
def comment(topic, resident) -> Comment:
    return factories.make_published(topic, SAID, author=resident, author_name="Hanna, os. Słowackiego")


def stored(comment: Comment) -> Comment:
    return Comment.objects.select_related("topic").get(pk=comment.pk)


def counts_are_right(capsys) -> bool:
    call_command("recount", "--dry-run")
    return capsys.readouterr().out.startswith("All counters and cases are right")


def test_published_comment_leaves_a_notice_and_its_replies(topic, comment, resident, as_user, capsys):
    reply = factories.make_published(topic, "Dobra odpowiedź", parent=comment)
    Topic.objects.filter(pk=topic.pk).update(pinned=comment)
    support(comment, by=reply.author)
    withdraw(comment, by=resident)
    now = stored(comment)
    assert (now.state, now.position, now.topic.comment_count, now.topic.pinned) == ("withdrawn", 1, 1, None)
    for reader in (None, resident):
        page = get(as_user(reader), topic.get_absolute_url())
        assert ids_of(page) == [comment.pk, reply.pk]
        assert "The author removed this comment" in page
        assert "Dobra odpowiedź" in page
        assert SAID not in page
    assert counts_are_right(capsys)


@pytest.mark.parametrize("persona", ["stranger", "author", "neighbour"])
def test_comment_that_nobody_has_seen_vanishes(topic, resident, neighbour, as_user, persona: str):
    comment = factories.make_comment(topic, SAID, author=resident)
    open_case(comment, kind=Case.Kind.HELD, now=timezone.now())
    withdraw(comment, by=resident)
    reader = {"author": resident, "neighbour": neighbour}.get(persona)
    page = get(as_user(reader), topic.get_absolute_url())
    assert ids_of(page) == []
    assert SAID not in page
    assert as_user(reader).get(comment.get_absolute_url()).status_code == 404
    assert not Case.objects.open().exists()


def test_comment_that_waits_again_leaves_a_notice(topic, comment, resident, as_user, capsys):
    Comment.objects.filter(pk=comment.pk).update(state="waiting")
    Topic.objects.filter(pk=topic.pk).update(comment_count=0)
    withdraw(comment, by=resident)
    assert "The author removed this comment" in get(as_user(None), topic.get_absolute_url())
    assert counts_are_right(capsys)


def test_what_was_reported_still_waits_for_a_moderator(comment, resident):
    for kind in (Case.Kind.HELD, Case.Kind.REPORTED):
        open_case(comment, kind=kind, now=timezone.now())
    withdraw(comment, by=resident)
    assert [case.kind for case in Case.objects.open()] == [Case.Kind.REPORTED]


def test_question_keeps_its_row_and_leaves_the_public_list(topic, resident):
    comment = factories.make_published(topic, author=resident, kind=Comment.Kind.QUESTION)
    number = Question.objects.public().get().number
    withdraw(comment, by=resident)
    assert Question.objects.get().number == number
    assert not Question.objects.public().exists()


@pytest.mark.parametrize("trouble", ["closed talk", "archived talk", "suspended", "unconfirmed"])
def test_removing_is_always_possible(topic, comment, resident, trouble: str):
    if "talk" in trouble:
        Topic.objects.filter(pk=topic.pk).update(state=trouble.split()[0], closed_at=timezone.now())
    elif trouble == "suspended":
        resident.suspended_until = timezone.now() + datetime.timedelta(hours=1)
    else:
        resident.emailaddress_set.update(verified=False)
    withdraw(comment, by=resident)
    assert stored(comment).state == "withdrawn"


@pytest.mark.parametrize("persona", ["neighbour", "moderator", "editor", "official"])
@pytest.mark.parametrize("state", ["waiting", "published", "hidden", "withdrawn"])
def test_only_the_author_removes(topic, comment, neighbour, moderator, editor, official, persona: str, state: str):
    if state == "waiting":
        comment = factories.make_comment(topic, author=comment.author)
    if state == "hidden":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    if state == "withdrawn":
        withdraw(comment, by=comment.author)
    people = {"neighbour": neighbour, "moderator": moderator, "editor": editor, "official": official}
    with pytest.raises(CommentRefused):
        withdraw(comment, by=people[persona])
    assert stored(comment).state == state


@pytest.mark.parametrize("state", ["hidden", "handed over"])
def test_what_a_moderator_took_away_stays_as_decided(comment, resident, moderator, state: str):
    moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    if state == "handed over":
        Comment.objects.filter(pk=comment.pk).update(hidden_reason=HANDED_OVER)
    with pytest.raises(NotChangeable):
        withdraw(comment, by=resident)
    assert stored(comment).state == "hidden"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_double_click_removes_once(topic, comment, resident, capsys):
    results = at_once(*[lambda: withdraw(comment, by=resident)] * 4)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert stored(comment).topic.comment_count == 0
    assert counts_are_right(capsys)


# -- The page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["waiting", "published"])
def test_author_is_asked_once_more_and_comes_back(topic, as_user, resident: Resident, state: str):
    make = factories.make_published if state == "published" else factories.make_comment
    comment = make(topic, SAID, author=resident)
    client, url = as_user(resident), f"{comment.get_absolute_url()}usun/"
    page = get(client, url)
    assert SAID in page
    assert ("In its place stays a notice" in page) is (state == "published")
    assert stored(comment).state == state
    for _ in range(2):
        response = client.post(url)
        anchor = f"#k-{comment.pk}" if state == "published" else ""
        assert (response.status_code, response.headers["Location"]) == (302, topic.get_absolute_url() + anchor)
    page = get(client, topic.get_absolute_url())
    assert "Your comment is removed." in page
    assert SAID not in page
