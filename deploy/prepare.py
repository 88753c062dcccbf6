"""Make .venv and bring it up to date with requirements.txt, or say in one sentence why that cannot be done.

    python3 deploy/prepare.py runtime     what the site needs
    python3 deploy/prepare.py all         the tests and linters as well

Whatever ``python3`` is on the machine reads this file, so only the standard library, and syntax of
Python 3.6: an old Python must be able to say that it is too old.
"""

import os
import shutil
import sys
from pathlib import Path

from trouble import explain, quietly, run_step, stop

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
MARKER = "# -- tests and linters only"


def require_python() -> None:
    """Go on with a newer Python where this one is too old and the machine has one; else say so."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, *sys.argv])
    found = ".".join(str(part) for part in sys.version_info[:3])
    stop(f"Python 3.11 or newer is needed, and {sys.executable} is {found}: install a newer one.")


def require_folder(folder) -> None:
    """Make sure that we can write there: the first run writes .venv, .env and var/."""
    probe = folder / ".can-write"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            probe.write_bytes(b"x" * 4096)
        finally:
            probe.unlink()
    except OSError as error:
        stop(explain("starting", str(error), folder))


def wanted(part) -> str:
    """Return the lines of requirements.txt to install: those above the marker, or all."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return text if part == "all" else text.split(MARKER)[0]


def make_venv() -> None:
    """Make .venv where there is none, or where the one there is broken, half made, or of an old Python."""
    probe = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    if PYTHON.exists() and quietly([str(PYTHON), "-c", probe]).returncode == 0:
        return
    done = quietly([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if done.returncode == 0:
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    if "ensurepip" in done.stdout or "No module named venv" in done.stdout:
        stop("Python has no venv module here: install it (on Debian: apt-get install python3-venv).")
    stop(explain("making .venv", done.stdout, ROOT))


def install(part) -> None:
    """Install `part` of requirements.txt; where the same lines are in already, only read a file."""
    installed = VENV / "requirements.installed"
    lines = wanted(part)
    if installed.exists() and installed.read_text(encoding="utf-8").startswith(lines) and PYTHON.exists():
        return
    require_folder(ROOT)
    print("Installing requirements.txt into .venv (half a minute or more the first time) …", flush=True)
    make_venv()
    waiting = VENV / "requirements.wanted"
    try:
        waiting.write_text(lines, encoding="utf-8")
    except OSError as error:
        stop(explain("making .venv", str(error), ROOT))
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    run_step("pip installed requirements.txt", pip + ["--requirement", str(waiting)], ROOT)  # noqa: RUF005
    waiting.replace(installed)


if __name__ == "__main__":
    require_python()
    install(sys.argv[1] if len(sys.argv) > 1 else "runtime")
