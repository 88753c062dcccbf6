"""The statement of reasons on its page: what the law asks to be told, and the appeal that is sent from it."""

import datetime
import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from participants.links import key_of
from participants.models import Resident
from participants.roles import Role
from tests import factories
from topics import appeals, moderation
from topics.models import APPEAL_LIMIT, HANDED_OVER, Appeal, Comment, Decision, Reason
from topics.statements import PAGE, statement_url

WHY = "To był cytat, nie obelga."
SECRET = "Tajny tekst o sąsiedzie"
Act = Decision.Act
pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(moderator) -> Decision:
    comment = factories.make_published(factories.make_topic("Oświetlenie"), SECRET)
    moderation.hide(comment, by=moderator, reason=Reason.INSULT, note="Chodzi o drugie <zdanie>.")
    return Decision.objects.select_related("comment__author", "comment__topic").get()


def decided(act: str, **fields) -> Decision:
    comment = factories.make_published(factories.make_topic(), SECRET)
    fields.setdefault("hours", 72 if act == Act.SUSPEND else None)
    fields.setdefault("reason", Reason.THREAT if act in Decision.AGAINST else "")
    fields.setdefault("decided_at", timezone.now())
    if act in Decision.OUT_OF_SIGHT:
        reason = HANDED_OVER if act == Act.HAND_OVER else fields["reason"]
        change = {"state": "hidden", "hidden_at": timezone.now(), "hidden_reason": reason}
        Comment.objects.filter(pk=comment.pk).update(**change)
    return Decision.objects.create(comment=comment, act=act, rules_version="2026-11", **fields)


def main_of(response) -> str:
    return response.content.decode().split("<main")[1].split("</main")[0]


# -- Who reads it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["nobody signed in", "author", "author of a closed account", "neighbour"])
def test_the_link_is_the_key(hidden, neighbour, english, persona: str):
    author = hidden.comment.author
    if persona == "author of a closed account":
        Resident.objects.filter(pk=author.pk).update(is_active=False)
    people = {"author": author, "neighbour": neighbour}
    response = english(people.get(persona)).get(statement_url(hidden))
    assert response.status_code == 200
    assert SECRET in main_of(response)


@pytest.mark.parametrize("token", ["1", "1.abc", "x" * 300, "komentarz", "%00", "1:"])
def test_made_up_link_opens_nothing(hidden, english, token: str):
    response = english(hidden.comment.author).get(f"/decyzje/{token}/")
    assert response.status_code in {400, 404}
    assert SECRET not in response.content.decode()


def test_link_of_one_decision_does_not_open_another(hidden, english):
    signature = statement_url(hidden).rstrip("/").rpartition(".")[2]
    other = decided(Act.HIDE)
    assert english().get(f"/decyzje/{other.pk}.{signature}/").status_code == 404
    assert english().get(f"/decyzje/{key_of(PAGE, 10**9)}/").status_code == 404


def test_page_is_kept_by_nobody_and_told_to_nobody(hidden, english):
    response = english().get(statement_url(hidden))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"  # under "no-referrer" the appeal could not be sent
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_form_speaks_the_language_of_its_reader(hidden, english, stranger):
    assert "At most 2000 characters. Somebody else" in english().get(statement_url(hidden)).content.decode()
    assert "Najwyżej 2000 znaków. Przeczyta to" in stranger.get(statement_url(hidden)).content.decode()


def test_wrong_method_and_other_site(hidden, english):
    assert english().put(statement_url(hidden)).status_code == 405
    guarded = Client(enforce_csrf_checks=True)
    assert guarded.post(statement_url(hidden), {"text": WHY}).status_code == 403
    assert not Appeal.objects.exists()


# -- What it says (DSA art. 17(3)) -----------------------------------------------------------------------------------


@pytest.mark.parametrize("act", sorted(Decision.AGAINST))
def test_statement_has_what_the_law_asks(english, moderator, act: str):
    by_program = act == Act.SET_ASIDE
    role = Decision.Role.PROGRAM if by_program else Decision.Role.MODERATOR
    by = {} if by_program else {"decided_by": moderator, "decided_by_name": moderator.signature}
    decision = decided(act, role=role, note="Notatka", **by)
    page = main_of(english().get(statement_url(decision)))
    assert "The decision holds on the whole forum until" in page  # (a) scope and duration
    assert ("reported" in page) or ("came upon it" in page)  # (b) facts
    assert ("A program decided, not a person" in page) is by_program  # (c) automated means
    assert ("A person decided, not a program" in page) is not by_program
    assert ("Readers say" if by_program else "Reason") + ": the author threatened somebody." in page  # (d), (e)
    assert "version 2026-11" in page
    assert "/zasady/#powody" in page
    assert "Notatka" in page
    assert "Somebody else than the person who decided" in page or "A person will look at the matter" in page  # (f)
    assert "certified body for settling disputes out of court, or to a court" in page
    assert moderator.signature not in page
    assert moderator.email not in page


def test_suspension_says_until_when(english):
    decision = decided(Act.SUSPEND, decided_at=datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC))
    page = main_of(english().get(statement_url(decision)))
    assert page.count("23 November 2026, 10:00") == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"rule": "phone"}, "The comment waited for a moderator because of a rule that works by itself"),
        ({"rule": "reports"}, "Several readers had reported the comment, so a program had set it aside"),
        ({"after_report": True}, "A reader had reported the comment."),
        ({}, "Nobody had reported the comment: the moderator came upon it."),
    ],
)
def test_statement_says_how_it_became_known(english, fields: dict, told: str):
    page = main_of(english().get(statement_url(decided(Act.HIDE, **fields))))
    sentences = ["The comment waited for", "Several readers had", "A reader had reported", "Nobody had reported"]
    assert told in page
    assert sum(sentence in page for sentence in sentences) == 1


def test_what_was_handed_over_is_on_no_page(english):
    decision = decided(Act.HAND_OVER)
    page = main_of(english(decision.comment.author).get(statement_url(decision)))
    assert "it was passed on to be checked" in page
    assert SECRET not in page
    earlier = decided(Act.REFUSE)
    Comment.objects.filter(pk=earlier.comment_id).update(hidden_reason=HANDED_OVER)
    assert SECRET not in main_of(english().get(statement_url(earlier)))


def test_note_and_text_are_text(hidden, english):
    Comment.objects.filter(pk=hidden.comment_id).update(html="&lt;script&gt;")
    page = main_of(english().get(statement_url(hidden)))
    assert "Chodzi o drugie &lt;zdanie&gt;." in page
    assert "<script>" not in page


# -- The appeal -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["nobody signed in", "author", "author of a closed account"])
def test_appeal_is_sent_once_and_its_state_stays_on_the_page(hidden, english, persona: str):
    author = hidden.comment.author
    if persona == "author of a closed account":
        Resident.objects.filter(pk=author.pk).update(is_active=False)
    client, url = english(author if persona == "author" else None), statement_url(hidden)
    assert "Send the appeal" in main_of(client.get(url))
    response = client.post(url, {"text": WHY})
    assert (response.status_code, response.headers["Location"]) == (302, url)
    assert (Appeal.objects.get().decision, Appeal.objects.get().text) == (hidden, WHY)
    page = main_of(client.get(url))
    assert "We have your appeal. We will write to you how it ends." in page
    assert "Your appeal waits for a decision." in page
    assert WHY in page
    assert "Send the appeal" not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write why you do not agree."),
        (" \n\u200b", "Write why you do not agree."),
        ("a" * (APPEAL_LIMIT + 1), "Shorten the text: at most 2000 characters."),
        ("raz\x00dwa", "We removed a broken character."),
    ],
)
def test_wrong_text_is_explained_and_kept(hidden, english, typed: str, sentence: str):
    response = english().post(statement_url(hidden), {"text": typed})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Decision about your comment" in page
    assert f'<a href="#id_text">{sentence}' in page
    kept = re.search(r'<textarea name="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL).group(1)
    assert html.unescape(kept) == typed.replace("\x00", "")
    assert not Appeal.objects.exists()


def test_second_appeal_is_refused_with_its_text(hidden, english):
    url = statement_url(hidden)
    english().post(url, {"text": WHY})
    response = english().post(url, {"text": "Drugi raz"})
    assert response.status_code == 409
    assert "We have your appeal already." in main_of(response)
    assert "Drugi raz</textarea>" in main_of(response)
    assert Appeal.objects.get().text == WHY


@pytest.mark.parametrize("why", ["late", "restored", "by appeal", "takes nothing"])
def test_what_cannot_be_appealed_has_no_form_and_says_why(hidden, moderator, english, why: str):
    decision, told = hidden, ""
    if why == "late":
        old = timezone.now() - datetime.timedelta(days=200)
        decision, told = decided(Act.HIDE, decided_at=old), "The time for an appeal is over."
    elif why == "restored":
        moderation.restore(hidden.comment, by=moderator)
        told = "Everybody can see your comment again"
    elif why == "by appeal":
        decision, told = decided(Act.HIDE, role=Decision.Role.APPEALS), "This was decided on an appeal already."
    else:
        decision, told = decided(Act.PUBLISH), "This decision takes nothing from you"
    url = statement_url(decision)
    page = main_of(english().get(url))
    assert told in page
    assert "<form" not in page
    assert english().post(url, {"text": WHY}).status_code == 409
    assert not Appeal.objects.exists()


def test_outcome_stays_on_the_page(hidden, english):
    judge = factories.make_resident("Jan Sędzia", roles=[Role.APPEALS])
    made = appeals.appeal(hidden, text=WHY)
    appeals.decide(made, by=judge, outcome=Appeal.Outcome.UPHELD, note="Zdanie drugie obraża.")
    page = main_of(english().get(statement_url(hidden)))
    assert "The decision stands." in page
    assert "Zdanie drugie obraża." in page
    assert "Jan Sędzia" not in page


# -- By signing in ----------------------------------------------------------------------------------------------------


def test_author_comes_from_their_comment_to_the_latest_decision(hidden, moderator, english):
    url = f"/decyzje/komentarz/{hidden.comment_id}/"
    moderation.restore(hidden.comment, by=moderator)
    moderation.hide(hidden.comment, by=moderator, reason=Reason.CASE)
    response = english(hidden.comment.author).get(url)
    assert response.headers["Location"] == statement_url(Decision.objects.latest("pk"))
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("persona", ["neighbour", "moderator", "nobody signed in"])
def test_others_find_no_statement(hidden, neighbour, moderator, english, persona: str):
    client = english({"neighbour": neighbour, "moderator": moderator}.get(persona))
    response = client.get(f"/decyzje/komentarz/{hidden.comment_id}/")
    if persona == "nobody signed in":
        assert response.headers["Location"] == f"/konto/zaloguj/?next=/decyzje/komentarz/{hidden.comment_id}/"
    else:
        assert response.status_code == 404


def test_comment_without_a_decision_against_it_has_no_statement(resident, english):
    comment = factories.make_published(factories.make_topic(), author=resident)
    Decision.objects.create(comment=comment, act=Act.PUBLISH, rules_version="2026-11", decided_at=timezone.now())
    for pk in (comment.pk, 0, 10**18):
        assert english(resident).get(f"/decyzje/komentarz/{pk}/").status_code == 404


@pytest.mark.parametrize(("persona", "is_led"), [("author", True), ("neighbour", False), ("nobody", False)])
def test_notice_of_one_s_own_comment_leads_to_the_reasons(hidden, neighbour, english, persona: str, is_led: bool):
    client = english({"author": hidden.comment.author, "neighbour": neighbour}.get(persona))
    page = client.get(hidden.comment.topic.get_absolute_url()).content.decode()
    assert (f'href="/decyzje/komentarz/{hidden.comment_id}/"' in page) is is_led


def test_author_of_a_comment_set_aside_comes_to_the_reasons(neighbour, english):
    decision = decided(Act.SET_ASIDE, role=Decision.Role.PROGRAM)
    comment = decision.comment
    Comment.objects.filter(pk=comment.pk).update(state="waiting", hold=Comment.Hold.REPORTS, hidden_reason="")
    for reader, is_led in ((comment.author, True), (neighbour, False), (None, False)):
        page = english(reader).get(comment.topic.get_absolute_url()).content.decode()
        assert (f'href="/decyzje/komentarz/{comment.pk}/"' in page) is is_led


def test_page_costs_few_queries(hidden, english, django_assert_num_queries):
    client, url = english(), statement_url(hidden)
    with django_assert_num_queries(4):  # decision, its appeal, and whether it can be appealed: appeal, newer decision
        client.get(url)


def test_number_that_no_table_holds_is_not_found(resident, as_user):
    assert as_user(resident).get(f"/decyzje/komentarz/{10**25}/").status_code == 404
