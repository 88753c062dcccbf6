"""Questions in the panel: role × object, the acts, and that nobody sees what is not theirs."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from participants.models import Institution, Resident
from participants.roles import Role
from tests import factories
from tests.panel import fields_of, make_administrator, make_staff, opened
from tests.topics.test_questions import DAY, START, make_answerer, make_question, speak
from topics import moderation
from topics.models import Comment, Question, Reason, Topic
from topics.questions import pass_on

LIST = reverse("admin:topics_question_changelist")
SECRET = "Tajne pytanie o sąsiada"
State = Question.State


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


@pytest.fixture
def each(topic, police, town, editor, moderator) -> dict[str, Question]:
    """What police may see of: theirs, what they gave away, what they never had, what nobody can read."""
    theirs, given, other, hidden, nobodys = (
        make_question(topic),
        make_question(topic),
        make_question(factories.make_topic(institution=town)),
        make_question(topic, SECRET),
        make_question(factories.make_topic()),
    )
    pass_on(given, to=town, by=editor)
    moderation.hide(hidden.comment, by=moderator, reason=Reason.INSULT)
    factories.make_comment(topic, SECRET, kind=Comment.Kind.QUESTION)
    return {"theirs": theirs, "given": given, "other": other, "hidden": hidden, "nobody's": nobodys}


def page(question: Question, name: str = "change") -> str:
    return reverse(f"admin:topics_question_{name}", args=[question.pk])


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def acts_on(client: Client, question: Question) -> list[str]:
    return [offer["act"].name for offer in client.get(page(question)).context["acts"]]


ALL = ["theirs", "given", "other", "nobody's"]
SEEN = {
    "editor": (ALL, ["pass-on", "meeting", "agenda"]),
    "moderator": (ALL, ["pass-on", "meeting"]),
    "administrator": (ALL, ["pass-on", "meeting", "agenda"]),
    "police": (["theirs", "given"], ["answer", "pass-on", "meeting"]),
    "former police": ([], []),
    "answerer without a post": ([], []),
}


@pytest.fixture
def people(police, editor, moderator) -> dict[str, Resident]:
    ended = factories.make_appointment(institution=police, ends=START.date() - DAY)
    return {
        "editor": editor,
        "moderator": moderator,
        "administrator": make_administrator(),
        "police": make_answerer(police),
        "former police": factories.make_resident("Igor", roles=[Role.ANSWERER], appointment=ended),
        "answerer without a post": factories.make_resident("Ola", roles=[Role.ANSWERER]),
    }


@pytest.mark.parametrize("persona", SEEN)
def test_each_sees_and_does_what_their_role_says(each, people, as_user, persona: str):
    client, (seen, acts) = as_user(people[persona]), SEEN[persona]
    listed = client.get(LIST)
    assert set(listed.context["cl"].queryset) == {each[name] for name in seen}
    assert SECRET not in listed.content.decode()
    opened_pages = {name for name, question in each.items() if client.get(page(question)).status_code == 200}
    assert opened_pages == set(seen)
    if seen:
        assert acts_on(client, each["theirs"]) == acts
    for name in set(each) - set(seen):
        before = each[name].steps.count()
        assert client.post(page(each[name], "meeting"), {"note": ""}).status_code == 404
        assert each[name].steps.count() == before


def test_institution_that_gave_a_question_away_may_still_answer_it(each, people, as_user, town):
    client = as_user(people["police"])
    assert acts_on(client, each["given"]) == ["answer"]
    assert client.post(page(each["given"], "pass-on"), {"to": town.pk}).status_code == 403


@pytest.mark.parametrize("persona", ["resident", "official", "staff", "appeals", None])
def test_others_have_no_questions_in_the_panel(each, resident, official, as_user, persona):
    users = {"resident": resident, "official": official, "staff": make_staff()}
    users["appeals"] = factories.make_resident("Ada", roles=[Role.APPEALS])
    client = as_user(users.get(persona))
    expected = [403, 403, 404] if persona in {"staff", "appeals"} else [302] * 3
    urls = [LIST, page(each["theirs"]), page(each["theirs"], "answer")]
    assert [client.get(url).status_code for url in urls] == expected


def test_answerers_have_nothing_else_of_the_panel(each, people, as_user):
    client = as_user(people["police"])
    shown = client.get(reverse("admin:index")).context["app_list"]
    assert [model["object_name"] for app in shown for model in app["models"]] == ["Commitment", "Question"]
    for model in ("topic", "comment", "decision", "category"):
        assert client.get(reverse(f"admin:topics_{model}_changelist")).status_code == 403
    html = client.get(page(each["theirs"])).content.decode()
    assert each["theirs"].comment.author.email not in html
    assert each["theirs"].comment.text in html
    assert "Urząd Miasta" not in client.get(LIST).content.decode().split("changelist-filter")[-1]


def test_search_and_filters_find_no_more_than_the_list(each, people, as_user, town):
    client = as_user(people["police"])

    def found(**query):
        return client.get(LIST, query).context["cl"].result_count

    assert found(q=str(each["theirs"].number)) == 1
    assert found(q=str(each["other"].number)) == 0
    assert found(q="Tajne") == 0
    assert found(q="lampy") == 2
    assert found(state__exact="passed") == 1
    assert found(holder=town.pk) == 2  # no filter of theirs
    assert found(holder="us") == 1
    assert as_user(people["editor"]).get(LIST, {"holder": town.pk}).context["cl"].result_count == 2
    assert as_user(people["editor"]).get(LIST, {"holder": "nobody"}).context["cl"].result_count == 1


def test_desk_tells_an_institution_what_waits_for_it(each, people, as_user, police, town):
    for account, count in ((people["police"], 1), (make_answerer(town), 2), (people["former police"], None)):
        client = as_user(account)
        items = client.get(reverse("admin:index")).context["desk"]["items"]
        assert [item.count for item in items] == ([] if count is None else [count])
        for item in items:
            assert client.get(item.url).context["cl"].result_count == count


def test_answer_is_written_in_the_name_of_the_post(topic, police, as_user):
    question, client = make_question(topic), as_user(make_answerer(police))
    url = page(question, "answer")
    answer = client.post(url, opened(client, url, text="Naprawimy do piątku."))
    assert answer.status_code == 302
    reply = question.comment.replies.get()
    assert (reply.text, reply.state) == ("Naprawimy do piątku.", Comment.State.PUBLISHED)
    assert reply.voice.endswith(police.name)
    question.refresh_from_db()
    assert question.state == State.ANSWERED
    assert acts_on(client, question) == []


def test_form_sent_twice_writes_one_answer(topic, police, as_user):
    question, client = make_question(topic), as_user(make_answerer(police))
    form = opened(client, page(question, "answer"), text="Naprawimy.")
    for _ in range(2):
        client.post(page(question, "answer"), form)
    assert question.comment.replies.count() == 1


def test_who_is_slower_is_told_and_keeps_the_text(topic, police, as_user):
    question, client = make_question(topic), as_user(make_answerer(police))
    form = opened(client, page(question, "answer"), text="Naprawimy do piątku.")
    speak(question, police, START + DAY)
    answer = client.post(page(question, "answer"), form)
    assert answer.status_code == 200
    assert "Naprawimy do piątku." in answer.content.decode()
    assert "Ktoś zdążył przed Tobą" in said(answer)
    assert question.comment.replies.count() == 1


def test_passing_on_says_to_whom_and_why(topic, police, town, as_user):
    question, client = make_question(topic), as_user(make_answerer(police))
    factories.make_institution("Tajna", public=False)
    asked = client.get(page(question, "pass-on")).content.decode()
    assert "Urząd Miasta" in asked
    assert "Tajna" not in asked
    client.post(page(question, "pass-on"), opened(client, page(question, "pass-on"), to=town.pk, note="To ich lampy."))
    question.refresh_from_db()
    assert (question.state, question.institution) == (State.PASSED, town)
    assert question.steps.last().note == "To ich lampy."
    assert acts_on(client, question) == ["answer"]


def test_question_is_put_off_to_a_meeting(topic, editor, as_user):
    question, client = make_question(topic), as_user(editor)
    client.post(page(question, "meeting"), opened(client, page(question, "meeting"), note="W grudniu."))
    question.refresh_from_db()
    assert question.state == State.MEETING
    assert acts_on(client, question) == ["pass-on", "agenda"]


@pytest.mark.parametrize(
    ("act", "form"), [("answer", {"text": ""}), ("answer", {"text": "x" * 2001}), ("pass-on", {"to": ""})]
)
def test_what_is_missing_is_said_beside_the_field(topic, police, as_user, act: str, form: dict):
    question, client = make_question(topic), as_user(make_answerer(police))
    answer = client.post(page(question, act), form)
    assert set(answer.context["form"].errors) == set(form)
    assert question.steps.count() == 1


def test_looking_at_an_act_changes_nothing(topic, police, as_user):
    question, client = make_question(topic), as_user(make_answerer(police))
    for act in ("answer", "pass-on", "meeting"):
        asked = client.get(page(question, act))
        assert "seen" in fields_of(asked)
        assert question.comment.text in asked.content.decode()
    assert question.steps.count() == 1


@pytest.mark.parametrize("persona", ["editor", "moderator", "administrator"])
def test_nobody_rewrites_adds_or_deletes_a_question(topic, people, as_user, town, persona: str):
    question, client = make_question(topic), as_user(people[persona])
    client.post(page(question), {"state": "answered", "institution": town.pk})
    question.refresh_from_db()
    assert (question.state, question.institution) == (State.WAITS, topic.institution)
    assert client.post(page(question, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:topics_question_add")).status_code == 403


def test_nobody_answers_in_an_archived_talk(topic, police, as_user):
    question, client = make_question(topic), as_user(make_answerer(police))
    Topic.objects.filter(pk=topic.pk).update(state=Topic.State.ARCHIVED, closed_at=START)
    assert acts_on(client, question) == ["pass-on", "meeting"]
    assert client.post(page(question, "answer"), {"text": "Naprawione."}).status_code == 403
