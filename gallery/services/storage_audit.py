"""What lies in storage against what the rows say, in both directions.

Reads only, unless it is told to mend: then bytes that no row knows are deleted, and renditions that
are missing are made again. Deleting is the most dangerous thing here, so young objects are left
alone (somebody may be writing them), every key is looked up once more at that moment, and a run
that would delete suspiciously much deletes nothing at all.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.core.files.base import ContentFile
from django.utils import timezone

from gallery.imaging.clips import develop_either
from gallery.imaging.formats import ImageRefused
from gallery.imaging.marking import read_mark
from gallery.imaging.renditions import rendition_key
from gallery.models import StoredObject
from gallery.models.objects import StoredObjectQuerySet
from pixelstream import pooling
from pixelstream.storages import area_named

logger = logging.getLogger(__name__)

GRACE = timedelta(hours=24)
"""An object without a row is let lie for so long."""

MOST_DELETED = 1_000
MOST_DELETED_SHARE = 0.01
"""More than either of these is no leftover but a mistake of ours, and is not mended by itself."""

SAMPLES = 20
CHUNK = 1_000

State = StoredObject.State


@dataclass
class Report:
    """What was found: how many of each kind, the first few by name, and what was mended."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: list[str] = field(default_factory=list)
    checked: int = 0
    deleted: int = 0
    rebuilt: int = 0
    refused: str = ""
    """Why nothing was deleted although that was asked for."""

    @property
    def is_clean(self) -> bool:
        """Whether rows and bytes are in step, as far as it was not mended."""
        return self.counts.total() == self.deleted + self.rebuilt

    def add(self, kind: str, what: str) -> None:
        """Count a finding."""
        self.counts[kind] += 1
        if len(self.samples) < SAMPLES:
            self.samples.append(f"{kind}: {what}")


@dataclass(frozen=True)
class Stored:
    """An object as storage lists it."""

    key: str
    size: int
    modified: datetime

    @property
    def folder(self) -> str:
        """`{kind}/{owner}`: what is looked at together."""
        return "/".join(self.key.split("/")[:2])


def audit(*, fix: bool = False, limit: int | None = None) -> Report:
    """Compare all areas. `limit` ends each after the person with whom so many objects are seen;
    rows of people of whom nothing is stored are then not looked at. Memory is bounded by one
    person's objects.
    """
    report = Report()
    unknown: list[tuple[str, str]] = []
    for area in StoredObject.Area.values:
        visited: set[str] = set()
        before = report.checked
        listed = (Stored(*found) for found in area_named(area).walk())
        for folder, group in groupby(listed, key=lambda stored: stored.folder):
            visited.add(folder)
            unknown += _compare(area, folder, list(group), report, fix=fix)
            if limit is not None and report.checked - before >= limit:
                break
        if limit is None:
            _rows_without_folder(area, visited, report)
    if fix and unknown:
        _delete_unknown(unknown, report)
    return report


def _compare(
    area: str, folder: str, stored: list[Stored], report: Report, *, fix: bool
) -> Iterator[tuple[str, str]]:
    """One folder in both directions. Yields area and key of what no row knows and is old."""
    report.checked += len(stored)
    sizes = {one.key: one.size for one in stored}
    rows = list(_rows(area).beginning_with(f"{folder}/").exclude(state=State.GONE))
    known = {key for row in rows for key in row.all_keys}
    for row in rows:
        if row.state == State.LIVE:
            _check_row(row, sizes, report, fix=fix)
    too_young = timezone.now() - GRACE
    for one in stored:
        if one.key not in known and one.modified < too_young:
            report.add("unknown", f"{area} {one.key}")
            yield area, one.key


def _check_row(row: StoredObject, sizes: dict[str, int], report: Report, *, fix: bool) -> None:
    if row.key not in sizes:
        _check_missing(row, report)
        return
    if sizes[row.key] != row.size:
        report.add("size", f"{row.area} {row.key}: {sizes[row.key]} bytes, not {row.size}")
        return
    missing = [
        width for width in row.rendition_widths if rendition_key(row.key, width) not in sizes
    ]
    for width in missing:
        report.add("rendition", f"{row.area} {rendition_key(row.key, width)}")
    if fix and missing:
        report.rebuilt += _rebuild(row, missing)


def _rows_without_folder(area: str, visited: set[str], report: Report) -> None:
    """Live rows of people of whom nothing at all lies in storage."""
    for row in pooling.in_steps(_rows(area).filter(state=State.LIVE), step=CHUNK):
        if "/".join(row.key.split("/")[:2]) not in visited:
            _check_missing(row, report)


def _check_missing(row: StoredObject, report: Report) -> None:
    """Look once more: since the listing it may have been stored, or deleted with its row."""
    is_there = area_named(row.area).exists(row.key)
    if not is_there and _rows(row.area).filter(pk=row.pk, state=State.LIVE).exists():
        report.add("missing", f"{row.area} {row.key}")


def _rebuild(row: StoredObject, widths: Iterable[int]) -> int:
    """Make the missing renditions from the original. Returns how many."""
    storage = area_named(row.area)
    try:
        with storage.open(row.key) as stored:
            data = stored.read()
        # Renditions repeat what the original says; those of a clip are its poster.
        developed = develop_either(data, mark=read_mark(data))
    except (OSError, ImageRefused) as error:
        logger.error("The renditions of %s cannot be made again: %s", row.key, error)
        return 0
    for width in widths:
        storage.save(rendition_key(row.key, width), ContentFile(developed.renditions[width]))
    return len(list(widths))


def _delete_unknown(unknown: list[tuple[str, str]], report: Report) -> None:
    most = min(MOST_DELETED, max(1, int(report.checked * MOST_DELETED_SHARE)))
    if len(unknown) > most:
        report.refused = f"{len(unknown)} of {report.checked} objects have no row; at most {most}"
        logger.error("Nothing was deleted: %s are deleted by themselves.", report.refused)
        return
    for area, key in unknown:
        if _is_known(key):
            continue
        errors = area_named(area).delete_many([key])
        if errors:
            logger.warning("%s could not be deleted: %s", key, errors[key])
        else:
            report.deleted += 1
            logger.info("Deleted %s from the %s area: no row knew it", key, area)


def _is_known(key: str) -> bool:
    """Whether a row has come for it by now."""
    stem = key.rpartition(".")[0]
    stem = stem.rpartition(".w")[0] or stem
    # An original's key has its secret between that and the dot.
    rows = StoredObject.objects.beginning_with(stem).exclude(state=State.GONE)
    return any(key in row.all_keys for row in rows)


def _rows(area: str) -> StoredObjectQuerySet:
    return StoredObject.objects.filter(area=area)
