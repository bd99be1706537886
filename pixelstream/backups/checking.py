"""Checks a backup alone: nothing of the installation is needed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pixelstream.backups import databases, lists, manifests
from pixelstream.backups.folders import BackupError, Folder, Run, sha256_of
from pixelstream.backups.lists import Entry
from pixelstream.backups.manifests import Manifest


@dataclass(frozen=True)
class Problem:
    """What is wrong with a run, as a sentence."""

    text: str
    entry: Entry | None = None
    """The object, where it is this alone that is damaged or missing."""

    def __str__(self) -> str:
        return self.text


def problems_of(
    folder: Folder, run: Run, *, progress: Callable[[int], None] = lambda _seen: None
) -> Iterator[Problem]:
    """What is wrong with a run. Reads all of it: every object is compared with its
    SHA-256. `progress` hears how many were.
    """
    try:
        manifest = manifests.read(run)
        yield from map(Problem, _files(run, manifest))
        yield from _objects(folder, run, manifest, progress)
    except BackupError as error:
        yield Problem(str(error))


def set_aside(folder: Folder, damaged: Collection[Entry]) -> list[tuple[Path, Path]]:
    """Give the files of damaged objects another name, so that the next backup copies them again.
    Returns old and new names. One that any run takes for whole is left alone.

    They stay among the objects: no run names them there, and the next backup that deletes what
    none names deletes them.
    """
    files = {}
    for entry in damaged:
        path = folder.object(entry.area, entry.key)
        with contextlib.suppress(FileNotFoundError):
            files[entry.area, entry.key] = (path, sha256_of(path))
    for run in folder.complete_runs() if files else []:
        with contextlib.suppress(BackupError):  # a list that cannot be read takes nothing for whole
            for entry in lists.read(run):
                _path, digest = files.get((entry.area, entry.key), (None, ""))
                if digest and entry.sha256 == digest:
                    del files[entry.area, entry.key]
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    moved = []
    for path, _digest in files.values():
        aside = path.with_name(f"{path.name}.damaged-{now}")
        path.rename(aside)
        moved.append((path, aside))
    return moved


def _files(run: Run, manifest: Manifest) -> Iterator[str]:
    if not {manifest.database, run.objects.name} <= set(manifest.files):
        raise BackupError(f"The manifest of {run.name} names neither a dump nor a list.")
    for name, digest in manifest.files.items():
        path = run.path / name
        if not path.exists():
            raise BackupError(f"{path} is missing.")
        if sha256_of(path) != digest:
            raise BackupError(f"{path} is damaged: its SHA-256 is another one.")
    if problem := databases.problem_of(run.path / manifest.database, manifest.vendor):
        yield f"{run.path / manifest.database}: {problem}"


def _objects(
    folder: Folder, run: Run, manifest: Manifest, progress: Callable[[int], None]
) -> Iterator[Problem]:
    count = missing = 0
    for entry in lists.read(run):
        if entry.missing:
            missing += 1
            continue
        count += 1
        path = folder.object(entry.area, entry.key)
        if not path.exists():
            yield Problem(f"{path} is missing.", entry)
        elif path.stat().st_size != entry.size or sha256_of(path) != entry.sha256:
            yield Problem(f"{path} is damaged: its SHA-256 is another one.", entry)
        if count % 1000 == 0:
            progress(count)
    if (count, missing) != (manifest.objects, manifest.missing):
        yield Problem(f"{run.objects} names {count} objects, the manifest {manifest.objects}.")
