"""Slow mode, and reading every comment first: who may, for how long, what the page says, and that it ends by itself."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from tests.topics.pages import get
from topics import publication
from topics.models import Topic
from topics.publication import ChangeRefused

NOW = datetime.datetime(2026, 11, 26, 12, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
ACTS = {
    "hold": (publication.hold_everything, publication.end_hold, "held_until"),
    "slow": (publication.slow_down, publication.end_slow, "slow_until"),
}
NOTICE = {"hold": "A moderator reads every comment here before it appears", "slow": "This talk is in slow mode until"}


@pytest.fixture
def topic(db) -> Topic:
    return factories.make_topic("Hulajnogi")


def person(persona: str, request) -> Resident:
    if persona == "administrator":
        return make_administrator()
    if persona == "answerer":
        return factories.make_resident("Ola", roles=[Role.ANSWERER], appointment=factories.make_appointment())
    return request.getfixturevalue(persona)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("hours", [24, 48, 72])
def test_it_lasts_as_long_as_chosen_and_ends_by_itself(topic, moderator, act: str, hours: int):
    begin, _end, name = ACTS[act]
    begin(topic, by=moderator, hours=hours, now=NOW)
    topic.refresh_from_db()
    assert getattr(topic, name) == NOW + hours * HOUR
    in_force = topic.holds_everything if act == "hold" else topic.is_slow
    assert in_force(NOW + hours * HOUR - datetime.timedelta(seconds=1))
    assert not in_force(NOW + hours * HOUR)
    other = topic.slow_until if act == "hold" else topic.held_until
    assert other is None


@pytest.mark.parametrize("hours", [0, -24, 1, 23, 25, 720])
@pytest.mark.parametrize("act", ACTS)
def test_no_other_length_is_taken(topic, moderator, act: str, hours: int):
    with pytest.raises(ChangeRefused):
        ACTS[act][0](topic, by=moderator, hours=hours)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("persona", "allowed"),
    [
        ("moderator", True),
        ("editor", True),
        ("administrator", True),
        ("answerer", False),
        ("official", False),
        ("resident", False),
    ],
)
def test_moderators_and_editors_decide(topic, act: str, persona: str, allowed: bool, request):
    begin, end, name = ACTS[act]
    by = person(persona, request)
    if allowed:
        begin(topic, by=by, hours=24, now=NOW)
        end(topic, by=by, now=NOW + HOUR)
    else:
        Topic.objects.filter(pk=topic.pk).update(**{name: NOW + HOUR})
        with pytest.raises(ChangeRefused):
            begin(topic, by=by, hours=24, now=NOW)
        with pytest.raises(ChangeRefused):
            end(topic, by=by, now=NOW)
    topic.refresh_from_db()
    assert getattr(topic, name) == (None if allowed else NOW + HOUR)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", Topic.State.values)
def test_only_open_talks_are_calmed(moderator, db, act: str, state: str):
    topic = factories.make_topic(state=state)
    if state == Topic.State.OPEN:
        ACTS[act][0](topic, by=moderator, hours=24)
    else:
        with pytest.raises(ChangeRefused):
            ACTS[act][0](topic, by=moderator, hours=24)


@pytest.mark.parametrize("act", ACTS)
def test_what_is_over_cannot_be_ended(topic, moderator, act: str):
    begin, end, _name = ACTS[act]
    with pytest.raises(ChangeRefused):
        end(topic, by=moderator)
    begin(topic, by=moderator, hours=24, now=NOW)
    with pytest.raises(ChangeRefused):
        end(topic, by=moderator, now=NOW + 25 * HOUR)


@pytest.mark.parametrize("act", ACTS)
def test_everybody_reads_a_notice_with_its_end(client, topic, moderator, act: str):
    assert NOTICE[act] not in get(client, topic.get_absolute_url())
    begin, _end, name = ACTS[act]
    begin(topic, by=moderator, hours=48)
    topic.refresh_from_db()
    thread = factories.make_published(topic)
    until = timezone.localtime(getattr(topic, name)).isoformat(timespec="minutes")
    for url in (topic.get_absolute_url(), reverse("topics:thread", args=[topic.slug, thread.pk])):
        assert NOTICE[act] in get(client, url)
        assert f'<time datetime="{until}">' in get(client, url)
    Topic.objects.update(**{name: timezone.now() - HOUR})
    assert NOTICE[act] not in get(client, topic.get_absolute_url())


# -- In the panel ----------------------------------------------------------------------------------------------


def page(topic: Topic, name: str = "change") -> str:
    return reverse(f"admin:topics_topic_{name}", args=[topic.pk])


def acts_on(client: Client, topic: Topic) -> set[str]:
    return {offer["act"].name for offer in client.get(page(topic)).context["acts"]}


def test_moderators_calm_a_talk_that_they_cannot_edit(topic, moderator, as_user):
    client = as_user(moderator)
    assert acts_on(client, topic) == {"hold", "slow"}
    assert client.post(page(topic, "hold"), {"hours": "24"}).status_code == 302
    topic.refresh_from_db()
    assert topic.holds_everything(timezone.now())
    assert acts_on(client, topic) == {"hold", "end-hold", "slow"}
    client.post(page(topic, "end-hold"))
    topic.refresh_from_db()
    assert topic.held_until is None
    assert client.post(page(topic), {"title": "Inny"}).status_code == 403
    assert client.post(page(topic, "close")).status_code == 403
    topic.refresh_from_db()
    assert (topic.title, topic.state) == ("Hulajnogi", Topic.State.OPEN)


def test_editors_have_these_acts_beside_their_own(topic, editor, as_user):
    client = as_user(editor)
    assert acts_on(client, topic) == {"close", "take-back", "archive", "hold", "slow"}
    client.post(page(topic, "slow"), {"hours": "72"})
    assert acts_on(client, topic) >= {"end-slow"}


def test_a_length_must_be_chosen(topic, moderator, as_user):
    for sent in ({}, {"hours": "1"}, {"hours": "x"}):
        answer = as_user(moderator).post(page(topic, "slow"), sent)
        assert "hours" in answer.context["form"].errors
    topic.refresh_from_db()
    assert topic.slow_until is None


def test_answerers_cannot_calm_a_talk(topic, as_user, request):
    client = as_user(person("answerer", request))
    assert client.get(page(topic)).status_code == 403
    assert client.post(page(topic, "slow"), {"hours": "24"}).status_code in {302, 403}
    topic.refresh_from_db()
    assert topic.slow_until is None


def test_editors_choose_who_answers_and_the_other_path(topic, editor, as_user):
    shown = as_user(editor).get(page(topic)).context["adminform"].form.fields
    assert {"other_path", "institution", "pinned"} <= set(shown)
    category = as_user(editor).get(reverse("admin:topics_category_change", args=[topic.category_id]))
    assert "quiet_months" in category.context["adminform"].form.fields
