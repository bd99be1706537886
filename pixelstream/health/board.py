"""Where processes of all hosts tell each other that they are alive: a few fields in the broker.

Nothing here is worth an error: a broker that is away loses a note, and is told by its own check.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

FIELDS = "pixelstream:health"
WORKERS = "pixelstream:health:workers"
DOCTOR = "pixelstream:health:doctor"

FORGOTTEN_AFTER = 3600
"""Seconds after which a worker that was not seen again is struck off."""


@cache
def client() -> redis.Redis:
    """The broker, which has a second for an answer."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)


def now() -> float:
    """Seconds since 1970 on the broker's clock, the only one that all processes share here.

    Raises RedisError.
    """
    return clock_of(client().time())


def clock_of(answer: Any) -> float:
    """The broker's answer to TIME, in seconds."""
    seconds, microseconds = answer
    return int(seconds) + int(microseconds) / 1_000_000


def note_time(name: str, **fields: float) -> None:
    """Write down under this name that it is now, and further fields with it. Never raises."""
    try:
        client().hset(FIELDS, mapping={name: str(now()), **{k: str(v) for k, v in fields.items()}})
    except redis.RedisError as error:
        logger.warning("%s could not be noted: %s", name, error)


def note_worker(name: str, said: Mapping[str, str | int]) -> None:
    """Write down that this worker lives, and strike off those that have been silent for an hour.

    Never raises.
    """
    try:
        moment = now()
        client().hset(WORKERS, name, json.dumps({**said, "seen": moment}))
        silent = [
            other
            for other, text in client().hgetall(WORKERS).items()
            if json.loads(text)["seen"] < moment - FORGOTTEN_AFTER
        ]
        if silent:
            client().hdel(WORKERS, *silent)
    except redis.RedisError as error:
        logger.warning("The worker could not say that it lives: %s", error)


def note_findings(findings: list[str], *, shown: int = 20) -> None:
    """Keep what `manage.py doctor` found, the first of it in words. Never raises."""
    try:
        kept = {"at": now(), "number": len(findings), "first": findings[:shown]}
        client().set(DOCTOR, json.dumps(kept))
    except redis.RedisError as error:
        logger.warning("The findings are not kept: %s", error)
