"""A library that is open: the application in this process works on its database."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.bench import ground as common
from tests.bench.ground import Ground
from tests.bench.processes import PROC
from tests.bench.scale import rows

if TYPE_CHECKING:
    from pixelstream.accounts.models import User
    from tests.bench.pages import Pages

#: The smaller library that shows whether size costs anything has this share of the posts.
SMALLER = 10


@dataclass(frozen=True, eq=False)
class Shelf:
    """A database with a library of that many posts, and how Django reaches it."""

    posts: int
    settings: dict[str, Any]

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Make it the database of this process while the block runs."""
        from django.db import connections

        usual = connections.settings["default"]
        _connect(self.settings)
        try:
            yield
        finally:
            _connect(usual)


@contextlib.contextmanager
def shelves(ground: Ground, *sizes: int) -> Iterator[list[Shelf]]:
    """The libraries of these sizes on the database that was asked for."""
    from django.db import connections

    usual = connections.settings["default"]
    if ground.database == "postgres":
        from tests.bench.scale import postgres

        with postgres.libraries(sizes) as found:
            yield [Shelf(size, settings) for size, settings in zip(sizes, found, strict=True)]
        return
    from tests.bench.scale import sqlite

    yield [Shelf(size, {**usual, "NAME": sqlite.library(size)}) for size in sizes]


def owner(pk: int = rows.OWNER) -> User:
    """One of the people of the open library; without a number the one with most posts."""
    from pixelstream.accounts.models import User

    return User.objects.get(pk=pk)


def signed_in(person: User) -> Pages:
    """Requests by that person to the open library."""
    from tests.bench.pages import Pages

    return Pages(session=common.session_key(person), clock=cpu_seconds)


def stranger() -> Pages:
    """Requests by somebody who is not signed in."""
    from tests.bench.pages import Pages

    return Pages(clock=cpu_seconds)


def cpu_seconds() -> float:
    """Processor time of this process and, on PostgreSQL, of the one that serves its connection."""
    from django.db import connection

    used = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        backend = PROC / str(connection.connection.info.backend_pid) / "schedstat"
        used += int(backend.read_text().split()[0]) / 1e9
    return used


def _connect(settings: dict[str, Any]) -> None:
    from django.db import connections

    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = settings
