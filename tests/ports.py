"""Ports for servers that the tests start, which nobody else gets meanwhile."""

from __future__ import annotations

import socket
import sys

_held: list[socket.socket] = []


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, and that is ours until this process ends.

    It is bound and never listened on. Linux then gives it to nobody who asks for any port, and
    lets a server that names it take it (all of ours set SO_REUSEADDR). Elsewhere it is only free.
    """
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", 0))
    port: int = one.getsockname()[1]
    if sys.platform == "linux":
        _held.append(one)
    else:
        one.close()
    return port
