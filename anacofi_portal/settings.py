"""Settings of the portal: one file, environment variables, safe defaults.

Without any variable the portal runs embedded: SQLite, mails and uploads below `var/`. With
`PORTAL_ENV=production` it refuses to start when a secret or a host is missing. The variables are
listed in `docs/operations.md`.
"""

import contextlib
import os
import secrets
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.contrib.messages import constants as messages
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from kombu import Exchange, Queue

from . import admin_theme, production

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("PORTAL_VAR", default=str(BASE_DIR / "var")))

PORTAL_ENV = env.str("PORTAL_ENV", default="embedded")
if PORTAL_ENV not in {"embedded", "production"}:
    raise ImproperlyConfigured("PORTAL_ENV must be 'embedded' or 'production'.")
PRODUCTION = PORTAL_ENV == "production"
# A demo says so on every page and lets staff in without a second factor.
DEMO = env.bool("PORTAL_DEMO", default=False)

if PRODUCTION:
    REQUIRED = [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "SITE_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
        "STAFF_EMAILS",
        "S3_BUCKET",
        "ALLAUTH_TRUSTED_PROXY_COUNT",
    ]
    missing = [name for name in REQUIRED if not env.str(name, default="")]
    if missing:
        raise ImproperlyConfigured("Production settings missing: " + ", ".join(missing) + ".")
    if DEMO:
        raise ImproperlyConfigured("PORTAL_DEMO must not be set in production.")


def embedded_secret_key():
    """The key of an embedded portal: made once, kept in `var/`, never in the code."""
    path = VAR_DIR / "secret_key"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        partial = path.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(48))
        # Two processes may start at once: the first to link its key wins, both read the same.
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
        partial.unlink()
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or embedded_secret_key()
# Former keys: what they signed or encrypted is still read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Links in e-mails are built outside any request.
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "common.expired.refused"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "common",
    "anacofi_portal",
    "mailing",
    "accounts",
    "organisms",
    "trainings",
    "members",
    "qcm",
    "attendance",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anacofi_portal.middleware.BrowserHeadersMiddleware",
    "common.wellformed.WellFormedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "common.looking.LookingMiddleware",
    "django.middleware.common.CommonMiddleware",
    "common.uploads.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "common.line_ends.LineEndsMiddleware",
    "common.expired.SignedOutMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffSessionMiddleware",
    "accounts.middleware.StaffSecondFactorMiddleware",
]

ROOT_URLCONF = "anacofi_portal.urls"
WSGI_APPLICATION = "anacofi_portal.wsgi.application"

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
                "anacofi_portal.context.portal",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Data -------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# What the URL says (« ?sslmode=require ») comes first.
URL_OPTIONS = DATABASES["default"].get("OPTIONS", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Immediate transactions take the write lock at once, so that two writers queue instead of
    # failing half-way; WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        **URL_OPTIONS,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A statement that a connection has seen five times is planned once: planning was half of
    # what a member's pages cost the database. A pooler between must keep prepared statements.
    DATABASES["default"]["OPTIONS"] = {
        "server_side_binding": True,
        "prepare_threshold": 5,
        **URL_OPTIONS,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHE_TABLE = "django_cache"
# Limits are kept there: at most so many entries, or the oldest of them go.
CACHE_OPTIONS = {"MAX_ENTRIES": 100_000}
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "common.cache.RedisElseTable",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "portal",
            "OPTIONS": {"TABLE": CACHE_TABLE, **CACHE_OPTIONS},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": CACHE_TABLE,
            "OPTIONS": CACHE_OPTIONS,
        }
    }
# With Redis, the rows of the database are kept in it for a minute.
SESSION_ENGINE = "common.sessions" if REDIS_URL else "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Files ------------------------------------------------------------------------------------

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
# Questions pasted out of Word bring its styles along.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
# A form without scripts brings its files together.
MAX_REQUEST_FILES_BYTES = 5 * MAX_UPLOAD_BYTES
FILE_UPLOAD_HANDLERS = [
    "common.uploads.SizeLimitUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
MEDIA_ROOT = VAR_DIR / "media"
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    import botocore.config

    DEFAULT_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
            "default_acl": "private",
            "querystring_auth": True,
            "querystring_expire": 60,
            "file_overwrite": False,
            # A storage that is away holds a page for seconds, not for minutes.
            "client_config": botocore.config.Config(
                signature_version="s3v4",
                connect_timeout=2,
                read_timeout=10,
                retries={"total_max_attempts": 2},
            ),
        },
    }
else:
    DEFAULT_STORAGE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    }
STORAGES = {
    "default": DEFAULT_STORAGE,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.MediaStorage"

# --- Tasks ------------------------------------------------------------------------------------

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # Longer than a worker's own wait for a message (1 s), or it would take each for an outage.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
    }
    # What is to be done is a row, which beat finds: no page waits for a broker that is away.
    CELERY_TASK_PUBLISH_RETRY = False
else:
    CELERY_BROKER_URL = "folder://localhost"
    for folder in ("queue", "processed", "control"):
        (VAR_DIR / "broker" / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "processed_folder": str(VAR_DIR / "broker" / "processed"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for its broker for as long as it takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_TIMEZONE = "Europe/Paris"
# E-mails have a queue of their own, and workers of their own (`-Q mail`): a mail server that is
# slow holds up no roster. A worker that is told no queue serves both.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name) for name in (CELERY_TASK_DEFAULT_QUEUE, "mail")
]
CELERY_TASK_ROUTES = {"mailing.tasks.*": {"queue": "mail"}}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
NIGHTLY = crontab(hour=3, minute=30)
# A task may be lost, doubled or reordered: each of these picks up the rows that are overdue.
CELERY_BEAT_SCHEDULE = {
    "deliver-mail": {"task": "mailing.tasks.deliver_due", "schedule": 30.0},
    "read-rosters": {"task": "attendance.tasks.sweep_reading", "schedule": 60.0},
    "read-questions": {"task": "trainings.tasks.sweep_questions", "schedule": 60.0},
    "read-registries": {"task": "members.tasks.sweep_imports", "schedule": 60.0},
    "mail-links": {"task": "members.tasks.sweep_links", "schedule": 60.0},
    "mail-password-links": {"task": "accounts.tasks.sweep_password_links", "schedule": 60.0},
    "offer-people": {"task": "attendance.tasks.offer_people_again", "schedule": 600.0},
    "remind-qcm": {"task": "qcm.tasks.send_reminders", "schedule": crontab(hour=8, minute=0)},
    "regrade-qcm": {"task": "qcm.tasks.sweep_regrades", "schedule": 300.0},
    "sweep-stored-files": {"task": "common.tasks.sweep_stored_files", "schedule": NIGHTLY},
    "clear-sessions": {"task": "common.tasks.clear_sessions", "schedule": NIGHTLY},
    "encrypt-second-factors": {
        "task": "accounts.tasks.encrypt_second_factors",
        "schedule": NIGHTLY,
    },
    "finish-qcm": {"task": "qcm.tasks.finish_overdue", "schedule": 600.0},
}

# --- QCM --------------------------------------------------------------------------------------

# From this likeness on, two questions of different sets are shown as perhaps the same, reworded.
QCM_SIMILARITY_PERCENT = env.int("QCM_SIMILARITY_PERCENT", default=80)

# --- E-mail -----------------------------------------------------------------------------------

# Whatever Django sends (sign-in mails among them) becomes a row of the outbox; the outbox alone
# talks to the real backend.
EMAIL_BACKEND = "mailing.backends.OutboxBackend"
if env.str("EMAIL_URL", default=""):
    mail = env.email("EMAIL_URL")
    EMAIL_HOST = mail["EMAIL_HOST"]
    EMAIL_PORT = mail["EMAIL_PORT"]
    EMAIL_HOST_USER = mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = mail.get("EMAIL_USE_SSL", False)
    # For each answer of the server, in seconds: a mail takes a dozen.
    EMAIL_TIMEOUT = 10
    DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
else:
    DELIVERY_BACKEND = "mailing.backends.EmlFileBackend"
MAIL_DIR = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="ANACOFI Formation <formation@anacofi.example>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where mails to « staff » go.
STAFF_EMAILS = env.list("STAFF_EMAILS", default=["formation@anacofi.example"])

if PRODUCTION:
    problems = production.problems(
        secret_key=SECRET_KEY,
        site_url=SITE_URL,
        allowed_hosts=ALLOWED_HOSTS,
        senders={"DEFAULT_FROM_EMAIL": [DEFAULT_FROM_EMAIL], "STAFF_EMAILS": STAFF_EMAILS},
    )
    if problems:
        raise ImproperlyConfigured("Production settings refused: " + " ".join(problems))

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("dashboard")
LOGOUT_REDIRECT_URL = reverse_lazy("home")
# Of a new account's link; a forgotten password's lives shorter (accounts.tokens).
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.tokens.PasswordTokenGenerator"  # noqa: S105 - a path
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# Per visitor and per address. A failed sign-in counts for both, and stops the right password too.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/h/ip,3/h/key",
}
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.MFAReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# Staff sign in anew after a working day, and after so long without a request.
STAFF_SESSION_SECONDS = 10 * 3600
STAFF_IDLE_SECONDS = 2 * 3600
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "ANACOFI Formation"
# Behind a proxy the limits per address would otherwise all count against the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("ALLAUTH_TRUSTED_PROXY_COUNT", default=0)

# --- Words and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
# French for the words of unfold, which brings none.
LOCALE_PATHS = [BASE_DIR / "locale"]

UNFOLD = admin_theme.UNFOLD

# --- What browsers are told -------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# The admin's theme evaluates expressions and writes styles; /admin/ alone is let to
# (see anacofi_portal.middleware).
ADMIN_CSP_EXTRA = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
MESSAGE_TAGS = {messages.DEBUG: "info"}
# No page of ours asks a browser for any of these.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    # Both bind the association's other sites, for years: whoever answers for those decides.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "common.masking.MaskingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
