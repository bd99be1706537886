"""The storage outbox: carries out what the states of StoredObject rows ask for.

Idempotent and safe to run twice at once: rows are claimed before they are worked on, and an object
that is already missing counts as deleted. A failure blocks nobody; it is counted and tried again
later. Deleting goes in batches: one call for up to a thousand keys. A cache in front of the storage
is told when the bytes are gone (`pixelstream.cdn`), and an object is gone when it has heard.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from gallery.models import StoredObject
from gallery.services import claims, moves, objects
from pixelstream import cdn
from pixelstream.faultpoints import faultpoint
from pixelstream.storages import area_named

logger = logging.getLogger(__name__)

BATCH = 2000
"""Objects that are claimed together; the storage makes calls of up to 1,000 keys of them, a few at
once.
"""

REFERENCES = "reference/"
"""Keys of references begin so. Each of these is told to the log; the others are too many."""

DELETING = StoredObject.State.DELETING


def run(*, limit: int = 10_000) -> tuple[int, int]:
    """Everything that is due, up to `limit` objects of each kind: (moved, confirmed gone)."""
    sweep_abandoned()
    return moves.carry_out(limit=limit), drain(limit=limit)


def sweep_abandoned() -> int:
    """Mark for deletion what was written but never committed. Returns how many rows."""
    return StoredObject.objects.abandoned().update(state=DELETING, lease_until=None)


def drain(*, limit: int = BATCH) -> int:
    """Delete up to `limit` objects that are due. Returns how many are confirmed gone."""
    gone = taken = 0
    cache = cdn.Cache()
    while taken < limit:
        size = min(BATCH, limit - taken)
        claimed = claims.take(StoredObject.objects.to_be_deleted(), limit=size)
        if not claimed:
            break
        taken += len(claimed)
        gone += _delete(claimed, cache)
    return gone


def _delete(claimed: list[StoredObject], cache: cdn.Cache) -> int:
    """Delete these objects with their renditions. Returns how many are gone."""
    kept = _still_shown(claimed)
    for obj in kept:
        # Never delete what something still points to, whoever asked for it.
        logger.error("Object %s is shown and was to be deleted; kept.", obj.key)
        with transaction.atomic():
            if claims.settle(obj, state=StoredObject.State.LIVE, last_error="referenced"):
                objects.retain(obj)
    by_area: defaultdict[str, list[StoredObject]] = defaultdict(list)
    for obj in claimed:
        if obj not in kept:
            by_area[obj.area].append(obj)
    return sum(_delete_in(area, of_area, cache) for area, of_area in by_area.items())


def _delete_in(area: str, of_area: list[StoredObject], cache: cdn.Cache) -> int:
    keys = [key for obj in of_area for key in obj.all_keys]
    faultpoint("outbox.before_delete", of_area[0].pk)
    try:
        errors: Mapping[str, str] = area_named(area).delete_many(keys)
    except OSError as error:
        errors = dict.fromkeys(keys, str(error) or type(error).__name__)
    faultpoint("outbox.after_delete", of_area[0].pk)
    if area == StoredObject.Area.PUBLIC:
        # Afterwards, or it might fetch them again. What fails is deleted and told once more.
        errors = {**errors, **cache.forget([key for key in keys if key not in errors])}
    gone = []
    for obj in of_area:
        failed = next((errors[key] for key in obj.all_keys if key in errors), None)
        if failed is None:
            if obj.key.startswith(REFERENCES):
                logger.info("Storage confirms that %s is gone", obj.key)
            gone.append(obj)
        else:
            claims.postpone(obj, failed)
    # A late writer that put an object back took our claim off its row: it is deleted once more.
    return claims.settle(
        *gone, state=StoredObject.State.GONE, gone_at=Now(), attempts=0, last_error=""
    )


def _still_shown(claimed: Iterable[StoredObject]) -> list[StoredObject]:
    """Those that something points to."""
    pointed_to = StoredObject.objects.filter(pk__in=[obj.pk for obj in claimed]).filter(
        Q(image__isnull=False) | Q(reference_image__isnull=False) | Q(export_part__isnull=False)
    )
    shown = set(pointed_to.values_list("pk", flat=True))
    return [obj for obj in claimed if obj.pk in shown]
