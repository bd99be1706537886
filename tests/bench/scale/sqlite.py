"""The library as a SQLite file: built once, kept in `.cache/bench/`, and opened by the measures.

It begins as an empty file that is migrated, whatever other measures wrote into theirs. The rows go
in without indexes and triggers; both come back at the end, and the index of the search is filled in
one go. The file is named after everything it follows from: the generator, the migrations, and what
fills the index.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from gallery.search import schema_sqlite_1
from tests.bench.ground import PROJECT_DIR
from tests.bench.scale import rows
from tests.bench.scale.shelf import Shelf

FOLDER = PROJECT_DIR / ".cache" / "bench"
SOURCES = (
    "tests/bench/scale/words.py",
    "tests/bench/scale/rows.py",
    "tests/bench/scale/sqlite.py",
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "gallery/search/schema*.py",
)
FAST = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;
"""


def library(posts: int) -> Path:
    """The file with that many posts."""
    path = FOLDER / f"library-{posts}-{_version()}.sqlite3"
    if path.exists():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    for other in FOLDER.glob(f"library-{posts}-*"):
        other.unlink()
    building = path.with_suffix(".building")
    started = time.monotonic()
    _migrate(building, posts)
    with contextlib.closing(sqlite3.connect(building, isolation_level=None)) as shelf:
        shelf.executescript(FAST)
        parts = _load(shelf, posts)
    building.rename(path)
    size = path.stat().st_size / 1e6
    said = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in parts.items())
    print(f"  built {posts:,} posts in {time.monotonic() - started:.0f} s ({said}): {size:,.0f} MB")
    return path


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in PROJECT_DIR.glob(pattern)}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _migrate(path: Path, posts: int) -> None:
    for rest in ("", "-wal", "-shm"):  # of a run that was ended
        path.with_name(path.name + rest).unlink(missing_ok=True)
    with Shelf(posts, {**connections.settings["default"], "NAME": path}).open():
        call_command("migrate", verbosity=0)


def _load(shelf: sqlite3.Connection, posts: int) -> dict[str, float]:
    """Write all rows, then the indexes. How many seconds each part took."""
    parts = {}
    with _timed(parts, "rows"):
        later = _strip(shelf)
        shelf.execute("BEGIN")
        _insert(shelf, rows.PEOPLE, rows.people())
        _insert(shelf, rows.PROJECTS, rows.projects())
        for chunk in rows.chunks(posts):
            _insert(shelf, rows.POSTS, chunk.posts)
            _insert(shelf, rows.OBJECTS, chunk.objects)
            _insert(shelf, rows.PICTURES_TABLE, chunk.pictures)
        shelf.execute("COMMIT")
    with _timed(parts, "indexes"):
        for statement in later:
            shelf.execute(statement)
    with _timed(parts, "search"):
        for statement in schema_sqlite_1.FILL:
            shelf.execute(statement)
    return parts


def _strip(shelf: sqlite3.Connection) -> list[str]:
    """Drop the indexes and triggers of the tables; the statements that bring them back."""
    tables = [rows.POSTS.name, rows.OBJECTS.name, rows.PICTURES_TABLE.name]
    found = shelf.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN (?, ?, ?)"
        " AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type",
        tables,
    ).fetchall()
    for kind, name, _sql in found:
        shelf.execute(f'DROP {kind} "{name}"')
    return [sql for _kind, _name, sql in found]


def _insert(shelf: sqlite3.Connection, table: rows.Table, values: Iterable[rows.Row]) -> None:
    names = ", ".join((*table.columns, *table.constants))
    fixed = [
        f"'{value}'" if isinstance(value, str) else str(value) for value in table.constants.values()
    ]
    marks = ", ".join(["?"] * len(table.columns) + fixed)
    shelf.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)


@contextlib.contextmanager
def _timed(parts: dict[str, float], name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    parts[name] = time.monotonic() - started
