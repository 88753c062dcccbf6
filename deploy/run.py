"""`make run`: from a fresh clone to a working site on this machine, on SQLite, with letters on the console.

Each step is skipped or quick where its work is done, so a second start takes seconds; the database, the files
and .env are kept. The web server and the worker are children of this process, and end with it.
"""

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from prepare import PYTHON, ROOT, install, require_folder, require_python
from trouble import explain, run_step, stop

HOST = "127.0.0.1"
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
BANNER = """
  The site            http://{host}:{port}/
  The admin           http://{host}:{port}/panel/
  A staff account     .venv/bin/python manage.py add_staff EMAIL --role redakcja
  Example content     .venv/bin/python manage.py load_example     (and remove_example)
  Letters are printed here. Ctrl-C ends everything.
"""


def read_port() -> int:
    """Return the port of `make run PORT=…`, once it is known to be free."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        stop(f"PORT must be a number from 1 to 65535, not {text!r}: try make run PORT=8001.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            stop(f"Port {port} is for the administrator only: choose another, as in make run PORT=8001.")
        except OSError:
            stop(f"Port {port} is taken by another program: choose another, as in make run PORT={port + 1}.")
    return port


def keep_secret_key() -> None:
    """Write .env with a key of this machine's own, once: sessions outlive a restart."""
    file = ROOT / ".env"
    if file.exists() or os.environ.get("SECRET_KEY"):
        return
    text = "# Written by the first `make run`, for this machine only. .env.example explains every variable.\n"
    descriptor = os.open(str(file), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text + f"SECRET_KEY={secrets.token_urlsafe(50)}\n")


def environment(port) -> dict:
    """Return what a plain-HTTP site on one's own machine needs; the rest comes from .env or the shell."""
    local = {"HTTPS": "no", "SITE_URL": f"http://{HOST}:{port}", "PYTHONUNBUFFERED": "1"}
    return dict(os.environ, **local)


def static_fingerprint() -> str:
    """Return a digest that changes when any static file, or any library that brings some, does."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    folders = [ROOT / "static", *ROOT.glob("*/static")]
    for folder in sorted(folder for folder in folders if folder.parent != VAR):
        for file in sorted(folder.rglob("*")):
            facts = file.stat()
            digest.update(f"{file.relative_to(ROOT)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static(env) -> None:
    """Hash and compress the static files into var/static, when they changed."""
    fingerprint, stamp = static_fingerprint(), VAR / "static.stamp"
    if (VAR / "static").is_dir() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    print("Compressing the static files …", flush=True)
    manage(env, "compressing the static files", "collectstatic", "--noinput", "--clear")
    stamp.write_text(fingerprint)


def manage(env, doing, *arguments) -> None:
    run_step(doing, [str(PYTHON), "manage.py", *arguments], ROOT, env)


def build(env) -> None:
    """Bring database, static files and the real meeting up to date, in this order."""
    print("Preparing the database …", flush=True)
    manage(env, "preparing the database", "migrate", "--noinput")
    manage(env, "preparing the cache", "createcachetable")
    collect_static(env)
    manage(env, "loading the meeting of 29 May 2017", "load_founding_meeting")


def serve(env, port) -> None:
    """Run the web server and the worker until we are told to stop or one of them ends; then end both."""
    gunicorn = "gunicorn forum_portal.wsgi -k gthread --no-control-socket --workers 2 --threads 4"
    quiet = f"--bind {HOST}:{port} --graceful-timeout 5 --log-level warning"
    programs = {
        "web server": [str(PYTHON), "-m", *gunicorn.split(), *quiet.split()],
        "worker": [str(PYTHON), "manage.py", "work"],
    }
    running = {}
    try:
        for name, command in programs.items():
            running[name] = subprocess.Popen(command, cwd=str(ROOT), env=env, stdin=subprocess.DEVNULL)
        wait_for_answer(port, running)
        if not ended(running):
            print(BANNER.format(host=HOST, port=port), flush=True)
        while not ended(running):
            time.sleep(0.3)
        guilty = " and the ".join(ended(running))
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
        return
    finally:
        end(running)
    stop(f"The {guilty} stopped by itself, so everything was stopped: its reason is above.")


def ended(running) -> list:
    return [name for name, process in running.items() if process.poll() is not None]


def wait_for_answer(port, running) -> None:
    """Wait, at most 30 s, until the site answers; where something ended instead, the caller says so."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not ended(running):
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/zdrowie/zyje/", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)


def end(running) -> None:
    """End the children, even those that do not listen: nothing of ours stays behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in running.values():
        process.terminate()
    for process in running.values():
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    port = read_port()
    require_folder(VAR)
    install("runtime")
    try:
        keep_secret_key()
        env = environment(port)
        build(env)
    except OSError as error:
        stop(explain("preparing the site", str(error), ROOT))
    serve(env, port)


if __name__ == "__main__":
    require_python()
    try:
        main()
    except KeyboardInterrupt:
        stop("Stopped before the site was ready. Nothing is lost: the next make run goes on from here.")
