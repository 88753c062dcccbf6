"""The office's list of words: who keeps it, and what may stand on it."""

import pytest
from django.urls import reverse

from participants.roles import Role
from tests import factories
from tests.panel import errors_of, opened
from topics.models import WatchedWord

LIST = reverse("admin:topics_watchedword_changelist")
ADD = reverse("admin:topics_watchedword_add")


@pytest.fixture
def word(db) -> WatchedWord:
    return WatchedWord.objects.create(word="konfitur*", note="Obelga")


@pytest.mark.parametrize("role", Role)
def test_moderators_keep_the_list_and_nobody_else_sees_it(word, as_user, role: Role):
    client = as_user(factories.make_resident("Osoba", roles=[role]))
    answers = [
        client.get(LIST),
        client.get(ADD),
        client.get(reverse("admin:topics_watchedword_change", args=[word.pk])),
    ]
    expected = 200 if role == Role.MODERATOR else 403
    assert [answer.status_code for answer in answers] == [expected] * 3
    assert ("konfitur*" in answers[0].content.decode()) == (role == Role.MODERATOR)


def test_residents_and_strangers_are_sent_to_sign_in(word, resident, as_user):
    for reader in (None, resident):
        assert as_user(reader).get(LIST).status_code == 302


def test_list_begins_empty_and_says_what_it_is_for(moderator, as_user):
    assert not WatchedWord.objects.exists()
    assert "Krytyk" in as_user(moderator).get(LIST).content.decode()


def test_list_costs_the_same_with_any_number_of_words(moderator, as_user, django_assert_max_num_queries):
    client = as_user(moderator)
    for times in (1, 30):
        for _ in range(times):
            WatchedWord.objects.create(word=f"słowo{next(factories.count)}")
        with django_assert_max_num_queries(9):
            client.get(LIST)


def test_word_is_added_and_taken_away(moderator, as_user):
    client = as_user(moderator)
    client.post(ADD, opened(client, ADD, word="  Konfitura  jedna ", act="refuse", note="Obelga"))
    word = WatchedWord.objects.get()
    assert (word.word, word.act, word.note) == ("Konfitura jedna", "refuse", "Obelga")
    client.post(reverse("admin:topics_watchedword_delete", args=[word.pk]), {"post": "yes"})
    assert not WatchedWord.objects.exists()


@pytest.mark.parametrize("typed", ["", "*", "ab", "ab*", "…!?", "a b"])
def test_word_that_would_hold_everything_or_nothing_is_refused(moderator, as_user, typed: str):
    client = as_user(moderator)
    answer = client.post(ADD, opened(client, ADD, word=typed, act="hold"))
    if typed == "a b":  # three signs with the space between: a word in its own right
        assert WatchedWord.objects.get().word == typed
    else:
        assert list(errors_of(answer)) == ["word"]
        assert not WatchedWord.objects.exists()


def test_same_word_twice_is_refused(word, moderator, as_user):
    client = as_user(moderator)
    answer = client.post(ADD, opened(client, ADD, word="konfitur*", act="hold"))
    assert list(errors_of(answer)) == ["word"]
