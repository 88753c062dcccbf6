"""Many cases decided at once."""

import pytest
from django.test import Client

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from tests.topics.queue import LIST, appealed, chosen, confirmed, held, html_of, levels, reported, said
from topics import cases, moderation
from topics.models import Case, Comment, Decision, Reason

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(moderator: Resident, as_user) -> Client:
    return as_user(moderator)


@pytest.mark.parametrize(
    ("act", "sent", "recorded"),
    [
        ("publish", {}, "publish"),
        ("hide", {"reason": "advert", "note": "Bez reklam."}, "refuse"),
        ("hand_over", {"reason": "threat", "to": "Dyżurny", "reference": "7"}, "hand-over"),
        ("suspend", {"reason": "hate", "hours": "24"}, "suspend"),
        ("close_account", {"reason": "hate"}, "close"),
        ("cut_hints", {"reason": "private"}, "cut-out"),
    ],
)
def test_many_are_decided_with_one_reason(client, act: str, sent: dict, recorded: str):
    rows = [held(f"Dzwoń: 600 100 20{number}") for number in range(3)]
    asked = client.post(LIST, chosen(act, rows))
    assert all(case.comment.text in html_of(asked) for case in rows)
    assert not Decision.objects.exists()
    assert client.post(LIST, confirmed(act, rows, **sent)).status_code == 302
    assert list(Decision.objects.values_list("act", "note")) == [(recorded, sent.get("note", ""))] * 3


def test_many_reported_are_left_as_they_are(client):
    rows = [reported(f"Tekst {number}") for number in range(2)]
    client.post(LIST, confirmed("keep", rows))
    assert set(Decision.objects.values_list("act", flat=True)) == {"keep"}
    assert not Case.objects.open().exists()


def test_many_decided_are_shown_again(client, moderator):
    rows = [reported(f"Tekst {number}") for number in range(2)]
    for case in rows:
        moderation.hide(case.comment, by=moderator, reason=Reason.INSULT)
    client.post(f"{LIST}?standing=decided", confirmed("restore", rows))
    assert Comment.objects.published().count() == 2


def test_what_does_not_fit_or_is_taken_is_left_and_told(client):
    fits, published, taken, edited = held("A"), reported("B"), held("C"), held("D")
    cases.claim(taken, by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    sent = confirmed("publish", [fits, published, taken, edited])
    Comment.objects.filter(pk=edited.comment_id).update(text="E", revision=1)
    answer = client.post(LIST, sent)
    assert [decision.comment for decision in Decision.objects.all()] == [fits.comment]
    assert levels(answer) == {"success", "warning"}
    assert "Ola" in said(answer)


def test_a_reason_is_asked_for_all(client):
    rows = [held()]
    wrong = client.post(LIST, confirmed("hide", rows, reason=""))
    assert "reason" in wrong.context["form"].errors
    assert not Decision.objects.exists()


def test_appeals_are_not_decided_in_bulk(as_user, moderator):
    case = appealed(moderator)
    client = as_user(make_administrator())
    before = Decision.objects.count()
    answer = client.post(LIST, confirmed("restore", [case]))
    assert levels(answer) == {"warning"}
    assert Decision.objects.count() == before
