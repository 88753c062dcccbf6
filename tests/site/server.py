"""gunicorn in a process of its own, for what the test client cannot show."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from django.conf import settings

PATIENCE = 30  # seconds


class Site:
    """gunicorn with one worker, on a port of its own."""

    def __init__(self, env: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "2", "--no-control-socket"]
        self.process = subprocess.Popen(  # noqa: S603 - our own server
            [*command, "-b", f"127.0.0.1:{self.port}", "forum_portal.wsgi"],
            cwd=settings.BASE_DIR,
            env=env,
            stderr=subprocess.DEVNULL,
        )

    def get(self, path: str, **headers: str) -> tuple[HTTPResponse, str]:
        return self.send("GET", path, None, headers)

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[HTTPResponse, str]:
        http = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            http.request(method, path, body=body, headers=headers)
            answer = http.getresponse()
            return answer, answer.read().decode()
        finally:
            http.close()

    def status(self, path: str, **headers: str) -> int:
        return self.get(path, **headers)[0].status

    def wait(self) -> None:
        self._until(lambda: self.status("/zdrowie/zyje/") == 200)

    def _until(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if ready():
                    return
            except OSError:
                assert self.process.poll() is None, "gunicorn has ended"
                time.sleep(0.1)
        raise AssertionError("gunicorn does not answer")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
