"""What the system knows about a process. Linux only: read from /proc."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from pixelstream import supervisor

PROC = Path("/proc")
KNOWN = (PROC / "self/smaps_rollup").exists()
WHY_NOT = "the processor time and the memory of a process are read from /proc, which is not here"
TICKS = os.sysconf("SC_CLK_TCK")


def die_with_parent() -> Callable[[], None] | None:
    """For a new process: end when the one that started it ends, however it ends."""
    return supervisor._die_with_parent()


def cpu_seconds(pid: int) -> float:
    """Processor time that the process and all its threads have used so far."""
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_kb(pid: int) -> dict[str, int]:
    """Memory that the process holds: "Rss", and "Pss" with shared pages counted by share."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}


def child_with(word: str, *, of: int) -> int:
    """The child whose command line has that word. Raises LookupError."""
    for pid in (PROC / str(of) / "task" / str(of) / "children").read_text().split():
        if word in (PROC / pid / "cmdline").read_text():
            return int(pid)
    raise LookupError(f"process {of} has no child {word!r}")


def family(pid: int) -> list[int]:
    """The process and everything that came of it and still runs."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            children = (PROC / str(parent) / "task" / str(parent) / "children").read_text()
            found += map(int, children.split())
    return found


def parent_of(pid: int) -> int:
    """Who started the process."""
    return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])


def command_line(pid: int) -> str:
    """What it was started with, or what it calls itself."""
    return (PROC / str(pid) / "cmdline").read_text().replace("\0", " ")
