"""What the environment says about storage, in the form of STORAGES. Imported by the settings.

A variable that is missing stops nobody here: its value is empty, and the first use of the storage
names it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Areas = dict[str, dict[str, Any]]

PRIVATE_PREFIX = "private"
"""Where the private area lies when it has no bucket of its own."""


def on_disk(folder: Path, media_url: str) -> Areas:
    """The areas as two folders on this machine."""
    backend = "pixelstream.storages.LocalStorage"
    private = {"BACKEND": backend, "OPTIONS": {"location": folder / "private", "base_url": None}}
    public = {"BACKEND": backend, "OPTIONS": {"location": folder / "public", "base_url": media_url}}
    return {"default": private, "public": public, "private": private}


def in_buckets(
    *,
    endpoint: str,
    region: str,
    access_key: str,
    secret_key: str,
    bucket: str,
    private_bucket: str,
    public_url: str,
    connections: int,
) -> Areas:
    """The areas in one bucket or two; `connections` is how many threads use them at once."""
    account = {
        "endpoint_url": endpoint,
        "region_name": region,
        "access_key": access_key,
        "secret_key": secret_key,
        "public_url": public_url,
        "connections": connections,
    }
    is_shared = private_bucket in {"", bucket}
    private = {
        "BACKEND": "pixelstream.object_storage.buckets.PrivateBucket",
        "OPTIONS": {
            **account,
            "bucket_name": private_bucket or bucket,
            "location": PRIVATE_PREFIX if is_shared else "",
        },
    }
    public = {
        "BACKEND": "pixelstream.object_storage.buckets.PublicBucket",
        "OPTIONS": {
            **account,
            "bucket_name": bucket,
            "closed_prefix": PRIVATE_PREFIX if is_shared else "",
        },
    }
    return {"default": private, "public": public, "private": private}


def r2_endpoint(account_id: str) -> str:
    """Where Cloudflare serves an account's buckets; empty without an account."""
    return f"https://{account_id}.r2.cloudflarestorage.com" if account_id else ""


def origins(*addresses: str) -> list[str]:
    """Scheme and host of each address, for a content security policy; nothing for what is none."""
    return list(dict.fromkeys(filter(None, map(origin, addresses))))


def origin(address: str) -> str:
    """Scheme, host and port of an http(s) address; empty if it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # a port that is no number, an unfinished IPv6 address
        return ""
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or set(host) & set(" ;,'\""):
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
