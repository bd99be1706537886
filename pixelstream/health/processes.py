"""Several processes of one web server count as one: Prometheus's multiprocess mode.

Whoever asks `/metrics` reaches any of them. Where the server started more than one
(`WEB_CONCURRENCY`), each writes its numbers into a folder that all of them read. To be imported
before prometheus_client, which decides when it is imported.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import shutil
from pathlib import Path
from typing import IO

from django.conf import settings

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
FOLDER, LOCK = "metrics", "lock"
PRESENT = re.compile(r"gauge_live\w*_(\d+)\.db")
"""Files in which a process says what is so now, such as its open streams."""

_held: list[IO[str]] = []


def share() -> Path | None:
    """Make the folder of this process and its siblings, and hold it until this process ends. None
    for a process that a server did not start beside others: it keeps its numbers in its memory.

    Folders of servers that have ended are deleted.
    """
    if multiprocessing.parent_process() is None:
        return None
    import fcntl  # not on Windows

    root = Path(settings.DATA_DIR) / FOLDER
    # A server has one key, which it gives to all processes that it starts.
    key = bytes(multiprocessing.current_process().authkey)
    own = root / hashlib.sha256(key).hexdigest()[:16]
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root / LOCK).open("a") as turn:  # nobody deletes what somebody begins to hold
        fcntl.flock(turn, fcntl.LOCK_EX)
        for lock in root.glob(f"*/{LOCK}"):
            if lock.parent != own and _is_left(lock):
                shutil.rmtree(lock.parent)
        own.mkdir(mode=0o700, exist_ok=True)
        _held.append((own / LOCK).open("a"))
        fcntl.flock(_held[-1], fcntl.LOCK_SH)
    os.environ[VARIABLE] = str(own)
    return own


def _is_left(lock: Path) -> bool:
    import fcntl

    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def forget_the_dead(folder: Path) -> None:
    """Take away what processes that are gone said of their present. What they counted stays."""
    for path in folder.iterdir():
        found = PRESENT.fullmatch(path.name)
        if found and not _is_alive(int(found[1])):
            path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of somebody else, who got the number: it waits for the next one
        return True
    return True


folder = share()
"""Where the numbers of several processes lie; None where there is one."""
