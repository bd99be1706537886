"""Version 1 of the index, as migrations 0004 to 0009 know it: frozen (see `schema`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from gallery.search import schema_postgresql_1, schema_sqlite_1

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class Statements(Protocol):
    """What a vendor's module offers. Each is run as it stands, in order."""

    INSTALL: tuple[str, ...]
    TRIGGERS: tuple[str, ...]
    NO_TRIGGERS: tuple[str, ...]
    FILL: tuple[str, ...]
    REMOVE: tuple[str, ...]


def install(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index and fill it with the posts that are there."""
    of = _statements(editor)
    run(editor, (*of.INSTALL, *of.TRIGGERS, *of.FILL))


def remove(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the index away."""
    of = _statements(editor)
    run(editor, (*of.NO_TRIGGERS, *of.REMOVE))


def triggers_off(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Let SQLite rebuild the tables. PostgreSQL's triggers survive what migrations do."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite_1.NO_TRIGGERS)


def triggers_on(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the index again. Posts that changed in between are not in it as they are now."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite_1.TRIGGERS)


def run(editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
    """Execute these in order."""
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _statements(editor: BaseDatabaseSchemaEditor) -> Statements:
    vendors = {"sqlite": schema_sqlite_1, "postgresql": schema_postgresql_1}
    return cast("Statements", vendors[editor.connection.vendor])
