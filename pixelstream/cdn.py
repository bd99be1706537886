"""Tells a cache in front of the storage (a CDN) what it is to forget. Off unless CDN_PURGE_URL is
set.

The form is Cloudflare's "purge by URL": a POST of `{"files": [addresses]}` with a bearer token, and
any 2xx says yes, unless the answer has `"success": false`. A small service of one's own can take
the same for any other cache (docs/storage.md).
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from pixelstream.absolute import absolute
from pixelstream.storages import area_named

ADDRESSES_OF_ONE_CALL = 30
"""What Cloudflare takes in every plan."""

SECONDS = 10
ANSWER_BYTES = 64 * 1024
TOLD_LENGTH = 200
"""Characters of an answer that are repeated in an error."""


class CacheError(OSError):
    """The cache did not say that it has forgotten."""


class Cache:
    """The cache as one run of the outbox sees it: once it has failed, it is not asked again, so
    that it holds nobody up.
    """

    def __init__(self) -> None:
        self._failure = ""

    def forget(self, keys: Sequence[str]) -> dict[str, str]:
        """Let these keys of the public area be forgotten. Returns the reason for each that may
        still be there. They must be gone from the storage, or the cache might fetch them again.
        """
        if not settings.CDN_PURGE_URL:
            return {}
        errors: dict[str, str] = {}
        for start in range(0, len(keys), ADDRESSES_OF_ONE_CALL):
            chunk = keys[start : start + ADDRESSES_OF_ONE_CALL]
            if not self._failure:
                try:
                    purge([address_of(key) for key in chunk])
                except OSError as error:
                    self._failure = f"cache: {error}"
            if self._failure:
                errors |= dict.fromkeys(chunk, self._failure)
        return errors


def address_of(key: str) -> str:
    """Where browsers, and so the cache, get an object of the public area."""
    return absolute(area_named("public").url(key))


def purge(addresses: Sequence[str]) -> None:
    """One call. Raises OSError."""
    headers = {"Content-Type": "application/json", "User-Agent": "pixelstream"}
    if settings.CDN_PURGE_TOKEN:
        headers["Authorization"] = f"Bearer {settings.CDN_PURGE_TOKEN}"
    body = json.dumps({"files": list(addresses)}).encode()
    try:
        request = urllib.request.Request(  # noqa: S310 (the operator's own address)
            settings.CDN_PURGE_URL, data=body, headers=headers, method="POST"
        )
        with _opener.open(request, timeout=SECONDS) as answer:
            told = answer.read(ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            raise CacheError(f"{error.code} {_excerpt(_read(error))}".rstrip()) from error
    except http.client.HTTPException as error:
        raise CacheError(f"no proper answer ({type(error).__name__})") from error
    except ValueError:
        # Without the words of the error: they repeat the header, and with it the token.
        raise CacheError("CDN_PURGE_URL or CDN_PURGE_TOKEN cannot be used as they are") from None
    if _says_no(told):
        raise CacheError(_excerpt(told))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token elsewhere, and turn the POST into a GET."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing: the answer is an error."""


_opener = urllib.request.build_opener(_NoRedirects)


def _read(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return b""


def _says_no(told: bytes) -> bool:
    try:
        answer = json.loads(told)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("success") is False


def _excerpt(told: bytes) -> str:
    return " ".join(told.decode("utf-8", "replace").split())[:TOLD_LENGTH]
