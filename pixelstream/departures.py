"""Whether the browser is still there while it is being sent something long.

Pages run as WSGI on threads, and WSGI has no word for "the connection was closed": what is sent
after it is thrown away by the server, and a stream would be read to its end for nobody. The ASGI
server knows, and tells whoever asks it for the next event of the request.

A browser that stays and does not read is another matter: the server waits for it for ever, and a
thread with it. So every piece of an answer has its time, and who lets it pass counts as gone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import Future
from typing import Any

from a2wsgi.wsgi import Body
from django.http import HttpRequest

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

PATIENCE = 30.0
PIECE = 64 * 1024
"""Bytes that a browser has to take within PATIENCE seconds: 2 kB/s, less than any modem."""

READER = "pixelstream.reader"
"""Where the reader stands in the scope of a request."""


def with_patience(application: Application, *, seconds: float = PATIENCE) -> Application:
    """The ASGI application, for readers who take a piece of the answer within so many seconds.

    What is sent after that is thrown away, and the connection is closed in the middle of the
    answer: it does not look whole.
    """

    async def patient(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        reader = _Reader(send, seconds, scope["path"])
        scope[READER] = reader
        await application(scope, receive, reader.send)

    return patient


class _Reader:
    """Who reads the answer to one request, for as long as they do."""

    def __init__(self, send: Send, patience: float, path: str) -> None:
        self.is_gone = False
        self._send = send
        self._patience = patience
        self._path = path

    async def send(self, message: Message) -> None:
        """Send a message in pieces, each of which waits for the one before to be taken."""
        for piece in _pieces(message):
            if self.is_gone:
                return
            try:
                async with asyncio.timeout(self._patience):
                    await self._send(piece)
            except TimeoutError:
                logger.warning("%s: nobody took it in %s s", self._path, self._patience)
                self.is_gone = True


class Departure:
    """Tells when the browser has gone. Under another server than ours it never has.

    Make one when the body of the request has been read: the events that follow are its own.
    """

    def __init__(self, request: HttpRequest) -> None:
        body = request.META.get("wsgi.input")
        self._body = body if isinstance(body, Body) else None
        self._reader: _Reader | None = request.META.get("asgi.scope", {}).get(READER)
        self._event = self._ask()

    def has_happened(self) -> bool:
        """Whether nobody is reading any more. Does not wait."""
        if self._reader is not None and self._reader.is_gone:
            return True
        while self._event is not None and self._event.done():
            if self._event.cancelled() or self._event.exception():
                return True
            if self._event.result()["type"] == "http.disconnect":
                return True
            self._event = self._ask()  # that was what remained of the body
        return False

    def _ask(self) -> Future[Any] | None:
        if self._body is None:
            return None
        receive: Any = self._body.receive()
        return asyncio.run_coroutine_threadsafe(receive, self._body.loop)


def _pieces(message: Message) -> Iterator[Message]:
    body = message.get("body", b"")
    if len(body) <= PIECE:
        yield message
        return
    for at in range(0, len(body), PIECE):
        is_last = at + PIECE >= len(body)
        more_body = message.get("more_body", False) or not is_last
        yield {**message, "body": body[at : at + PIECE], "more_body": more_body}
