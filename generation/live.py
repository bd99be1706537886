"""The live stream: a page's fragment, sent anew whenever it changed.

A raw ASGI application: under Django's own handlers every open stream would hold a thread.
`generation.live_hub` says when there is something to send. It is read from the database, rendered
once for all streams that show the same, and shared. Every connect begins with the whole current
fragment, so a lost or doubled word can never show a wrong state. A page that connects again (its
tab was in the background, the server was restarted) says in Last-Event-ID which one it has; that
one is not drawn again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from generation import live_token
from generation.fragments import Rendered
from generation.live_hub import Hub, Stream
from pixelstream.safety_headers import ALWAYS, NOT_A_PAGE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_REVISION_LENGTH = 200

SAFE = [
    *((name.lower().encode(), value.encode()) for name, value in ALWAYS.items()),
    (b"content-security-policy", NOT_A_PAGE.encode()),
]
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
    *SAFE,
]

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def _hub() -> Hub:
    """The hub of the running event loop: one for each process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def end_streams() -> None:
    """End the streams of this process, which is about to stop and would wait for them.

    May be called by a signal. No page hears that it is done: it connects again, to whoever answers.
    """
    for loop, hub in list(_hubs.items()):
        if not loop.is_closed():
            loop.call_soon_threadsafe(hub.end)


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve `/live/?t=<token>`. Authorised by the token alone; never touches a session."""
    if scope["method"] != "GET":
        await _refuse(scope, send, 405)
        return
    if not _host_is_ours(scope):
        await _refuse(scope, send, 400)
        return
    query = parse_qs(scope["query_string"].decode("latin-1"))
    claims = live_token.read(query.get("t", [""])[0])
    if claims is None:
        await _refuse(scope, send, 403)
        return
    hub = _hub()
    stream = await hub.open(claims, known=_known_revision(scope))
    gone = asyncio.create_task(_disconnected(receive))
    gone.add_done_callback(lambda _task: stream.woken.set())
    try:
        headers = [*HEADERS, *_kept_to_https(scope)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _serve(hub, stream, gone, send)
    finally:
        gone.cancel()
        hub.close(stream)


async def _serve(hub: Hub, stream: Stream, gone: asyncio.Task[None], send: Send) -> None:
    await _write(send, b"retry: 1000\n\n")
    while not gone.done():
        await stream.woken.wait()
        stream.woken.clear()
        if gone.done():
            return
        if hub.is_ending:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        if stream.take_beat():
            await _write(send, b": hb\n\n")
        if not stream.take_news():
            continue
        rendered = await hub.render(stream.claims)
        if rendered is None:
            break
        if rendered.revision != stream.sent:
            stream.sent = rendered.revision
            await _write(send, _event(rendered))
        if rendered.is_final:
            break
    if not gone.done():
        await _write(send, b"event: done\ndata: \n\n")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(rendered: Rendered) -> bytes:
    """The fragment as an unnamed event: htmx swaps these in. Every line break is kept."""
    lines = "".join(f"data: {line}\n" for line in rendered.html.strip().splitlines())
    return f"id: {rendered.revision}\n{lines}\n".encode()


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]
    headers = [*plain, *SAFE, *_kept_to_https(scope)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _kept_to_https(scope: Scope) -> list[tuple[bytes, bytes]]:
    """What Django's SecurityMiddleware says of https on pages."""
    seconds = settings.SECURE_HSTS_SECONDS
    if not seconds or scope.get("scheme") != "https":
        return []
    value = f"max-age={seconds}; includeSubDomains; preload"
    return [(b"strict-transport-security", value.encode())]


def _known_revision(scope: Scope) -> str:
    """The revision that the page has; empty when it has none. It is what the page says, and is only
    compared with.
    """
    known = next((value for name, value in scope["headers"] if name == b"last-event-id"), b"")
    return known.decode("latin-1") if len(known) <= MAX_REVISION_LENGTH else ""


def _host_is_ours(scope: Scope) -> bool:
    """Whether the Host header is one of ALLOWED_HOSTS, as Django checks it for pages."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    domain, _port = split_domain_port(host.decode("latin-1"))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
