"""How many requests a minute a token and a person have, by kind, and an address without good ones.

Counters in the cache, one for each minute: one step of the cache counts a token's together with
its person's, so that requests at the same moment are all counted. The limiters of ninja and allauth
keep lists that are read and written back: without a lock, or with one that every request waits for.
Without the cache nobody is limited.
"""

from __future__ import annotations

import functools
import logging
import math
import time
from collections.abc import Mapping

import redis
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from redis.commands.core import Script

from pixelstream.api.errors import ApiError
from pixelstream.api.models import ApiToken, Scope

logger = logging.getLogger(__name__)

MINUTE = 60
FAILURES_PER_MINUTE = 60
"""Of one address: requests with a token that is not good, or without one."""

TOKENS_OF_A_PERSON = 4
"""A person's tokens together have so many times what one may ask for: a few programs at the same
time are no trouble, and by default 40 lists of 30 posts a second take a quarter of a core. With all
that a person may have (`tokens.MOST`) they would take three.
"""

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
    """Count a request with this token, for the token and for its person.

    Raises ApiError 429 RATE_LIMITED.
    """
    kind, setting = _kinds[scope]
    allowed = getattr(settings, setting)
    together = allowed * TOKENS_OF_A_PERSON
    _count(
        {
            f"token:{token.pk}:{kind}": (allowed, "with this token"),
            f"person:{token.owner_id}:{kind}": (together, "with all your tokens"),
        }
    )


def count_failure(request: HttpRequest) -> None:
    """Count a request that nobody vouches for. Raises ApiError 429 RATE_LIMITED."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # no address: a socket, say
        return
    _count({f"address:{address}": (FAILURES_PER_MINUTE, "from this address")})


def _count(allowed: Mapping[str, tuple[int, str]]) -> None:
    """One more of each of these, as far as the one before still may. They have a minute's number (0
    is no limit), and words for whose it is.
    """
    global _is_away_until
    limits = {who: limit for who, limit in allowed.items() if limit[0]}
    if not limits or time.monotonic() < _is_away_until:
        return
    now = time.time()
    keys = [f"pixelstream:api:{who}:{int(now // MINUTE)}" for who in limits]
    try:
        place = _step(keys, [most for most, _whose in limits.values()])
    except (redis.RedisError, OSError) as error:
        _is_away_until = time.monotonic() + LEFT_ALONE
        logger.warning("Requests are let through uncounted, the cache is away: %s", error)
        return
    if place:
        most, whose = list(limits.values())[place - 1]
        wait = str(math.ceil(MINUTE - now % MINUTE))
        message = f"More than {most} requests of this kind in a minute {whose}. Go on in {wait} s."
        raise ApiError(429, "RATE_LIMITED", message, headers={"Retry-After": wait})


def _step(keys: list[str], most: list[int]) -> int:
    """The place (from 1) of the first of the counters that has more than it may now; 0 if none has.

    One word to the cache's server. Django's own `incr` asks first whether the counter is there,
    which took as long as all the rest of the way to an operation.
    """
    return int(_script()(keys, [2 * MINUTE, *most]))


@functools.cache
def _script() -> Script:
    # What a token may not is not counted for its person: one program that runs wild does not stop
    # the others.
    return _client().register_script(
        """
        for place, key in ipairs(KEYS) do
            local hits = redis.call('INCR', key)
            if hits == 1 then redis.call('EXPIRE', key, ARGV[1]) end
            if hits > tonumber(ARGV[place + 1]) then return place end
        end
        return 0
        """
    )


@functools.cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
