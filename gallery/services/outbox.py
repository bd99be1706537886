"""The storage outbox: carries out what the states of StoredObject rows ask for.

Idempotent and safe to run twice at once: an object that is already missing counts as deleted,
and a row is claimed before it is worked on. A failure blocks nobody; it is counted and tried
again later.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from gallery.models import GeneratedImage, ReferenceImage, StoredObject
from gallery.services import objects
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

BATCH = 1000
CLAIM = timedelta(seconds=60)
BACK_OFF = (10, 60, 300, 1800, 7200)
"""Seconds to wait after the first, second, ... failure; the last one repeats."""


def sweep_abandoned() -> int:
    """Mark for deletion what was written but never committed. Returns how many rows."""
    return StoredObject.objects.abandoned().update(
        state=StoredObject.State.DELETING, lease_until=None
    )


def drain(*, limit: int = BATCH) -> int:
    """Delete up to `limit` objects that are due. Returns how many are confirmed gone."""
    gone = 0
    due = StoredObject.objects.due_for_deletion().order_by("id")
    for obj in due[:limit]:
        claimed = (
            StoredObject.objects.due_for_deletion()
            .filter(pk=obj.pk)
            .update(next_attempt_at=Now() + CLAIM, attempts=F("attempts") + 1)
        )
        if claimed:
            gone += _delete(obj)
    return gone


def _delete(obj: StoredObject) -> bool:
    """Delete one object with its renditions. Returns whether it is gone."""
    if _is_referenced(obj):
        # Never delete what something live still points to, whoever asked for it.
        logger.error("Object %s is referenced and was to be deleted; kept.", obj.key)
        StoredObject.objects.filter(pk=obj.pk, state=StoredObject.State.DELETING).update(
            state=StoredObject.State.LIVE, next_attempt_at=None, last_error="referenced"
        )
        return False
    storage = objects.storage_of(obj)
    try:
        for key in obj.all_keys:
            storage.delete(key)  # a missing object is a success
            faultpoint("outbox.after_delete", obj.pk)
    except OSError as error:
        _postpone(obj, error)
        return False
    # Without the time of our claim a late writer put the object back: it is deleted once more.
    gone = StoredObject.objects.filter(
        pk=obj.pk, state=StoredObject.State.DELETING, next_attempt_at__isnull=False
    ).update(state=StoredObject.State.GONE, gone_at=Now(), next_attempt_at=None, last_error="")
    return bool(gone)


def _is_referenced(obj: StoredObject) -> bool:
    return (
        GeneratedImage.objects.filter(object=obj).exists()
        or ReferenceImage.objects.filter(object=obj).exists()
    )


def _postpone(obj: StoredObject, error: OSError) -> None:
    wait = BACK_OFF[min(obj.attempts, len(BACK_OFF) - 1)]
    logger.warning("Object %s could not be deleted, again in %s s: %s", obj.key, wait, error)
    StoredObject.objects.filter(pk=obj.pk).update(
        next_attempt_at=Now() + timedelta(seconds=wait), last_error=str(error)[:500]
    )
