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
    drafts = _without(session, topic, parent)
    drafts[_name(topic, parent)] = text[:KEPT_LENGTH]
    session[KEY] = dict(list(drafts.items())[-KEPT:])


def kept(session: SessionBase, topic: Topic, parent: Comment | None) -> str:
    return session.get(KEY, {}).get(_name(topic, parent), "")


def forget(session: SessionBase, topic: Topic, parent: Comment | None) -> None:
    if kept(session, topic, parent):
        session[KEY] = _without(session, topic, parent)


def _without(session: SessionBase, topic: Topic, parent: Comment | None) -> dict[str, str]:
    name = _name(topic, parent)
    return {other: text for other, text in session.get(KEY, {}).items() if other != name}


def _name(topic: Topic, parent: Comment | None) -> str:
    return f"{topic.pk}/{parent.pk}" if parent else str(topic.pk)
