"""How many requests a minute a token has, by kind, and an address with tokens that are not good.

Counters in the cache, one for each minute: one step of the cache counts, so that requests at the
same moment are all counted. The limiters of ninja and allauth keep lists that are read and written
back: without a lock, or with one that every request waits for. Without the cache nobody is limited.
"""

from __future__ import annotations

import functools
import logging
import math
import time

import redis
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from pixelstream.api.errors import ApiError
from pixelstream.api.models import ApiToken, Scope

logger = logging.getLogger(__name__)

MINUTE = 60
FAILURES_PER_MINUTE = 60
"""Of one address: requests with a token that is not good, or without one."""

LEFT_ALONE = 5.0
"""Seconds for which a cache that did not answer is not asked again."""

_kinds = {
    Scope.READ: ("read", "API_READS_PER_MINUTE"),
    Scope.WRITE: ("write", "API_WRITES_PER_MINUTE"),
    Scope.DELETE: ("write", "API_WRITES_PER_MINUTE"),
    Scope.GENERATE: ("generate", "API_GENERATES_PER_MINUTE"),
}
_is_away_until = 0.0


def count(token: ApiToken, scope: Scope) -> None:
    """Count a request with this token. Raises ApiError 429 RATE_LIMITED."""
    kind, setting = _kinds[scope]
    _count(f"token:{token.pk}:{kind}", getattr(settings, setting))


def count_failure(request: HttpRequest) -> None:
    """Count a request that nobody vouches for. Raises ApiError 429 RATE_LIMITED."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # no address: a socket, say
        return
    _count(f"address:{address}", FAILURES_PER_MINUTE)


def _count(who: str, allowed: int) -> None:
    """`allowed` is a minute's number; 0 is no limit."""
    global _is_away_until
    if not allowed or time.monotonic() < _is_away_until:
        return
    now = time.time()
    key = f"pixelstream:api:{who}:{int(now // MINUTE)}"
    try:
        hits = _step(key)
    except (redis.RedisError, OSError) as error:
        _is_away_until = time.monotonic() + LEFT_ALONE
        logger.warning("Requests are let through uncounted, the cache is away: %s", error)
        return
    if hits > allowed:
        wait = str(math.ceil(MINUTE - now % MINUTE))
        message = f"More than {allowed} requests of this kind in a minute. Go on in {wait} s."
        raise ApiError(429, "RATE_LIMITED", message, headers={"Retry-After": wait})


def _step(key: str) -> int:
    """One word to the cache's server. Django's own `incr` asks first whether the counter is there,
    which took as long as all the rest of the way to an operation.
    """
    client = _client()
    hits = int(client.incr(key))
    if hits == 1:
        client.expire(key, 2 * MINUTE)
    return hits


@functools.cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
