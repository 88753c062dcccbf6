"""The sum that is asked for in a flood: solved for real, spent once, good for twenty minutes."""

import base64
import datetime
import json

import altcha
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from participants.models import Tally
from participants.proof import ONCE, VALID_FOR, ProofMixin, challenge, is_solved
from tests.topics.parallel import at_once


def solve(text: str) -> str:
    asked = altcha.Challenge.from_dict(json.loads(text))
    return altcha.Payload(asked, altcha.solve_challenge(asked)).to_base64()


@pytest.fixture(scope="module")
def made() -> datetime.datetime:
    """Read when the first test asks: between collecting and running may lie more time than a sum is valid for."""
    return timezone.now() - datetime.timedelta(minutes=1)


@pytest.fixture(scope="module")
def solved(made: datetime.datetime) -> str:
    return solve(challenge(made))


def changed(payload: str, part: str, **fields) -> str:
    """The payload with other values in its challenge's parameters, its challenge or its solution."""
    told = json.loads(base64.b64decode(payload))
    where = told["challenge"]["parameters"] if part == "parameters" else told[part]
    where.update(fields)
    return base64.b64encode(json.dumps(told).encode()).decode()


@pytest.mark.django_db
def test_right_answer_is_good_once(solved: str, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert is_solved(solved)
    assert not is_solved(solved)
    assert not is_solved(changed(solved, "solution", time=1))  # the same answer in other words


@pytest.mark.django_db
def test_spent_answer_is_counted_where_its_sum_expires(solved: str, made: datetime.datetime):
    """Not where the clock stands: a new window of the count would make it good again."""
    assert is_solved(solved)
    assert Tally.objects.get().window == ONCE.window(made + VALID_FOR)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_answer_sent_by_many_at_once_is_good_for_one(solved: str):
    assert sorted(at_once(*[lambda: is_solved(solved)] * 8)) == [False] * 7 + [True]


@pytest.mark.django_db
def test_answer_to_an_old_sum_is_none():
    assert not is_solved(solve(challenge(timezone.now() - VALID_FOR - datetime.timedelta(seconds=1))))
    assert not Tally.objects.exists()


def test_sum_cannot_be_made_easier_or_younger(solved: str, django_assert_num_queries):
    """No database is asked about what is not ours."""
    forged = [
        changed(solved, "parameters", expiresAt=9_999_999_999),
        changed(solved, "parameters", keyPrefix="00"),
        changed(solved, "parameters", cost=1),
        changed(solved, "challenge", signature="0" * 64),
        changed(solved, "challenge", signature=None),
        changed(solved, "solution", derivedKey="00" * 32),
        changed(solved, "solution", derivedKey=None),
        altcha.Payload(mine := altcha.create_challenge("SHA-256", 1, hmac_secret="guess"),
                       altcha.solve_challenge(mine)).to_base64(),
    ]  # fmt: skip
    assert [is_solved(payload) for payload in forged] == [False] * len(forged)


HOSTILE = ["", "x", "ą", "AAAA", "\x00", "bnVsbA==", "W10=", "e30=", "eyJjaGFsbGVuZ2UiOiB7fX0=", "A" * 100_000]
HOSTILE += [base64.b64encode(b"[" * 2_000).decode(), base64.b64encode(b"9" * 2_900).decode()]


@pytest.mark.parametrize("payload", HOSTILE)
def test_nonsense_is_no_answer(payload: str):
    assert not is_solved(payload)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_parts_of_any_kind_are_no_answer(part):
    for told in (part, {"challenge": part, "solution": part}, {"challenge": {"parameters": part}, "solution": {}}):
        assert not is_solved(base64.b64encode(json.dumps(told).encode()).decode())


def test_two_sums_differ_and_tell_no_secret(settings):
    one, two = json.loads(challenge()), json.loads(challenge())
    assert one["parameters"]["nonce"] != two["parameters"]["nonce"]
    assert settings.SECRET_KEY not in challenge()


# -- The form ----------------------------------------------------------------------------------------------------


def test_form_asks_only_when_told_to():
    form = ProofMixin({"text": "a"})
    assert (form.challenge, form.is_proved, form.went_without, form.has_answered) == ("", False, False, False)
    form.ask()
    assert json.loads(form.challenge)["parameters"]["algorithm"] == "PBKDF2/SHA-256"


@pytest.mark.django_db
def test_form_with_the_answer_is_proved_however_often_it_is_asked(solved: str):
    form = ProofMixin({"proof": solved})
    assert (form.is_proved, form.has_answered, form.is_proved, form.went_without) == (True, True, True, False)
    assert not ProofMixin({"proof": solved}).has_answered  # spent: to be asked anew


def test_form_sent_without_a_script_went_without():
    form = ProofMixin({"proof": ""})
    assert (form.is_proved, form.went_without, form.has_answered) == (False, True, True)
    assert not ProofMixin({"proof": "AAAA"}).went_without
