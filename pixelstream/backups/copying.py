"""Objects from the storage into the folder, and back, with proof that they are the same."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from django.core.files.base import File

from gallery.imaging.renditions import rendition_key
from gallery.models import StoredObject
from pixelstream.backups.folders import PIECE, BackupError, Folder, sha256_of, written_whole
from pixelstream.backups.lists import Entry, Known
from pixelstream.faultpoints import faultpoint
from pixelstream.storages import Area, area_named

T = TypeVar("T")

AT_ONCE = 8
BATCH = 64

DELETED = "deleted while the backup was made"
LOST = "live, and not in storage"
DAMAGED = "damaged in storage"


class DamagedError(OSError):
    """What was read is not what it should be, or the disk cannot read it any more."""


@dataclass(frozen=True)
class Named:
    """An object as a row names it."""

    area: str
    key: str
    size: int
    sha256: str
    widths: tuple[int, ...]

    @classmethod
    def by(cls, obj: StoredObject) -> Named:
        """As this row says."""
        return cls(obj.area, obj.key, obj.size, obj.sha256, tuple(obj.rendition_widths))

    @property
    def parts(self) -> list[Part]:
        """The original and its renditions; of these nothing is known beforehand."""
        renditions = [
            Part(self.area, rendition_key(self.key, width), "", self, width)
            for width in self.widths
        ]
        return [Part(self.area, self.key, self.sha256, self, None), *renditions]


@dataclass(frozen=True)
class Part:
    """One object in storage that belongs to a row."""

    area: str
    key: str
    sha256: str
    """What it must be; empty where no row says so."""
    named: Named
    width: int | None
    """Of a rendition."""


@dataclass
class Tally:
    """How far it is."""

    copied: int = 0
    there: int = 0
    bytes: int = 0
    missing: int = 0
    lost: list[str] = field(default_factory=list)
    """What should be there and is not to be had, each as a sentence."""

    @property
    def seen(self) -> int:
        """All that were looked at."""
        return self.copied + self.there + self.missing


Progress = Callable[[Tally], None]


class Collecting:
    """Objects into the folder. What is there is left alone: nothing changes under a key."""

    def __init__(self, folder: Folder, known: Known, progress: Progress) -> None:
        self.folder = folder
        self.known = known
        self.progress = progress
        self.tally = Tally()

    def bring(self, rows: Iterable[Named]) -> Iterator[Entry]:
        """Copy what these rows name. Gives one entry for each, also for what is not to be had.

        Raises OSError when the storage does not answer.
        """
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for batch in _batches(part for named in rows for part in named.parts):
                entries = {part: self._there(part) for part in batch}
                new = [part for part, entry in entries.items() if entry is None]
                for part, entry in zip(new, threads.map(self._copy, new), strict=True):
                    entries[part] = entry
                for part, entry in entries.items():
                    yield self._count(entry or self._instead(part), is_new=part in new)
                faultpoint("backup.between_objects")
                self.progress(self.tally)

    def _there(self, part: Part) -> Entry | None:
        known = self.known.get(part.area, part.key)
        path = self.folder.object(part.area, part.key)
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return None
        if known is None:  # a backup that was cut off copied it
            known = Entry(part.area, part.key, size, sha256_of(path))
        return known if size == known.size and part.sha256 in {"", known.sha256} else None

    def _copy(self, part: Part) -> Entry | None:
        try:
            return copy_in(self.folder, part.area, part.key, part, area_named(part.area))
        except FileNotFoundError:
            return None
        except DamagedError:  # one object less is no reason to have no backup
            return Entry(part.area, part.key, 0, "", DAMAGED)

    def _instead(self, part: Part) -> Entry:
        """An object whose bytes went away after its row was read: it was moved, and then lies
        under the key of another row, or it was deleted.
        """
        live = StoredObject.objects.filter(state=StoredObject.State.LIVE)
        if live.filter(key=part.named.key).exists():
            return Entry(part.area, part.key, 0, "", LOST)
        same = live.filter(sha256=part.named.sha256, size=part.named.size).order_by("-pk")
        for obj in same[:3]:
            if part.width is not None and part.width not in obj.rendition_widths:
                continue
            key = obj.key if part.width is None else rendition_key(obj.key, part.width)
            try:
                return copy_in(self.folder, obj.area, key, part, area_named(obj.area))
            except FileNotFoundError:
                continue
            except DamagedError:
                return Entry(part.area, part.key, 0, "", DAMAGED)
        return Entry(part.area, part.key, 0, "", DELETED)

    def _count(self, entry: Entry, *, is_new: bool) -> Entry:
        tally = self.tally
        if entry.missing:
            tally.missing += 1
            if entry.missing in {LOST, DAMAGED}:
                tally.lost.append(f"{entry.area}/{entry.key} is {entry.missing}.")
        elif is_new:
            tally.copied += 1
            tally.bytes += entry.size
        else:
            tally.there += 1
        if not entry.missing:
            self.known.add(entry)
        return entry


def copy_in(folder: Folder, area: str, key: str, part: Part, source: Area) -> Entry:
    """Copy the object `area`/`key` to where `part` is to lie. Raises FileNotFoundError, and
    DamagedError when the storage holds other bytes than were stored, or cannot read them.
    """
    digest, size = hashlib.sha256(), 0
    with written_whole(folder.object(part.area, part.key)) as file:
        for piece in _pieces(source, key):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        if part.sha256 and digest.hexdigest() != part.sha256:
            raise DamagedError(f"{area}/{key} has other bytes in storage than its row says.")
    return Entry(part.area, part.key, size, digest.hexdigest())


def _pieces(source: Area, key: str) -> Iterator[bytes]:
    """What is stored, piece by piece. A disk that cannot read it raises DamagedError; apart from
    the writing, where the same error would be the folder's.
    """
    try:
        with source.open(key) as stored:
            yield from stored.chunks(PIECE)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        raise DamagedError(f"{key} cannot be read from storage: {error}") from error


def put_back(
    folder: Folder, entries: Iterable[Entry], areas: Callable[[str], Area], progress: Progress
) -> Tally:
    """Objects into the storage. What is there with the same bytes is left alone, so it can be
    killed and done again. Raises BackupError for what is damaged in the folder.
    """
    tally = Tally()

    def put(entry: Entry) -> bool:
        return _put(folder, entry, areas(entry.area))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for batch in _batches(entry for entry in entries if not entry.missing):
            for entry, is_new in zip(batch, threads.map(put, batch), strict=True):
                tally.copied += is_new
                tally.there += not is_new
                tally.bytes += entry.size if is_new else 0
            faultpoint("restore.between_objects")
            progress(tally)
    return tally


def _put(folder: Folder, entry: Entry, area: Area) -> bool:
    try:
        with area.open(entry.key) as stored:
            if _digest(stored) == entry.sha256:
                return False
        area.delete(entry.key)  # half of one, or damaged
    except FileNotFoundError:
        pass
    path = folder.object(entry.area, entry.key)
    if sha256_of(path) != entry.sha256:
        raise BackupError(f"{path} is damaged.")
    with path.open("rb") as file:
        area.save(entry.key, File(file))
    return True


def _digest(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in file.chunks(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
