"""gunicorn in production, behind a proxy: `gunicorn -c deploy/gunicorn.conf.py forum_portal.wsgi`."""

import os
import re

from gunicorn.glogging import Logger

bind = "127.0.0.1:8000"  # TCP: behind a unix socket sign-in would see no address to count its limits by
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
threads = 4
timeout = 30
graceful_timeout = 20
max_requests = 5000  # a worker that leaks is replaced, not all of them at once
max_requests_jitter = 500
control_socket_disable = True
accesslog = "-"
# Time, method, path, status, bytes, seconds and the request's id: no address, no query string, no browser.
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(L)s %({x-request-id}o)s"

# A key in an address opens an account, a statement of reasons, a sign-up or minutes: it does not belong in a log.
KEYS = re.compile(
    r"^(/konto/(?:potwierdz|haslo/nowe|zostaje|wypisz|obserwowane|bezpieczenstwo/adres)/|/decyzje/(?!komentarz/)"
    r"|/spotkania/(?:protokol|pytanie|zapis)/|/obietnice/lepiej/|/pytania/\d+/cisza/).+"
)


class DiscreetLogger(Logger):
    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        atoms["U"] = KEYS.sub(r"\1…", environ["RAW_URI"].partition("?")[0])  # still quoted: one line stays one
        return atoms


logger_class = DiscreetLogger
