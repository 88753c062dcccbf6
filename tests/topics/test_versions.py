"""The page of former texts, and how a difference is found."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.topics.pages import get
from topics import moderation
from topics.differences import Piece, differences
from topics.editing import withdraw
from topics.models import Comment, CommentVersion, Reason, Topic


def make_edited(topic: Topic, *texts: str, public: bool = True, **fields) -> Comment:
    """A published comment that said each of the texts once, and says the last one now."""
    comment = factories.make_published(topic, texts[-1], **fields)
    for number, text in enumerate(texts[:-1], start=1):
        stamps = {"written_at": comment.created_at, "replaced_at": comment.created_at}
        CommentVersion.objects.create(comment=comment, number=number, text=text, was_public=public, **stamps)
    return comment


def versions_of(comment: Comment) -> str:
    return f"{comment.get_absolute_url()}wersje/"


def words(page: str) -> str:
    """The page as it is heard."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_changes_are_marked_and_told_in_words(topic, stranger):
    comment = make_edited(topic, "Wieczorem patrol", "Rano <b>patrol</b>", author_name="Zofia")
    page = get(stranger, versions_of(comment))
    assert "<del>" in page
    assert "<ins>" in page
    assert "<b>patrol" not in page
    assert "[taken out:]Wieczorem patrol [end] [put in:]Rano &lt;b&gt;patrol&lt;/b&gt; [end]" in words(page)
    assert "By Zofia." in page
    assert '<meta name="robots" content="noindex">' in page


def test_latest_change_is_on_top_and_old_ones_on_later_pages(topic, stranger):
    comment = make_edited(topic, *[f"Tekst {n}" for n in range(8)])
    first, second = get(stranger, versions_of(comment)), get(stranger, f"{versions_of(comment)}?strona=2")
    assert [int(n) for n in re.findall(r"</span> (\d)<span", first)[1::2]] == [7, 6, 5, 4, 3]
    assert [int(n) for n in re.findall(r"</span> (\d)<span", second)[1::2]] == [2, 1]
    assert stranger.get(f"{versions_of(comment)}?strona=3").status_code == 404


@pytest.mark.parametrize("trouble", ["never public", "hidden", "withdrawn", "waiting again", "draft", "no versions"])
@pytest.mark.parametrize("persona", ["stranger", "author", "moderator"])
def test_former_texts_that_nobody_may_read_are_not_found(topic, as_user, resident, moderator, trouble, persona: str):
    texts = ["Teraz"] if trouble == "no versions" else ["Tajny tekst", "Teraz"]
    comment = make_edited(topic, *texts, public=trouble != "never public", author=resident)
    if trouble == "hidden":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    elif trouble == "withdrawn":
        withdraw(comment, by=resident)
    elif trouble == "waiting again":
        Comment.objects.filter(pk=comment.pk).update(state="waiting")
    elif trouble == "draft":
        Topic.objects.filter(pk=topic.pk).update(state="draft")
    reader = {"author": resident, "moderator": moderator}.get(persona)
    response = as_user(reader).get(versions_of(comment))
    assert response.status_code == 404
    assert "Tajny" not in response.content.decode()


def test_text_that_was_never_public_is_left_out_between_two_that_were(topic, stranger):
    comment = make_edited(topic, "Pierwszy", "Tajny", "Trzeci")
    CommentVersion.objects.filter(text="Tajny").update(was_public=False)
    page = get(stranger, versions_of(comment))
    assert "[taken out:]Pierwszy [end] [put in:]Trzeci [end]" in words(page)
    assert "Tajny" not in page


def test_edited_is_said_on_the_page_of_the_topic_and_of_the_official_too(topic, stranger, official):
    voice = {"voice": "Kierownik, KMP", "appointment": official.appointment}
    for fields in ({}, voice):
        comment = make_edited(topic, "Przed", "Po", **fields)
        assert versions_of(comment) not in get(stranger, topic.get_absolute_url())
        Comment.objects.filter(pk=comment.pk).update(edited_at=comment.created_at)
        page = get(stranger, topic.get_absolute_url())
        assert f'href="{versions_of(comment)}" rel="nofollow">edited<' in page


def test_old_address_of_the_topic_leads_on(topic, stranger):
    comment = make_edited(topic, "Przed", "Po")
    response = stranger.get(f"/tematy/dawny-adres/k/{comment.pk}/wersje/")
    assert (response.status_code, response.headers["Location"]) == (301, versions_of(comment))


@pytest.mark.parametrize("many", [1, 3])
def test_page_costs_the_same_for_any_number(topic, stranger, django_assert_num_queries, many: int):
    comment = make_edited(topic, *[f"Tekst {n}" for n in range(many + 1)])
    url = versions_of(comment)
    with django_assert_num_queries(2):
        stranger.get(url)
    assert stranger.post(url).status_code == 405


# -- Differences -----------------------------------------------------------------------------------------------


def test_words_that_stayed_are_not_marked():
    assert differences("Ala ma kota.\n\nTak.", "Ala ma psa.\n\nTak.") == [
        Piece("Ala ma"),
        Piece(" kota.", "del"),
        Piece(" psa.", "ins"),
        Piece("\n\nTak."),
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_make_up_both_texts(before: str, after: str):
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.act != "ins") == before.rstrip()
    assert "".join(piece.text for piece in pieces if piece.act != "del") == after.rstrip()


@pytest.mark.parametrize("word", ["a ", "ab a "])
def test_hostile_text_is_compared_quickly(word: str):
    start = time.process_time()
    differences(word * 1000, ("b " + word) * 1000)
    assert time.process_time() - start < 2
