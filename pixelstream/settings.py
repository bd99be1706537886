"""Settings, all from the environment. `.env.example` lists every variable.

A value that cannot be read stops the start with its name; nothing is guessed from host names,
nothing is written at import. `*_FILE` variants are read for every variable (secrets mounted as
files). What belongs to one machine only (DATA_DIR, its secrets) is in `pixelstream.local`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_email_url
from csp.constants import NONCE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import FileAwareEnv, validate

from pixelstream import local, schedule
from pixelstream.object_storage import options as storage_options

BASE_DIR = Path(__file__).resolve().parent.parent
env = FileAwareEnv()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

DEBUG = env.bool("DEBUG", False)
DATA_DIR = local.data_dir()
PORT = env.int("PORT", 8000)
WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", 6)
WEB_THREADS = env.int("WEB_THREADS", 8)

# --- secrets -----------------------------------------------------------------------------
_local_secrets = local.load_secrets(DATA_DIR)
SECRET_KEY = env.str("SECRET_KEY", "") or _local_secrets.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it (or SECRET_KEY_FILE), or start with "
            "`make run`, which makes one for this machine."
        )
    SECRET_KEY = "only-for-debugging"  # noqa: S105

# --- addresses ---------------------------------------------------------------------------
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL must be an http(s) address, not {SITE_URL!r}.")
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", _site.hostname])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365

# No inline code anywhere. Style attributes carry numbers only (picture ratios, colours):
# docs/decisions.md, "Content security policy".
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "style-src-attr": [UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "frame-src": ["'none'"],
        "worker-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
        "upgrade-insecure-requests": HTTPS,
    }
}

# --- the application ---------------------------------------------------------------------
INSTALLED_APPS = [
    "pixelstream",
    "pixelstream.accounts",
    "gallery",
    "generation",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "pixelstream.middleware.SafetyHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "pixelstream.middleware.MachinesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "pixelstream.middleware.ServiceUnavailableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "pixelstream.urls"
WSGI_APPLICATION = "pixelstream.wsgi.application"
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
                "pixelstream.context_processors.shell",
            ],
        },
    },
    {
        # Hot fragments (the gallery's cards) only: docs/decisions.md, "Two template engines".
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "pixelstream.jinja2.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database ----------------------------------------------------------------------------
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'pixelstream.sqlite3'}")
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Measured: without IMMEDIATE 5 % of concurrent writes fail at once, whatever the timeout.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-16000;PRAGMA mmap_size=134217728;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A worker that freezes (or whose network does) in a commit would hold its locks for hours, and
    # every sweep would wait for them. `?options=` in DATABASE_URL replaces this.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c idle_in_transaction_session_timeout=15s"
    )

# --- broker, cache, doorbell ---------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "") or f"unix://{local.broker_socket(DATA_DIR)}?db=0"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "pixelstream",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}


def _broker_url(redis_url: str) -> str:
    """Celery's name for the same Redis: it spells unix sockets in its own way."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    db = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={db}"


CELERY_BROKER_URL = _broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True  # the state of a job is its database row
# A message is only a ring: the lease and the sweep bring back what a dead worker held. Late
# acknowledgement would add nothing, and made the worker exit in 2 of 14 restarts of the broker.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 660
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a page never waits for the broker: the sweep rings again
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    # Ringing tries once: kombu would keep a page waiting for six seconds otherwise.
    "max_retries": 0,
    "interval_start": 0,
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = schedule.for_beat()

# --- people ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["pixelstream.accounts.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "pixelstream.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "pixelstream.accounts.forms.SignInForm",
    "signup": "pixelstream.accounts.forms.SignUpForm",
    "add_email": "pixelstream.accounts.forms.ChangeEmailForm",
    "change_password": "pixelstream.accounts.forms.ChangePasswordForm",
    "set_password": "pixelstream.accounts.forms.SetPasswordForm",
    "reset_password": "pixelstream.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "pixelstream.accounts.forms.NewPasswordForm",
    "reauthenticate": "pixelstream.accounts.forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SESSION_REMEMBER = True
# Beside allauth's own: how often a person may report a post (gallery.views.reports).
ACCOUNT_RATE_LIMITS = {"report": "10/h/user"}
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one counts once it is confirmed
# The second step of signing in; docs/security.md.
MFA_ADAPTER = "pixelstream.accounts.mfa.SealingAdapter"
MFA_FORMS = {
    "authenticate": "pixelstream.accounts.mfa_forms.AuthenticateForm",
    "reauthenticate": "pixelstream.accounts.mfa_forms.ReauthenticateForm",
    "activate_totp": "pixelstream.accounts.mfa_forms.ActivateForm",
}
MFA_TOTP_ISSUER = "Pixelstream"
MFA_TOTP_TOLERANCE = 1  # a code is good for the half minute before and after; see mfa.use_up
# Where mail is sent, nobody gets as far as this without a confirmed address; where it is not, no
# address is ever confirmed.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Whether staff need it to enter the admin.
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", HTTPS and not DEBUG)
ADMIN_EMAIL = env.str("ADMIN_EMAIL", "")
ADMIN_PASSWORD = env.str("ADMIN_PASSWORD", "")

# Mail goes to the console, and addresses are not verified, until a mail server is configured.
_email_url = env.str("EMAIL_URL", "")
_email = dj_email_url.parse(_email_url or "console:")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _email.get("DEFAULT_FROM_EMAIL") or f"Pixelstream <no-reply@{_site.hostname}>"
MAIL_IS_SENT = bool(_email_url)
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAIL_IS_SENT else "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme

# --- language and time -------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pt-br", _("Brazilian Portuguese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# Off: it would write `{{ post.pk }}` as "1,234" into addresses, ids and form values. Numbers that
# people read are grouped where they are shown (the `grouped` filter).
USE_THOUSAND_SEPARATOR = False

# --- files -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
# Cloudflare R2 or any other S3; docs/storage.md. What is missing is named at the first use.
R2_ACCOUNT_ID = env.str("R2_ACCOUNT_ID", "")
R2_ACCESS_KEY_ID = env.str("R2_ACCESS_KEY_ID", "")
R2_SECRET_ACCESS_KEY = env.str("R2_SECRET_ACCESS_KEY", "")
R2_BUCKET_NAME = env.str("R2_BUCKET_NAME", "")
R2_PRIVATE_BUCKET_NAME = env.str("R2_PRIVATE_BUCKET_NAME", "")
R2_PUBLIC_URL = env.str("R2_PUBLIC_URL", "")
R2_ENDPOINT = env.str("R2_ENDPOINT", "") or storage_options.r2_endpoint(R2_ACCOUNT_ID)
R2_REGION = env.str("R2_REGION", "auto")
#: Both places by name, so that `move_storage` can read the one and write the other.
STORAGE_PLACES: dict[str, storage_options.Areas] = {
    "local": storage_options.on_disk(DATA_DIR / "media", MEDIA_URL),
    "s3": storage_options.in_buckets(
        endpoint=R2_ENDPOINT,
        region=R2_REGION,
        access_key=R2_ACCESS_KEY_ID,
        secret_key=R2_SECRET_ACCESS_KEY,
        bucket=R2_BUCKET_NAME,
        private_bucket=R2_PRIVATE_BUCKET_NAME,
        public_url=R2_PUBLIC_URL,
        connections=max(WORKER_CONCURRENCY, WEB_THREADS) + 2,
    ),
}
STORAGE_PLACE = "s3" if R2_BUCKET_NAME else "local"
STORAGES: dict[str, dict[str, Any]] = {
    **STORAGE_PLACES[STORAGE_PLACE],
    "staticfiles": {"BACKEND": "pixelstream.storages.HashedStaticStorage"},
}
# A cache in front of the public pictures, which is told what was withdrawn; pixelstream.cdn.
CDN_PURGE_URL = env.str("CDN_PURGE_URL", "")
CDN_PURGE_TOKEN = env.str("CDN_PURGE_TOKEN", "")
if STORAGE_PLACE == "s3":
    # Pictures come from their public address, and private ones by a signed address of the account.
    for _directive in ("img-src", "media-src"):
        CONTENT_SECURITY_POLICY["DIRECTIVES"][_directive] += storage_options.origins(
            R2_PUBLIC_URL, R2_ENDPOINT
        )
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "pixelstream.uploads.DiskUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# --- generating --------------------------------------------------------------------------
PROMPT_MAX_LENGTH = 4000
MAX_REFERENCES = 10
JOB_LEASE = timedelta(seconds=15)
JOB_LEASE_RENEWAL = timedelta(seconds=3)
JOB_MAX_ATTEMPTS = 4
OBJECT_WRITING_LEASE = timedelta(seconds=120)
TRASH_RETENTION = timedelta(days=30)
RECEIPT_RETENTION = timedelta(days=90)
WEBHOOK_RETENTION = timedelta(days=30)
EXPORT_RETENTION = timedelta(days=7)
ERASURE_GRACE = timedelta(days=7)
# Bytes that a person may keep, unless the admin says otherwise for them; 0 is no limit.
QUOTA_BYTES = env.int("QUOTA_BYTES", 5 * 1024**3, validate=validate.Range(min=0))
# Whether pictures made at the operator's expense cost credits. What each person begins with; what a
# US dollar of a model's cost is in credits; what a picture costs where the cost is not known.
CREDITS_ENABLED = env.bool("CREDITS_ENABLED", False)
CREDITS_SIGNUP_GRANT = env.int("CREDITS_SIGNUP_GRANT", 100, validate=validate.Range(min=0))
CREDITS_PER_USD = env.int("CREDITS_PER_USD", 100, validate=validate.Range(min=1))
CREDITS_WITHOUT_COST = env.int("CREDITS_WITHOUT_COST", 5, validate=validate.Range(min=1))
LIVE_TOKEN_MAX_AGE = timedelta(hours=12)
GALLERY_PAGE_SIZE = 30
# Whether new public pictures are looked at by a classifier, and doubtful ones by an administrator,
# before everybody can find them. From which score on (0 to 1) a picture is doubtful.
MODERATION_GATE = env.bool("MODERATION_GATE", False)
MODERATION_GATE_THRESHOLD = env.float(
    "MODERATION_GATE_THRESHOLD", 0.8, validate=validate.Range(min=0, max=1)
)
_PROVIDERS = ("openrouter", "openai", "gemini", "pollinations", "kie")
PROVIDER_KEYS = {name: env.str(f"{name.upper()}_API_KEY", "") for name in _PROVIDERS}
PROVIDER_BASE_URLS = {name: env.str(f"{name.upper()}_BASE_URL", "") for name in _PROVIDERS}
# What providers that call back sign their messages with, the newest first. An empty one would be
# everybody's.
_webhook_secrets: dict[str, list[str]] = {
    "openrouter": env.list("OPENROUTER_WEBHOOK_SECRET", []),
    "kie": env.list("KIE_WEBHOOK_SECRET", []),
}
WEBHOOK_SECRETS = {
    name: [secret.strip() for secret in secrets if secret.strip()]
    for name, secrets in _webhook_secrets.items()
}
# How the server at OPENAI_BASE_URL differs from OpenAI's own: docs/providers.md.
OPENAI_DIALECT = env.str("OPENAI_DIALECT", "")
# Networks that results may be fetched from although they are not public (a picture server of
# one's own that is not at the provider's address).
DOWNLOAD_ALLOWED_NETWORKS: list[str] = env.list("DOWNLOAD_ALLOWED_NETWORKS", [])
# What people's own provider keys are encrypted with: `id:base64 of 32 bytes`, comma-separated, the
# newest first. Separate from SECRET_KEY, so that changing one does not lose the other.
FIELD_ENCRYPTION_KEYS = env.str("FIELD_ENCRYPTION_KEYS", "") or _local_secrets.get(
    "FIELD_ENCRYPTION_KEYS", ""
)

# For tests and demonstrations only; both off unless set.
FAULTPOINTS = env.str("FAULTPOINTS", "")
BUILTIN_ENGINE_FAULTS = env.bool("BUILTIN_ENGINE_FAULTS", False)

# --- logging -----------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Every tick of the sweep would be a line otherwise.
        "celery": {"level": "WARNING"},
        # They log every address that is called; `generation.providers.http` says what matters.
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
    },
}
