"""The two commands and the files around them: what they promise on a machine that is not as it should be."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from forum_portal.settings import env as environment

ROOT = Path(settings.BASE_DIR)
APPS = ("forum_portal", "meetings", "topics", "participants")
MAKE = shutil.which("make")
OLD_PYTHON = """#!/bin/sh
exec {python} -c '
import runpy, sys
sys.version_info = (3, 10, 9, "final", 0)
sys.argv = sys.argv[1:]
sys.path.insert(0, "deploy")
runpy.run_path(sys.argv[0], run_name="__main__")' "$@"
"""


@pytest.fixture
def project(tmp_path):
    """The files that the commands need before anything is installed."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The project as a clone holds it, with this run's libraries as its .venv; one for both tests of `make run`."""
    folder = tmp_path_factory.mktemp("make-run") / "clone"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stub(folder, name, text):
    """Put an executable of that name into a folder that stands for the machine's PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def run(command, folder, **variables):
    """Run a command with nothing of this test run's own environment but what a shell would have."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    done = subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


# -- requirements.txt and .env.example ---------------------------------------------------------------


def runtime_requirements():
    lines = (ROOT / "requirements.txt").read_text().split("# -- tests and linters only")[0].splitlines()
    return {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}


def imported_modules(file):
    """Return the top-level names that a file imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def test_every_runtime_import_is_in_the_runtime_part_of_the_requirements():
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    used = {name for file in files for name in imported_modules(file)}
    used |= {name.partition(".")[0] for name in [*settings.INSTALLED_APPS, *settings.MIDDLEWARE]}
    foreign = used - set(sys.stdlib_module_names) - set(APPS)
    distributions = packages_distributions()
    missing = {
        name for name in foreign if not runtime_requirements() & set(map(canonicalize_name, distributions[name]))
    }
    assert {"django", "environ", "whitenoise"} <= foreign
    assert missing == set()


def test_every_library_of_a_runtime_library_is_pinned_in_the_runtime_part_too():
    named = runtime_requirements()
    wanted = [Requirement(text) for name in named for text in requires(name) or []]
    needed = {canonicalize_name(one.name) for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})}
    assert needed - named == set()


def test_every_requirement_is_pinned_to_one_version():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    loose = [line for line in lines if line and not line.startswith("#") and "==" not in line]
    assert loose == []


def test_env_example_lists_exactly_the_variables_that_the_settings_read():
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = [line.partition("=")[0] for line in lines if "=" in line and not line.startswith("#")]
    assert sorted(listed) == sorted(environment.names)


# -- what is wrong with the machine, in one sentence ---------------------------------------------------


def test_a_python_that_is_too_old_is_told_from_a_newer_one_and_named(project, tmp_path):
    stub(tmp_path / "bin", "python3", OLD_PYTHON.format(python=sys.executable))
    for target in ("run", "test"):
        code, said = run([MAKE, target], project, PATH=str(tmp_path / "bin"))
        assert code == 2
        assert f"Python 3.11 or newer is needed, and {sys.executable} is 3.10.9: install a newer one." in said
        assert not (project / ".venv").exists()


def test_a_newer_python_beside_an_old_one_takes_over(project, tmp_path):
    stub(tmp_path / "bin", "python3", OLD_PYTHON.format(python=sys.executable))
    stub(tmp_path / "bin", "python3.12", "#!/bin/sh\necho newer Python runs: $*\n")
    assert run([MAKE, "run"], project, PATH=str(tmp_path / "bin")) == (0, "newer Python runs: deploy/run.py\n")


def test_a_machine_without_python_is_told_what_to_install(project):
    code, said = run([MAKE, "run", "PYTHON=no-python"], project)
    assert code == 2
    assert "Python 3.11 or newer is needed, and there is no no-python: install it" in said


@pytest.mark.parametrize("name", ["prepare.py", "trouble.py", "run.py", "suite.py"])
def test_an_old_python_can_read_the_scripts_that_tell_it_so(name):
    ast.parse((ROOT / "deploy" / name).read_text(), feature_version=(3, 7))


def test_a_python_without_venv_is_told_which_package_to_install(project, tmp_path, free_port):
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    (stubs / "venv.py").write_text("raise SystemExit('it failed, because ensurepip is not available')")
    code, said = run([MAKE, "run"], project, PYTHONPATH=str(stubs), PORT=str(free_port))
    assert code == 2
    assert "Python has no venv module here: install it (on Debian: apt-get install python3-venv)." in said
    assert not (project / ".venv").exists()


def test_a_taken_port_is_named_together_with_the_way_to_another(project):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = run([MAKE, "run", f"PORT={port}"], project)
    assert code == 2
    assert f"Port {port} is taken by another program: choose another, as in make run PORT={port + 1}." in said


def test_a_port_that_is_no_number_is_refused(project):
    code, said = run([MAKE, "run", "PORT=osiem"], project)
    assert code == 2
    assert "PORT must be a number from 1 to 65535, not 'osiem': try make run PORT=8001." in said


def test_a_full_disk_is_named(project, free_port):
    (project / "var").mkdir()
    (project / "var" / ".can-write").symlink_to("/dev/full")
    code, said = run([MAKE, "run", f"PORT={free_port}"], project)
    assert code == 2
    assert f"The disk is full while starting: {project}/var has" in said


def test_a_folder_that_cannot_be_written_is_named(project, free_port):
    code, said = run([MAKE, "run", f"PORT={free_port}"], project, VAR_DIR="/sys/forum")
    assert code == 2
    assert "/sys/forum cannot be written while starting: check its owner and its disk." in said


def test_a_network_that_fails_is_told_with_the_last_words_of_pip(project, free_port):
    dead = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    code, said = run([MAKE, "run", f"PORT={free_port}"], project, **dead)
    assert code == 2
    assert "The network failed while pip installed requirements.txt: check the connection and try again." in said
    assert "(ERROR: No matching distribution found for" in said


def test_pip_runs_again_only_when_its_part_of_the_requirements_changes(project):
    install = [sys.executable, "deploy/prepare.py", "runtime"]
    requirements = project / "requirements.txt"
    requirements.write_text("# runtime\n# -- tests and linters only\n# none\n")
    assert "Installing requirements.txt" in run(install, project)[1]
    assert run(install, project) == (0, "")
    requirements.write_text("# runtime\n# -- tests and linters only\n# another\n")
    assert run(install, project) == (0, "")
    requirements.write_text("# runtime changed\n# -- tests and linters only\n")
    assert "Installing requirements.txt" in run(install, project)[1]


# -- make run ---------------------------------------------------------------------------------------------


@pytest.fixture
def make_run(clone, free_port):
    """`make_run()` starts it and returns once the addresses are printed; after the test it is ended."""
    started = []

    def start():
        env = {"PATH": os.environ["PATH"], "HOME": str(clone), "PORT": str(free_port)}
        with (clone / "console").open("w") as console:
            process = subprocess.Popen([MAKE, "run"], cwd=clone, env=env, stdout=console, stderr=console)
        started.append(process)
        return process, wait_for_line(clone, process, "Ctrl-C ends everything")

    yield start
    for process in reversed(started):
        stop(process, clone)


def wait_for_line(clone, process, words):
    """Return what is on the console once these words are."""
    deadline = time.monotonic() + 180
    while process.poll() is None and time.monotonic() < deadline:
        said = (clone / "console").read_text()
        if words in said:
            return said
        time.sleep(0.1)
    raise AssertionError(f"{words!r} was not printed: {(clone / 'console').read_text()}")


def read(port, address):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=10) as answer:
        return answer.read().decode()


def processes_of(clone):
    """Return the command lines of all living processes that work in that folder."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cwd").readlink() == clone:
                yield (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it ended meanwhile, or is somebody else's


def stop(process, clone):
    """End `make run` as a supervisor does, and return what still runs ten seconds later at most."""
    process.terminate()
    process.wait(timeout=30)
    deadline = time.monotonic() + 10
    while (left := list(processes_of(clone))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def test_make_run_serves_the_real_meeting_with_letters_on_the_console_and_ends_wholly(make_run, clone, free_port):
    process, said = make_run()
    assert f"http://127.0.0.1:{free_port}/panel/" in said
    assert "manage.py add_staff EMAIL --role redakcja" in said
    assert "29 maja 2017" in read(free_port, "/spotkania/2017/bezpieczenstwo-na-osiedlach-mieszkaniowych/")
    code, _ = run([clone / ".venv" / "bin" / "python", "manage.py", "sendtestemail", "hanna@example.org"], clone)
    assert code == 0
    assert "\nTo: hanna@example.org\n" in wait_for_line(clone, process, "hanna@example.org")
    assert len(list(processes_of(clone))) >= 4  # make, this script, gunicorn, the worker
    assert stop(process, clone) == []


def test_a_second_make_run_takes_seconds_and_keeps_database_and_key(make_run, clone):
    stop(make_run()[0], clone)
    before = (clone / ".env").read_text(), (clone / "var" / "forum.sqlite3").stat().st_ino
    started = time.monotonic()
    _, said = make_run()
    assert time.monotonic() - started < 30  # 3 s on an idle machine
    assert "Installing" not in said
    assert "Compressing" not in said
    assert ((clone / ".env").read_text(), (clone / "var" / "forum.sqlite3").stat().st_ino) == before
    assert (clone / ".env").stat().st_mode & 0o777 == 0o600


# -- make test, .ci/run, production --------------------------------------------------------------------------


def test_a_part_of_the_tests_that_cannot_run_is_said_and_fails_where_all_are_required():
    report = "import suite; report = suite.Report(); report.miss('Browser tests', 'no Chromium is here'); "
    command = [sys.executable, "-c", report + "print(report.lines, report.failed)"]
    said = "Browser tests: {}not run, because no Chromium is here"
    assert run(command, ROOT / "deploy") == (0, f"{[said.format('')]} False\n")
    assert run(command, ROOT / "deploy", REQUIRE_ALL="1") == (0, f"{[said.format('FAILED, ')]} True\n")


def test_parts_run_side_by_side_are_told_apart_and_one_failure_counts():
    words = (
        "import time; time.sleep(0.2); print('{0} begins'); time.sleep(0.2); print('{0} ends'); raise SystemExit({1})"
    )
    parts = [(name, [sys.executable, "-c", words.format(name, code)], {}) for name, code in (("one", 0), ("two", 3))]
    script = (
        f"import suite; report = suite.Report(); report.run_together({parts!r}); print(report.lines, report.failed)"
    )
    code, said = run([sys.executable, "-c", script], ROOT / "deploy")
    assert code == 0
    assert "== one\none begins\none ends\n" in said
    assert "== two\ntwo begins\ntwo ends\n" in said
    assert re.search(r"\['one: passed \(\d s\)', 'two: FAILED \(\d s\)'\] True", said)


def test_a_postgresql_that_does_not_answer_is_told_with_its_reason(free_port):
    url = f"postgres://forum@127.0.0.1:{free_port}/forum"
    code, said = run([sys.executable, "deploy/find_postgresql.py"], ROOT, TEST_DATABASE_URL=url)
    assert code == 1
    assert "Connection refused" in said


def test_make_help_lists_every_command():
    code, said = run([MAKE], ROOT)
    assert code == 0
    for target in ("run", "test", "staff", "example", "messages", "format", "bench"):
        assert f"  make {target} " in said


def test_ci_run_is_a_script_that_bash_can_read():
    assert run(["bash", "-n", ".ci/run"], ROOT) == (0, "")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_access_log_names_the_request_and_nobody(tmp_path, free_port):
    (tmp_path / "small.py").write_text(
        "def application(environ, start):\n"
        "    start('200 OK', [('X-Request-ID', 'id-of-the-request'), ('Content-Length', '2')])\n"
        "    return [b'ok']\n"
    )
    command = [sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py", "small"]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{free_port}", "--workers", "1"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        next(line for line in server.stderr if "Booting worker" in line)
        read(free_port, "/konto/haslo/nowe/4-secret-key/?q=pytanie")
        read(free_port, "/konto/potwierdz/secret-key/")
        read(free_port, "/konto/zostaje/7.secret-key/")
        read(free_port, "/konto/bezpieczenstwo/adres/old/7.secret-key/")
        read(free_port, "/konto/wypisz/7.secret-key/")
        read(free_port, "/konto/obserwowane/7-topic-1.secret-key/")
        read(free_port, "/decyzje/7.secret-key/")
        read(free_port, "/decyzje/komentarz/7/")
        read(free_port, "/spotkania/protokol/7.secret-key/")
        read(free_port, "/spotkania/pytanie/secret-key/")
        read(free_port, "/spotkania/zapis/7.secret-key/")
        read(free_port, "/spotkania/2026/zima/zapis/")
        read(free_port, "/obietnice/lepiej/secret-key/")
        read(free_port, "/pytania/7/cisza/secret-key/")
        read(free_port, "/tematy/%0Awiersz/")
    finally:
        server.terminate()
        log, _ = server.communicate(timeout=30)
    lines = [line.partition("] ")[2].rpartition(" ") for line in log.splitlines()]
    # Two threads answer, so the order of the lines is theirs.
    assert sorted(before.rpartition(" ")[0] for before, _, _ in lines) == [
        "GET /decyzje/komentarz/7/ 200 2",
        "GET /decyzje/… 200 2",
        "GET /konto/bezpieczenstwo/adres/… 200 2",
        "GET /konto/haslo/nowe/… 200 2",
        "GET /konto/obserwowane/… 200 2",
        "GET /konto/potwierdz/… 200 2",
        "GET /konto/wypisz/… 200 2",
        "GET /konto/zostaje/… 200 2",
        "GET /obietnice/lepiej/… 200 2",
        "GET /pytania/7/cisza/… 200 2",
        "GET /spotkania/2026/zima/zapis/ 200 2",
        "GET /spotkania/protokol/… 200 2",
        "GET /spotkania/pytanie/… 200 2",
        "GET /spotkania/zapis/… 200 2",
        "GET /tematy/%0Awiersz/ 200 2",
    ]
    assert {after for _, _, after in lines} == {"id-of-the-request"}
