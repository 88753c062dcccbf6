"""Appeals in the queue, and who decides them."""

import pytest
from django.test import Client

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from tests.topics.queue import LIST, appealed, held, html_of, levels, offered, page
from topics.models import Appeal, Case, Comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(moderator: Resident, as_user) -> Client:
    return as_user(moderator)


def test_a_judge_sees_appeals_and_nothing_else(as_user, judge, moderator):
    appeal, other = appealed(moderator), held("Cudza sprawa")
    client = as_user(judge)
    assert list(client.get(LIST).context["cl"].queryset) == [appeal]
    html = html_of(client.get(page(appeal)))
    for words in ("To nie obelga.", "Ukryty komentarz.", "Słowo w drugim zdaniu.", "/decyzje/"):
        assert words in html
    assert appeal.comment.author.email not in html
    assert offered(client, appeal) == {"upheld", "reversed"}
    for name in ("change", "publish", "hide", "claim"):
        assert client.post(page(other, name)).status_code == 404
    assert client.get(page(other)).status_code == 404
    assert client.get(LIST).context["action_form"] is None


def test_an_appeal_is_decided_with_a_note(as_user, judge, moderator):
    client = as_user(judge)
    first, second = appealed(moderator), appealed(moderator)
    assert "note" in client.post(page(first, "reversed"), {"note": ""}).context["form"].errors
    client.post(page(first, "reversed"), {"note": "Za surowo."})
    client.post(page(second, "upheld"), {"note": "To obelga."})
    assert [appeal.outcome for appeal in Appeal.objects.order_by("pk")] == ["reversed", "upheld"]
    assert [comment.state for comment in Comment.objects.order_by("pk")] == ["published", "hidden"]
    assert not Case.objects.open().exists()
    assert client.get(page(first)).context["acts"] == []
    assert "error" in levels(client.post(page(first, "upheld"), {"note": "Jednak nie."}))


def test_nobody_judges_their_own_decision(as_user):
    both = factories.make_resident("Jan", roles=[Role.MODERATOR, Role.APPEALS])
    case = appealed(both)
    client = as_user(both)
    assert list(client.get(LIST).context["cl"].queryset) == []
    assert client.get(page(case)).status_code == 404
    assert client.post(page(case, "reversed"), {"note": "Moja racja."}).status_code == 404


def test_moderators_see_no_appeals(client, moderator):
    case = appealed(factories.make_resident("Jan", roles=[Role.MODERATOR]))
    assert list(client.get(LIST).context["cl"].queryset) == []
    assert client.get(page(case)).status_code == 404


def test_acts_of_appeals_do_not_reach_other_cases(as_user):
    case, appeal = held(), appealed(factories.make_resident("Jan", roles=[Role.MODERATOR]))
    client = as_user(make_administrator())
    assert client.post(page(case, "reversed"), {"note": "x"}).status_code == 404
    assert client.post(page(appeal, "publish")).status_code == 404
