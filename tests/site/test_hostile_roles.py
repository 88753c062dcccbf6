"""People who send what their pages do not offer: nothing is shown, and nothing is changed."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from participants.models import Appointment, Resident
from tests import factories
from tests.panel import opened
from topics.models import Comment, Decision

# -- Names that are withheld ----------------------------------------------------------------------------


def test_editor_keeps_the_posts_of_who_withholds_the_name(editor, as_user):
    official = factories.make_official("Jan", "Zakryty", name_withheld=True)
    post = factories.make_appointment(official)
    client = as_user(editor)
    url = reverse("admin:participants_official_change", args=[official.pk])
    page = client.get(url)
    assert page.status_code == 200
    assert official.get_absolute_url() not in page.content.decode()
    filled = opened(client, url, **{"appointments-0-post": "Dzielnicowy rejonu nr 9"})
    del filled["name_withheld"]
    assert client.post(url, filled).status_code == 302
    official.refresh_from_db()
    assert not official.name_withheld
    assert Appointment.objects.get(pk=post.pk).post == "Dzielnicowy rejonu nr 9"


def test_name_withheld_later_leaves_the_answers_too(client, official):
    topic = factories.make_topic()
    speaker = official.appointment.official
    answers = [
        factories.make_published(
            topic, author_name=f"asp. szt. {speaker.full_name}", appointment=official.appointment, voice="Dzielnicowy"
        )
        for _ in range(2)
    ]
    topic.refresh_from_db()
    topic.pinned = answers[1]
    topic.save()
    addresses = [topic.get_absolute_url(), reverse("topics:thread", args=[topic.slug, answers[0].pk])]
    assert all(speaker.last_name in client.get(address).content.decode() for address in addresses)
    speaker.name_withheld = True
    speaker.save()
    for address in addresses:
        page = client.get(address).content.decode()
        assert speaker.last_name not in page
        assert official.appointment.post in page


# -- Fields that no form has -------------------------------------------------------------------------------

EVERYTHING = {
    "state": "published",
    "voice": "Komendant Miejski",
    "author_name": "Komendant",
    "author": "1",
    "appointment": "1",
    "position": "1",
    "published_at": "2020-01-01T10:00",
    "hold": "",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "groups": "1",
}


def test_comment_takes_nothing_but_its_text(resident, official, as_user):
    topic = factories.make_topic()
    form = EVERYTHING | {
        "text": "Ciemno jest.",
        "submission": str(uuid.uuid4()),
        "danger": "no",
        "appointment": official.appointment_id,
    }
    assert as_user(resident).post(reverse("topics:comment", args=[topic.slug]), form).status_code == 302
    comment = Comment.objects.get()
    assert (comment.state, comment.position, comment.published_at) == (Comment.State.WAITING, None, None)
    assert (comment.author, comment.author_name, comment.voice) == (resident, resident.signature, "")
    resident.refresh_from_db()
    assert [resident.is_staff, resident.is_superuser, resident.groups.exists()] == [False] * 3


def test_sign_up_makes_a_resident_and_nothing_more(client, official):
    form = {"signature": "Ola", "email": "ola@poczta.example", "password1": factories.PASSWORD, "rules": "on"}
    client.post(reverse("account_signup"), EVERYTHING | form | {"appointment": official.appointment_id})
    ola = Resident.objects.get(email="ola@poczta.example")
    assert [ola.is_staff, ola.is_superuser, ola.groups.exists(), ola.appointment] == [False, False, False, None]
    assert not ola.emailaddress_set.get().verified


def test_form_of_a_comment_writes_nothing(moderator, as_user):
    waiting = factories.make_comment(factories.make_topic())
    form = EVERYTHING | {"text": "Inny tekst.", "decisions-TOTAL_FORMS": "0", "decisions-INITIAL_FORMS": "0"}
    with CaptureQueriesContext(connection) as queries:
        as_user(moderator).post(reverse("admin:topics_comment_change", args=[waiting.pk]), form)
    assert [query["sql"] for query in queries if query["sql"].startswith('UPDATE "topics_comment"')] == []
    assert Comment.objects.get().text == waiting.text


@pytest.mark.parametrize("act", ["publish", "hide", "restore"])
@pytest.mark.parametrize("persona", ["resident", "official", "editor"])
def test_comment_is_decided_by_moderators_only(request, db, as_user, persona: str, act: str):
    user = request.getfixturevalue(persona)
    waiting = factories.make_comment(factories.make_topic())
    page = as_user(user).post(reverse(f"admin:topics_comment_{act}", args=[waiting.pk]), {"reason": "insult"})
    assert page.status_code == (403 if user.is_staff else 302)
    bulk = {"action": f"{act}_selected", "_selected_action": [waiting.pk], "reason": "insult", "apply": "1"}
    as_user(user).post(reverse("admin:topics_comment_changelist"), bulk)
    assert Comment.objects.get().state == Comment.State.WAITING
    assert not Decision.objects.exists()


@pytest.mark.parametrize("address", ["meetings_meeting_cancel", "topics_topic_close", "topics_topic_archive"])
def test_moderator_changes_neither_meetings_nor_topics(moderator, as_user, address: str):
    meeting, topic = factories.make_meeting(), factories.make_topic()
    row = meeting if "meeting" in address else topic
    page = as_user(moderator).post(reverse(f"admin:{address}", args=[row.pk]), {"reason": "bo tak"})
    assert page.status_code in (403, 404)
    before = row.state
    row.refresh_from_db()
    assert row.state == before
