"""A small sum that the browser works out when comments come in floods: nothing for one person, dear for thousands.

ALTCHA's protocol (https://altcha.org/docs/v2/), with its Python library here and its worker script in the browser;
nobody else's server takes part. docs/adr/0012 says why the library's own widget does not.
"""

import base64
import datetime
import json
import secrets
from typing import Any

import altcha
from django import forms
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

from participants.limits import Limit, LimitReached, take

ALGORITHM, ITERATIONS = "PBKDF2/SHA-256", 5_000
SHORTEST, LONGEST = 400, 800  # tries: half a second of a new computer, a few seconds of an old phone
VALID_FOR = datetime.timedelta(minutes=20)
PAYLOAD_LIMIT = 4_000  # characters; ours have 800
ONCE = Limit("proof", 1, 86_400)


def challenge(now: datetime.datetime | None = None) -> str:
    """A sum for one browser, as JSON, signed; costs us one of the tries, and no query."""
    made = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=SHORTEST + secrets.randbelow(LONGEST - SHORTEST),
        expires_at=(now or timezone.now()) + VALID_FOR,
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("result"),
    )
    return json.dumps(made.to_dict())


def is_solved(payload: str) -> bool:
    """Whether this is the answer to a sum of ours, in time, for the first time. It is spent by asking.

    One statement, none for an answer that is wrong. It is counted in the window in which the sum expires, so that
    no new window makes it good again.
    """
    if not payload or len(payload) > PAYLOAD_LIMIT:
        return False
    if not altcha.verify_solution(payload, _key("challenge"), hmac_key_secret=_key("result")).verified:
        return False
    asked = json.loads(base64.b64decode(payload))["challenge"]
    expires = datetime.datetime.fromtimestamp(asked["parameters"]["expiresAt"], tz=datetime.UTC)
    try:
        take((ONCE, asked["signature"]), now=expires)
    except LimitReached:
        return False
    return True


def _key(purpose: str) -> str:
    return salted_hmac("participants.proof", purpose, algorithm="sha256").hexdigest()


class ProofMixin(forms.Form):
    """For a form that asks for the sum when it must. Until `ask()` it is the form that it was.

    Whoever was asked and sends the form without an answer (no JavaScript, an old browser) has `went_without` it.
    """

    challenge = ""  # for components/proof.html

    def ask(self) -> None:
        self.challenge = challenge()

    @cached_property
    def is_proved(self) -> bool:
        """See is_solved: looked at once, and spent."""
        return is_solved(self._answer or "")

    @property
    def went_without(self) -> bool:
        return self._answer == ""

    @property
    def has_answered(self) -> bool:
        """Nothing is left to ask: the sum is solved, or this browser cannot do it."""
        return self.went_without or self.is_proved

    @property
    def _answer(self) -> Any:
        return self.data.get("proof")
