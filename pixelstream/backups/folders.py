"""The folder of backups: its runs, and files in it that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

PIECE = 1024 * 1024
RUN_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
PART = ".part"
"""How a file that is being written ends; what was cut off is found by it."""
CANNOT_WRITE = (errno.EACCES, errno.EPERM, errno.EROFS)


class BackupError(Exception):
    """It cannot be done; a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Run:
    """One run: a dump and what belongs to it."""

    path: Path

    @property
    def name(self) -> str:
        """The time at which it began, in UTC."""
        return self.path.name

    @property
    def manifest(self) -> Path:
        """Written last."""
        return self.path / "manifest.json"

    @property
    def objects(self) -> Path:
        """The list of the objects that the dump names."""
        return self.path / "objects.jsonl"

    @property
    def secrets(self) -> Path:
        """The machine's secrets, where they were asked for."""
        return self.path / "secrets.env"

    @property
    def is_complete(self) -> bool:
        """Whether it was not cut off."""
        return self.manifest.exists()


@dataclass(frozen=True)
class Folder:
    """Where backups lie."""

    path: Path

    def runs(self) -> list[Run]:
        """Every run, the oldest first, those that were cut off too."""
        with contextlib.suppress(FileNotFoundError):
            names = sorted(os.listdir(self.path / "runs"))
            return [Run(self.path / "runs" / name) for name in names if RUN_NAME.fullmatch(name)]
        return []

    def complete_runs(self) -> list[Run]:
        """Those that were not cut off, the oldest first."""
        return [run for run in self.runs() if run.is_complete]

    def newest(self) -> Run:
        """The newest complete run. Raises BackupError, with what there is instead."""
        if complete := self.complete_runs():
            return complete[-1]
        if cut_off := self.runs():
            raise BackupError(
                f"There is no complete backup in {self.path}: {cut_off[-1].name} was cut off "
                "before its manifest was written. Make one: manage.py backup --to FOLDER"
            )
        raise BackupError(f"There is no backup in {self.path}.")

    def run_named(self, name: str) -> Run:
        """A complete run by its name. Raises BackupError."""
        for run in self.complete_runs():
            if run.name == name:
                return run
        known = ", ".join(run.name for run in self.complete_runs()) or "none"
        raise BackupError(f"There is no complete backup {name} in {self.path}; there are: {known}.")

    def new_run(self) -> Run:
        """An empty run of this moment."""
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        (self.path / "runs").mkdir(mode=0o700, exist_ok=True)
        for number in range(1, 1000):
            path = self.path / "runs" / (name if number == 1 else f"{name}-{number}")
            with contextlib.suppress(FileExistsError):
                path.mkdir(mode=0o700)
                return Run(path)
        raise BackupError(f"A thousand backups began in the second {name}.")

    def object(self, area: str, key: str) -> Path:
        """Where an object lies. Raises BackupError for a key that would lead out of the folder."""
        parts = PurePosixPath(key).parts
        if not parts or key.startswith("/") or ".." in parts or area not in {"public", "private"}:
            raise BackupError(f"{area}/{key} is no key of an object.")
        return self.path / "objects" / area / key

    def stored(self) -> Iterator[tuple[str, str, Path]]:
        """Area, key and file of everything under `objects`, also of what was cut off."""
        root = self.path / "objects"
        for place, _folders, names in os.walk(root):
            for name in names:
                path = Path(place) / name
                area, _, key = path.relative_to(root).as_posix().partition("/")
                yield area, key, path

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Hold it for a backup; the system lets go when the process dies. Raises BackupError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / ".lock").open("a") as file:
            self._lock(file)
            yield

    @contextlib.contextmanager
    def hold_to_read(self) -> Iterator[None]:
        """Hold it so that no backup takes anything away meanwhile. Raises BackupError.

        A folder that cannot be written to is read all the same: nobody else who is kept from
        writing takes anything away either.
        """
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context((self.path / ".lock").open("a"))
            except OSError as error:
                if error.errno not in CANNOT_WRITE:
                    raise
            else:
                self._lock(file)
            yield

    def _lock(self, file: IO[str]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(
                f"Another backup is being made in {self.path}, or one is checked or restored."
            ) from None


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when it is whole and on the disk, readable for its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Bring the names of a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget(run: Run) -> None:
    """Delete a run; its manifest first, so that half of one counts as cut off."""
    run.manifest.unlink(missing_ok=True)
    shutil.rmtree(run.path)
