"""How the database keeps the search index: run by migrations, never at any other time.

The index is kept by triggers, in the transaction that changes a post, its pictures, or the title
of the conversation that made one of them, so nothing in the code can forget it. What a migration
once ran must stay as it is: another shape of the index is another version of these statements.
This is version 4, in which a post with a clip is of a kind of its own; `schema_3` let captions be
looked for without prompts, `schema_2` brought the titles of conversations, `schema_1` made the
index. Who makes version 5 renames this one to `schema_4` (and a vendor's module that changes, as
well), and lets migration 0015 import it by that name.

SQLite changes most columns by building the table anew, which loses its triggers and is refused
while others mention it. A migration that does that to posts, pictures, turns or conversations
therefore looks like this:

    operations = [
        migrations.RunPython(schema.triggers_off, schema.triggers_on),
        migrations.AlterField("post", ...),
        migrations.RunPython(schema.triggers_on, schema.triggers_off),
    ]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from gallery.search import schema_postgresql, schema_sqlite
from gallery.search.schema_1 import run

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class Statements(Protocol):
    """What a vendor's module offers. Each is run as it stands, in order."""

    UPGRADE: tuple[str, ...]
    DOWNGRADE: tuple[str, ...]
    FILL_CLIPS: tuple[str, ...]


def upgrade(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """From version 3 to this one. Only posts that have a clip are written again."""
    of = _statements(editor)
    run(editor, (*of.UPGRADE, *of.FILL_CLIPS))


def downgrade(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Back to version 3, again by writing only the posts that have a clip."""
    of = _statements(editor)
    run(editor, (*of.DOWNGRADE, *of.FILL_CLIPS))


def triggers_off(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Let SQLite rebuild the tables. PostgreSQL's triggers survive what migrations do."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite.NO_TRIGGERS)


def triggers_on(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the index again. Posts that changed in between are not in it as they are now."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite.TRIGGERS)


def _statements(editor: BaseDatabaseSchemaEditor) -> Statements:
    vendors = {"sqlite": schema_sqlite, "postgresql": schema_postgresql}
    return cast("Statements", vendors[editor.connection.vendor])
