"""What is done by the clock."""

from __future__ import annotations

import logging

from celery import shared_task

from pixelstream.accounts import sessions

logger = logging.getLogger(__name__)

MOST_ROUNDS = 100
"""Of deleting; the next run goes on."""


@shared_task
def purge_sessions() -> None:
    """Forget sessions that are over, all of them unless they are very many."""
    purged = 0
    for _round in range(MOST_ROUNDS):
        found = sessions.purge()
        purged += found
        if not found:
            break
    if purged:
        logger.info("Forgot %s rows of sessions that are over", purged)
