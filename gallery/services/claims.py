"""Workers of the storage outbox take rows by writing a claim, and give them back by settling it.

A claim runs out: a worker that died leaves its rows to the next one. Whoever changes what is
wanted of an object takes the claim off it, and the worker's settlement then changes nothing.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from gallery.models import StoredObject
from gallery.models.objects import StoredObjectQuerySet

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=5)
BACK_OFF = (10, 60, 300, 1800, 7200)
"""Seconds to wait after the first, second, ... failure; the last one repeats."""

DEAD_LETTER_ATTEMPTS = 12
"""From so many failures on (about 15 hours) the row is shown to administrators as stuck."""


def take(wanted: StoredObjectQuerySet, *, limit: int) -> list[StoredObject]:
    """Up to `limit` of these rows that are due, now ours."""
    token = uuid4()
    with transaction.atomic():
        due = wanted.due().order_by(F("next_attempt_at").asc(nulls_first=True), "id")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        StoredObject.objects.filter(pk__in=ids).update(
            claim=token, next_attempt_at=Now() + CLAIM, attempts=F("attempts") + 1
        )
    return list(StoredObject.objects.filter(claim=token).order_by("pk"))


def settle(*rows: StoredObject, **changes: Any) -> int:
    """End the work on rows of one claim with these changes. Returns how many were still ours."""
    ours = StoredObject.objects.filter(
        pk__in=[row.pk for row in rows], claim__in={row.claim for row in rows}
    )
    return ours.update(claim=None, **{"next_attempt_at": None, **changes})


def postpone(row: StoredObject, error: OSError | str) -> None:
    """It did not work: again later, for as long as it takes."""
    wait = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    logger.warning("Storage failed for %s, again in %s s: %s", row.key, wait, error)
    settle(row, next_attempt_at=Now() + timedelta(seconds=wait), last_error=str(error)[:500])
