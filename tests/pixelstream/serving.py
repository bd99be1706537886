"""A server as in production, in a thread of the test: real sockets, real readers."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

DEADLINE = 20.0
"""Seconds after which something counts as never: generous, the machine may be busy."""


@contextlib.contextmanager
def serving(application: Any) -> Iterator[int]:
    """Serve an ASGI application; gives the port."""
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            port=0,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(DEADLINE)


def wait_until(condition: Any) -> None:
    """Wait for it; an AssertionError when it never comes."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@contextlib.contextmanager
def asking(port: int, path: str, headers: str = "") -> Iterator[socket.socket]:
    """A browser that sent a request and has not read a byte of the answer yet."""
    with socket.socket() as browser:
        browser.settimeout(DEADLINE)
        browser.connect(("127.0.0.1", port))
        browser.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())
        yield browser
