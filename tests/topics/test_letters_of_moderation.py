"""What authors are told by letter about each decision: all that DSA art. 17(3) asks, and nobody's name."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from participants.letters import queue_letter
from participants.models import Letter, Resident
from participants.roles import Role
from participants.rules import CURRENT
from tests import factories
from tests.mailbox import last_letter, link_in
from topics import appeals, moderation
from topics.models import Appeal, Comment, Decision, Reason, Report
from topics.reports import report

Act = Decision.Act
TITLE = "Narkotyki na Wyzwolenia"
TEXT = "Handluje nimi pan Nowak z trzeciej klatki."
NOTE = "Chodzi o <drugie> zdanie & „nazwisko”."
NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
HIDE = {"reason": Reason.PRIVATE_DATA, "note": NOTE}
DECIDE = {
    Act.REFUSE: lambda comment, by: moderation.hide(comment, by=by, now=NOW, **HIDE),
    Act.HIDE: lambda comment, by: moderation.hide(comment, by=by, now=NOW, **HIDE),
    Act.CUT_OUT: lambda comment, by: moderation.cut_out(comment, ["pan Nowak"], by=by, now=NOW, **HIDE),
    Act.HAND_OVER: lambda comment, by: moderation.hand_over(
        comment, "Dyżurny KMP", "RSD 77/26", by=by, now=NOW, **HIDE
    ),
    Act.SUSPEND: lambda comment, by: moderation.suspend(comment, 72, by=by, now=NOW, **HIDE),
    Act.CLOSE: lambda comment, by: moderation.close_account(comment, by=by, now=NOW, **HIDE),
    Act.SET_ASIDE: lambda comment, by: moderation.set_aside(comment, reason=Reason.PRIVATE_DATA, now=NOW),
}


@pytest.fixture(autouse=True)
def in_english(monkeypatch) -> None:
    """Letters go out in the language of the site or of the reader; these do in the language of the sources."""
    monkeypatch.setitem(queue_letter.__kwdefaults__, "language", "en")
    monkeypatch.setattr(Resident._meta.get_field("language"), "_get_default", lambda: "en")


def decide(act: str, by: Resident) -> tuple[Decision, Letter]:
    make = factories.make_comment if act == Act.REFUSE else factories.make_published
    comment = make(factories.make_topic(TITLE), TEXT, author_name="Podpis", hold=Comment.Hold.PHONE)
    DECIDE[act](comment, by)
    return Decision.objects.latest("pk"), last_letter(comment.author.email)


def test_every_act_against_an_author_has_its_letter():
    assert set(DECIDE) == Decision.AGAINST


@pytest.mark.parametrize("act", sorted(DECIDE))
def test_statement_of_reasons_has_what_the_law_asks(moderator, settings, act: str):
    decision, letter = decide(act, moderator)
    body = letter.body
    assert TITLE in body  # which comment
    assert "The decision holds on the whole forum until" in body  # (a) what, where, how long
    assert re.search("reported the comment|came upon it|because of a rule that works by itself", body)  # (b) facts
    by_program = act == Act.SET_ASIDE
    assert ("A program decided, not a person" in body) is by_program  # (c) automated means
    assert ("A person decided, not a program" in body) is not by_program
    assert ": the author gave somebody's personal data." in body  # (d), (e): the ground, and why
    assert f"version {CURRENT.name}" in body
    assert f"{settings.SITE_URL}/zasady/#powody" in body
    assert (NOTE in body) is not by_program
    assert "Until 24 May 2027 you can write why, once." in body  # (f) redress
    assert "certified body for settling disputes out of court, or to a court" in body
    assert "free of charge" in body
    page = Client().get(link_in(letter, "/decyzje/"))
    assert page.status_code == 200
    assert page.context["decision"] == decision


@pytest.mark.parametrize("act", sorted(DECIDE))
def test_letter_names_nobody_who_decided_and_what_was_passed_on_where(moderator, act: str):
    _decision, letter = decide(act, moderator)
    secrets = [moderator.signature, moderator.email, "Dyżurny KMP", "RSD 77/26", "duty officer"]
    assert [word for word in secrets if word in letter.body] == []


@pytest.mark.parametrize("act", sorted(DECIDE))
def test_subject_gives_nothing_away(moderator, act: str):
    _decision, letter = decide(act, moderator)
    assert len(letter.subject) > 10
    for word in (TITLE, "Narkotyki", "Nowak", "Podpis", "personal data", "officer", "crime"):
        assert word not in letter.subject


@pytest.mark.parametrize("act", sorted(DECIDE))
def test_letter_repeats_the_text_as_it_stands(moderator, act: str):
    decision, letter = decide(act, moderator)
    assert (TEXT in letter.body) is (act not in {Act.CUT_OUT, Act.HAND_OVER})
    if act == Act.CUT_OUT:
        assert decision.comment.text in letter.body
        assert "pan Nowak" not in letter.body


def test_acts_differ_in_their_words(moderator):
    first_lines = {decide(act, moderator)[1].body.split("\n")[2] for act in DECIDE}
    assert len(first_lines) == len(DECIDE)


def test_suspension_says_when_it_ends(moderator):
    _decision, letter = decide(Act.SUSPEND, moderator)
    assert letter.body.count("25 November 2026, 22:10") == 2


def test_report_is_named_as_the_cause_and_the_reporter_is_not(moderator, neighbour):
    comment = factories.make_published(factories.make_topic(TITLE), TEXT)
    report(comment, why=Report.Why.INSULT, text="Tekst zgłoszenia", resident=neighbour, language="pl")
    moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    body = last_letter(comment.author.email).body
    assert "A reader had reported the comment." in body
    assert [word for word in (neighbour.email, neighbour.signature, "Tekst zgłoszenia") if word in body] == []


@pytest.mark.parametrize("act", ["publish", "restore", "lift"])
def test_good_news_are_no_statement_of_reasons(moderator, act: str):
    comment = factories.make_comment(factories.make_topic(TITLE), TEXT)
    if act == "restore":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    elif act == "lift":
        moderation.suspend(comment, 24, by=moderator, reason=Reason.INSULT)
    getattr(moderation, act)(comment, by=moderator)
    body = last_letter(comment.author.email).body
    assert ("can write comments again" in body) is (act == "lift")
    assert (comment.get_absolute_url() in body) is (act != "lift")
    for word in ("/decyzje/", "The reason", "If you do not agree", TEXT):
        assert word not in body


def test_author_is_not_told_that_a_report_was_rejected(moderator, neighbour):
    comment = factories.make_published(factories.make_topic(TITLE), TEXT)
    report(comment, why=Report.Why.INSULT, resident=neighbour, language="pl")
    moderation.keep(comment, by=moderator)
    assert not Letter.objects.filter(to=comment.author.email).exists()
    assert Letter.objects.filter(to=neighbour.email).count() == 2


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
@pytest.mark.parametrize("act", sorted(DECIDE))
def test_letter_is_tidy_in_every_language(moderator, monkeypatch, act: str, language: str):
    monkeypatch.setattr(Resident._meta.get_field("language"), "_get_default", lambda: language)
    _decision, letter = decide(act, moderator)
    assert "\n\n\n\n" not in letter.body
    assert not re.search(r"[{}]|%\(|r\.\.", letter.body)
    assert re.search(r"[ \t]\n", letter.body) is None


def test_letters_of_an_appeal_lead_back_to_the_decision(moderator):
    decision, _letter = decide(Act.HIDE, moderator)
    judge = factories.make_resident("Jan Sędzia", roles=[Role.APPEALS])
    made = appeals.appeal(decision, text="To nie o nim.", now=NOW)
    received = last_letter(decision.comment.author.email)
    appeals.decide(made, by=judge, outcome=Appeal.Outcome.UPHELD, note="Nazwisko jest w tekście.", now=timezone.now())
    ended = last_letter(decision.comment.author.email)
    assert "To nie o nim." in received.body
    assert "Nazwisko jest w tekście." in ended.body
    assert "A person considered it who had not taken the first decision." in ended.body
    assert "certified body for settling disputes out of court, or to a court" in ended.body
    for letter in (received, ended):
        assert Client().get(link_in(letter, "/decyzje/")).context["decision"] == decision
        assert TITLE not in letter.subject
        assert [word for word in ("Jan Sędzia", moderator.signature, TEXT) if word in letter.body] == []
