"""Settings, all from the environment. docs/configuration.md lists every variable, from here.

A value that cannot be read stops the start with its name; nothing is guessed from host names,
nothing is written at import. `*_FILE` variants are read for every variable (secrets mounted as
files). What belongs to one machine only (DATA_DIR, its secrets) is in `pixelstream.local`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import validate

from pixelstream import local, logs, pooling, schedule, service_addresses
from pixelstream.environment import Environment, Group
from pixelstream.object_storage import options as storage_options

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
env.read_env(str(BASE_DIR / ".env"))

DEBUG = env.bool(
    "DEBUG",
    False,
    group=Group.DEVELOPMENT,
    help="Shows errors with their source, and the components page at `/_/components`. Never on a "
    "machine that others can reach.",
)
env.declare(
    "DATA_DIR",
    "var",
    group=Group.PLACE,
    help="Where one machine keeps what is its own: database, pictures, broker and secrets, unless "
    "they are set to be elsewhere; and always the collected static files. A relative path counts "
    "from the folder of `manage.py`.",
    from_file=False,
)
DATA_DIR = local.data_dir()
PORT = env.int(
    "PORT",
    8000,
    group=Group.PLACE,
    help="The port that is served: by `make run` on 127.0.0.1, by the `web` line of the Procfile "
    "on every address.",
    validate=validate.Range(min=1, max=65535),
)
env.declare(
    "FORWARDED_ALLOW_IPS",
    "127.0.0.1,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7",
    group=Group.PLACE,
    help="The proxies that are believed when they say who asks and whether it was by https "
    "(`X-Forwarded-For`, `X-Forwarded-Proto`), by the `web` line of the Procfile: addresses and "
    "networks, by default all private ones. Name yours alone where people on a private network "
    "reach the port without it.",
    kind="list",
    from_file=False,
)
env.declare(
    "WEB_CONCURRENCY",
    "1",
    group=Group.SIZE,
    help="How many processes the `web` line of the Procfile starts; some hosts set it by "
    "themselves. Each has `WEB_THREADS` threads and live streams of its own.",
    kind="number",
    from_file=False,
)
WORKER_CONCURRENCY = env.int(
    "WORKER_CONCURRENCY",
    6,
    group=Group.SIZE,
    help="How many jobs one worker does at once, each in a process of its own.",
    validate=validate.Range(min=1),
)
WEB_THREADS = env.int(
    "WEB_THREADS",
    8,
    group=Group.SIZE,
    help="How many pages one web process makes at once. Each may hold a database connection.",
    validate=validate.Range(min=1),
)

# --- secrets -----------------------------------------------------------------------------
_local_secrets = local.load_secrets(DATA_DIR)
SECRET_KEY = env.str(
    "SECRET_KEY",
    group=Group.SECRETS,
    help="Signs sessions and links: at least 50 random characters, the same for every process. "
    "Must be set, except with `make run`.",
    shown_default="made once by `make run`, kept in `DATA_DIR/secrets.env`",
) or _local_secrets.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it (or SECRET_KEY_FILE), or start with "
            "`make run`, which makes one for this machine."
        )
    SECRET_KEY = "only-for-debugging"  # noqa: S105

# --- addresses ---------------------------------------------------------------------------
SITE_URL = env.str(
    "SITE_URL",
    f"http://127.0.0.1:{PORT}",
    validate=service_addresses.of("http", "https"),
    group=Group.PLACE,
    help="The address that people use. With https, cookies are secure, http is sent to https and "
    "browsers are told to remember it (HSTS).",
    shown_default="`http://127.0.0.1:PORT`",
    example="https://pixelstream.example.com",
).rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL must be an http(s) address, not {SITE_URL!r}.")
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    ["127.0.0.1", "localhost", "[::1]", _site.hostname],
    group=Group.PLACE,
    help="Host names that are answered.",
    shown_default="this machine, and the host of `SITE_URL`",
    example="pixelstream.example.com,127.0.0.1",
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
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
    "pixelstream.api",
    "gallery",
    "generation",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pixelstream.accounts.session_app.SessionsConfig",
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
    "pixelstream.health.middleware.SightMiddleware",
    "pixelstream.middleware.SafetyHeadersMiddleware",
    "pixelstream.api.plain_http.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "pixelstream.middleware.MachinesMiddleware",
    "pixelstream.static_files.StaticFilesMiddleware",
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
    "default": env.dj_db_url(
        "DATABASE_URL",
        f"sqlite:///{DATA_DIR / 'pixelstream.sqlite3'}",
        group=Group.SERVICES,
        help="The database: SQLite or PostgreSQL 14 and newer. `?sslmode=verify-full` encrypts and "
        "looks at the certificate.",
        shown_default="SQLite in `DATA_DIR`",
        example="postgres://user:password@host:5432/name",
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASE_POOLED = env.bool(
    "DATABASE_POOLED",
    False,
    group=Group.SERVICES,
    help="`DATABASE_URL` leads to a pool such as pgbouncer, in transaction mode. Nothing is then "
    "asked of a session: what reads a whole table keeps all of it in memory, and `migrate` gives "
    "the role its limit of 15 seconds for transactions that do nothing.",
)
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
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    pooling.prepare_settings(DATABASES["default"], is_pooled=DATABASE_POOLED)
else:
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite: or postgres:")

# --- broker, cache, doorbell ---------------------------------------------------------------
REDIS_URL = (
    env.str(
        "REDIS_URL",
        group=Group.SERVICES,
        help="Broker, cache and live updates: Redis or Valkey. `rediss://` is encrypted, and looks "
        "at the certificate: `?ssl_ca_certs=FILE` names an authority of your own, "
        "`?ssl_cert_reqs=none` takes any certificate.",
        shown_default="`make run` brings a Valkey of its own, on a socket in `DATA_DIR`",
        example="redis://:password@host:6379/0",
        validate=service_addresses.of(*service_addresses.BROKER),
    )
    or f"unix://{local.broker_socket(DATA_DIR)}?db=0"
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "pixelstream",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
CELERY_BROKER_URL = service_addresses.for_celery(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True  # the state of a job is its database row
# A message is only a ring: the lease and the sweep bring back what a dead worker held. Late
# acknowledgement would add nothing, and made the worker exit in 2 of 14 restarts of the broker.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# What is done by the clock (the sweep, the outbox) goes before jobs that wait: a long queue would
# keep it until it is too old to be done. 9 is the last; Redis has a list for each of 0, 3, 6 and 9.
CELERY_TASK_ROUTES = {"generation.tasks.run_job": {"priority": 9}}
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
    {"NAME": "pixelstream.accounts.passwords.ContextWordsValidator"},
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
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # and is asked for with the password; see AccountAdapter
# The list of sessions is written when somebody signs in, never for a page that is looked at.
USERSESSIONS_TRACK_ACTIVITY = False
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
REQUIRE_STAFF_MFA = env.bool(
    "REQUIRE_STAFF_MFA",
    HTTPS and not DEBUG,
    group=Group.SECRETS,
    help="Staff enter the admin only with two-step sign-in: docs/security.md.",
    shown_default="`true` where `SITE_URL` is https and `DEBUG` is off",
    example="true",
)
ADMIN_EMAIL = env.str(
    "ADMIN_EMAIL",
    group=Group.SECRETS,
    help="The administrator that is made when there is none.",
    shown_default="`admin@localhost.localdomain`",
    example="admin@example.com",
)
ADMIN_PASSWORD = env.str(
    "ADMIN_PASSWORD",
    group=Group.SECRETS,
    help="The password of that administrator.",
    shown_default="a random one, printed once",
)

# Mail goes to the console, and addresses are not verified, until a mail server is configured.
_email_url = env.str(
    "EMAIL_URL",
    group=Group.SERVICES,
    help="The mail server: `smtp+tls://` (STARTTLS), `smtp+ssl://` (TLS from the start) or "
    "`smtp://`. While it is not set, new addresses are not verified.",
    shown_default="mail is printed to the log",
    example="smtp+tls://user:password@host:587",
    validate=service_addresses.of(*service_addresses.MAIL),
)
_email = service_addresses.mail(_email_url)
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
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL_IS_SENT  # of another password, address or second step
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
R2_BUCKET_NAME = env.str(
    "R2_BUCKET_NAME",
    group=Group.STORAGE,
    help="A bucket of Cloudflare R2 or of any other S3, step by step in docs/storage.md. "
    "`manage.py setup_storage` prepares it and tries it out, `manage.py move_storage` copies what "
    "is there already.",
    shown_default="pictures are kept in `DATA_DIR`",
    example="pixelstream-images",
)
R2_PRIVATE_BUCKET_NAME = env.str(
    "R2_PRIVATE_BUCKET_NAME",
    group=Group.STORAGE,
    help="A second, closed bucket for private pictures.",
    shown_default="they lie in the first one, under `private/`",
    example="pixelstream-private",
)
R2_PUBLIC_URL = env.str(
    "R2_PUBLIC_URL",
    group=Group.STORAGE,
    help="Where browsers fetch what lies in the first bucket: its r2.dev address or a domain of "
    "your own. Needed with a bucket.",
    example="https://images.example.com",
)
R2_ACCOUNT_ID = env.str(
    "R2_ACCOUNT_ID",
    group=Group.STORAGE,
    help="The account at Cloudflare. Needed with a bucket, unless `R2_ENDPOINT` is set.",
)
R2_ACCESS_KEY_ID = env.str(
    "R2_ACCESS_KEY_ID", group=Group.STORAGE, help="The name of the key. Needed with a bucket."
)
R2_SECRET_ACCESS_KEY = env.str(
    "R2_SECRET_ACCESS_KEY", group=Group.STORAGE, help="The key itself. Needed with a bucket."
)
R2_ENDPOINT = env.str(
    "R2_ENDPOINT",
    group=Group.STORAGE,
    help="Another S3 than Cloudflare's.",
    shown_default="`https://R2_ACCOUNT_ID.r2.cloudflarestorage.com`",
    example="https://s3.eu-central-1.amazonaws.com",
) or storage_options.r2_endpoint(R2_ACCOUNT_ID)
R2_REGION = env.str(
    "R2_REGION",
    "auto",
    group=Group.STORAGE,
    help="The region of that other S3, where it wants one.",
)
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
CDN_PURGE_URL = env.str(
    "CDN_PURGE_URL",
    group=Group.STORAGE,
    help="A CDN in front of public pictures is told here what it is to forget: docs/storage.md.",
    shown_default="nobody is told",
    example="https://api.cloudflare.com/client/v4/zones/ZONE/purge_cache",
)
CDN_PURGE_TOKEN = env.str(
    "CDN_PURGE_TOKEN",
    group=Group.STORAGE,
    help="The API token for that; it may do no more than purge this zone's cache.",
)
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
QUOTA_BYTES = env.int(
    "QUOTA_BYTES",
    5 * 1024**3,
    validate=validate.Range(min=0),
    group=Group.SIZE,
    help="Bytes of originals that each person may keep (5 GiB unless set); 0 is no limit. The "
    "admin can set another one for a person.",
)
CREDITS_ENABLED = env.bool(
    "CREDITS_ENABLED",
    False,
    group=Group.SIZE,
    help="Pictures made at your expense cost credits; those on people's own keys never do.",
)
CREDITS_SIGNUP_GRANT = env.int(
    "CREDITS_SIGNUP_GRANT",
    100,
    validate=validate.Range(min=0),
    group=Group.SIZE,
    help="Credits that each person begins with.",
)
CREDITS_PER_USD = env.int(
    "CREDITS_PER_USD",
    100,
    validate=validate.Range(min=1),
    group=Group.SIZE,
    help="What a US dollar of a model's cost is in credits. The admin can set another price for a "
    "model.",
)
CREDITS_WITHOUT_COST = env.int(
    "CREDITS_WITHOUT_COST",
    5,
    validate=validate.Range(min=1),
    group=Group.SIZE,
    help="Credits for a picture whose cost is not known.",
)
LIVE_TOKEN_MAX_AGE = timedelta(hours=12)
API_READS_PER_MINUTE = env.int(
    "API_READS_PER_MINUTE",
    600,
    validate=validate.Range(min=0),
    group=Group.API,
    help="How many reads a token may ask for in a minute, and a person with all of theirs four "
    "times as many; `0` is no limit.",
)
API_WRITES_PER_MINUTE = env.int(
    "API_WRITES_PER_MINUTE",
    120,
    validate=validate.Range(min=0),
    group=Group.API,
    help="How many changes and uploads a token may ask for in a minute, and a person with all of "
    "theirs four times as many; `0` is no limit.",
)
API_GENERATES_PER_MINUTE = env.int(
    "API_GENERATES_PER_MINUTE",
    30,
    validate=validate.Range(min=0),
    group=Group.API,
    help="How many orders of pictures, clips and edits a token may ask for in a minute, and a "
    "person with all of theirs four times as many; `0` is no limit.",
)
API_REQUEST_RETENTION = timedelta(hours=24)
GALLERY_PAGE_SIZE = 30
MODERATION_GATE = env.bool(
    "MODERATION_GATE",
    False,
    group=Group.PUBLIC,
    help="A small classifier on this machine looks at the pictures of posts that become public, "
    "and holds back what it doubts until an administrator decides: docs/moderation.md. Needs "
    "`requirements-local.txt`.",
)
MODERATION_GATE_THRESHOLD = env.float(
    "MODERATION_GATE_THRESHOLD",
    0.8,
    validate=validate.Range(min=0, max=1),
    group=Group.PUBLIC,
    help="From which score on (0 to 1) a picture is doubtful.",
)
_PROVIDERS = {
    "openrouter": "OpenRouter",
    "openai": "OpenAI",
    "gemini": "Gemini",
    "pollinations": "Pollinations",
    "kie": "Kie",
}
PROVIDER_KEYS = {
    name: env.str(
        f"{name.upper()}_API_KEY",
        group=Group.MODELS,
        help=f"A key for {title}. One key of any provider is enough for real models: "
        "docs/providers.md.",
        shown_default="none; without any key there is the built-in engine",
    )
    for name, title in _PROVIDERS.items()
}
PROVIDER_BASE_URLS = {
    name: env.str(
        f"{name.upper()}_BASE_URL",
        group=Group.MODELS,
        help="Any server that speaks as OpenAI does, such as LocalAI on your own machine; it may "
        "need no key."
        if name == "openai"
        else f"Another address for {title}.",
        shown_default="the vendor's own",
        example="http://localhost:8080/v1" if name == "openai" else "",
    )
    for name, title in _PROVIDERS.items()
}
# What providers that call back sign their messages with. An empty secret would be everybody's.
_webhook_secrets = {
    name: env.list(
        f"{name.upper()}_WEBHOOK_SECRET",
        group=Group.MODELS,
        help=f"What {_PROVIDERS[name]} signs its messages with when a video is ready. While it "
        "is replaced, both, the newest first.",
        shown_default="the address that each job gives is the proof",
    )
    for name in ("openrouter", "kie")
}
WEBHOOK_SECRETS = {
    name: [secret.strip() for secret in secrets if secret.strip()]
    for name, secrets in _webhook_secrets.items()
}
OPENAI_DIALECT = env.str(
    "OPENAI_DIALECT",
    group=Group.MODELS,
    help="How the server at `OPENAI_BASE_URL` differs from OpenAI's own: docs/providers.md.",
    shown_default="follows from the address",
)
DOWNLOAD_ALLOWED_NETWORKS = env.list(
    "DOWNLOAD_ALLOWED_NETWORKS",
    group=Group.MODELS,
    help="Networks that results may be fetched from although they are not public: a picture server "
    "of your own that is not at the provider's address.",
    shown_default="none",
    example="10.1.0.0/16,192.168.7.4/32",
)
# Separate from SECRET_KEY, so that changing one does not lose the other.
FIELD_ENCRYPTION_KEYS = env.str(
    "FIELD_ENCRYPTION_KEYS",
    group=Group.SECRETS,
    help="Encrypts people's own provider keys and the secrets of two-step sign-in: `id:base64 of "
    "32 random bytes`, by comma, the newest first. Must be set before either can be stored, except "
    "with `make run`. `manage.py rotate_keys` brings what is stored under the newest.",
    shown_default="made once by `make run`, kept in `DATA_DIR/secrets.env`",
) or _local_secrets.get("FIELD_ENCRYPTION_KEYS", "")

FAULTPOINTS = env.str(
    "FAULTPOINTS",
    group=Group.DEVELOPMENT,
    help="Named steps at which a process is to die, stop or fail; for tests.",
)
BUILTIN_ENGINE_FAULTS = env.bool(
    "BUILTIN_ENGINE_FAULTS",
    False,
    group=Group.DEVELOPMENT,
    help="Offers models of the built-in engine that fail, hang, dawdle or return rubbish, for "
    "demonstrations and tests.",
)

# --- health, logs and metrics ----------------------------------------------------------------
# What Prometheus shows to be given `/metrics`; docs/monitoring.md.
METRICS_TOKEN = env.str(
    "METRICS_TOKEN",
    group=Group.SIGHT,
    help="Opens `/metrics` to Prometheus, which sends it as `Authorization: Bearer …`. At least 32 "
    "random characters. Without it the address is not there.",
)
LOG_FORMAT = env.str(
    "LOG_FORMAT",
    "line",
    validate=validate.OneOf(logs.FORMATS),
    group=Group.SIGHT,
    help="`line` for people, `json` for a collector of logs: one object a line, with the ids of "
    "request and job, and a line for each request.",
)
LOGGING = logs.configuration(LOG_FORMAT)
