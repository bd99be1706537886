"""Version 3 of the index, as migrations 0012 to 0014 know it: frozen (see `schema`).

Captions can be looked for without prompts. SQLite's index has always had a column for each text, so
version 3 is version 2 there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gallery.search import schema_postgresql_3, schema_sqlite_2
from gallery.search.schema_1 import run

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def upgrade(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """From version 2 to version 3. Only posts that have a caption are written again."""
    if editor.connection.vendor == "postgresql":
        run(editor, (*schema_postgresql_3.UPGRADE, *schema_postgresql_3.FILL_CAPTIONS))


def downgrade(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Back to version 2, again by writing only the posts that have a caption."""
    if editor.connection.vendor == "postgresql":
        run(editor, (*schema_postgresql_3.DOWNGRADE, *schema_postgresql_3.FILL_CAPTIONS))


def triggers_off(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Let SQLite rebuild the tables. PostgreSQL's triggers survive what migrations do."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite_2.NO_TRIGGERS)


def triggers_on(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the index again. Posts that changed in between are not in it as they are now."""
    if editor.connection.vendor == "sqlite":
        run(editor, schema_sqlite_2.TRIGGERS)
