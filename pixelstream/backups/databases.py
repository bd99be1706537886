"""The database at one moment: dumped, read, and put back. SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from gallery.models import AccountErasure, Installation, StoredObject
from pixelstream.backups import postgres, sqlite
from pixelstream.backups.copying import Named
from pixelstream.backups.folders import BackupError

PAGE = 1000

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""What the dump of each kind of database is called."""


class Frozen:
    """The database as it was when it was dumped, whatever has changed since."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self._database = database

    def live_objects(self) -> Iterator[Named]:
        """What lies in storage."""
        table, last = _quoted(StoredObject), 0
        while rows := self._all(
            "SELECT id, area, key, size, sha256, rendition_widths "  # noqa: S608 (our own names)
            f"FROM {table} WHERE state = %s AND id > %s ORDER BY id LIMIT {PAGE}",
            [StoredObject.State.LIVE, last],
        ):
            for pk, area, key, size, sha256, widths in rows:
                last = pk
                known = json.loads(widths) if isinstance(widths, str) else widths
                yield Named(area, key, size, sha256, tuple(known))

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self._database.cursor() as cursor:
            tables = self._database.introspection.table_names(cursor)
            counts = {}
            for table in sorted(tables):
                name = self._database.ops.quote_name(table)
                cursor.execute(f"SELECT COUNT(*) FROM {name}")  # noqa: S608
                counts[table] = int(cursor.fetchone()[0])
        return counts

    def migrations(self) -> list[str]:
        """What it has been through."""
        table = _quoted(MigrationRecorder.Migration)
        rows = self._all(f"SELECT app, name FROM {table} ORDER BY app, name", [])  # noqa: S608
        return [f"{app}.{name}" for app, name in rows]

    def installation(self) -> str:
        """Which installation it is of; empty where that was never asked."""
        rows = self._all(f"SELECT identifier FROM {_quoted(Installation)}", [])  # noqa: S608
        return str(rows[0][0]).replace("-", "") if rows else ""

    def erased(self) -> list[tuple[int, str]]:
        """Whose erasure has begun or ended: number of the person, and when it was asked for."""
        rows = self._all(
            f"SELECT person_id, requested_at FROM {_quoted(AccountErasure)} "  # noqa: S608
            "WHERE started_at IS NOT NULL ORDER BY person_id",
            [],
        )
        return [(person, str(asked).replace(" ", "T")) for person, asked in rows]

    def _all(self, query: str, values: list[Any]) -> list[Any]:
        with self._database.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())


@contextlib.contextmanager
def dumped(folder: Path, *, programs: Path | None) -> Iterator[Frozen]:
    """Dump the database into the folder, and read the same moment of it.

    `programs` is where pg_dump is to be looked for first. Raises BackupError.
    """
    _require_known()
    target = folder / FILES[connection.vendor]
    if connection.vendor == "sqlite":
        with sqlite.dumped(target) as database:
            yield Frozen(database)
    else:
        with postgres.dumped(target, programs) as database:
            yield Frozen(database)


def present() -> Frozen:
    """The database as it is now."""
    return Frozen(connection)


def put_back(dump: Path, *, programs: Path | None) -> None:
    """Replace everything in the database by what the dump holds, or nothing at all.

    It is one transaction: killed at any moment, the database is the old one or the new one.
    """
    if connection.vendor == "sqlite":
        sqlite.put_back(dump)
    else:
        postgres.put_back(dump, programs)
    connection.close()  # what it had prepared is of the old tables


def problem_of(dump: Path, vendor: str) -> str:
    """What is wrong with a dump as far as it can be said without a server; empty when nothing."""
    return sqlite.problem_of(dump) if vendor == "sqlite" else postgres.problem_of(dump)


def others_connected() -> int:
    """How many other programs use the database as the same user; 0 where that cannot be said."""
    return 0 if connection.vendor == "sqlite" else postgres.others_connected()


def server_version() -> str:
    """The database's version."""
    return ".".join(str(part) for part in connection.get_database_version())


def _require_known() -> None:
    if connection.vendor not in FILES:
        raise BackupError(f"{connection.vendor} is neither SQLite nor PostgreSQL.")


def _quoted(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)
