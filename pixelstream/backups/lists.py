"""Which objects a run names, and which are known already. Any number of them, in little memory."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from pixelstream.backups.folders import BackupError, Folder, Run, sha256_of
from pixelstream.backups.manifests import Manifest


@dataclass(frozen=True)
class Entry:
    """One object of a run: an original or a rendition."""

    area: str
    key: str
    size: int
    sha256: str
    missing: str = ""
    """Why it is in no backup; then it has neither size nor SHA-256."""


def write(file: IO[bytes], entry: Entry) -> None:
    """Add a line."""
    content = {"area": entry.area, "key": entry.key, "size": entry.size, "sha256": entry.sha256}
    if entry.missing:
        content["missing"] = entry.missing
    file.write(json.dumps(content, ensure_ascii=False).encode() + b"\n")


def read(run: Run) -> Iterator[Entry]:
    """The objects of a run, those that are missing too. Raises BackupError for a damaged list."""
    try:
        with run.objects.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    entry = Entry(**json.loads(line))
                except (ValueError, TypeError) as error:
                    raise BackupError(f"{run.objects} is damaged in line {number}.") from error
                yield entry
    except FileNotFoundError:
        raise BackupError(f"{run.objects} is missing.") from None
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        raise BackupError(f"{run.objects} cannot be read: {error}") from error


def require_whole(run: Run, manifest: Manifest) -> None:
    """Raises BackupError for a list that is not as it was written, to the last byte."""
    try:
        digest = sha256_of(run.objects)
    except OSError as error:
        raise BackupError(f"{run.objects} cannot be read: {error}") from error
    if digest != manifest.files.get(run.objects.name):
        raise BackupError(f"{run.objects} is damaged: its SHA-256 is another one.")


class Known:
    """Objects by their key, in a database of its own on the disk that nobody else sees."""

    def __init__(self) -> None:
        # A name that is empty: SQLite makes a file without a name, and deletes it at the end.
        self._database = sqlite3.connect("")
        self._database.execute(
            "CREATE TABLE known (area TEXT, key TEXT, size INTEGER, sha256 TEXT, "
            "PRIMARY KEY (area, key)) WITHOUT ROWID"
        )

    @classmethod
    def of(cls, runs: list[Run]) -> Known:
        """What these runs name. Raises BackupError for a list that is damaged."""
        known = cls()
        for run in runs:
            known.learn(run)
        return known

    def learn(self, run: Run) -> None:
        """Know what a run names. Raises BackupError, and knows no more than before, for a list that
        is damaged.
        """
        with self._database:  # nothing of a list of which only a part can be read
            for entry in read(run):
                if not entry.missing:
                    self.add(entry)

    def add(self, entry: Entry) -> None:
        """Know it from now on."""
        self._database.execute(
            "INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?)",
            [entry.area, entry.key, entry.size, entry.sha256],
        )

    def get(self, area: str, key: str) -> Entry | None:
        """It, if it is known."""
        query = "SELECT size, sha256 FROM known WHERE area = ? AND key = ?"
        row = self._database.execute(query, [area, key]).fetchone()
        return Entry(area, key, *row) if row else None

    def __iter__(self) -> Iterator[Entry]:
        for row in self._database.execute("SELECT area, key, size, sha256 FROM known"):
            yield Entry(*row)

    def close(self) -> None:
        """Let go of it."""
        self._database.close()


def prune(folder: Folder) -> int:
    """Delete objects that no complete run names, and what was cut off. Returns how many.

    Raises BackupError, and deletes nothing, when a list cannot be read.
    """
    known = Known.of(folder.complete_runs())
    deleted = 0
    try:
        for area, key, path in folder.stored():
            if known.get(area, key) is None:
                path.unlink()
                deleted += 1
    finally:
        known.close()
    return deleted
