"""Copies every live object from one place to the other, with proof that it is the same."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages

from gallery.models import StoredObject
from pixelstream.object_storage.transfers import IN_MEMORY
from pixelstream.storages import Area

AT_ONCE = 8
"""Objects under way, each of which has at most IN_MEMORY bytes in memory. Of larger ones, parts of
exports, one at a time: they wait on the disk.
"""

PIECE = 1024 * 1024

BATCH = 32

REMEMBERED = 20
"""Failures that are told one by one; there may be a million."""

PLACES = {"local": "s3", "s3": "local"}
"""Each place, and the other one."""


_large = threading.Lock()


class DamagedError(OSError):
    """The source does not hold what the row says."""


@dataclass
class Tally:
    """How far it is."""

    copied: int = 0
    there: int = 0
    failed: int = 0
    bytes: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """All objects that were looked at."""
        return self.copied + self.there + self.failed


def areas_of(place: str) -> dict[str, Area]:
    """The areas of "local" or "s3", whichever the application uses."""
    configured = settings.STORAGE_PLACES[place]
    return {
        area: cast(Area, storages.create_storage(configured[area]))
        for area in StoredObject.Area.values
    }


def move(
    *, to: str, limit: int | None, dry_run: bool, progress: Callable[[Tally], None]
) -> tuple[Tally, bool]:
    """Copy to "local" or "s3" what is not there yet, at most `limit` objects.

    What is there with the right size is left alone, so it can be stopped and run again. Nothing is
    deleted from the source. `progress` hears of every batch. Returns the tally and whether all
    objects were looked at.
    """
    sources, targets = areas_of(PLACES[to]), areas_of(to)
    live = StoredObject.objects.filter(state=StoredObject.State.LIVE).order_by("pk")
    tally, last = Tally(), 0

    def one(obj: StoredObject) -> int | OSError | None:
        try:
            return _copy(obj, sources[obj.area], targets[obj.area], dry_run=dry_run)
        except OSError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as threads:
        while limit is None or tally.copied < limit:
            left = BATCH if limit is None else min(BATCH, limit - tally.copied)
            # Asked anew each time: what was deleted meanwhile is not to be copied.
            batch = list(live.filter(pk__gt=last)[:left])
            if not batch:
                return tally, True
            last = batch[-1].pk
            for obj, outcome in zip(batch, threads.map(one, batch), strict=True):
                missing = isinstance(outcome, FileNotFoundError)
                if missing and not live.filter(pk=obj.pk).exists():
                    continue  # deleted, or moved to the other area, since it was asked for
                _count(tally, obj, outcome)
            progress(tally)
    return tally, not live.filter(pk__gt=last).exists()


def _count(tally: Tally, obj: StoredObject, outcome: int | OSError | None) -> None:
    if isinstance(outcome, OSError):
        tally.failed += 1
        if len(tally.failures) < REMEMBERED:
            tally.failures.append(f"{obj.key}: {outcome}")
    elif outcome is None:
        tally.there += 1
    else:
        tally.copied += 1
        tally.bytes += outcome


def _copy(obj: StoredObject, source: Area, target: Area, *, dry_run: bool) -> int | None:
    """Copy an object with its renditions. Returns the bytes; None if all was there."""
    missing = list(_missing(obj, source, target))
    if not missing:
        return None
    if dry_run:
        return sum(source.size(key) for key in missing)
    with _large if obj.size > IN_MEMORY else nullcontext():
        return sum(_copy_key(obj, key, source, target) for key in missing)


def _copy_key(obj: StoredObject, key: str, source: Area, target: Area) -> int:
    with source.open(key) as stored:
        if key == obj.key and _sha256(stored) != obj.sha256:
            raise DamagedError("the source has other bytes than were stored: wrong SHA-256")
        if target.exists(key):
            target.delete(key)  # a copy that was cut off: its size is wrong
        target.save(key, stored)
        return stored.size


def _sha256(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in file.chunks(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _missing(obj: StoredObject, source: Area, target: Area) -> Iterator[str]:
    """Keys that the target has not, or not whole. The original last: it stands for all."""
    for key in reversed(obj.all_keys):
        try:
            there = target.size(key)
        except FileNotFoundError:
            yield key
            continue
        if there != (obj.size if key == obj.key else _size_or(there, source, key)):
            yield key


def _size_or(there: int, source: Area, key: str) -> int:
    """The size in the source; what was made after the change of places is not in there."""
    try:
        return source.size(key)
    except FileNotFoundError:
        return there
