"""How we talk with the mail server: it may be slow, hang or drip, and each answer has its time."""

import re
import smtplib
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django.core.mail.backends import smtp

# Seconds for the word that a letter was taken. Whoever hangs up sooner sends it again to a server that was only slow
# (RFC 5321, 4.5.3.2.6 has ten minutes; a worker has other work as well).
TAKING = 300


class _Patient:
    """An SMTP conversation in which `patience` is the time for a whole answer, not for its next byte.

    `hand_over` is called when all is agreed, in front of the text: the last moment at which nothing is sent.
    """

    def __init__(self, *args: Any, hand_over: Callable[[], None], timeout: float, **kwargs: Any) -> None:
        self.hand_over, self.patience = hand_over, timeout
        super().__init__(*args, timeout=timeout, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        is_cut = threading.Event()
        watch = threading.Timer(self.patience, _cut, [self.sock, is_cut])
        watch.start()
        try:
            answer = super().getreply()
        finally:
            watch.cancel()
        if is_cut.is_set():  # half an answer, which would be read as one
            self.close()
            raise smtplib.SMTPServerDisconnected("The answer took too long.")
        return answer

    def data(self, msg: bytes) -> tuple[int, bytes]:
        """As the original, with the two calls that it has no place for."""
        code, reply = self.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        try:
            self.hand_over()
        except BaseException:
            self.close()  # whatever was said now, a QUIT too, would be the letter's text
            raise
        self.send(re.sub(rb"(?m)^\.", b"..", msg).removesuffix(b"\r\n") + b"\r\n.\r\n")
        return self._taken()

    def _taken(self) -> tuple[int, bytes]:
        usual, self.patience = self.patience, TAKING
        self.sock.settimeout(TAKING)
        try:
            return self.getreply()
        finally:
            self.patience = usual
            if self.sock:
                self.sock.settimeout(usual)


def _cut(sock: socket.socket, is_cut: threading.Event) -> None:
    """Whoever waits for the other side sees it gone. Under TLS as well, whose own farewell would wait for it."""
    is_cut.set()
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class Conversation(_Patient, smtplib.SMTP):
    """Plain, or with STARTTLS."""


class ConversationInTLS(_Patient, smtplib.SMTP_SSL):
    pass


class MailServerBackend(smtp.EmailBackend):
    """Django's, with patience; whoever sends by it may set `hand_over`."""

    hand_over: Callable[[], None] = staticmethod(lambda: None)

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:
        kind = ConversationInTLS if self.use_ssl else Conversation
        return partial(kind, hand_over=lambda: self.hand_over())
