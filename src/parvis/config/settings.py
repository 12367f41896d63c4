"""Settings of web and worker: the application's role. `settings_owner` is the same under the migrations' role."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from parvis.config import environment, kept_files, limits
from parvis.config.figures import *  # noqa: F403  (rules about time, and other numbers)
from parvis.ground.database.addresses import email_settings, postgres_settings

PACKAGE = Path(__file__).resolve().parent.parent
PROJECT = PACKAGE.parent.parent
DEMO = os.environ.get("PARVIS_DEMO") == "1"
DATA_DIR = Path(os.environ.get("PARVIS_DATA_DIR") or "var").resolve()
PARVIS_VERSION = "0.1.0"
PARVIS_ACCESSIBILITY, PARVIS_ACCESSIBILITY_AUDIT = environment.accessibility()

# --- Web -----------------------------------------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = os.environ.get("PARVIS_SECRET_KEY", "")
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("PARVIS_SECRET_KEY_FALLBACKS", "").split(",") if key]
PARVIS_ADDRESS = os.environ.get("PARVIS_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = (
    ["127.0.0.1", "localhost", "[::1]"]
    if DEMO
    else (os.environ.get("PARVIS_HOSTS") or urlsplit(PARVIS_ADDRESS).hostname or "").split(",")
)
SECURE = PARVIS_ADDRESS.startswith("https://")
ROOT_URLCONF = "parvis.config.urls"
WSGI_APPLICATION = "parvis.config.wsgi.application"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# Files that people send hold what is of people: in memory alone, see PARVIS_UPLOAD_LIMIT.
FILE_UPLOAD_HANDLERS = ["parvis.ground.uploads.LimitedUpload"]
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "procrastinate.contrib.django",
    "parvis.ground",
    "parvis.journal",
    "parvis.post",
    "parvis.establishments",
    "parvis.identity",
    "parvis.advisers",
    "parvis.access",
    "parvis.notices",
    "parvis.information",
    "parvis.letters",
    "parvis.ledger",
    "parvis.exchanges",
    "parvis.obligations",
    "parvis.agents",
    "parvis.registration",
    "parvis.recovery",
    "parvis.dossiers",
    "parvis.inbox",
    "parvis.services.establishment",
    "parvis.services.correspondents",
    "parvis.services.contracts",
    "parvis.services.letters",
    "parvis.services.affiliations",
    "parvis.services.declarations",
    "parvis.services.contributions",
    "parvis.backoffice",
    "parvis.config",
    *(["parvis.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "parvis.identity.sessions.StayOpen",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "parvis.ground.rules.DenyByDefault",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            PACKAGE / name / "templates"
            for name in (
                *("ground", "identity", "advisers", "access", "information", "registration", "recovery", "backoffice"),
                *("notices", "letters", "exchanges", "obligations", "dossiers", "inbox"),
                *("demo", "post", "journal", "establishments"),
            )
        ]
        + sorted((PACKAGE / "services").glob("*/templates")),
        "APP_DIRS": False,
        "OPTIONS": {"environment": "parvis.ground.pages.environment.environment"},
    },
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Security headers and cookies ----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_SSL_REDIRECT = False
# TLS ends at a proxy on this machine (gunicorn listens on loopback): it says which scheme the browser used.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "parvis_session"
CSRF_COOKIE_NAME = "parvis_csrf"
CSRF_FAILURE_VIEW = "parvis.ground.pages.problems.csrf_failure"
SESSION_ENGINE = "parvis.identity.sessions"
# How many proxies of ours stand in front: the network address that tries to sign in is the one that the first of them
# saw. The proxy that ends TLS is one.
PARVIS_PROXIES = environment.proxies(1 if SECURE else 0)

# --- Database ------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **postgres_settings(os.environ.get("DATABASE_URL", "postgresql:///parvis?user=parvis_app")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **postgres_settings(os.environ.get("DATABASE_URL", "postgresql:///parvis?user=parvis_app"))["OPTIONS"],
            # The statements prepared by `prepared()` are planned once: their plans do not depend on their values.
            "options": "-c parvis.person=0 -c parvis.establishment=0 -c parvis.funds= "
            "-c plan_cache_mode=force_generic_plan",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_WORKER_DEFAULTS = {
    # A code that somebody waits for leaves while a mail server that does not answer holds an e-mail.
    "concurrency": 4,
    "fetch_job_polling_interval": 2.0,
    "update_heartbeat_interval": 10,
    "stalled_worker_timeout": 30,
    "shutdown_graceful_timeout": 20,
}

# --- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["parvis.identity.backend.PersonBackend"]
LOGIN_URL = "identity:sign-in"
PASSWORD_HASHERS = ["parvis.identity.hashing.Argon2"]

# --- What the operator says of the installation ----------------------------------------------------------------------
PARVIS_CLOCK_FILE = DATA_DIR / "clock" if DEMO else None
PARVIS_PROVIDERS_FILE = os.environ.get("PARVIS_PROVIDERS", "")
# Where the funds are paid, and the reference that a transfer carries (docs/operations.md).
PARVIS_BANK_ACCOUNTS_FILE = os.environ.get("PARVIS_BANK_ACCOUNTS", "") or (
    str(PACKAGE / "demo" / "data" / "bank-accounts.toml") if DEMO else ""
)
PARVIS_PAYMENT_REFERENCE = os.environ.get("PARVIS_PAYMENT_REFERENCE", "") or "RF{cle}{siret}{fonds}{aamm}{nature}"
PARVIS_TERMS_DIR = Path(os.environ.get("PARVIS_TERMS_DIR") or PACKAGE / "access" / "terms" / "texts")
PARVIS_CLAMAV = os.environ.get("PARVIS_CLAMAV", "")  # where clamd listens: path of its socket, or host:port
# Sealed whatever the storage: the data directory, or what PARVIS_FILES describes (docs/operations.md).
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "kept": kept_files.described(os.environ.get("PARVIS_FILES", "")),
}

if os.environ.get("PARVIS_RULES"):
    vars().update(limits.read(os.environ["PARVIS_RULES"], vars()))
SESSION_COOKIE_AGE = int(PARVIS_SESSION_LIMIT.total_seconds())  # noqa: F405

# --- Language, files, mail, logs -----------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
FORMAT_MODULE_PATH = None
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "ground" / "static"]
WHITENOISE_ROOT = None
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000  # addresses carry a hash of the content (`asset`)
STATIC_ROOT = PACKAGE / "ground" / "static"
PARVIS_MAILBOX = DATA_DIR / "mailbox" if DEMO and not os.environ.get("EMAIL_URL") else None
# Without a carrier the demo writes SMS and calls there too, whatever becomes of its e-mails.
PARVIS_TELEPHONE = Path(os.environ["PARVIS_TELEPHONE"]).resolve() if os.environ.get("PARVIS_TELEPHONE") else None
PARVIS_CALLS = DATA_DIR / "mailbox" if DEMO and not PARVIS_TELEPHONE else None
EMAIL_BACKEND = (
    "parvis.post.mailbox.MailboxBackend" if PARVIS_MAILBOX else "django.core.mail.backends.smtp.EmailBackend"
)
vars().update(email_settings(os.environ.get("EMAIL_URL", "")))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("PARVIS_FROM", "Parvis <ne-pas-repondre@parvis.example>")
LOGGING_CONFIG = "parvis.ground.logs.configure"
LOGGING = {"level": os.environ.get("PARVIS_LOG_LEVEL", "INFO")}
SILENCED_SYSTEM_CHECKS = ["security.W008"]
