"""Addresses that letters bring: whoever has the key in one may open its page, and no other page.

A key says what it opens, and is signed for one page. It holds no colon: some mail programs end a link there.
"""

from django.core.signing import BadSignature, Signer


def key_of(page: str, *parts: object) -> str:
    """`parts` are keys of rows; `page` is the module that the address belongs to."""
    return _signer(page).sign("-".join(map(str, parts)))


def opened_by(page: str, key: str) -> list[str] | None:
    """The parts of a key; None for one that was not made for this page. No query."""
    try:
        return _signer(page).unsign(key).split("-")
    except BadSignature:
        return None


def _signer(page: str) -> Signer:
    return Signer(salt=page, sep=".")
