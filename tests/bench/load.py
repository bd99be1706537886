"""A small load generator, as a process of its own: some kept connections, one request each.

`python -m tests.bench.load` reads one JSON object {port, paths, cookie, seconds, connections},
asks for the paths in turns, and prints {requests, seconds}. It is not the thing measured: read
the server's processor time beside it.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any


@dataclass(frozen=True)
class Load:
    """What came of it."""

    requests: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Throughput."""
        return self.requests / self.seconds


def generate(
    *, port: int, paths: Sequence[str], cookie: str, seconds: float, connections: int = 4
) -> Load:
    """Put load on a server from another process. Raises CalledProcessError on a wrong answer."""
    plan = {
        "port": port,
        "paths": list(paths),
        "cookie": cookie,
        "seconds": seconds,
        "connections": connections,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Load(**json.loads(done.stdout))


async def _run(plan: dict[str, Any]) -> Load:
    started = time.monotonic()
    deadline = started + plan["seconds"]
    visits = (_visit(plan, offset, deadline) for offset in range(plan["connections"]))
    counts = await asyncio.gather(*visits)
    return Load(sum(counts), time.monotonic() - started)


async def _visit(plan: dict[str, Any], offset: int, deadline: float) -> int:
    paths = plan["paths"]
    offset %= len(paths)
    reader, writer = await asyncio.open_connection("127.0.0.1", plan["port"])
    head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={plan['cookie']}\r\n\r\n"
    requests = [f"GET {path} {head}".encode() for path in paths[offset:] + paths[:offset]]
    count = 0
    for request in cycle(requests):
        if time.monotonic() > deadline:
            break
        writer.write(request)
        status = await reader.readuntil(b"\r\n\r\n")
        if not status.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(status.decode("latin-1"))
        length = next(
            int(line.partition(b":")[2])
            for line in status.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        await reader.readexactly(length)
        count += 1
    writer.close()
    return count


if __name__ == "__main__":
    print(json.dumps(vars(asyncio.run(_run(json.load(sys.stdin))))))
