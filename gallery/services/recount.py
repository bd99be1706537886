"""What people use, counted anew from the objects: nothing should ever be wrong, so it is checked.

Safe beside anything that goes on. Count and objects are read in one statement, so they are of one
moment; the difference is an error that stays the same whatever is added or taken away meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from gallery.models import StoredObject, Usage
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

AT_ONCE = 500
"""People of one statement."""

TRIES = 10
"""Of a correction that something else came before."""


@dataclass(frozen=True)
class Drift:
    """A count that is not what it should be, in bytes. `counted` is None where there is no row."""

    owner_id: int
    counted: int | None
    actual: int

    def __str__(self) -> str:
        return f"person {self.owner_id} uses {self.actual} bytes, counted are {self.counted or 0}"


def drifts() -> Iterator[Drift]:
    """Everybody whose count is wrong, by ascending id."""
    last = 0
    while batch := list(_rows().filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for owner_id, counted, actual in batch:
            if actual != (counted or 0):
                yield Drift(owner_id, counted, actual)
        last = batch[-1][0]


def recount(*, fix: bool, limit: int | None = None) -> list[Drift]:
    """Find wrong counts, at most `limit`, and write an error about each into the log. With `fix`
    they are corrected as well.
    """
    found = []
    for drift in drifts():
        logger.error("Quota: %s%s", drift, "; corrected" if fix and _mend(drift) else "")
        found.append(drift)
        if limit is not None and len(found) >= limit:
            break
    return found


def _rows() -> QuerySet[User, tuple[int, int | None, int]]:
    """Of everybody: id, what is counted, and what it should be, all in one statement."""
    sizes = (
        StoredObject.objects.filter(owner=OuterRef("pk"), state=StoredObject.State.LIVE)
        .order_by()
        .values("owner")
        .annotate(total=Sum("size"))
        .values("total")
    )
    actual = Coalesce(Subquery(sizes, output_field=BigIntegerField()), 0)
    return User.objects.annotate(counted=F("usage__bytes_used"), actual=actual).values_list(
        "pk", "counted", "actual"
    )


def _mend(drift: Drift) -> bool:
    """Write the right number, if the count is still the one that was compared; else compare anew.

    Says whether it is right now.
    """
    for _ in range(TRIES):
        if drift.counted is None:
            Usage.objects.bulk_create([Usage(owner_id=drift.owner_id)], ignore_conflicts=True)
        unchanged = Usage.objects.filter(pk=drift.owner_id, bytes_used=drift.counted or 0)
        if unchanged.update(bytes_used=drift.actual):
            return True
        _pk, counted, actual = _rows().get(pk=drift.owner_id)
        drift = Drift(drift.owner_id, counted, actual)
        if actual == (counted or 0):
            return True
    logger.warning("Quota: person %s is too busy to be corrected", drift.owner_id)
    return False
