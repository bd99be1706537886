"""Telling open pages that something changed: a word on Redis, never the content.

The stream (`generation.live`) reads the truth from the database when it hears the word. A lost
word costs nothing but time: every connect begins with the whole current state.
"""

from __future__ import annotations

import json
import logging
from functools import cache, partial

import redis
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

CHANNEL = "pixelstream:live"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)


def announce_on_commit(*, post_id: int, owner_id: int) -> None:
    """Say after the commit that a post changed."""
    transaction.on_commit(partial(_announce, post_id, owner_id), robust=True)


def _announce(post_id: int, owner_id: int) -> None:
    try:
        _client().publish(CHANNEL, json.dumps({"post": post_id, "owner": owner_id}))
    except redis.RedisError as error:
        logger.warning("Open pages could not be told about post %s: %s", post_id, error)
