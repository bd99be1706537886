"""The one entry of the web process: the live stream here, every page through WSGI threads.

Measured: pages cost 2.5 times the CPU under Django's ASGI handler, and a Django stream view holds
a thread for each open page. docs/decisions.md, "Pages on threads, streams on the loop".
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings

from pixelstream import open_files, stopping
from pixelstream.departures import with_patience
from pixelstream.health.streams import with_sight
from pixelstream.wsgi import application as wsgi_application

# Only now that Django is set up.
from generation.live import Receive, Scope, Send, end_streams, live  # isort: skip

pages = with_patience(
    WSGIMiddleware(wsgi_application, workers=settings.WEB_THREADS)  # type: ignore[arg-type]
)
stream = with_sight(live)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or the server's start and stop."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live/":
        await stream(scope, receive, send)
    elif scope["type"] == "http":
        await pages(scope, receive, send)
    else:
        raise ValueError(f"unsupported: {scope['type']}")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            open_files.raise_limit()
            _end_streams_when_asked_to_stop()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return


def _end_streams_when_asked_to_stop() -> None:
    """The server finishes what it is answering before it ends, and a stream has no end: it would
    wait for each as long as it waits for anything.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # a server of the tests
    for number in (signal.SIGTERM, signal.SIGINT):
        servers = signal.getsignal(number)
        if not callable(servers):
            continue

        def stop(number: int, frame: FrameType | None, servers: Any = servers) -> None:
            end_streams()
            stopping.ask()
            servers(number, frame)

        signal.signal(number, stop)
