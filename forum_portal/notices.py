"""Where a notice waits for the next page."""

from typing import Any

from django.contrib.messages.storage.session import SessionStorage


class SessionUntilShown(SessionStorage):
    """In the session, so that no cookie of its own is needed. A session that held nothing else ends with the notice:
    who has no account and pressed a button carries the session's cookie from there to the next page, and no further."""

    def _store(self, messages: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        left = super()._store(messages, *args, **kwargs)
        if not messages and not self.request.session.keys():
            self.request.session.flush()
        return left
