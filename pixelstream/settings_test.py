"""Settings of the test suite: everything in a folder of its own, no secrets."""

import base64
import os
import tempfile

# Never a folder that is in use: each process of the suite gets its own.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="pixelstream-test-")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ["FIELD_ENCRYPTION_KEYS"] = "1:" + base64.b64encode(b"only for tests".ljust(32)).decode()
# Keys of whoever runs the tests must not be spent by them, nor their buckets filled. Empty wins
# over `.env` as well.
os.environ.update(
    {
        f"{name}_{what}": ""
        for name in ("OPENROUTER", "OPENAI", "GEMINI", "POLLINATIONS", "KIE")
        for what in ("API_KEY", "BASE_URL")
    }
)
os.environ.update(
    {
        f"R2_{what}": ""
        for what in (
            *("ACCOUNT_ID", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "BUCKET_NAME"),
            *("PRIVATE_BUCKET_NAME", "PUBLIC_URL", "ENDPOINT"),
        )
    }
)

os.environ.update({"CDN_PURGE_URL": "", "CDN_PURGE_TOKEN": ""})

from pixelstream.settings import *  # noqa: F403
from pixelstream.settings import DATABASES, STORAGES

DEBUG = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Threads and processes share the database in tests too, so it is a file.
    DATABASES["default"]["TEST"] = {"NAME": os.environ["DATA_DIR"] + "/test.sqlite3"}
