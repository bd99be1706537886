"""Whether migrations can run while the release before them still works.

    python -m tools.migrations     fail if one cannot; no database is needed

Web and worker of the old release go on while `migrate` runs, and until they are replaced. So a new
column is nullable or has a default of the database, nothing is renamed, and what is removed is not
used by the release before. On PostgreSQL nothing may hold a lock while it reads a table that grows.
Migrations up to FROZEN came before these rules.

A comment above an operation answers for it:

    # online: <why it does not get in the way>
    # contract: <the last release that used what is removed>

django-migration-linter reads the SQL of one database, SQLite's here, so it sees neither locks nor
database defaults; django-pg-zero-downtime-migrations is another database engine for every process.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import django
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from packaging.version import InvalidVersion, Version

from pixelstream.online import AddConstraintOnline, AddIndexOnline, RemoveIndexOnline

PROJECT_DIR = Path(__file__).resolve().parent.parent
#: The last migration of each app that is not looked at; of others all are.
FROZEN: Mapping[str, int] = {"accounts": 2, "gallery": 15, "generation": 6}
OURS = ("accounts", "api", "gallery", "generation")
#: They take the search index's triggers off SQLite's tables, and do nothing on PostgreSQL.
HARMLESS = ("triggers_off", "triggers_on")


def main() -> int:
    """Check all migrations after the frozen ones; the exit code is 1 if one is refused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")
    os.environ.setdefault("SECRET_KEY", "only-to-load-the-settings")
    django.setup()
    found = list(problems())
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


def problems() -> Iterator[str]:
    """Yield what is wrong with the migrations of this project, a line each."""
    release = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text("utf-8"))
    version = Version(release["project"]["version"])
    loader = MigrationLoader(None)
    for key in sorted(loader.disk_migrations):
        app, name = key
        if app not in OURS or int(name.partition("_")[0]) <= FROZEN.get(app, 0):
            continue
        migration = loader.disk_migrations[key]
        source = inspect.getsource(sys.modules[type(migration).__module__])
        before = loader.project_state(key, at_end=False)
        for problem in check(migration, before, source, version):
            yield f"{app}/{name}: {problem}"


def check(
    migration: Migration, before: ProjectState, source: str, version: Version
) -> Iterator[str]:
    """Yield what is wrong with one migration.

    `before` is the state that it starts from, `source` its file, `version` the release that it is
    going to be a part of.
    """
    state = before.clone()
    new: set[str] = set()
    comments = _comments(source, len(migration.operations))
    for operation, comment in zip(migration.operations, comments, strict=True):
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        problem = _refused(operation, migration, state, after, new)
        if problem and not _answered(operation, comment, version):
            yield f"{operation.describe()}: {problem}"
        if isinstance(operation, ops.CreateModel):
            new.add(operation.name_lower)
        state = after


def _refused(
    operation: Any, migration: Migration, state: ProjectState, after: ProjectState, new: set[str]
) -> str:
    """Why an operation gets in the way; empty if it does not. `new` are tables without rows."""
    app = migration.app_label
    table = getattr(operation, "model_name_lower", "")
    match operation:
        case ops.RunPython():
            if getattr(operation.code, "__name__", "") in HARMLESS:
                return ""
            return "say how it works through many rows (`# online:`): in batches, or why not"
        case ops.RunSQL():
            return "say why it holds no lock for long (`# online:`)"
        case ops.SeparateDatabaseAndState():
            if not operation.database_operations:
                return ""
            return "say what it does to the database, and why that is harmless (`# online:`)"
        case ops.RenameField() | ops.RenameModel() | ops.AlterModelTable():
            return "the old release knows the old name: add, copy, and remove later"
        case ops.RemoveField() | ops.DeleteModel():
            return "say which release used it last (`# contract:`); it is not this one"
    if table in new:
        return ""
    match operation:
        case ops.AddField():
            return _column(operation.field)
        case ops.AlterField():
            old = state.models[app, table].fields[operation.name]
            return _altered(old, after.models[app, table].fields[operation.name])
        case ops.AddIndex() | ops.RemoveIndex():
            if isinstance(operation, AddIndexOnline | RemoveIndexOnline):
                return "needs `atomic = False` on the migration" if migration.atomic else ""
            return "locks the table: use AddIndexOnline, RemoveIndexOnline (pixelstream.online)"
        case ops.AddConstraint():
            if isinstance(operation, AddConstraintOnline):
                return ""
            return "reads the table under a lock: use AddConstraintOnline, and validate it later"
        case ops.AlterUniqueTogether() | ops.AlterIndexTogether():
            return "reads the table under a lock: use indexes that are built online"
    return ""


def _column(field: Any) -> str:
    """What is wrong with a new column of a table that has rows."""
    if field.many_to_many:
        return ""
    if not field.null and not field.has_db_default():
        return "the old release writes rows without it: make it nullable, or give it db_default"
    if field.unique or field.db_index:
        return "builds its index under a lock: db_index=False, and AddIndexOnline after it"
    return ""


def _altered(old: Any, field: Any) -> str:
    """What is wrong with another definition of a column. What no database knows is not."""
    if old.null and not field.null:
        return "reads the table under a lock: a check that is validated first, then `# online:`"
    if not old.unique and field.unique:
        return "builds an index under a lock"
    if not old.db_index and field.db_index:
        return "builds an index under a lock: AddIndexOnline"
    if _stored(old) != _stored(field):
        return "may write the table anew: say why not (`# online:`)"
    return ""


def _stored(field: models.Field[Any, Any]) -> tuple[Any, ...]:
    """What a database knows of a column, but for null and indexes."""
    _, path, positional, named = field.deconstruct()
    left_out = {*field.non_db_attrs, "null", "db_index", "unique", "default"}
    kept = {name: repr(value) for name, value in named.items() if name not in left_out}
    return path, repr(positional), kept


def _answered(operation: Any, comment: str, version: Version) -> bool:
    """Whether the comment above an operation answers for it."""
    if isinstance(operation, ops.RenameField | ops.RenameModel | ops.AlterModelTable):
        return False
    if isinstance(operation, ops.RemoveField | ops.DeleteModel):
        found = re.search(r"#\s*contract:\s*(\S+)", comment)
        try:
            return found is not None and Version(found[1]) < version
        except InvalidVersion:
            return False
    return re.search(r"#\s*online:\s*\S+", comment) is not None


def _comments(source: str, count: int) -> list[str]:
    """For each operation the lines between the one before it and its end.

    Operations that are not written out in one list all get the whole file.
    """
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "operations":
            written = node.value.elts if isinstance(node.value, ast.List) else []
            if len(written) == count:
                ends = [node.lineno, *(each.end_lineno or 0 for each in written)]
                return ["\n".join(lines[a:b]) for a, b in itertools.pairwise(ends)]
    return [source] * count


if __name__ == "__main__":
    raise SystemExit(main())
