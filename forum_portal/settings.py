"""The one settings module. What differs between machines comes from the environment (.env.example lists it)."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from forum_portal.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR / ".env")

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", default="only-for-debug" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: write it in the environment or in .env.")
# Keys of before: what they have signed and locked can still be read (docs/operations.md).
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default=[])
VAR_DIR = Path(env.text("VAR_DIR", default=str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "forum_portal",
    "meetings",
    "topics",
    "participants",
    "forum_portal.panel_config.PanelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_prose_editor",
]

MIDDLEWARE = [
    "forum_portal.middleware.RequestIdMiddleware",
    "forum_portal.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "forum_portal.middleware.RequestGuardMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "forum_portal.middleware.InterfaceLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "participants.middleware.LastSeenMiddleware",
    "participants.middleware.FormerAddressMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "forum_portal.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "forum_portal.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "forum_portal.templatetags.frame",
            ],
        },
    }
]

# -- Database -----------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'forum.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # One writer at a time, queued up to 20 s; readers never wait. docs/adr/0003 weighs `synchronous`.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5, **DATABASES["default"].get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in limits are counted here, so the cache is shared by all workers: the database, or Redis.
CACHES = {"default": env.cache("CACHE_URL", default="dbcache://forum_cache")}
CACHES["default"]["max_entries"] = 50_000  # the default of 300 would forget limits while somebody guesses

# -- Accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "participants.Resident"
# A ModelBackend with e-mail addresses. Both of them would hash each wrong password twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# NIST SP 800-63B: length and a list of common passwords, no rules of composition.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "participants.passwords.CommonInPolandValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "signature"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "participants.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "participants.accounts.signature_of"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "participants.account_forms.SignupForm",
    "login": "participants.account_forms.LoginForm",
    "reset_password": "participants.account_forms.ResetPasswordForm",
    "reset_password_from_key": "participants.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "participants.account_forms.ReauthenticateForm",
    "change_password": "participants.security_forms.ChangePasswordForm",
    "set_password": "participants.security_forms.SetPasswordForm",
    "request_login_code": "participants.account_forms.RequestLoginCodeForm",
    "confirm_login_code": "participants.account_forms.CodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser of the sign-up only, for as long as ACCOUNT_LOGIN_TIMEOUT
ACCOUNT_LOGIN_TIMEOUT = 60 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5  # of about 2 ** 34 codes
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
# "ip" counts a visitor's address, "key" an e-mail address, with or without an account. A hall full of residents
# may share one address of a network. 15 minutes is what 429.html says.
ACCOUNT_RATE_LIMITS = {
    "login": "150/15m/ip",
    "login_failed": "60/15m/ip,10/15m/key",
    "signup": "60/15m/ip",
    "confirm_email": "4/15m/key",  # beyond it the page looks the same and no letter goes out
    "reset_password": "60/15m/ip,4/15m/key",
    "reset_password_from_key": "60/15m/ip",
    "reauthenticate": "30/15m/user",
    "change_password": "10/15m/user",
    "request_login_code": "60/15m/ip,4/15m/key",
}
# -- Second factor and passkeys; docs/adr/0026
MFA_ADAPTER = "participants.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute wrong
MFA_RATE_LIMITS = {"webauthn_login": "60/15m/ip"}
MFA_FORMS = {
    "authenticate": "participants.security_forms.SecondFactorForm",
    "reauthenticate": "participants.security_forms.SecondFactorAgainForm",
    "activate_totp": "participants.security_forms.ActivateAppForm",
    "add_webauthn": "participants.security_forms.AddPasskeyForm",
    "login_webauthn": "participants.security_forms.PasskeyForm",
    "reauthenticate_webauthn": "participants.security_forms.PasskeyAgainForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=0)

# -- Letters ------------------------------------------------------------------------------------
# Whatever is sent goes through the outbox, in the transaction of its cause; the worker delivers it by EMAIL_URL.
_mail = env.mail("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = "participants.outbox.OutboxBackend"
DELIVERY_BACKEND = {
    "django.core.mail.backends.console.EmailBackend": "participants.outbox.ConsoleBackend",
    "django.core.mail.backends.smtp.EmailBackend": "participants.mail_server.MailServerBackend",
}.get(_mail["EMAIL_BACKEND"], _mail["EMAIL_BACKEND"])
EMAIL_HOST = _mail["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="Forum ku bezpieczeństwu <forum@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# -- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", "Polski"), ("en", "English"), ("uk", "Українська")]
LOCALE_PATHS = [BASE_DIR / "forum_portal" / "locale"]
FORMAT_MODULE_PATH = ["forum_portal.formats"]
TIME_ZONE = "Europe/Warsaw"
USE_TZ = True

# -- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Copies of people's data, for their owners alone: never under MEDIA_ROOT.
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "exports"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
MAX_UPLOAD_BYTES = 10 * 1024 * 1024  # one file
MAX_REQUEST_BYTES = 25 * 1024 * 1024  # one request, with its files
MAX_IMAGE_PIXELS = 40_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a meeting with a hundred guests
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# -- Security -----------------------------------------------------------------------------------
HTTPS = env.flag("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^zdrowie/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "sesja"
MESSAGE_STORAGE = "forum_portal.notices.SessionUntilShown"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "jezyk"
LANGUAGE_COOKIE_AGE = 31_536_000
CSRF_FAILURE_VIEW = "forum_portal.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# Django 6 has this setting and the middleware behind it; until then forum_portal.middleware reads it.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}

# -- Logs: one line an event, with the request's id, without personal data ---------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "forum_portal.logging.RequestIdFilter"},
        "keys": {"()": "forum_portal.logging.KeyFilter"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {request_id} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["request_id", "keys"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Scanners ask for any host; the answer is 400, and nobody needs a traceback of it.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Printing tells each of its steps.
        "fontTools": {"level": "WARNING"},
        "weasyprint.progress": {"level": "WARNING"},
    },
}

# -- The forum itself -----------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
SITE_URL = env.text("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# What the office has not given stays empty and is left out of the page: nothing here is invented. The information
# clause and the accessibility statement begin with it, and are filled in in the panel (participants.models.office).
FORUM = {
    "name": _("Forum for Safety"),
    "owner": env.text("FORUM_OWNER", default="Komenda Miejska Policji w Piotrkowie Trybunalskim"),
    "controller": env.text("FORUM_CONTROLLER", default="Komendant Miejski Policji w Piotrkowie Trybunalskim"),
    "town_in": env.text("FORUM_TOWN_IN", default="w\xa0Piotrkowie Trybunalskim"),
    "town": env.text("FORUM_TOWN", default="Piotrków Trybunalski"),
    "address": env.text("FORUM_ADDRESS", default=""),
    "email": env.text("FORUM_EMAIL", default=""),
    "phone": env.text("FORUM_PHONE", default=""),
    # What the forms promise: hours until a moderator has read what waits, working days until a question is answered.
    "read_within": env.number("FORUM_READ_WITHIN_HOURS", default=24),
    "answer_within": env.number("FORUM_ANSWER_WITHIN_DAYS", default=3),
}
