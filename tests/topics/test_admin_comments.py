"""The archive of comments: decided singly and in bulk, with reasons, and without anybody's address."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.models import Letter, Resident
from tests import factories
from tests.panel import make_administrator
from topics.models import Comment, Decision, Reason, Topic

State = Comment.State
LIST = reverse("admin:topics_comment_changelist")


@pytest.fixture
def client(moderator: Resident, as_user) -> Client:
    return as_user(moderator)


@pytest.fixture
def waiting(db) -> list[Comment]:
    topic, now = factories.make_topic(), timezone.now()
    return [
        factories.make_comment(topic, f"Komentarz {n}", created_at=now - datetime.timedelta(hours=n)) for n in (1, 2, 3)
    ]


def page(comment: Comment, name: str = "change") -> str:
    return reverse(f"admin:topics_comment_{name}", args=[comment.pk])


def chosen(action: str, comments: list[Comment], **more: str) -> dict:
    return {"action": action, "_selected_action": [c.pk for c in comments], **more}


def confirmed(action: str, comments: list[Comment], **more: str) -> dict:
    """What the page in between sends: the choice once more, and which texts it showed."""
    seen = {f"seen-{c.pk}": str(c.revision) for c in comments}
    return chosen(action, comments, confirmed="yes", **seen, **more)


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_the_queue_shows_what_waits_the_oldest_first(client, waiting):
    factories.make_published(waiting[0].topic, "Już widać")
    assert list(client.get(LIST).context["cl"].queryset) == waiting[::-1]
    assert len(client.get(f"{LIST}?state=published").context["cl"].queryset) == 1
    assert len(client.get(f"{LIST}?state=all").context["cl"].queryset) == 4


def test_a_comment_shows_what_a_decision_needs_and_no_address(client, waiting):
    comment = waiting[0]
    html = client.get(page(comment)).content.decode()
    assert comment.text in html
    assert comment.author_name in html
    assert comment.get_hold_display() in html
    assert comment.topic.get_absolute_url() in html
    assert comment.author.email not in html
    assert comment.author.email not in client.get(LIST).content.decode()


def test_an_address_cannot_be_searched_or_filtered(client, waiting):
    email = waiting[0].author.email
    assert not client.get(LIST, {"q": email}).context["cl"].queryset.exists()
    assert client.get(LIST, {"author__email": email}).status_code == 400


def test_publishing_is_one_button(client, waiting, moderator):
    answer = client.post(page(waiting[0], "publish"))
    comment = Comment.objects.get(pk=waiting[0].pk)
    assert answer.status_code == 302
    assert comment.state == State.PUBLISHED
    assert Decision.objects.get().decided_by == moderator
    assert LogEntry.objects.get().object_id == str(comment.pk)
    assert Letter.objects.filter(to=comment.author.email).exists()


def test_looking_at_an_act_decides_nothing(client, waiting):
    for name in ("publish", "hide", "restore"):
        assert client.get(page(waiting[0], name)).status_code == 200
    assert not Decision.objects.exists()


def test_hiding_needs_a_reason_of_the_list(client, waiting):
    assert "reason" in client.post(page(waiting[0], "hide"), {"reason": "bo tak"}).context["form"].errors
    client.post(page(waiting[0], "hide"), {"reason": Reason.ADVERT, "note": "Bez reklam."})
    decision = Decision.objects.get()
    assert (decision.act, decision.reason, decision.note) == (Decision.Act.REFUSE, Reason.ADVERT, "Bez reklam.")


def test_somebody_was_faster(client, waiting):
    client.post(page(waiting[0], "publish"))
    answer = client.post(page(waiting[0], "publish"))
    assert any(m.level_tag == "error" for m in get_messages(answer.wsgi_request))
    assert Decision.objects.count() == 1


def test_many_are_published_at_once_and_the_rest_is_told(client, waiting):
    already = factories.make_published(waiting[0].topic, "Już widać")
    answer = client.post(f"{LIST}?state=all", confirmed("publish_selected", [*waiting, already]))
    assert Comment.objects.published().count() == 4
    assert [c.position for c in Comment.objects.filter(text__startswith="Komentarz").order_by("created_at")] == [
        2,
        3,
        4,
    ]
    assert "3" in said(answer)
    assert any(m.level_tag == "warning" for m in get_messages(answer.wsgi_request))


def test_many_are_hidden_with_one_reason(client, waiting):
    asked = client.post(LIST, chosen("hide_selected", waiting))
    assert asked.status_code == 200
    assert not Decision.objects.exists()
    wrong = client.post(LIST, confirmed("hide_selected", waiting, reason=""))
    assert "reason" in wrong.context["form"].errors
    done = client.post(LIST, confirmed("hide_selected", waiting, reason=Reason.INSULT, note="Bez obrażania."))
    assert done.status_code == 302
    assert set(Decision.objects.values_list("reason", "note")) == {(Reason.INSULT, "Bez obrażania.")}
    assert Comment.objects.filter(state=State.HIDDEN).count() == 3


def test_hidden_ones_are_shown_again(client, waiting):
    client.post(LIST, confirmed("hide_selected", waiting, reason=Reason.INSULT))
    client.post(f"{LIST}?state=hidden", confirmed("restore_selected", waiting))
    assert Comment.objects.published().count() == 3


@pytest.mark.parametrize("who", ["moderator", "editor", "admin"])
def test_nobody_rewrites_adds_or_deletes_a_comment(who, waiting, request, as_user):
    user = request.getfixturevalue(who)
    client = as_user(user)
    client.post(page(waiting[0]), {"text": "Podmienione", "state": State.PUBLISHED})
    assert Comment.objects.get(pk=waiting[0].pk).text == waiting[0].text
    assert client.post(page(waiting[0], "delete"), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:topics_comment_add")).status_code == 403


@pytest.fixture
def admin(db) -> Resident:
    return make_administrator()


def test_editors_look_and_do_not_decide(editor, waiting, as_user):
    client = as_user(editor)
    assert client.get(page(waiting[0])).context["acts"] == []
    assert client.post(page(waiting[0], "publish")).status_code == 403
    client.post(LIST, confirmed("publish_selected", waiting))
    assert not Decision.objects.exists()


def test_text_changed_since_the_page_was_shown_is_left(client, waiting):
    sent = confirmed("hide_selected", waiting, reason=Reason.INSULT)
    Comment.objects.filter(pk=waiting[0].pk).update(revision=1, text="Poprawione")
    answer = client.post(LIST, sent)
    assert set(Comment.objects.waiting()) == {waiting[0]}
    assert any(m.level_tag == "warning" for m in get_messages(answer.wsgi_request))


def test_log_of_the_panel_keeps_no_text(client, waiting):
    client.post(page(waiting[0], "publish"))
    client.post(LIST, confirmed("hide_selected", waiting[1:], reason=Reason.INSULT))
    assert [entry.object_id for entry in LogEntry.objects.order_by("pk")] == [
        str(c.pk) for c in waiting[:1] + waiting[:0:-1]
    ]
    assert not LogEntry.objects.filter(object_repr__contains="Komentarz").exists()


def test_decisions_are_never_changed(client, waiting):
    client.post(page(waiting[0], "publish"))
    decision = Decision.objects.get()
    url = reverse("admin:topics_decision_change", args=[decision.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"note": "Inaczej"}).status_code == 403
    assert client.post(reverse("admin:topics_decision_delete", args=[decision.pk]), {"post": "yes"}).status_code == 403


def test_topics_with_comments_are_not_deleted(editor, waiting, as_user):
    draft = factories.make_topic(state=Topic.State.DRAFT)
    for topic, status in ((waiting[0].topic, 403), (draft, 302)):
        url = reverse("admin:topics_topic_delete", args=[topic.pk])
        assert as_user(editor).post(url, {"post": "yes"}).status_code == status
