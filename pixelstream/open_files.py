"""How many files a process may have open: each connection is one, so each live stream."""

from __future__ import annotations

import contextlib
import resource

WANTED = 16_384


def raise_limit() -> None:
    """Allow this process, and what it starts, WANTED open files, or as many as the system lets it.
    Lowers nothing.

    The usual limit of 1,024 is what old programs can bear, and not what the system can. Beyond it
    uvloop closes new connections without a word in the log.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    with contextlib.suppress(ValueError, OSError):  # macOS has a limit of its own
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
