"""How the database keeps the search index: run by migrations, never at any other time.

The index is kept by triggers, in the transaction that changes a post or its pictures, so nothing
in the code can forget it. What a migration once ran must stay as it is: another shape of the index
is another version of these statements, beside the old ones.

SQLite changes most columns by building the table anew, which loses its triggers and is refused
while others mention it. A migration that does that to posts or pictures therefore looks like this:

    operations = [
        migrations.RunPython(schema.triggers_off, schema.triggers_on),
        migrations.AlterField("post", ...),
        migrations.RunPython(schema.triggers_on, schema.triggers_off),
    ]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from gallery.search import schema_postgresql, schema_sqlite

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
    _run(editor, (*of.INSTALL, *of.TRIGGERS, *of.FILL))


def remove(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the index away."""
    of = _statements(editor)
    _run(editor, (*of.NO_TRIGGERS, *of.REMOVE))


def triggers_off(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Let SQLite rebuild the tables. PostgreSQL's triggers survive what migrations do."""
    if editor.connection.vendor == "sqlite":
        _run(editor, schema_sqlite.NO_TRIGGERS)


def triggers_on(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the index again. Posts that changed in between are not in it as they are now."""
    if editor.connection.vendor == "sqlite":
        _run(editor, schema_sqlite.TRIGGERS)


def _statements(editor: BaseDatabaseSchemaEditor) -> Statements:
    vendors = {"sqlite": schema_sqlite, "postgresql": schema_postgresql}
    return cast("Statements", vendors[editor.connection.vendor])


def _run(editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
