"""Makes a backup: objects, then the dump, then what the dump names and was not there yet.

People go on working. An object is in storage before its row is live and leaves it after the row
went, so what the first pass copies and the dump names is in step but for what changed in between:
what came is fetched in the second pass; what moved is found under its new key; what was deleted is
noted in the list.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from gallery.models import StoredObject
from pixelstream import encryption, local
from pixelstream.backups import databases, lists, manifests
from pixelstream.backups.copying import Collecting, Named, Progress, Tally
from pixelstream.backups.folders import (
    BackupError,
    Folder,
    Run,
    forget,
    sha256_of,
    sync_folder,
    written_whole,
)
from pixelstream.backups.manifests import Manifest
from pixelstream.faultpoints import faultpoint

PAGE = 200


@dataclass(frozen=True)
class Made:
    """What a backup came to."""

    run: Run
    manifest: Manifest
    tally: Tally
    forgotten: int
    """Runs that were deleted because newer ones are enough."""
    pruned: int
    """Objects that no run names any more."""
    warnings: list[str]
    """What is wrong with older runs, as sentences."""


def make(
    folder: Folder,
    *,
    with_secrets: bool,
    keep: int | None,
    programs: Path | None,
    progress: Progress,
) -> Made:
    """Make a backup into the folder, beside those that are there. Raises BackupError and OSError.

    With `keep`, older runs than the newest so many are deleted when this one is complete, and the
    objects that no run names. `programs` is the folder of pg_dump.
    """
    with folder.hold():
        begun_at = datetime.now(UTC)
        run = folder.new_run()
        known = lists.Known()
        try:
            warnings = _learn(known, folder)
            collecting = Collecting(folder, known, progress)
            manifest = _fill(folder, run, collecting, begun_at, with_secrets, programs)
        except BaseException:
            forget(run)  # half of one is of no use; the objects are, to the next one
            raise
        finally:
            known.close()
        manifests.write(run, manifest)
        sync_folder(run.path.parent)
        try:
            forgotten, pruned = _keep(folder, run, keep) if keep else (0, 0)
        except BackupError as error:
            raise BackupError(
                f"The backup {run.name} is made, and no object was deleted: without this list "
                f"nobody knows which are needed. {error} Delete that backup if it is of no use."
            ) from error
        return Made(run, manifest, collecting.tally, forgotten, pruned, warnings)


def _learn(known: lists.Known, folder: Folder) -> list[str]:
    """Let it know what is in the folder. Returns which lists cannot be read, in words: their
    objects are read instead, or copied again.
    """
    warnings = []
    for run in folder.complete_runs():
        try:
            lists.require_whole(run, manifests.read(run))
            known.learn(run)
        except BackupError as error:
            warnings.append(f"{run.name} is damaged and cannot be restored. {error}")
    return warnings


def _fill(
    folder: Folder,
    run: Run,
    collecting: Collecting,
    begun_at: datetime,
    with_secrets: bool,
    programs: Path | None,
) -> Manifest:
    for _entry in collecting.bring(_live_objects()):
        pass
    faultpoint("backup.after_objects")
    # The pass before is no part of the result: what it missed was deleted, or is missed again.
    first = collecting.tally
    collecting.tally = Tally()
    with databases.dumped(run.path, programs=programs) as frozen:
        faultpoint("backup.after_dump")
        count = size = 0
        with written_whole(run.objects) as file:
            for entry in collecting.bring(frozen.live_objects()):
                lists.write(file, entry)
                count += not entry.missing
                size += entry.size
        rows, migrations = frozen.rows(), frozen.migrations()
        installation, erased = frozen.installation(), frozen.erased()
    collecting.tally.copied += first.copied
    collecting.tally.bytes += first.bytes
    collecting.tally.there -= first.copied
    if with_secrets:
        _copy_secrets(run)
    for path in run.path.iterdir():
        _sync(path)
    faultpoint("backup.before_manifest")
    return Manifest(
        run=run.name,
        begun_at=begun_at.isoformat(timespec="seconds"),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=manifests.project_version(settings.BASE_DIR),
        installation=installation,
        vendor=connection.vendor,
        server=databases.server_version(),
        migrations=migrations,
        rows=rows,
        files={path.name: sha256_of(path) for path in sorted(run.path.iterdir())},
        database=databases.FILES[connection.vendor],
        objects=count,
        object_bytes=size,
        missing=collecting.tally.missing,
        encryption_keys=encryption.fingerprints(),
        erased=erased,
    )


def _live_objects() -> Iterator[Named]:
    live, last = StoredObject.objects.filter(state=StoredObject.State.LIVE), 0
    while rows := list(live.filter(pk__gt=last).order_by("pk")[:PAGE]):
        last = rows[-1].pk
        yield from map(Named.by, rows)


def _copy_secrets(run: Run) -> None:
    source = settings.DATA_DIR / local.SECRETS_FILE
    try:
        text = source.read_bytes()
    except FileNotFoundError:
        raise BackupError(
            f"There is no {source}: the secrets are in the environment. Leave --with-secrets out, "
            "and keep SECRET_KEY and FIELD_ENCRYPTION_KEYS where you keep your other secrets."
        ) from None
    with written_whole(run.secrets) as file:
        file.write(text)


def _keep(folder: Folder, newest: Run, keep: int) -> tuple[int, int]:
    """Delete older runs than the newest `keep`, every one that was cut off, and lone objects."""
    complete = folder.complete_runs()
    wanted = {run.path for run in complete[-keep:]} | {newest.path}
    old = [run for run in folder.runs() if run.path not in wanted]
    for run in old:
        forget(run)
    faultpoint("backup.before_prune")
    return len(old), lists.prune(folder)


def _sync(path: Path) -> None:
    with contextlib.closing(path.open("rb")) as file:
        os.fsync(file.fileno())
