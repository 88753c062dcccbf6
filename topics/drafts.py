"""Texts that could not be sent because nobody was signed in: they wait in the session for their author.

Signing in keeps the session's content, signing out or changing the account erases it.
"""

from django.contrib.sessions.backends.base import SessionBase

from topics.models import TEXT_LIMIT, Comment, Topic

KEY = "drafts"
KEPT = 3
KEPT_LENGTH = 2 * TEXT_LIMIT


def keep(session: SessionBase, topic: Topic, parent: Comment | None, text: str) -> None:
    """The newest texts only, each cut at twice what a comment may hold: a session is no store."""
    _keep(session, _name(topic, parent), text)


def kept(session: SessionBase, topic: Topic, parent: Comment | None) -> str:
    return _kept(session, _name(topic, parent))


def forget(session: SessionBase, topic: Topic, parent: Comment | None) -> None:
    _forget(session, _name(topic, parent))


def keep_change(session: SessionBase, comment: int, text: str) -> None:
    """What was to stand in a comment of theirs, or to be added to it; by its key, as nobody has looked whose it is."""
    _keep(session, f"k{comment}", text)


def kept_change(session: SessionBase, comment: int) -> str:
    return _kept(session, f"k{comment}")


def forget_change(session: SessionBase, comment: int) -> None:
    _forget(session, f"k{comment}")


def _keep(session: SessionBase, name: str, text: str) -> None:
    drafts = _without(session, name)
    drafts[name] = text[:KEPT_LENGTH]
    session[KEY] = dict(list(drafts.items())[-KEPT:])


def _kept(session: SessionBase, name: str) -> str:
    return session.get(KEY, {}).get(name, "")


def _forget(session: SessionBase, name: str) -> None:
    if _kept(session, name):
        session[KEY] = _without(session, name)


def _without(session: SessionBase, name: str) -> dict[str, str]:
    return {other: text for other, text in session.get(KEY, {}).items() if other != name}


def _name(topic: Topic, parent: Comment | None) -> str:
    return f"{topic.pk}/{parent.pk}" if parent else str(topic.pk)
