"""Telling open pages that something changed: a word on Redis, never the content.

The stream (`generation.live`) reads the truth from the database when it hears the word. A lost
word costs nothing but time: every connect begins with the whole current state, and a stream that
heard nothing for a while looks for itself.
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


def announce_on_commit(
    *, owner_id: int, post_id: int | None = None, conversation_id: int | None = None
) -> None:
    """Say after the commit that a post, or a conversation, of this person changed."""
    word = {"owner": owner_id, "post": post_id, "conversation": conversation_id}
    transaction.on_commit(partial(_announce, word), robust=True)


def _announce(word: dict[str, int | None]) -> None:
    try:
        _client().publish(CHANNEL, json.dumps(word))
    except redis.RedisError as error:
        logger.warning("Open pages could not be told about %s: %s", word, error)
