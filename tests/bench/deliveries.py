"""Delivers messages to a server, as a process of its own: some connections, each message once.

`python -m tests.bench.deliveries` reads one JSON object {port, connections, status, requests}, in
which each request is written out as it is sent, and prints {seconds, times}. Everything is signed
and written before the clock runs, so that it takes as little of the processor as it can.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Deliveries:
    """What came of them."""

    seconds: float
    """From the first to the last answer."""
    times: list[float]
    """How long each took, in seconds, shortest first."""

    @property
    def per_second(self) -> float:
        """Throughput."""
        return len(self.times) / self.seconds

    def percentile(self, percent: float) -> float:
        """The seconds within which so many of them were answered."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * percent / 100))]


def request(path: str, headers: Mapping[str, str], body: bytes) -> str:
    """A POST as it is sent; the body has to be ASCII."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", body.decode("ascii")])


def deliver(
    port: int, requests: Sequence[str], *, connections: int = 4, status: int = 200
) -> Deliveries:
    """Send them from another process. Raises CalledProcessError on an answer of another status."""
    plan = {"port": port, "connections": connections, "status": status, "requests": list(requests)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.deliveries"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Deliveries(**json.loads(done.stdout))


async def _run(plan: dict[str, Any]) -> Deliveries:
    requests = [text.encode() for text in plan["requests"]]
    waiting = iter(requests)
    took: list[float] = []
    started = time.monotonic()
    senders = (
        _send(plan["port"], waiting, took, plan["status"]) for _ in range(plan["connections"])
    )
    await asyncio.gather(*senders)
    seconds = time.monotonic() - started
    return Deliveries(seconds, sorted(took))


async def _send(port: int, waiting: Iterator[bytes], took: list[float], status: int) -> None:
    """Send what is still waiting, one after the other, on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for text in waiting:
        began = time.monotonic()
        writer.write(text)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(f"HTTP/1.1 {status} ".encode()):
            raise RuntimeError(head.decode("latin-1"))
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        took.append(time.monotonic() - began)
    writer.close()


if __name__ == "__main__":
    print(json.dumps(vars(asyncio.run(_run(json.load(sys.stdin))))))
