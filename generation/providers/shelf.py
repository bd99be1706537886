"""Where finished clips of the built-in engine lie until they are fetched, as at a vendor's.

In the cache, which all workers share: who fetches a clip need not be who made it.
"""

from __future__ import annotations

from django.core.cache import cache
from redis.exceptions import RedisError

from generation.providers.errors import ErrorKind, ProviderError

KEPT_SECONDS = 60 * 60
KEPT_ONCE_FETCHED = 5 * 60
"""Seconds. A worker that dies with a clip leaves it to the next one; then it is only in the way."""


def put(remote_id: str, clip: bytes) -> None:
    """Lay a clip down. Raises ProviderError (TRANSIENT) while the cache is away."""
    try:
        cache.set(_key(remote_id), clip, KEPT_SECONDS)
    except RedisError as error:
        raise _away(error) from error


def fetch(remote_id: str) -> bytes | None:
    """The clip; None when it is gone. Raises ProviderError (TRANSIENT) while the cache is away."""
    try:
        clip: bytes | None = cache.get(_key(remote_id))
        if clip is not None:
            cache.touch(_key(remote_id), KEPT_ONCE_FETCHED)
    except RedisError as error:
        raise _away(error) from error
    return clip


def _key(remote_id: str) -> str:
    return f"clip:{remote_id}"


def _away(error: RedisError) -> ProviderError:
    return ProviderError(ErrorKind.TRANSIENT, f"the cache is away: {type(error).__name__}")
