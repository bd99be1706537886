"""What is done by the clock."""

from __future__ import annotations

import logging

from celery import shared_task

from pixelstream.api import idempotency

logger = logging.getLogger(__name__)


MOST_ROUNDS = 100
"""Of deleting; the next run goes on."""


@shared_task
def purge_api_requests() -> None:
    """Forget answers that were kept long enough, all of them unless they are very many."""
    purged = 0
    for _round in range(MOST_ROUNDS):
        found = idempotency.purge(limit=idempotency.PURGED_AT_ONCE)
        purged += found
        if found < idempotency.PURGED_AT_ONCE:
            break
    if purged:
        logger.info("Forgot the answers to %s repeatable requests", purged)
