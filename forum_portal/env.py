"""Typed reading of the environment: a wrong value stops the start and names its variable."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

REQUIRED = object()
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
DATABASE_ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}


class Environment:
    """django-environ with one promise more: every failure says which variable is wrong, and why.

    `names` collects each variable that was asked for; a test compares it with `.env.example`.
    """

    def __init__(self, env_file: Path) -> None:
        self._env = environ.Env()
        self.names: set[str] = set()
        if env_file.is_file():
            self._env.read_env(env_file)

    def text(self, name: str, default: Any = REQUIRED) -> str:
        return self._read("str", name, default)

    def flag(self, name: str, default: Any = REQUIRED) -> bool:
        value = self.text(name, default)
        if isinstance(value, bool):
            return value
        word = value.strip().lower()
        if word not in YES | NO:
            raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
        return word in YES

    def number(self, name: str, default: Any = REQUIRED) -> int:
        return self._read("int", name, default)

    def words(self, name: str, default: Any = REQUIRED) -> list[str]:
        return self._read("list", name, default)

    def database(self, name: str, default: str) -> dict[str, Any]:
        address = self._read("db_url", name, default)
        if address.get("ENGINE") not in DATABASE_ENGINES:
            raise ImproperlyConfigured(f"{name} must begin with sqlite:// or postgres://.")
        return address

    def cache(self, name: str, default: str) -> dict[str, Any]:
        return self._read("cache_url", name, default)

    def mail(self, name: str, default: str) -> dict[str, Any]:
        return self._read("email_url", name, default)

    def _read(self, kind: str, name: str, default: Any) -> Any:
        self.names.add(name)
        options = {} if default is REQUIRED else {"default": default}
        try:
            return getattr(self._env, kind)(name, **options)
        except environ.ImproperlyConfigured:
            raise ImproperlyConfigured(f"{name} is not set: write it in the environment or in .env.") from None
        except (ValueError, KeyError, TypeError) as error:
            raise ImproperlyConfigured(f"{name} cannot be read: {error}.") from error
