"""A mail server on 127.0.0.1 that keeps what it is given, and refuses or dawdles when told to."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default


class MailServer(socketserver.ThreadingTCPServer):
    """`rcpt` and `data` hold answers for the next RCPT and DATA, first come first served; without one all is well.

    While `open_for_data` is cleared, the server waits in front of the text of a letter; `waiting` tells that it does.
    """

    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[EmailMessage] = []
        self.rcpt: list[str] = []
        self.data: list[str] = []
        self.connections = 0
        self.waiting, self.open_for_data = threading.Event(), threading.Event()
        self.open_for_data.set()

    @property
    def port(self) -> int:
        return self.server_address[1]


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 127.0.0.1 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                return self.say("221 bye")
            if verb == b"DATA":
                self.take()
            else:
                self.say(self.server.rcpt.pop(0) if verb == b"RCPT" and self.server.rcpt else "250 ok")

    def take(self) -> None:
        self.server.waiting.set()
        self.server.open_for_data.wait(30)
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if not line:
            return  # hung up in the middle
        if self.server.data:
            return self.say(self.server.data.pop(0))
        self.server.letters.append(email.message_from_bytes(b"".join(lines), policy=default))
        self.say("250 taken")

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
