"""Settings read from the environment: what is wrong is said at once, by the variable's name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from forum_portal.env import Environment
from participants.models import Rank
from participants.roles import PERMISSIONS

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "x7" * 32 + "-_!q",
    "ALLOWED_HOSTS": "forum.example.pl",
    "CSRF_TRUSTED_ORIGINS": "https://forum.example.pl",
    "DATABASE_URL": "postgres://forum:secret@127.0.0.1/forum",
    "SITE_URL": "https://forum.example.pl",
    "EMAIL_URL": "smtp+tls://forum:secret@mail.example.pl:587",
    "TRUSTED_PROXY_COUNT": "1",
}


def manage(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """manage.py as an operator runs it: with these variables and none of ours."""
    base = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "forum_portal.settings"}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=base | env, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("read", "value"), [("number", "many"), ("flag", "perhaps"), ("database", "oracle-or-so://x"), ("number", "")]
)
def test_wrong_value_names_its_variable(read: str, value: str, monkeypatch, tmp_path):
    monkeypatch.setenv("THE_VARIABLE", value)
    with pytest.raises(ImproperlyConfigured, match="THE_VARIABLE"):
        getattr(Environment(tmp_path / ".env"), read)("THE_VARIABLE", default="1")


def test_missing_value_without_a_default_names_its_variable(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="NOT_THERE"):
        Environment(tmp_path / ".env").text("NOT_THERE")


def test_env_file_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("FROM_FILE_ONLY=1\nFROM_BOTH=file\n")
    monkeypatch.setenv("FROM_BOTH", "environment")
    monkeypatch.delenv("FROM_FILE_ONLY", raising=False)
    env = Environment(tmp_path / ".env")
    assert (env.number("FROM_FILE_ONLY"), env.text("FROM_BOTH")) == (1, "environment")
    monkeypatch.delenv("FROM_FILE_ONLY", raising=False)


@pytest.mark.parametrize("command", ["check", "migrate", "makemigrations"])
def test_site_does_not_start_without_a_secret(command: str):
    started = manage(command, SECRET_KEY="")
    assert started.returncode != 0
    assert "SECRET_KEY" in started.stderr


def test_production_configuration_passes_every_deployment_check():
    checked = manage("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_options_of_the_database_address_are_kept():
    show = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    address = PRODUCTION["DATABASE_URL"] + "?sslmode=verify-full"
    shown = manage("shell", "-v", "0", "-c", show, **PRODUCTION | {"DATABASE_URL": address})
    assert shown.stdout.strip() == "{'connect_timeout': 5, 'sslmode': 'verify-full'}", shown.stderr


def test_models_and_migrations_agree(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrated_database_has_ranks_and_roles(db, django_user_model):
    assert Rank.objects.order_by("seniority").first().abbreviation == "gen. insp."
    assert Rank.objects.count() == 17
    for role, models in PERMISSIONS.items():
        wanted = {f"{m.split('.')[0]}.{act}_{m.split('.')[1]}" for m, acts in models.items() for act in acts}
        member = django_user_model.objects.create_user(f"{role}@poczta.example", signature=role)
        member.groups.add(member.groups.model.objects.get(name=role))
        assert member.get_group_permissions() == wanted


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks for SQLite's own switches")
def test_sqlite_is_durable_and_holds_foreign_keys(db):
    with connection.cursor() as cursor:
        values = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert values == ["wal", 2, 1]
