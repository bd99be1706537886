"""PostgreSQL: pg_dump reads the same snapshot as we do; pg_restore writes what psql carries out."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.conninfo import make_conninfo

from pixelstream.backups.folders import BackupError
from pixelstream.faultpoints import faultpoint

FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
MAGIC = b"PGDMP"

# Everything in the schema, but for what extensions brought. A schema that is dropped itself would
# have to be ours, which it is not everywhere.
EMPTY = """
SET client_min_messages = warning;
DO $empty$
DECLARE found record;
BEGIN
    FOR found IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    LOOP EXECUTE 'DROP TABLE ' || found.name || ' CASCADE'; END LOOP;
    FOR found IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    LOOP EXECUTE 'DROP SEQUENCE ' || found.name || ' CASCADE'; END LOOP;
    FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP EXECUTE 'DROP ROUTINE IF EXISTS ' || found.name || ' CASCADE'; END LOOP;
END $empty$;
"""


@contextlib.contextmanager
def dumped(target: Path, programs: Path | None) -> Iterator[BaseDatabaseWrapper]:
    """Dump the database in pg_dump's custom format, and read the snapshot that it reads."""
    pg_dump = program("pg_dump", programs)
    # A connection of its own: what changes meanwhile is read by the usual one.
    database: Any = connection.copy("backup")
    try:
        database.connect()
        with database.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # It is idle while pg_dump reads, which may take hours.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        options = [f"--snapshot={snapshot}", f"--file={target}", f"--dbname={_address()}"]
        _run([pg_dump, "--format=custom", "--no-owner", "--no-privileges", *options])
        target.chmod(0o600)
        yield database
    finally:
        database.close()


def put_back(dump: Path, programs: Path | None) -> None:
    """Empty the schema `public` and carry out what the dump has of it, in one transaction. What
    else is in the database is not ours and stays.
    """
    pg_restore, psql = program("pg_restore", programs), program("psql", programs)
    connection.close()
    carry_out = [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={_address()}"]
    write = [pg_restore, "--no-owner", "--no-privileges", "--schema=public"]
    write += ["--file=-", str(dump)]
    is_written = False
    with tempfile.TemporaryFile() as told:
        carrying_out = subprocess.Popen(  # noqa: S603
            carry_out,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=told,
            env=_environment(),
            bufsize=0,
        )
        assert carrying_out.stdin
        with contextlib.suppress(BrokenPipeError):  # it stopped at an error, which it has told
            carrying_out.stdin.write(f"BEGIN;\n{EMPTY}\n".encode())
            done = subprocess.run(write, stdout=carrying_out.stdin, stderr=told, check=False)  # noqa: S603
            # The last word is ours, and only after pg_restore ended well: whatever dies before it
            # leaves psql without a COMMIT.
            faultpoint("restore.in_database")
            if done.returncode == 0:
                carrying_out.stdin.write(b"\nCOMMIT;\n")
                is_written = True
        carrying_out.stdin.close()
        if carrying_out.wait() or not is_written:
            told.seek(0)
            said = _last_lines(told.read().decode(errors="replace"))
            raise BackupError(f"The database is as it was. {said}")


def problem_of(dump: Path) -> str:
    """What can be said without a server: whether it is a dump at all."""
    with dump.open("rb") as file:
        return "" if file.read(len(MAGIC)) == MAGIC else "this is no dump of pg_dump"


def others_connected() -> int:
    """How many other connections the same user has to the database. Those that a connection pool
    keeps idle count as well: it may hand them out at any moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND usename = current_user AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def program(name: str, programs: Path | None) -> str:
    """The path of a PostgreSQL program of the server's own major version. Raises BackupError."""
    major = connection.get_database_version()[0]
    found = {}
    for path in _candidates(name, programs):
        found[path] = _major(path)
        if found[path] == major:
            return path
    others = ", ".join(f"{path} is of version {version}" for path, version in found.items())
    raise BackupError(
        f"The database is PostgreSQL {major}, and there is no {name} {major} here"
        f"{f' ({others})' if others else ''}. Install it (Debian: postgresql-client-{major}), or "
        "name its folder with --programs."
    )


def _candidates(name: str, programs: Path | None) -> Iterator[str]:
    if programs is not None:
        if (programs / name).exists():
            yield str(programs / name)
        return
    if on_path := shutil.which(name):
        yield on_path
    for pattern in FOLDERS:
        for folder in sorted(Path("/").glob(pattern), reverse=True):
            if (folder / name).exists():
                yield str(folder / name)


def _major(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\d+", told.stdout)
    return int(version[0]) if version else 0


def _address() -> str:
    """How libpq finds the database, without the password."""
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    given: dict[str, Any] = connection.get_connection_params()
    # A server that writes is busy for longer than ours may be silent, and takes nothing meanwhile.
    unwanted = {"password", "tcp_user_timeout"}
    words = {name: value for name, value in given.items() if name in known - unwanted}
    # A transaction that waits for the other program is no worker that froze.
    words["options"] = "-c idle_in_transaction_session_timeout=0 -c statement_timeout=0"
    return make_conninfo("", **words)


def _environment() -> dict[str, str]:
    password = connection.settings_dict.get("PASSWORD")
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=_environment()
    )
    if done.returncode:
        name = Path(command[0]).name
        raise BackupError(f"{name} failed: {_last_lines(done.stderr)}")


def _last_lines(text: str) -> str:
    return " ".join(text.strip().splitlines()[-4:])
