"""What `manage.py check` says of object storage: what is missing, what cannot be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register

from pixelstream.object_storage.options import origin

NEEDED = ("R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_PUBLIC_URL")
ADDRESSES = ("R2_ENDPOINT", "R2_PUBLIC_URL")


@register(Tags.files)
def check_storage(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whether object storage has all that it needs, once any of it is set."""
    if not settings.R2_BUCKET_NAME:
        return [*_unused(), *_cache()]
    missing = [name for name in NEEDED if not getattr(settings, name)]
    if not settings.R2_ENDPOINT:
        missing.insert(0, "R2_ACCOUNT_ID")
    return [
        *(
            Warning(
                f"Missing required environment variable: {name}",
                hint="Without it no picture can be stored or shown: docs/storage.md.",
                id="pixelstream.W001",
            )
            for name in missing
        ),
        *(
            Error(f"{name} must be an http(s) address with a host.", id="pixelstream.E001")
            for name in ADDRESSES
            if getattr(settings, name) and not origin(getattr(settings, name))
        ),
        *(
            Warning(
                f"{name} is http and SITE_URL is https: browsers will not load the pictures.",
                id="pixelstream.W002",
            )
            for name in ADDRESSES
            if settings.HTTPS and getattr(settings, name).startswith("http:")
        ),
        *_cache(),
    ]


def _cache() -> list[CheckMessage]:
    if not settings.CDN_PURGE_URL or origin(settings.CDN_PURGE_URL):
        return []
    return [Error("CDN_PURGE_URL must be an http(s) address with a host.", id="pixelstream.E001")]


def _unused() -> list[CheckMessage]:
    if not any(getattr(settings, name) for name in (*NEEDED, "R2_PRIVATE_BUCKET_NAME")):
        return []
    return [
        Info(
            "R2_BUCKET_NAME is not set: pictures are kept on this machine's disk.",
            hint="The other R2_ variables count only beside it.",
            id="pixelstream.I001",
        )
    ]


@register(Tags.security, deploy=True)
def check_private_bucket(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether private pictures have a bucket that nobody else reads."""
    if not settings.R2_BUCKET_NAME or (
        settings.R2_PRIVATE_BUCKET_NAME not in {"", settings.R2_BUCKET_NAME}
    ):
        return []
    return [
        Info(
            "Private pictures lie in the public bucket; only their keys are secret.",
            hint="R2_PRIVATE_BUCKET_NAME names a second bucket for them: docs/storage.md.",
            id="pixelstream.I002",
        )
    ]
