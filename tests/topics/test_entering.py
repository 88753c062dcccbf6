"""Questions written down for somebody: by whom, how they are signed, and that a comment of nobody works everywhere."""

import uuid

import pytest
from django.urls import reverse

from participants.models import Institution, Letter
from tests import factories
from tests.panel import make_administrator
from tests.topics.test_questions import START, make_answerer
from topics import moderation, reports
from topics.discussion import add_comment
from topics.entering import enter
from topics.models import Case, Comment, Question, Reason, Topic, WatchedWord
from topics.refusals import CommentRefused, DataFound, TalkClosed
from topics.support import support

TEXT = "Kiedy naprawicie ławkę?"


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


def entered(topic: Topic, by, **fields) -> Question:
    given = {"text": TEXT, "source": "paper", "submission": uuid.uuid4(), "now": START, **fields}
    return enter(topic=topic, by=by, **given)


def test_a_question_on_paper_is_published_at_once_with_its_number(topic, editor):
    question = entered(topic, editor)
    comment, step = question.comment, question.steps.get()
    assert (comment.state, comment.author, comment.kind, comment.hold) == ("published", None, "question", "")
    assert (question.source, question.institution, step.by) == ("paper", topic.institution, editor)
    assert not Case.objects.exists()
    topic.refresh_from_db()
    assert (topic.comment_count, topic.thread_count) == (1, 1)


@pytest.mark.parametrize(
    ("source", "name"),
    [("paper", "Pytanie z kartki"), ("phone", "Pytanie przez telefon"), ("hall", "Pytanie z sali")],
)
def test_who_gives_no_name_is_called_by_how_they_asked(topic, editor, source: str, name: str):
    shown = entered(topic, editor, source=source).comment.author_name
    assert shown.replace("\u00a0", " ") == name


def test_roles(topic, editor, moderator, resident, official, police, judge):
    for by in (editor, moderator, make_administrator()):
        assert entered(topic, by).pk
    for by in (resident, official, judge, make_answerer(police)):
        with pytest.raises(CommentRefused):
            entered(topic, by)
    assert Comment.objects.count() == 3


@pytest.mark.parametrize("state", Topic.State.values)
def test_the_hall_may_ask_where_residents_write_no_more(editor, state: str):
    topic = factories.make_topic(state=state)
    if state in {"open", "closed"}:
        assert entered(topic, editor).topic == topic
    else:
        with pytest.raises(TalkClosed):
            entered(topic, editor)
        assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        *[{"text": " "}, {"text": "x" * 2001}, {"signature": "Komendant"}, {"signature": "www.x.pl"}],
        *[{"source": "site"}, {"source": "x"}, {"text": "Ten pajac?"}],
    ],
)
def test_what_does_not_fit_is_refused(topic, editor, wrong: dict):
    WatchedWord.objects.create(word="pajac", act=WatchedWord.Act.REFUSE)
    with pytest.raises(CommentRefused):
        entered(topic, editor, **wrong)
    assert not Comment.objects.exists()


def test_data_are_asked_about_and_let_through_by_who_has_looked(topic, editor):
    with pytest.raises(DataFound):
        entered(topic, editor, text="Zadzwońcie: 601 202 303")
    assert entered(topic, editor, text="Zadzwońcie: 601 202 303", insists=True).is_public


def test_one_form_sent_twice_is_one_question(topic, editor, moderator):
    name = uuid.uuid4()
    first, second = (entered(topic, editor, submission=name) for _ in range(2))
    assert first == second
    with pytest.raises(CommentRefused):
        entered(topic, editor, submission=name, text="Coś innego?")


def test_a_comment_of_nobody_goes_through_moderation_and_back(topic, editor, moderator, as_user, neighbour, police):
    question = entered(topic, editor)
    comment = question.comment
    support(comment, by=neighbour)
    add_comment(
        topic=topic,
        author=factories.make_resident("Marta", appointment=factories.make_appointment(institution=police)),
        text="Naprawimy.",
        submission=uuid.uuid4(),
        parent=comment,
    )
    decision = moderation.hide(comment, by=moderator, reason=Reason.INSULT).decisions.get()
    moderation.restore(comment, by=moderator)
    assert Letter.objects.count() == 0  # there is nobody to write to
    assert decision.comment.author is None
    pages = [
        topic.get_absolute_url(),
        question.get_absolute_url(),
        comment.get_absolute_url(),
        reverse("topics:questions"),
        reverse("topics:report", args=[topic.slug, comment.pk]),
    ]
    for reader in (as_user(None), as_user(neighbour)):
        for page in pages:
            assert reader.get(page, follow=True).status_code == 200
    staff = as_user(make_administrator())
    panel = [
        reverse("admin:topics_comment_change", args=[comment.pk]),
        reverse("admin:topics_comment_changelist"),
        reverse("admin:topics_question_change", args=[question.pk]),
        reverse("admin:topics_decision_change", args=[decision.pk]),
    ]
    for page in panel:
        assert staff.get(page).status_code == 200
    assert as_user(neighbour).get(reverse("topics:edit", args=[topic.slug, comment.pk])).status_code in {403, 404}


def test_a_reported_comment_of_nobody_has_a_case_page(topic, editor, moderator, neighbour, as_user):
    comment = entered(topic, editor).comment
    reports.report(comment, why="insult", resident=neighbour, language="pl")
    case = Case.objects.get()
    assert as_user(moderator).get(reverse("admin:topics_case_change", args=[case.pk])).status_code == 200
    moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    assert Letter.objects.exclude(to=neighbour.email).count() == 0
