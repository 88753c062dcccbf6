"""Texts that could not be sent because nobody was signed in: they wait in the session for their author.

Signing in keeps the session's content, signing out or changing the account erases it.
"""

from django.contrib.sessions.backends.base import SessionBase

from topics.models import TEXT_LIMIT, Comment, Topic

KEY = "drafts"
KEPT = 3
KEPT_LENGTH = 2 * TEXT_LIMIT


def of_comment(topic: Topic, parent: Comment | None) -> str:
    """The name of what was to be written there."""
    return f"{topic.pk}/{parent.pk}" if parent else str(topic.pk)


def of_change(comment: int) -> str:
    """That of what was to stand in a comment, or to be added to it; by its key, as nobody has looked whose it is."""
    return f"k{comment}"


def of_report(comment: int) -> str:
    """That of what was to be said about a comment."""
    return f"z{comment}"


def keep(session: SessionBase, name: str, text: str) -> None:
    """The newest texts only, each cut at twice what a comment may hold: a session is no store."""
    drafts = {**_without(session, name), name: text[:KEPT_LENGTH]}
    session[KEY] = dict(list(drafts.items())[-KEPT:])


def kept(session: SessionBase, name: str) -> str:
    return session.get(KEY, {}).get(name, "")


def forget(session: SessionBase, name: str) -> None:
    if kept(session, name):
        session[KEY] = _without(session, name)


def _without(session: SessionBase, name: str) -> dict[str, str]:
    return {other: text for other, text in session.get(KEY, {}).items() if other != name}
