"""What `SightMiddleware` does for pages, for the live stream, which Django does not see."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from pixelstream.health import pages
from pixelstream.health.middleware import HEADER, logger, request_id_from, tell

ROUTE = "live"
OPEN = 200
"""The status of a stream; anything else ends with its first words."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def with_sight(application: Application) -> Application:
    """The ASGI application, with an id for each request, a count, and a line when it ends.

    What is counted is the time until the answer begins; the line has the time until it ended.
    """

    async def seen(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        said = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = request_id_from(said.decode("latin-1"))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        header = (HEADER.lower().encode(), request_id.encode())
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), header]}
                pages.count(ROUTE, scope["method"], status, time.perf_counter() - begun)
                if status == OPEN:
                    pages.streams.inc()
            await send(message)

        try:
            await application(scope, receive, send_with_id)
        finally:
            if status == OPEN:
                pages.streams.dec()
            if logger.isEnabledFor(logging.INFO):
                tell(scope["method"], scope["path"], ROUTE, status, time.perf_counter() - begun)

    return seen
