"""Taking deleted words out of SQLite's index for good.

A deleted post is found no more at once, but FTS5 keeps its words in the index, with a mark that
they do not count, until it merges the pieces that they are in.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

PAGES = 500
"""Of one step: some 2 MB, so that the only writer is held for a moment."""

_MERGE = "INSERT INTO gallery_post_search (gallery_post_search, rank) VALUES ('merge', %s)"


def merge_steps() -> Iterator[None]:
    """Merge everything, step by step, each a transaction of its own. PostgreSQL does it by itself
    (autovacuum).
    """
    if connection.vendor != "sqlite":
        return
    pages = -PAGES  # a negative number begins to merge all pieces into one
    while True:
        before = _changes()
        with connection.cursor() as cursor:
            cursor.execute(_MERGE, [pages])
        if _changes() - before < 2:  # so the manual says it: nothing was left to do
            return
        pages = PAGES
        yield


def _changes() -> int:
    connection.ensure_connection()
    changes: int = connection.connection.total_changes
    return changes
