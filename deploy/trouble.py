"""Say in one plain sentence what is wrong with the machine, and what to do about it.

Read by any Python 3.6 or newer, before anything is installed: see prepare.py.
"""

import re
import shutil
import subprocess
import sys

FULL = ("no space left on device", "disk is full", "disk quota exceeded")
CLOSED = (
    "permission denied",
    "operation not permitted",
    "read-only file system",
    "readonly database",
    "unable to open database file",
)
NETWORK = (
    "newconnectionerror",
    "connection refused",
    "name resolution",
    "max retries",
    "timed out",
    "network is unreachable",
    "proxyerror",
    "sslerror",
    "connection broken",
)
# "django.core.exceptions.ImproperlyConfigured: DEBUG must be …" reads better without its class.
EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*\.[A-Z]\w+: ")


def stop(sentence) -> None:
    """End with the sentence as the last thing that the reader sees from us."""
    sys.stdout.flush()
    sys.stderr.write("\n" + sentence + "\n")
    sys.exit(1)


def last_line(output) -> str:
    """Return the last line that says something, without the name of a Python exception before it."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("[notice]")]
    return EXCEPTION.sub("", lines[-1]) if lines else "it gave no reason"


def explain(doing, output, folder) -> str:
    """Return the sentence for a step that failed: `doing` names it, `output` is what it printed."""
    said = output.lower()
    quoted = "\n  (" + last_line(output) + ")"
    if any(words in said for words in FULL):
        free = shutil.disk_usage(str(folder)).free // 10**6
        return f"The disk is full while {doing}: {folder} has {free} MB free, about 500 are needed.{quoted}"
    if any(words in said for words in CLOSED):
        return f"{folder} cannot be written while {doing}: check its owner and its disk.{quoted}"
    if any(words in said for words in NETWORK):
        return f"The network failed while {doing}: check the connection and try again.{quoted}"
    return f"Something failed while {doing}: {last_line(output)}"


def quietly(command, **options) -> subprocess.CompletedProcess:
    """Run a command that neither prints nor waits for input; what it says is in `stdout`."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **options,
    )


def run_step(doing, command, folder, env=None) -> str:
    """Run a command quietly and return what it printed; where it fails, show its end and the sentence."""
    try:
        done = quietly(command, cwd=str(folder), env=env)
    except OSError as error:
        stop(explain(doing, str(error), folder))
    if done.returncode:
        sys.stderr.write("\n".join(done.stdout.splitlines()[-12:]) + "\n")
        stop(explain(doing, done.stdout, folder))
    return done.stdout
