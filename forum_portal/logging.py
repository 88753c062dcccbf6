"""The request's id in every log line: one request can be followed, and nobody needs to be named or let in."""

import contextvars
import logging
import re

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
# A key in an address opens an account, a sign-up or minutes. deploy/gunicorn.conf.py keeps the same out of its log.
KEYS = re.compile(
    r"(/konto/(?:potwierdz|haslo/nowe|zostaje|wypisz|obserwowane|bezpieczenstwo/adres)/|/decyzje/(?!komentarz/)"
    r"|/spotkania/(?:protokol|pytanie|zapis)/|/obietnice/lepiej/|/pytania/\d+/cisza/)[^\s?]+"
)


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class KeyFilter(logging.Filter):
    """Django names the address of every request that it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = KEYS.sub(r"\1…", record.getMessage()), ()
        return True
