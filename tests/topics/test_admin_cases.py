"""The page of the queue: what it shows to whom, what each button and each bulk act does, and what it costs."""

import datetime

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from participants.models import Letter, Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from tests.site.inline import inline_code
from topics import cases, moderation
from topics.cases import open_appeal, open_case
from topics.models import Appeal, Case, Comment, Decision, Reason, SealedText
from topics.moderation import CUT, PASSED_ON

pytestmark = pytest.mark.django_db
LIST = reverse("admin:topics_case_changelist")
HOUR = datetime.timedelta(hours=1)
Kind = Case.Kind


@pytest.fixture
def client(moderator: Resident, as_user) -> Client:
    return as_user(moderator)


def held(text: str = "Za blokiem jest ciemno.", *, age: int = 1, **fields) -> Case:
    comment = factories.make_comment(factories.make_topic(), text, **fields)
    return open_case(comment, kind=Kind.HELD, now=timezone.now() - age * HOUR)


def reported(text: str = "Sąsiad to złodziej.", *, why: str = "insult", times: int = 1, **how) -> Case:
    comment = factories.make_published(factories.make_topic(), text)
    for number in range(times):
        comment.reports.create(
            why=why,
            text=f"Wyjaśnienie {number}",
            name="Zgłaszająca Zofia",
            email=f"zofia{number}@poczta.example",
            created_at=timezone.now(),
        )
        case = open_case(comment, kind=Kind.REPORTED, now=timezone.now(), **how)
    return case


def appealed(by: Resident, text: str = "Ukryty komentarz.") -> Case:
    comment = factories.make_published(factories.make_topic(), text)
    moderation.hide(comment, by=by, reason=Reason.INSULT, note="Słowo w drugim zdaniu.")
    decision = Decision.objects.latest("pk")
    appeal = Appeal.objects.create(decision=decision, against=by, text="To nie obelga.", created_at=timezone.now())
    Letter.objects.all().delete()
    return open_appeal(appeal, now=timezone.now())


def page(case: Case, name: str = "change") -> str:
    return reverse(f"admin:topics_case_{name}", args=[case.pk])


def html_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def levels(answer) -> set[str]:
    return {message.level_tag for message in get_messages(answer.wsgi_request)}


def chosen(act: str, rows: list[Case], **more) -> dict:
    return {"action": f"{act}_selected", "_selected_action": [case.pk for case in rows], **more}


def confirmed(act: str, rows: list[Case], **more) -> dict:
    seen = {f"seen-{case.pk}": case.comment.revision for case in rows}
    return chosen(act, rows, confirmed="yes", **seen, **more)


# -- The list -------------------------------------------------------------------------------------------------------


def test_danger_first_then_the_oldest_and_nothing_that_is_decided(client, moderator):
    young, old, decided = held(), held(age=5), held(age=9)
    danger = reported(why="danger", is_urgent=True)
    moderation.publish(decided.comment, by=moderator)
    answer = client.get(LIST)
    assert list(answer.context["cl"].queryset) == [danger, old, young]
    assert list(client.get(f"{LIST}?standing=decided").context["cl"].queryset) == [decided]
    row = html_of(answer).split('id="result_list"')[1].split("</tr>")[1]
    assert "exclamation-triangle-fill" in row
    assert str(Case._meta.get_field("is_urgent").verbose_name) in row


def test_a_row_says_what_why_since_when_and_who_is_at_it(client, moderator):
    cases.claim(reported(times=3), by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    held(hold=Comment.Hold.PHONE)
    html = html_of(client.get(LIST))
    comment = Comment.objects.get(hold=Comment.Hold.PHONE)
    for words in ("Sąsiad to złodziej.", "(3)", "Ola", comment.get_hold_display(), comment.author_name):
        assert words in html
    assert comment.topic.title in html


def test_nobody_is_named_who_reported_and_nobody_s_address_is_shown(client):
    case = reported()
    for address in (LIST, page(case)):
        html = html_of(client.get(address))
        for secret in ("Zgłaszająca", "zofia0@", case.comment.author.email):
            assert secret not in html
    assert not client.get(LIST, {"q": case.comment.author.email}).context["cl"].queryset.exists()


def test_filters_and_search(client, moderator):
    mine, other, danger = held("Latarnia"), held("Hałas"), reported(why="danger", is_urgent=True)
    cases.claim(mine, by=moderator)
    cases.claim(other, by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    found = {
        "kind=held": {mine, other},
        "kind=reported": {danger},
        "kind=comments": {mine, other, danger},
        "kind=bzdura": {mine, other, danger},
        "urgent=1": {danger},
        "hands=mine": {mine},
        "hands=free": {mine, danger},
        f"topic={other.comment.topic_id}": {other},
        "topic=1;drop": {mine, other, danger},
        "q=latarnia": {mine},
    }
    for query, expected in found.items():
        assert set(client.get(f"{LIST}?{query}").context["cl"].queryset) == expected, query


@pytest.mark.parametrize("who", ["moderator", "administrator"])
def test_the_queue_opens_in_constant_queries(request, as_user, moderator, who: str):
    client = as_user(moderator if who == "moderator" else make_administrator())

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            html_of(client.get(LIST))
        return len(found)

    held(), reported(), appealed(factories.make_resident("Jan", roles=[Role.MODERATOR]))
    client.get(LIST)
    one = cost()
    for _ in range(3):
        held(), reported(times=2), appealed(factories.make_resident("Jan", roles=[Role.MODERATOR]))
    assert cost() == one
    assert one <= 12


def test_ten_thousand_cases_are_counted_no_further_and_listed_by_pages(client):
    first = held("Najdawniejszy", age=99)
    comment, topic = first.comment, first.comment.topic
    made = Comment.objects.bulk_create(
        Comment(
            topic=topic,
            author=comment.author,
            author_name="Hanna",
            text=f"Komentarz {number}",
            html=f"<p>Komentarz {number}</p>",
            created_at=comment.created_at,
            submission=f"00000000-0000-4000-8000-{number:012d}",
        )
        for number in range(10_050)
    )
    Case.objects.bulk_create(Case(kind=Kind.HELD, comment=c, opened_at=timezone.now()) for c in made)
    client.get(LIST)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(LIST)
    assert len(found) <= 12
    assert answer.context["cl"].result_count == 10_000
    assert next(iter(answer.context["cl"].result_list)) == first
    assert all("LIMIT" in q["sql"] for q in found if "COUNT(" in q["sql"])


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


def offered(client: Client, case: Case) -> set[str]:
    return {offer["act"].name for offer in client.get(page(case)).context["acts"]}


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


# -- Taking ---------------------------------------------------------------------------------------------------------


def test_a_case_is_taken_and_given_back(client, moderator):
    case = held()
    client.post(page(case, "claim"))
    case.refresh_from_db()
    assert case.claimed_by == moderator
    client.post(page(case, "release"))
    case.refresh_from_db()
    assert case.claimed_by is None


@pytest.mark.parametrize("name", ["claim", "release"])
def test_taking_writes_nothing_on_get(client, name: str):
    case = held()
    assert client.get(page(case, name)).status_code == 405
    case.refresh_from_db()
    assert case.claimed_by is None


@pytest.mark.parametrize(("act", "sent"), [("publish", {}), ("hide", {"reason": "insult"})])
def test_what_somebody_else_is_at_is_decided_only_on_purpose(client, act: str, sent: dict):
    case = held()
    cases.claim(case, by=factories.make_resident("Ola", roles=[Role.MODERATOR]))
    assert "Ola" in html_of(client.get(page(case)))
    assert "error" in levels(client.post(page(case, "claim")))
    asked = client.post(page(case, act), {"seen_revision": 0, **sent})
    assert "Ola" in html_of(asked)
    assert "anyway" in asked.context["form"].errors
    assert not Decision.objects.exists()
    client.post(page(case, act), {"seen_revision": 0, "anyway": "on", **sent})
    assert Decision.objects.exists()


# -- Many at once ---------------------------------------------------------------------------------------------------


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


# -- Appeals --------------------------------------------------------------------------------------------------------


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
