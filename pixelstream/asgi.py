"""The one entry of the web process: the live stream here, every page through WSGI threads.

Measured: pages cost 2.5 times the CPU under Django's ASGI handler, and a Django stream view holds
a thread for each open page. docs/decisions.md, "Pages on threads, streams on the loop".
"""

from __future__ import annotations

from a2wsgi import WSGIMiddleware
from django.conf import settings

from pixelstream.departures import with_patience
from pixelstream.wsgi import application as wsgi_application

# Only now that Django is set up.
from generation.live import Receive, Scope, Send, live  # isort: skip

pages = with_patience(
    WSGIMiddleware(wsgi_application, workers=settings.WEB_THREADS)  # type: ignore[arg-type]
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or the server's start and stop."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live/":
        await live(scope, receive, send)
    elif scope["type"] == "http":
        await pages(scope, receive, send)
    else:
        raise ValueError(f"unsupported: {scope['type']}")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
