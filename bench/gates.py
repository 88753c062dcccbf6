"""So that one account may write a thousand comments: each rule is asked and counted as always, and lets it through."""

from dataclasses import replace

from topics import discussion, floods, holding

NEVER_FULL = 10**9


def open_gates() -> None:
    """Changes this process for good. The site itself has no such switch."""
    discussion.BY_ACCOUNT = tuple(replace(limit, times=NEVER_FULL) for limit in discussion.BY_ACCOUNT)
    discussion.BY_ADDRESS = tuple(replace(limit, times=NEVER_FULL) for limit in discussion.BY_ADDRESS)
    floods.is_flood = holding.is_flood = lambda shown, held, asked: False
