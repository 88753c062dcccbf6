"""The settings of the site, with what only tests need: a key, fast hashing, letters kept in the outbox."""

import os

os.environ.setdefault("SECRET_KEY", "tests-have-no-secrets")
os.environ.setdefault("HTTPS", "no")

from forum_portal.settings import *
from forum_portal.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "exports": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the server of the browser tests has no TLS
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # serves static/ as it is, without collectstatic
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# A file, not memory: threads and processes of the tests share it as they share a real database.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "var" / f"test-{os.getpid()}.sqlite3"}
