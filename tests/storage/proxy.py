"""A way to a server on which things go wrong, on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.storage.servers import Server

REQUEST = re.compile(rb"(GET|HEAD|PUT|POST|DELETE) /")
NOTHING_MORE = b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """Passes bytes on, unless it is told otherwise. Everything may be changed at any time."""

    def __init__(self, host: str, port: int) -> None:
        self.target = host, port
        self.refuse = False
        self.blackhole = False
        self.lose_answers = 0
        """How many requests reach the server without their answer coming back."""
        self.reset_after: int | None = None
        """Bytes of an answer after which the connection breaks."""
        self.bytes_a_second: int | None = None
        self.unavailable_every: int | None = None
        """Which requests are answered with `status` by the proxy itself."""
        self.status = b"503 Service Unavailable"
        self.connections = self.requests = 0
        self.heads: list[bytes] = []
        """What each began with."""
        self.port = 0

    async def serve(self, started: threading.Event, ended: asyncio.Event) -> None:
        """Listen on a free port of 127.0.0.1 until `ended`."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await ended.wait()
        server.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if not self.refuse:
                server = await asyncio.open_connection(*self.target)
                ways = self._up(reader, server[1], writer), self._down(server[0], writer)
                await asyncio.wait(
                    map(asyncio.create_task, ways), return_when=asyncio.FIRST_COMPLETED
                )
                server[1].close()
        except asyncio.CancelledError:
            return  # the test is over
        finally:
            writer.transport.abort()

    async def _up(
        self,
        reader: asyncio.StreamReader,
        server: asyncio.StreamWriter,
        client: asyncio.StreamWriter,
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if REQUEST.match(data):
                    self.requests += 1
                    self.heads.append(data.partition(b"\r\n\r\n")[0].lower())
                    if self.unavailable_every and self.requests % self.unavailable_every == 0:
                        client.write(b"HTTP/1.1 " + self.status + NOTHING_MORE)
                        await client.drain()
                        await asyncio.sleep(0.05)  # or its end comes before it
                        return
                if not self.blackhole:
                    server.write(data)
                    await server.drain()

    async def _down(self, server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with contextlib.suppress(ConnectionError):
            while data := await server.read(1024 if self.bytes_a_second else 65536):
                if self.lose_answers:
                    self.lose_answers -= 1
                    return
                if self.bytes_a_second:
                    await asyncio.sleep(len(data) / self.bytes_a_second)
                passed += len(data)
                if self.reset_after is not None and passed > self.reset_after:
                    writer.write(data[: self.reset_after])
                    await writer.drain()
                    return
                writer.write(data)
                await writer.drain()


@contextlib.contextmanager
def proxy_to(server: Server) -> Iterator[Proxy]:
    """A proxy in a thread of its own."""
    parts = urlsplit(server.endpoint)
    assert parts.hostname
    assert parts.port
    proxy, started = Proxy(parts.hostname, parts.port), threading.Event()
    loop, ended = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        loop.run_until_complete(proxy.serve(started, ended))
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    yield proxy
    loop.call_soon_threadsafe(ended.set)
    thread.join(10)
