"""What a database knows of its tables when it plans a query."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from django.db import connection

Count = Callable[..., None]
"""Has the database count the tables with these names, or all."""

# PostgreSQL keeps what an ANALYZE found when its transaction is rolled back. A table without rows
# of its own, but with the remains of other tests, would be planned as empty from then on: a join of
# 800 rows took three minutes.
FORGET = """
    UPDATE pg_class SET relpages = 0, reltuples = CASE relkind WHEN 'r' THEN -1 ELSE 0 END
    WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace
"""


@contextlib.contextmanager
def counting() -> Iterator[Count]:
    """Gives a function that counts tables; afterwards they are planned by their size again."""
    asked: list[str] = []

    def count(*tables: str) -> None:
        asked.extend(tables or ("",))
        with connection.cursor() as cursor:
            for table in tables or ("",):
                cursor.execute(f"ANALYZE {table}")

    yield count
    if asked and connection.vendor == "postgresql":
        # On a connection of its own: the test's transaction takes its changes back.
        with contextlib.closing(connection.copy()) as own, own.cursor() as cursor:
            cursor.execute(FORGET)
