"""SQLite: its online backup copies a consistent state while people write."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from pixelstream.backups.folders import BackupError
from pixelstream.faultpoints import faultpoint

BUSY_SECONDS = 60
PAGES = 64


@contextlib.contextmanager
def dumped(target: Path) -> Iterator[BaseDatabaseWrapper]:
    """Copy the database, and read the copy."""
    with (
        contextlib.closing(_open(_path(), "rw")) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        target.chmod(0o600)
        source.backup(copy)  # in one step: one state, which writers do not wait for
        copy.execute("PRAGMA journal_mode=DELETE")  # a file of its own, without a -wal beside it
    database = type(connections["default"])(
        {**connection.settings_dict, "NAME": str(target), "OPTIONS": {}}, "backup"
    )
    try:
        yield database
    finally:
        database.close()


def put_back(dump: Path) -> None:
    """Replace every page of the database in one transaction.

    A file that SQLite cannot read is no state to go back to: it is kept beside the new one.
    """
    connection.close()
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_database(path)
    with (
        contextlib.closing(_open(dump, "ro")) as source,
        contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as target,
    ):
        target.execute("PRAGMA journal_mode=WAL")
        try:
            target.execute("BEGIN IMMEDIATE")  # the copy itself would wait for ever
        except sqlite3.OperationalError as error:
            raise BackupError(f"{path} is in use: stop web, worker and beat first.") from error
        target.rollback()
        # In steps of one transaction, of which readers see nothing until the last one.
        source.backup(target, pages=PAGES, progress=lambda *_: faultpoint("restore.in_database"))


def _require_database(path: Path) -> None:
    """Move the file away, with what belongs to it, if it is none that SQLite can open."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        raise  # in use, or not to be written to: it may be whole
    except sqlite3.DatabaseError:
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        for ending in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                file = path.with_name(f"{path.name}{ending}")
                file.rename(file.with_name(f"{file.name}.broken-{now}"))


def problem_of(dump: Path) -> str:
    """What is wrong with the file; empty when nothing is."""
    try:
        with contextlib.closing(_open(dump, "ro")) as database:
            said = [str(row[0]) for row in database.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if said == ["ok"] else "; ".join(said)


def _open(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)


def _path() -> Path:
    name = str(connection.settings_dict["NAME"])
    if name == ":memory:" or "mode=memory" in name:
        raise BackupError("The database is in memory only: there is nothing to keep.")
    return Path(name)
