"""Jobs that ended, what they cost and how long they took: counted for all hosts, in the broker.

Counted where a job ends, after its commit. A broker that is away loses the count and nothing else.
The counts are whole numbers (microdollars, milliseconds), so that no rounding adds up.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import redis
from django.db import transaction

from generation import catalogue
from pixelstream.health import board

logger = logging.getLogger(__name__)

COUNTS = "pixelstream:metrics:jobs"

OTHER = "other"
"""Every model that is not in the catalogue (any more), so that there are only so many names."""

COMPLETED = "completed"

BUCKETS = (0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640)
"""Seconds that a call may take, for the histogram."""

MICRO = 1_000_000

SEPARATOR = "|"


@dataclass(frozen=True)
class Ended:
    """A job that ended."""

    kind: str
    model: str
    outcome: str
    """`completed`, or the error code."""
    credits: int = 0
    """Spent on it."""
    cost: Decimal | None = None
    """In US dollars, where known."""
    on_own_key: bool = False
    """Whether its owner pays the vendor."""
    duration_ms: int | None = None
    """Of the call."""


def count_on_commit(ended: Iterable[Ended]) -> None:
    """Count these jobs once the transaction that ends them is committed."""
    counts: Counter[str] = Counter()
    for one in ended:
        counts.update(_counts(one))
    if counts:
        transaction.on_commit(partial(_add, counts), robust=True)


def read(client: redis.Redis) -> dict[tuple[str, ...], int]:
    """All counts, by their names: what is counted, then its labels. Raises RedisError."""
    found: dict[bytes, bytes] = client.hgetall(COUNTS)  # type: ignore[assignment]
    return {tuple(name.decode().split(SEPARATOR)): int(n) for name, n in found.items()}


def _counts(one: Ended) -> dict[str, int]:
    model = one.model if catalogue.find(one.model) is not None else OTHER
    counts = {_name("ended", one.kind, model, one.outcome): 1}
    if one.credits:
        counts[_name("credits", model)] = one.credits
    if one.cost:
        account = "own" if one.on_own_key else "operator"
        counts[_name("microdollars", model, account)] = round(one.cost * MICRO)
    if one.duration_ms is not None:
        bucket = bisect_left(BUCKETS, one.duration_ms / 1000)
        limit = str(BUCKETS[bucket]) if bucket < len(BUCKETS) else "+Inf"
        counts[_name("within", one.kind, limit)] = 1
        counts[_name("milliseconds", one.kind, model)] = one.duration_ms
    return counts


def _name(*parts: str) -> str:
    return SEPARATOR.join(parts)


def _add(counts: Counter[str]) -> None:
    try:
        with board.client().pipeline(transaction=False) as pipe:
            for name, number in counts.items():
                pipe.hincrby(COUNTS, name, number)
            pipe.execute()
    except redis.RedisError as error:
        logger.warning("Ended jobs were not counted: %s", error)
