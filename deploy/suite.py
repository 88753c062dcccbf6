"""`make test`: linters and Django's own checks, every test on SQLite, on PostgreSQL and in a browser.

Whatever fails, the rest still runs; the last lines say what ran, where, and what did not run and why.
With REQUIRE_ALL=1 (`.ci/run`) a part that could not run is a failure.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from prepare import PYTHON, ROOT, install, require_folder, require_python
from trouble import quietly

PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # what WeasyPrint needs of the system
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Report:
    """What ran, in order; it is printed at the end."""

    def __init__(self) -> None:
        self.lines = []
        self.failed = False

    def run(self, name, command, **env) -> None:
        """Run one part with its output on the console."""
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        done = subprocess.run(command, cwd=str(ROOT), env=dict(os.environ, **env), stdin=subprocess.DEVNULL)
        self._note(name, done.returncode, started)

    def _note(self, name, code, started) -> None:
        self.failed = self.failed or code != 0
        self.lines.append(f"{name}: {'FAILED' if code else 'passed'} ({time.monotonic() - started:.0f} s)")

    def run_together(self, parts) -> None:
        """Run (name, command, env) side by side, one a core; the output of each comes whole, in this order."""
        started = time.monotonic()
        with contextlib.ExitStack() as stack:
            running = []
            for name, command, env in parts:
                output = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
                where = {"cwd": str(ROOT), "env": dict(os.environ, **env), "stdin": subprocess.DEVNULL}
                process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **where)
                stack.callback(process.terminate)  # nothing of ours stays behind when we are stopped
                running.append((name, process, output))
            for name, process, output in running:
                code = process.wait()
                output.seek(0)
                print(f"\n== {name}\n{output.read()}", flush=True)
                self._note(name, code, started)

    def miss(self, name, why) -> None:
        """Write down a part that cannot run on this machine."""
        required = bool(os.environ.get("REQUIRE_ALL"))
        self.failed = self.failed or required
        self.lines.append(f"{name}: {'FAILED, ' if required else ''}not run, because {why}")


def find_browser() -> str:
    """Return the path of a Chromium, installing Debian's where we may; "" where there is none."""
    given = os.environ.get("CHROMIUM")
    if given:
        return shutil.which(given) or ""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests …", flush=True)
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        quietly(["apt-get", "update", "-qq"], env=env)
        quietly(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], env=env)
        found = shutil.which("chromium")
    return found or ""


def find_postgresql() -> "tuple[str, str, str]":
    """Return the address of a PostgreSQL, its version, and why there is none."""
    answer = quietly([str(PYTHON), "deploy/find_postgresql.py"], cwd=str(ROOT))
    said = answer.stdout.strip()
    return ("", "", said) if answer.returncode else (*said.split(), "")


def production() -> dict:
    """Return the variables of .env.example, with a key as the only thing filled in."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    variables = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return dict(variables, SECRET_KEY=secrets.token_urlsafe(50))


def check(report) -> None:
    """Run what needs no test database: style, migrations, the production configuration."""
    python, manage = [str(PYTHON), "-m"], [str(PYTHON), "manage.py"]
    report.run("Style", [*python, "ruff", "check", "."])
    report.run("Format", [*python, "ruff", "format", "--check", "."])
    with tempfile.TemporaryDirectory() as folder:
        env = dict(production(), VAR_DIR=folder, DATABASE_URL=f"sqlite:///{folder}/check.sqlite3")
        report.run("Migrations", [*manage, "makemigrations", "--check", "--dry-run"], **env)
    strict = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    report.run("Production settings", strict, **production())


def test(report, browser) -> None:
    """Run pytest on both databases side by side, first without a browser, then in it. What pages look like is looked
    at once: it does not depend on the database, and every page is asked for on both without a browser."""
    pytest = [str(PYTHON), "-m", "pytest", "-q", "-m"]
    databases = {"SQLite": f"sqlite:///{ROOT}/var/test.sqlite3"}
    url, version, why = find_postgresql()
    if url:
        databases[f"PostgreSQL {version} at {url.rpartition('@')[2]}"] = url
    report.run_together(
        (f"Tests on {name}", [*pytest, "not browser"], {"DATABASE_URL": address}) for name, address in databases.items()
    )
    if not url:
        report.miss("Tests on PostgreSQL", f"no server can be used ({why}); TEST_DATABASE_URL names one")
    if quietly([str(PYTHON), "-c", "import weasyprint"]).returncode:
        report.miss("Tests of printing", f"pango is not here: apt-get install {PANGO}")
    if not browser:
        report.miss("Browser tests", "no Chromium is here: apt-get install chromium, or set CHROMIUM")
        return
    report.run_together(
        (
            f"Browser tests ({browser}) on {name}",
            [*pytest, "browser and not looks" if place else "browser"],
            {"DATABASE_URL": address, "CHROMIUM": browser},
        )
        for place, (name, address) in enumerate(databases.items())
    )


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the part that runs ends with us
    require_folder(ROOT / "var")
    install("all")
    report = Report()
    check(report)
    test(report, find_browser())
    print("\nWhat ran:")
    print("\n".join(f"  {line}" for line in report.lines), flush=True)
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    require_python()
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped before all tests ran.")
