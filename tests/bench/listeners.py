"""Thousands of open pages, as a process of its own: each holds one live stream, and only reads.

`python -m tests.bench.listeners` reads one line of JSON {port, paths, known}, opens a stream for
each path, prints "open" when every one has got its first whole fragment, and holds them until its
standard input is closed. With a `known` revision they are pages that connect again and have that
one: they get no fragment, and are open when the answer has begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence

OPENING_AT_ONCE = 32
SPARE_FILES = 100


@contextlib.contextmanager
def listening(*, port: int, paths: Sequence[str], known: str = "") -> Iterator[None]:
    """Hold an open stream for each path while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.listeners"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("started with pipes")
        plan = {"port": port, "paths": list(paths), "known": known}
        process.stdin.write(json.dumps(plan).encode() + b"\n")
        process.stdin.flush()
        try:
            if process.stdout.readline() != b"open\n":
                raise RuntimeError("the streams could not be opened; see above for why")
            yield
        finally:
            process.stdin.close()


def raise_open_files_limit(wanted: int) -> bool:
    """Let this process have that many files open. False when the system does not allow it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= wanted


async def _hold(port: int, paths: Sequence[str], known: str) -> None:
    gate = asyncio.Semaphore(OPENING_AT_ONCE)
    loop = asyncio.get_running_loop()
    opened = await asyncio.gather(*(_open(port, path, known, gate) for path in paths))
    readers = [asyncio.create_task(_drain(reader)) for reader, _writer in opened]
    print("open", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    for task in readers:
        task.cancel()
    for _reader, writer in opened:
        writer.close()


async def _open(
    port: int, path: str, known: str, gate: asyncio.Semaphore
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        has = f"Last-Event-ID: {known}\r\n" if known else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{has}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(head.decode("latin-1"))
        if not known:
            await reader.readuntil(b"\nid: ")
            await reader.readuntil(b"\n\n")
        return reader, writer


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass
    raise RuntimeError("the server ended a stream")


if __name__ == "__main__":
    _plan = json.loads(sys.stdin.readline())
    raise_open_files_limit(len(_plan["paths"]) + SPARE_FILES)
    asyncio.run(_hold(**_plan))
