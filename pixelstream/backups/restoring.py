"""Puts a backup back: first the objects, then the database in one transaction.

Killed before the database was replaced, the installation is the old one with some objects more;
killed after, it is the new one, and another run does the rest.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from pixelstream import encryption, invariants, local
from pixelstream.accounts.models import User
from pixelstream.backups import checking, copying, databases, erased, lists, manifests
from pixelstream.backups.copying import Progress, Tally
from pixelstream.backups.folders import BackupError, Folder, Run, written_whole
from pixelstream.backups.lists import Entry
from pixelstream.backups.manifests import Manifest
from pixelstream.faultpoints import faultpoint
from pixelstream.storages import area_named

AREAS = ("public", "private")
LEAVING_SECONDS = 5

SETTLES = ("J2:", "B2:")
"""Findings that are to be expected: jobs that nobody works on yet, and objects that are newer than
the backup.
"""


@dataclass
class Restored:
    """What a restore came to."""

    manifest: Manifest
    tally: Tally
    differences: list[str] = field(default_factory=list)
    """Between the backup and what is there now."""
    findings: list[str] = field(default_factory=list)
    """Of the invariants."""
    missing: list[str] = field(default_factory=list)
    """Objects that the dump names and that are in no backup."""
    erased_again: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing differs but what was to be expected."""
        unexpected = [one for one in self.findings if not one.startswith(SETTLES)]
        return not (self.differences or unexpected)


def restore(
    folder: Folder,
    run: Run,
    *,
    replace: bool,
    without_damaged: bool,
    programs: Path | None,
    progress: Progress,
) -> Restored:
    """Put a run back. `replace` allows that what is there is lost; `without_damaged` leaves out
    objects that are damaged in the folder, and lists them as missing.

    Raises BackupError, before anything was changed, for a damaged or newer backup, one of another
    kind of database, an installation that is not empty, and one that runs.
    """
    with folder.hold_to_read(), _held():
        manifest = manifests.read(run)
        _require_readable(manifest)
        if not replace and (there := what_is_there()):
            raise BackupError(
                f"This installation is not empty: {there}. All of it would be lost. Say --yes if "
                "that is meant."
            )
        damaged = _damaged(folder, run, may_be=without_damaged)
        again, unread = erased.since(folder, manifest)
        # The database, where it is written, is about to go.
        erased.remember(again, manifest.installation)
        whole = (entry for entry in lists.read(run) if entry not in damaged)
        result = Restored(manifest, copying.put_back(folder, whole, area_named, progress))
        result.notes += unread
        faultpoint("restore.after_objects")
        databases.put_back(run.path / manifest.database, programs=programs)
        faultpoint("restore.after_database")
        result.differences += _differences(manifest)
        result.notes += _put_secrets_back(run, manifest)
        _migrate()
        result.erased_again, notes = erased.erase_again(again)
        result.notes += notes
        result.missing += [
            f"{one.area}/{one.key}" for one in lists.read(run) if one.missing or one in damaged
        ]
    result.findings += invariants.broken()
    return result


def what_is_there() -> str:
    """What would be lost, in words; empty where nothing is."""
    try:
        people = User.objects.count()
    except DatabaseError:
        people = 0  # no tables: nobody has begun here
    finally:
        connection.close()
    if people:
        return f"the database has {people} people"
    for area in AREAS:
        for key, _size, _changed in area_named(area).walk():
            return f"the {area} storage has objects, {key} for example"
    return ""


def _require_readable(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.vendor}, this installation is on {connection.vendor}. Set "
            "DATABASE_URL to the same kind of database."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    if newer := [name for name in manifest.migrations if name not in known]:
        raise BackupError(
            f"The backup is of a newer version ({manifest.version}): this one does not know "
            f"{newer[-1]}. Install that version first."
        )


def _damaged(folder: Folder, run: Run, *, may_be: bool) -> set[Entry]:
    """Objects that are damaged in the folder. Raises BackupError where they may not be, and for
    every other damage.
    """
    problems = list(checking.problems_of(folder, run))
    damaged = {problem.entry for problem in problems if problem.entry}
    is_rest_whole = all(problem.entry for problem in problems)
    if problems and not (may_be and is_rest_whole):
        hint = " --without-damaged restores all the rest." if is_rest_whole else ""
        raise BackupError(f"The backup is damaged. {' '.join(map(str, problems[:5]))}{hint}")
    return damaged


@contextlib.contextmanager
def _held() -> Iterator[None]:
    """Nobody else works here. Raises BackupError."""
    if others := _others_connected():
        raise BackupError(
            f"{others} other connections use the database: stop web, worker and beat first, and "
            "a connection pool (PgBouncer), whose idle connections count as well."
        )
    try:
        with local.hold(settings.DATA_DIR):
            yield
    except local.AlreadyRunningError as error:
        raise BackupError(f"{error} A restore needs it stopped.") from error


def _others_connected() -> int:
    """Who is still there after a moment: a program that has just ended takes one to be gone."""
    until = time.monotonic() + LEAVING_SECONDS
    while (others := databases.others_connected()) and time.monotonic() < until:
        time.sleep(0.1)
    return others


def _differences(manifest: Manifest) -> list[str]:
    rows = databases.present().rows()
    return [
        f"{table} has {rows.get(table, 0)} rows, the backup {count}"
        for table, count in manifest.rows.items()
        if rows.get(table) != count
    ]


def _put_secrets_back(run: Run, manifest: Manifest) -> list[str]:
    """The machine's secrets, where the run has them; what lay there is kept beside them."""
    notes = []
    target = settings.DATA_DIR / local.SECRETS_FILE
    if run.secrets.exists() and not _same(run.secrets, target):
        if target.exists():
            now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            os.replace(target, target.with_name(f"{target.name}.before-{now}"))
        with written_whole(target) as file:
            file.write(run.secrets.read_bytes())
        return [f"The secrets of the backup are in {target} again."]
    here = encryption.fingerprints()
    marks = manifest.encryption_keys.items()
    if lacking := [name for name, mark in marks if here.get(name) != mark]:
        notes.append(
            f"FIELD_ENCRYPTION_KEYS here has not the key {', '.join(lacking)} that the backup was "
            "made with: people's provider keys and second steps cannot be read until it has."
        )
    return notes


def _same(one: Path, other: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return one.read_bytes() == other.read_bytes()
    return False


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
