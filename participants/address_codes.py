"""The code in the letter that confirms an address, for whoever reads letters on one device and signs up on another.

It works beside the link, for an hour, in the browser that asked for the letter. A browser gets a code whether a letter
with it goes out or not, and answers alike to wrong ones: nobody learns by it who has an account.
"""

import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import login_on_verification, verify_email
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from participants.limits import Limit, take, unnamed

KEY = "letter_code"
KEPT = 60 * 60  # seconds; so long does allauth remember who signs up
TRIES = Limit("address_code", 10, 60 * 60)  # for one mailbox, in whatever browser; of about 2 ** 34 codes


def code_for(session: SessionBase, email: str) -> str:
    """The same one for every letter to the address within an hour: whichever is read, its code works."""
    email = email.lower()
    if awaited(session).get("to") != email:
        code = get_adapter().generate_email_verification_code()
        session[KEY] = {"to": email, "code": code, "at": int(time.time())}
    return session[KEY]["code"]


def awaited(session: SessionBase) -> dict[str, str]:
    """The address (`to`) that a code confirms in this browser, and the `code`; empty where there is none."""
    held = session.get(KEY, {})
    return held if held.get("at", 0) > time.time() - KEPT else {}


def count_try(email: str) -> None:
    """Raises LimitReached. One query."""
    take((TRIES, unnamed("participants.address_codes", email)))


def confirm(request: HttpRequest) -> HttpResponse | None:
    """The right code was typed: the address is confirmed, or was already by the link, and whoever signed up here is
    signed in. Returns the way on, if there is one."""
    email = request.session.pop(KEY)["to"]
    address = EmailAddress.objects.filter(email=email, user__is_active=True).select_related("user").first()
    if address is None or not (address.verified or verify_email(request, address)):
        return None
    return login_on_verification(request, address)
