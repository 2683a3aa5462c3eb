"""Settings, read top to bottom. Every OPSLOOP_* variable has a default that suits one machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pysqlite3
from csp.constants import NONE, SELF
from environs import Env

from opsloop.config import secret

# The system's SQLite may carry the WAL-reset corruption bug (docs/adr/0002); ours comes with its wheel.
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

env = Env()
TESTING = "pytest" in sys.modules

# ── The installation ──────────────────────────────────────────────────────────────────────────────
PACKAGE = Path(__file__).resolve().parent.parent
OPSLOOP_HOME = Path(env.str("OPSLOOP_HOME", "~/.opsloop")).expanduser()
DEBUG = env.bool("OPSLOOP_DEBUG", False)
# Shows /style/ and other pages for those who build Opsloop.
OPSLOOP_DEVELOPER = env.bool("OPSLOOP_DEVELOPER", DEBUG)
# True when the site is reached by https: secure cookies, HSTS.
HTTPS = env.bool("OPSLOOP_HTTPS", False)
SECRET_KEY = env.str("OPSLOOP_SECRET_KEY", "") or (
    "insecure-key-for-tests-only" if TESTING else secret.read_or_create(OPSLOOP_HOME)
)
# A sample installation runs on a clock of its own (web/clock.py); `opsloop demo` leaves its start here.
OPSLOOP_CLOCK_FILE = None if TESTING else OPSLOOP_HOME / "clock"
ALLOWED_HOSTS = env.list("OPSLOOP_HOSTS", ["*"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("OPSLOOP_ORIGINS", [])
# How many proxies of ours stand in front; only then is X-Forwarded-For believed (R26).
TRUSTED_PROXIES = env.int("OPSLOOP_TRUSTED_PROXIES", 0)

# ── Applications: the stack of packages, top first ────────────────────────────────────────────────
INSTALLED_APPS = [
    "opsloop.config",
    "opsloop.desk",
    "opsloop.sample",
    "opsloop.dashboards",
    "opsloop.reports",
    "opsloop.reviews",
    "opsloop.exchange",
    "opsloop.team",
    "opsloop.progress",
    "opsloop.rituals",
    "opsloop.boards",
    "opsloop.portfolio",
    "opsloop.playbooks",
    "opsloop.planning",
    "opsloop.calendars",
    "opsloop.timekeeping",
    "opsloop.knowledge",
    "opsloop.notices",
    "opsloop.collaboration",
    "opsloop.meetings",
    "opsloop.channels",
    "opsloop.inbox",
    "opsloop.discussion",
    "opsloop.work",
    "opsloop.goals",
    "opsloop.organisation",
    "opsloop.activity",
    "opsloop.background",
    "opsloop.search",
    "opsloop.web",
    "opsloop.records",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "template_partials",
    "csp",
]
MIDDLEWARE = [
    "opsloop.web.middleware.RequestMiddleware",
    "opsloop.web.middleware.CompressionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "opsloop.organisation.middleware.SessionMiddleware",
    "opsloop.web.middleware.PersonMiddleware",
    "opsloop.organisation.middleware.SetUpMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opsloop.web.middleware.StorableMiddleware",
]
ROOT_URLCONF = "opsloop.config.urls"
ASGI_APPLICATION = "opsloop.config.asgi.application"
# The one table of what follows from what: reactions, undo verbs, jobs.
OPSLOOP_REACTIONS = "opsloop.config.reactions"
# The entries of the left rail, which only the top of the stack can know.
OPSLOOP_FRAME = "opsloop.config.frame"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", ["opsloop.web.compiling.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opsloop.web.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "opsloop.web.templatetags.web",
                "opsloop.web.templatetags.quick",
                "opsloop.web.templatetags.charts",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
FORM_RENDERER = "opsloop.web.forms.Renderer"

# ── Databases: SQLite for one machine, PostgreSQL for teams ───────────────────────────────────────
DATABASE_URL = env.str("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
    # A pool instead of persistent connections: those exhaust the server under ASGI.
    if not TESTING:
        DATABASES["default"]["OPTIONS"] = {
            "pool": {"min_size": 1, "max_size": env.int("OPSLOOP_POOL", 8), "timeout": 5}
        }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    DATABASES = {
        "default": {
            # Django's own, whose connections a server keeps between two requests (docs/adr/0035). Tests in one process
            # have a database in memory, which pytest-django makes for Django's own alone.
            "ENGINE": "django.db.backends.sqlite3" if TESTING else "opsloop.records.sqlite",
            "NAME": str(OPSLOOP_HOME / "opsloop.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                # Seconds to wait for the one writer; then the edge answers 503 (reliability.md, R4).
                "timeout": 15,
                # FULL: with NORMAL a power cut may take back an acknowledged commit (reliability.md §1).
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                    "PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    }
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache"
        if TESTING
        else "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "opsloop_cache",
    }
}
# Work in the background: rows written in the transaction that causes them, done by workers (docs/adr/0027).
TASKS = {"default": {"BACKEND": "opsloop.background.backend.QueueBackend", "QUEUES": []}}

# ── Accounts (ASVS 5.0 V6, V7) ────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "organisation.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "opsloop.organisation.passwords.OrganisationWordValidator"},
    {"NAME": "opsloop.organisation.passwords.LengthAdvice"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_ADAPTER = "opsloop.organisation.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/5m/ip,10/5m/key",
    "second_factor": "5/5m/key",
    "reset_password": "20/d/ip,5/d/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/5m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# WebAuthn refuses plain http except on localhost in a developer's own browser.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Opsloop"
MFA_ADAPTER = "opsloop.organisation.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "opsloop.organisation.forms.factors.AuthenticateForm",
    "reauthenticate": "opsloop.organisation.forms.factors.ReauthenticateForm",
    "activate_totp": "opsloop.organisation.forms.factors.ActivateTOTPForm",
}
# Addresses are entered by those who invite; many installations send no mail at all.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Our own SessionMiddleware notes activity every few minutes; allauth would write at every click.
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = env.int("OPSLOOP_SESSION_SECONDS", 7 * 24 * 3600)
OPSLOOP_IDLE_SECONDS = env.int("OPSLOOP_IDLE_SECONDS", 8 * 3600)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# ── HTTP edge ─────────────────────────────────────────────────────────────────────────────────────
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "opsloop_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "opsloop_csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "opsloop.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [NONE],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A key result of an active goal that nobody has checked in for longer counts as a gap.
OPSLOOP_STALE_CHECK_IN_DAYS = env.int("OPSLOOP_STALE_CHECK_IN_DAYS", 14)
# Networks of one's own ("10.1.0.0/16") that outside calendars may be fetched from; the public internet always.
OPSLOOP_OUTBOUND_ALLOW: list[str] = env.list("OPSLOOP_OUTBOUND_ALLOW", [])
# The largest table file that may be imported, in bytes.
OPSLOOP_MAX_IMPORT_BYTES = env.int("OPSLOOP_MAX_IMPORT_BYTES", 20 * 1024 * 1024)
# The largest single file that may be attached to a task, project or goal, in bytes.
OPSLOOP_MAX_UPLOAD_BYTES = env.int("OPSLOOP_MAX_UPLOAD_BYTES", 20 * 1024 * 1024)

# ── Languages and time ────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("OPSLOOP_TIME_ZONE", "Asia/Shanghai")
USE_THOUSAND_SEPARATOR = False

# ── Static and uploaded files ─────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
# Served from the installed package; nothing is collected.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
# Vite puts a hash of the content into these names.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/"
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = OPSLOOP_HOME / "files"

# ── Mail and logs ─────────────────────────────────────────────────────────────────────────────────
EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("OPSLOOP_MAIL_FROM", "opsloop@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"opsloop": {"level": "INFO"}},
}
