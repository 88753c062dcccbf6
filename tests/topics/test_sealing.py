"""Passages cut out, comments handed over: nothing survives but the seal, and each look at that is written down."""

import datetime

import pytest
from django.apps import apps

from forum_portal.retention import RULES
from participants.models import Letter, Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator
from topics import moderation
from topics.models import Comment, CommentVersion, Decision, Reason, SealedLook, SealedText
from topics.moderation import CUT, PASSED_ON, DecisionRefused, without
from topics.sealing import SealRefused, erase_due, open_sealed

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
TEXT = "Pan Zenon Kowalski hałasuje.\n\nZenon Kowalski, tel. 600 100 200, i jego pies."


@pytest.fixture
def comment(db) -> Comment:
    comment = factories.make_published(factories.make_topic(), TEXT, digest="0123456789abcdef")
    CommentVersion.objects.create(
        comment=comment,
        number=1,
        text="Zenon Kowalski krzyczy.",
        was_public=True,
        written_at=NOW,
        replaced_at=NOW + DAY,
    )
    return comment


@pytest.fixture
def duty(db) -> Resident:
    return factories.make_resident("Piotr", roles=[Role.DUTY])


def cut(comment: Comment, by: Resident, *passages: str, **how) -> Comment:
    return moderation.cut_out(comment, list(passages), by=by, reason=Reason.PRIVATE_DATA, **how)


def hand_over(comment: Comment, by: Resident, **how) -> Comment:
    how = {"to": "Dyżurny KMP", "reference": "KMP-12/26", "reason": Reason.THREAT, **how}
    return moderation.hand_over(comment, by=by, **how)


def places_with(words: str) -> set[str]:
    """Every text column of the database in which the words stand."""
    found = set()
    for model in apps.get_models():
        for row in model._base_manager.values():
            found |= {f"{model._meta.label}.{name}" for name, value in row.items() if words in str(value)}
    return found


# -- Cutting out ----------------------------------------------------------------------------------------------------


def test_passage_stands_nowhere_but_in_the_seal(comment, moderator, as_user):
    cut(comment, moderator, "Zenon Kowalski", "600 100 200")
    assert places_with("Kowalski") == {"topics.SealedText.text"}
    assert places_with("600 100 200") == {"topics.SealedText.text"}
    html = as_user(None).get(comment.topic.get_absolute_url()).content.decode()
    assert "Kowalski" not in html
    assert html.count(CUT) == 3
    assert "i jego pies" in html


def test_cut_text_follows_everywhere_and_the_rest_is_untouched(comment, moderator):
    before = comment.revision
    cut(comment, moderator, "Zenon Kowalski")
    comment.refresh_from_db()
    assert comment.text == f"Pan {CUT} hałasuje.\n\n{CUT}, tel. 600 100 200, i jego pies."
    assert "Kowalski" not in comment.html
    assert comment.digest != "0123456789abcdef"
    assert comment.revision == before + 1
    assert (comment.state, comment.position, comment.edited_at) == ("published", 1, None)
    assert not comment.versions.exists()


def test_an_official_answer_is_cut_too(moderator):
    answer = factories.make_published(factories.make_topic(), "Sprawca: Jan Nowak.", voice="Kierownik, Komenda")
    cut(answer, moderator, "Jan Nowak")
    answer.refresh_from_db()
    assert answer.text == f"Sprawca: {CUT}."


@pytest.mark.parametrize(
    "passages", [[], [""], ["  \n"], ["Nowak"], ["Zenon Kowalski", "Nowak"], [TEXT], [*TEXT.split()], ["usunięto"]]
)
def test_what_cannot_be_cut_is_refused_and_nothing_changes(comment, moderator, passages: list[str]):
    with pytest.raises(DecisionRefused):
        cut(comment, moderator, *passages)
    comment.refresh_from_db()
    assert comment.text == TEXT
    assert not SealedText.objects.exists()
    assert comment.versions.exists()


@pytest.mark.parametrize(
    ("text", "passages", "left"),
    [
        ("Jan Kowalski i Jan", ["Jan", "Jan Kowalski"], f"{CUT} i {CUT}"),
        ("a abcd e", ["abc", "bcd"], f"a {CUT} e"),
        ("tak ana anana", ["ana"], f"tak {CUT} {CUT}"),
        (f"Znak {CUT} i dane", ["dane"], f"Znak {CUT} i {CUT}"),
        ("ul. Długa\r\n5".replace("\r", ""), ["Długa\r\n5"], f"ul. {CUT}"),
        ("<b>Jan</b> żyje", ["<b>Jan</b>"], f"{CUT} żyje"),
    ],
)
def test_every_occurrence_goes_and_marks_stay_whole(text: str, passages: list[str], left: str):
    assert without(text, passages) == left


# -- Handing over ---------------------------------------------------------------------------------------------------


def test_text_that_was_handed_over_is_read_by_nobody_without_the_permission(comment, moderator, as_user):
    hand_over(comment, moderator)
    comment.refresh_from_db()
    assert (comment.state, comment.hidden_reason, comment.text) == ("hidden", "handed-over", PASSED_ON)
    assert places_with("Kowalski") == {"topics.SealedText.text"}
    assert places_with("KMP-12/26") == {"topics.SealedText.reference"}
    html = as_user(None).get(comment.topic.get_absolute_url()).content.decode()
    assert str(Reason.THREAT.label) not in html
    comment.topic.refresh_from_db()
    assert comment.topic.comment_count == 0


@pytest.mark.parametrize("wrong", [{"to": " "}, {"reference": ""}, {"to": "a" * 121}, {"reference": "a" * 61}])
def test_handing_over_needs_whom_and_a_reference(comment, moderator, wrong: dict):
    with pytest.raises(DecisionRefused):
        hand_over(comment, moderator, **wrong)
    assert not SealedText.objects.exists()


def test_letter_to_the_author_names_neither_the_officer_nor_the_reference(comment, moderator):
    hand_over(comment, moderator)
    letter = Letter.objects.get()
    for secret in ("KMP-12/26", "Dyżurny KMP", "Kowalski"):
        assert secret not in letter.body + letter.subject


def test_withdrawn_comment_is_handed_over_and_stays_withdrawn(comment, moderator):
    Comment.objects.filter(pk=comment.pk).update(state="withdrawn", withdrawn_at=NOW)
    hand_over(comment, moderator)
    with pytest.raises(DecisionRefused):
        hand_over(comment, moderator)
    comment.refresh_from_db()
    assert (comment.state, comment.text) == ("withdrawn", PASSED_ON)


# -- The seal -------------------------------------------------------------------------------------------------------


def test_a_look_shows_the_original_and_is_written_down(comment, moderator, duty):
    hand_over(comment, moderator)
    shown = open_sealed(SealedText.objects.get(), by=duty, why=" Sprawa \n KMP-12/26 ", now=NOW)
    assert shown.startswith(TEXT)
    assert "Zenon Kowalski krzyczy." in shown
    look = SealedLook.objects.get()
    assert (look.by, look.by_name, look.why, look.at) == (duty, "Piotr", "Sprawa KMP-12/26", NOW)


@pytest.mark.parametrize("who", ["moderator", "editor", "resident", "appeals"])
def test_nobody_else_looks(comment, moderator, request, who: str):
    hand_over(comment, moderator)
    appeals = factories.make_resident("Olga", roles=[Role.APPEALS])
    user = appeals if who == "appeals" else request.getfixturevalue(who)
    with pytest.raises(SealRefused):
        open_sealed(SealedText.objects.get(), by=user, why="z ciekawości")
    assert not SealedLook.objects.exists()


@pytest.mark.parametrize("why", ["", " \n ", "a" * 201])
def test_a_look_needs_a_purpose(comment, moderator, duty, why: str):
    hand_over(comment, moderator)
    with pytest.raises(SealRefused):
        open_sealed(SealedText.objects.get(), by=duty, why=why)


def test_originals_are_erased_after_90_days_and_who_got_them_stays_written(comment, moderator, duty):
    hand_over(comment, moderator, now=NOW)
    assert erase_due(NOW + 90 * DAY - datetime.timedelta(seconds=1)) == 0
    assert erase_due(NOW + 90 * DAY) == 1
    assert erase_due(NOW + 91 * DAY) == 0
    assert places_with("Kowalski") == set()
    sealed = SealedText.objects.get()
    assert (sealed.reference, sealed.erased_at) == ("KMP-12/26", NOW + 90 * DAY)
    with pytest.raises(SealRefused):
        open_sealed(sealed, by=duty, why="Sprawa")
    assert not SealedLook.objects.exists()


def test_the_worker_erases_every_hour():
    assert erase_due in {rule.forget for rule in RULES}


def test_administrator_may_look_and_is_written_down_too(comment, moderator):
    hand_over(comment, moderator)
    assert open_sealed(SealedText.objects.get(), by=make_administrator(), why="Skarga").startswith(TEXT)
    assert SealedLook.objects.count() == 1


def test_nothing_is_sealed_where_the_decision_fails(comment, moderator):
    with pytest.raises(DecisionRefused):
        hand_over(comment, moderator, seen_revision=comment.revision + 1)
    assert not SealedText.objects.exists()
    assert not Decision.objects.exists()
