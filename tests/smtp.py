"""A mail server on 127.0.0.1 that keeps what it is given, and refuses, dawdles or hangs up when told to."""

import email
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import default

HANGS_UP = ""
DRIPS = "drips"


class MailServer(socketserver.ThreadingTCPServer):
    """`hello`, `auth`, `rcpt` and `data` hold the next answers, first come first served; without one all is well. A 421
    ends the conversation. HANGS_UP ends it without a word, as answer to DATA in the middle of the text. DRIPS answers
    with a byte now and then, and never to the end.

    While `open_for_data` is cleared, the server waits in front of the text of a letter; `waiting` tells that it does.
    `watch` is told each step: the commands, "taken" when a letter is kept and nobody knows, "told" when it was said.
    """

    allow_reuse_address = daemon_threads = True
    block_on_close = False
    request_queue_size = 50

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[EmailMessage] = []
        self.hello: list[str] = []
        self.auth: list[str] = []
        self.rcpt: list[str] = []
        self.data: list[str] = []
        self.watch: Callable[[str], None] = lambda step: None
        self.tls: ssl.SSLContext | None = None
        self.speaks_tls_at_once = False
        self.connections = 0
        self.waiting, self.open_for_data = threading.Event(), threading.Event()
        self.open_for_data.set()

    @property
    def port(self) -> int:
        return self.server_address[1]


class HungUp(Exception):
    pass


def _next(answers: list[str]) -> str | None:
    with suppress(IndexError):
        return answers.pop(0)
    return None


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        with suppress(HungUp, OSError):
            if self.server.speaks_tls_at_once:
                self.lock_up()
            self.answer(_next(self.server.hello), "220 127.0.0.1 ready")
            while line := self.rfile.readline():
                self.obey(line[:4].strip().upper().decode())

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def obey(self, verb: str) -> None:
        self.server.watch(verb)
        if verb == "QUIT":
            self.say("221 bye")
            raise HungUp
        if verb == "DATA":
            self.take()
        elif verb == "EHLO":
            self.say("250-127.0.0.1\r\n250-STARTTLS\r\n250 AUTH PLAIN")
        elif verb == "STAR":
            self.say("220 go on")
            self.lock_up()
        elif verb == "AUTH":
            self.answer(_next(self.server.auth), "235 come in")
        else:
            self.answer(_next(self.server.rcpt) if verb == "RCPT" else None)

    def lock_up(self) -> None:
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.setup()

    def take(self) -> None:
        self.server.waiting.set()
        self.server.open_for_data.wait(30)
        self.say("354 go on")
        answer = _next(self.server.data)
        if answer == HANGS_UP:
            self.rfile.readline()
            raise HungUp
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if not line:
            raise HungUp  # by the other side, in the middle
        if answer is not None:
            return self.answer(answer)
        self.server.letters.append(email.message_from_bytes(b"".join(lines), policy=default))
        self.server.watch("taken")
        self.say("250 taken")
        self.server.watch("told")

    def answer(self, told: str | None, otherwise: str = "250 ok") -> None:
        line = otherwise if told is None else told
        if line == DRIPS:
            self.drip()
        if line != HANGS_UP:
            self.say(line)
        if line == HANGS_UP or line.startswith("421"):
            raise HungUp

    def drip(self) -> None:
        """Until the other side has gone."""
        while True:
            self.wfile.write(b"2")
            threading.Event().wait(0.02)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.open_for_data.set()
            server.shutdown()
