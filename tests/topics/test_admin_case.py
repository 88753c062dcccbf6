"""The page of one case: what it shows, and what each button does."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from tests.site.inline import inline_code
from tests.topics.queue import LIST, Kind, held, html_of, levels, offered, page, reported
from topics import cases, moderation
from topics.cases import open_case
from topics.models import Comment, Decision, Reason, SealedText
from topics.moderation import CUT, PASSED_ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(moderator: Resident, as_user) -> Client:
    return as_user(moderator)


# -- One case -------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_comment_in_its_talk_and_its_past(client, moderator):
    topic = factories.make_topic()
    for number in range(4):
        factories.make_published(topic, f"Głos {number}")
    comment = factories.make_published(topic, "Pan Kowalski, tel. 600 100 200.")
    factories.make_published(topic, "Głos po nim")
    comment.versions.create(
        number=1, text="Wcześniejszy tekst", was_public=True, written_at=timezone.now(), replaced_at=timezone.now()
    )
    comment.reports.create(why="private", text="Podaje telefon", created_at=timezone.now())
    moderation.keep(comment, by=moderator, note="Zostaje")
    comment.reports.create(why="private", text="Nadal podaje", created_at=timezone.now())
    factories.make_comment(topic, author=comment.author)
    case = open_case(comment, kind=Kind.REPORTED, now=timezone.now())
    html = html_of(client.get(page(case)))
    for words in ("Głos 2", "Głos 3", "Głos po nim", "Wcześniejszy tekst", "Podaje telefon", "Nadal podaje"):
        assert words in html
    assert "Głos 0" not in html
    assert "<mark>600 100 200</mark>" in html
    assert str(Decision.Act.KEEP.label) in html
    assert comment.get_absolute_url() in html
    assert inline_code(html) == []
    record = client.get(page(case)).context["dossier"].record
    assert record == {"published": 1, "waiting": 1, "hidden": 0, "refused": 0}


def test_a_reply_stands_under_what_it_answers(client):
    thread = factories.make_published(factories.make_topic(), "Pytanie o patrole")
    reply = factories.make_comment(thread.topic, "Odpowiedź sąsiada", parent=thread)
    case = open_case(reply, kind=Kind.HELD, now=timezone.now())
    assert "Pytanie o patrole" in html_of(client.get(page(case)))


def test_what_is_hidden_beside_it_is_not_shown(client, moderator):
    thread = factories.make_published(factories.make_topic(), "Tajny tekst")
    reply = factories.make_comment(thread.topic, parent=thread)
    moderation.hand_over(thread, "Dyżurny", "7", by=moderator, reason=Reason.THREAT)
    html = html_of(client.get(page(open_case(reply, kind=Kind.HELD, now=timezone.now()))))
    assert "Tajny tekst" not in html


def test_administrators_see_whose_account_it_is(as_user):
    case = held()
    assert case.comment.author.email in html_of(as_user(make_administrator()).get(page(case)))


AUTHOR = {"suspend", "close-account"}


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        ("held", {"publish", "hide", "cut-out", "hand-over"} | AUTHOR),
        ("reported", {"keep", "hide", "cut-out", "hand-over"} | AUTHOR),
        ("published", {"hide", "cut-out", "hand-over"} | AUTHOR),
        ("hidden", {"restore", "hand-over"} | AUTHOR),
        ("handed over", AUTHOR),
        ("of an official", {"keep", "hide", "cut-out", "hand-over"}),
        ("suspended", {"publish", "hide", "cut-out", "hand-over", "lift"} | AUTHOR),
    ],
)
def test_buttons_are_those_that_fit(client, moderator, official, state: str, acts: set[str]):
    case = held() if state in {"held", "suspended"} else reported()
    how = {"by": moderator, "reason": Reason.INSULT}
    if state == "published":
        moderation.keep(case.comment, by=moderator)
    if state == "hidden":
        moderation.hide(case.comment, **how)
    if state == "handed over":
        moderation.hand_over(case.comment, "Dyżurny", "7", **how)
    if state == "of an official":
        Comment.objects.filter(pk=case.comment_id).update(author=official)
    if state == "suspended":
        moderation.suspend(case.comment, 24, **how)
    assert offered(client, case) == acts


@pytest.mark.parametrize(
    ("act", "sent", "state", "text"),
    [
        ("publish", {}, "published", "Pan Kowalski krzyczy"),
        ("hide", {"reason": "insult", "note": "Bez obelg."}, "hidden", "Pan Kowalski krzyczy"),
        ("cut-out", {"reason": "private", "passages": "Kowalski\r\n"}, "waiting", f"Pan {CUT} krzyczy"),
        ("hand-over", {"reason": "threat", "to": "Dyżurny", "reference": "KMP-7"}, "hidden", PASSED_ON),
        ("suspend", {"reason": "hate", "hours": "72"}, "waiting", "Pan Kowalski krzyczy"),
        ("close-account", {"reason": "hate"}, "waiting", "Pan Kowalski krzyczy"),
    ],
)
def test_each_act_does_what_it_says(client, act: str, sent: dict, state: str, text: str):
    case = held("Pan Kowalski krzyczy")
    assert client.get(page(case, act)).status_code == 200
    assert not Decision.objects.exists()
    answer = client.post(page(case, act), {"seen_revision": 0, **sent})
    assert answer.status_code == 302
    case.comment.refresh_from_db()
    assert (case.comment.state, case.comment.text) == (state, text)
    assert Decision.objects.get().note == sent.get("note", "")
    assert answer.url == (page(case) if state == "waiting" else LIST)


def test_the_next_case_follows_a_decision(client):
    first, second, third = held(age=3), held(age=2), held(age=1)
    cases.claim(second, by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    shown = client.get(page(second)).context
    assert (shown["previous"], shown["next"]) == (first, third)
    assert client.post(page(first, "publish"), {"seen_revision": 0}).url == page(third)


@pytest.mark.parametrize(
    ("act", "sent", "wrong"),
    [
        ("hide", {"reason": "krytyka policji"}, "reason"),
        ("cut-out", {"reason": "private", "passages": " "}, "passages"),
        ("hand-over", {"reason": "threat", "to": "", "reference": "7"}, "to"),
        ("suspend", {"reason": "hate", "hours": "25"}, "hours"),
    ],
)
def test_what_is_missing_is_told_beside_its_field(client, act: str, sent: dict, wrong: str):
    case = held()
    answer = client.post(page(case, act), {"seen_revision": 0, **sent})
    assert wrong in answer.context["form"].errors
    assert "<title>Błąd:" in html_of(answer)
    assert not Decision.objects.exists()


def test_page_of_an_act_says_the_text_once(client):
    html = html_of(client.get(page(held("Tekst, o którym mowa"), "hide")))
    main = html[html.index('id="content"') :]
    assert main.count("Tekst, o którym mowa") == 1


def test_a_text_edited_meanwhile_is_shown_and_not_decided_about(client):
    case = held()
    Comment.objects.filter(pk=case.comment_id).update(text="Zmieniony tekst", revision=1)
    answer = client.post(page(case, "hide"), {"seen_revision": 0, "reason": "insult", "note": "Moja notatka"})
    html = html_of(answer)
    assert "Zmieniony tekst" in html
    assert "Moja notatka" in html
    assert not Decision.objects.exists()
    assert 'name="seen_revision" value="1"' in html


def test_second_of_two_moderators_is_told(client):
    case = held()
    client.post(page(case, "publish"), {"seen_revision": 0})
    answer = client.post(page(case, "publish"), {"seen_revision": 0})
    assert "error" in levels(answer)
    assert Decision.objects.count() == 1


# -- What is handed over --------------------------------------------------------------------------------------------


def test_moderators_read_no_more_what_they_handed_over(client, moderator):
    case = held("Tajna groźba")
    moderation.hand_over(case.comment, "Dyżurny KMP", "KMP-12/26", by=moderator, reason=Reason.THREAT)
    comment = reverse("admin:topics_comment_change", args=[case.comment_id])
    addresses = [LIST, f"{LIST}?standing=decided", page(case), comment, reverse("admin:topics_comment_changelist")]
    addresses += [reverse("admin:topics_decision_changelist"), page(case, "history"), reverse("admin:index")]
    for address in addresses:
        html = html_of(client.get(address, follow=True))
        for secret in ("Tajna", "Dyżurny KMP", "KMP-12/26"):
            assert secret not in html, address
    assert not client.get(f"{LIST}?standing=decided&q=Tajna").context["cl"].queryset.exists()
    sealed = SealedText.objects.get()
    for name in ("change", "open", "history"):
        assert client.get(reverse(f"admin:topics_sealedtext_{name}", args=[sealed.pk])).status_code == 403
