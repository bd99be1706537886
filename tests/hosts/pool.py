"""A real pgbouncer before a PostgreSQL server: few connections, another one each transaction."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pixelstream.supervisor import _die_with_parent
from tests.faults.harness import answers
from tests.ports import free_port
from tools.postgres import find_pool

SIZE = 3
"""Connections that the pool has to a database, for many more that lead to it."""
START_SECONDS = 30
CONFIGURATION = """
[databases]
* = host={host} port=5432 user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
server_round_robin = 1
"""


@contextlib.contextmanager
def running_pool(server: str) -> Iterator[str]:
    """Run a pool in front of the server at this DATABASE_URL. Gives the pool's own."""
    program = find_pool()
    assert program, "pgbouncer is not installed"
    folder = Path(tempfile.mkdtemp(prefix="pixelstream-pool-"))
    port, place = free_port(), unquote(urlsplit(server).netloc.rpartition("@")[2])
    file = folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(host=place, port=port, size=SIZE))
    options: dict[str, Any] = {"cwd": folder, "preexec_fn": _die_with_parent()}
    if os.geteuid() == 0:  # it refuses to run as root
        shutil.chown(folder, "nobody")
        options |= {"user": "nobody", "extra_groups": []}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([program, str(file)], stdout=log, stderr=log, **options)
    try:
        until = time.monotonic() + START_SECONDS
        while not answers(port):
            said = (folder / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.05)
        yield f"postgres://postgres:@127.0.0.1:{port}{urlsplit(server).path}"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
