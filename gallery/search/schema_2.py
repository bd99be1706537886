"""Version 2 of the index, as migrations 0010 and 0011 know it: frozen (see `schema`).

With the titles of conversations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from gallery.search import schema_postgresql_2, schema_sqlite_2
from gallery.search.schema_1 import run

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class Statements(Protocol):
    """What a vendor's module offers. Each is run as it stands, in order."""

    UPGRADE: tuple[str, ...]
    DOWNGRADE: tuple[str, ...]
    FILL_TITLES: tuple[str, ...]


def upgrade(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """From version 1 to version 2. Only posts that have a title are written again."""
    of = _statements(editor)
    run(editor, (*of.UPGRADE, *of.FILL_TITLES))


def downgrade(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Back to version 1, again by writing only the posts that have a title."""
    of = _statements(editor)
    run(editor, (*of.DOWNGRADE, *of.FILL_TITLES))


def triggers_off(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Let SQLite rebuild the tables. PostgreSQL's triggers survive what migrations do."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite_2.NO_TRIGGERS)


def triggers_on(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the index again. Posts that changed in between are not in it as they are now."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite_2.TRIGGERS)


def _statements(editor: BaseDatabaseSchemaEditor) -> Statements:
    vendors = {"sqlite": schema_sqlite_2, "postgresql": schema_postgresql_2}
    return cast("Statements", vendors[editor.connection.vendor])
