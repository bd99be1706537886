"""A vendor on loopback that sends exactly the bytes that a test wants, and keeps a journal.

    with vendor_server() as server:
        server.answer_json({"data": []})
        ...
        assert [request.path for request in server.requests] == ["/images"]

Answers are worked off one by one; the last one repeats. Every connection serves one request.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Then = Literal["close", "reset", "hang", "drip"]
PACE = 0.02
"""Seconds between two bytes of an answer that drips."""


@dataclass(frozen=True)
class Request:
    """One request as it arrived; names of headers in lower case, each with its last value."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Script:
    """One answer: the bytes, what follows them, and whether the request is read before."""

    chunks: Iterable[bytes]
    then: Then = "close"
    reads: bool = True


@dataclass
class VendorServer:
    """Answers as told and counts what it was asked."""

    listener: socket.socket
    context: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    """How often anybody connected, whether or not a request followed."""
    scripts: list[Script] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: set[socket.socket] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    @property
    def request(self) -> Request:
        """The one request that it got; fails when there was none or more than one."""
        [request] = self.requests
        return request

    def answer(
        self, status: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> None:
        """Answer a request properly. A given header replaces the one that would be sent."""
        sent = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.raw(f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body)

    def answer_json(
        self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer a request with JSON."""
        kind = {"Content-Type": "application/json"}
        self.answer(status, {**kind, **(headers or {})}, json.dumps(content).encode())

    def raw(
        self, sent: bytes | Iterable[bytes], then: Then = "close", *, reads: bool = True
    ) -> None:
        """Send these bytes and then close, reset or keep silent; or send them one by one.

        Without `reads` nothing of the request is read first.
        """
        self.scripts.append(Script([sent] if isinstance(sent, bytes) else sent, then, reads))

    def start(self) -> None:
        """Begin to accept."""
        self._accepting.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Close everything and wait for the threads."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(5)
        self.listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        # A client that hangs up, or refuses the certificate, is what some tests are about.
        with contextlib.suppress(OSError):
            try:
                if self.context is not None:
                    connection = self.context.wrap_socket(connection, server_side=True)
                    self._open.add(connection)
                self._talk(connection)
            finally:
                self._open.discard(connection)
                connection.close()

    def _next(self) -> Script | None:
        with self._lock:
            if len(self.scripts) > 1:
                return self.scripts.pop(0)
            return self.scripts[0] if self.scripts else None

    def _talk(self, connection: socket.socket) -> None:
        script = self._next()
        if script is None or script.reads:
            request = _read(connection)
            if request is None:
                return
            self.requests.append(request)
        if script is None:
            connection.sendall(b"HTTP/1.1 599 Nothing Scripted\r\nContent-Length: 0\r\n\r\n")
            return
        for chunk in script.chunks:
            if script.then == "drip":
                for index in range(len(chunk)):
                    connection.sendall(chunk[index : index + 1])
                    if self._stopped.wait(PACE):
                        return
            else:
                connection.sendall(chunk)
        if script.then == "hang":
            self._stopped.wait()
        if script.then == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _read(connection: socket.socket) -> Request | None:
    """One whole request; None when the client left before its end."""
    received = bytearray()
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        received += chunk
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    missing = int(headers.get("content-length", "0")) - len(body)
    parts = [body]
    while missing > 0:
        chunk = connection.recv(min(missing, 1 << 20))
        if not chunk:
            return None
        parts.append(chunk)
        missing -= len(chunk)
    return Request(method, path, headers, b"".join(parts))


@contextlib.contextmanager
def vendor_server(context: ssl.SSLContext | None = None) -> Iterator[VendorServer]:
    """A running server, on https when it is given a context."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = VendorServer(listener, context)
    server.start()
    try:
        yield server
    finally:
        server.stop()
